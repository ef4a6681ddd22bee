"""The value of a piece of mathematics, as far as the names in it have values: an interval, or an array of intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from grader.chapter.intervals import Interval, absolute, interval
from grader.chapter.functions import BY_SPELLING, EXP, Function, Value
from grader.reading import tree as t
from grader.chapter.spelling import bare, derivative_of, spelling

TRANSPOSES = frozenset({"T", "top"})


class Undefined(ValueError):
    """A piece of mathematics without a value here; the message says in a sentence what is missing."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A function that the page itself defines: ``f(x, y) = body``."""

    parameters: tuple[str, ...]
    body: t.Tree


def printed_exactly(number: t.Number) -> Interval:
    """A number taken for exactly what its digits say."""
    return Interval.exactly(float(number.value))


@dataclass(frozen=True, slots=True)
class Scope:
    """What names, numbers and functions mean while a tree is evaluated."""

    value_of: Callable[[str], Value | None]
    literal: Callable[[t.Number], Interval] = printed_exactly
    functions: Mapping[str, Function] = field(default_factory=lambda: BY_SPELLING)
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    formulas: Mapping[str, t.Tree] = field(default_factory=dict)
    whole_names: frozenset[str] = frozenset()
    """Spellings that the page uses as names although they end in a number above, such as ``a_1^2``."""
    depth: int = 0

    def with_values(self, values: Mapping[str, Value]) -> Scope:
        """The same scope with some names bound; other names keep their meaning."""
        outer = self.value_of
        return replace(
            self, value_of=lambda name: values[name] if name in values else outer(name), depth=self.depth + 1
        )


def evaluate(tree: t.Tree, scope: Scope) -> Value:
    """The value of a tree in a scope.

    >>> from grader.reading import read
    >>> evaluate(read("0.5(1.0) + max(0, -3)").tree, Scope({}.get)).middle
    0.5

    Raises `Undefined` if a name has no value, shapes do not fit or the value is no finite number.
    """
    if scope.depth > 12:
        raise Undefined("the definitions go round in a circle")
    try:
        with np.errstate(all="ignore"):
            value = _evaluate(tree, scope)
    except (ArithmeticError, ValueError) as error:
        raise (
            error if isinstance(error, Undefined) else Undefined(f"it cannot be computed: {error}")
        ) from None
    if not all(entry.finite for entry in np.ravel(value)):
        raise Undefined("it is no finite number")
    return value


def _evaluate(tree: t.Tree, scope: Scope) -> Value:
    match tree:
        case t.Number():
            return scope.literal(tree)
        case t.Name():
            return _named(tree.text, scope)
        case t.Scripted():
            return _scripted(tree, scope)
        case t.Negate(body=body):
            return -_evaluate(body, scope)
        case t.Sum():
            return _sum(tree, scope)
        case t.Product():
            return _product(tree, scope)
        case t.Quotient():
            return _quotient(tree, scope)
        case t.Group(items=items):
            return _evaluate(items[0], scope) if len(items) == 1 else _row(items, scope)
        case t.Matrix(rows=rows):
            return _matrix(rows, scope)
        case t.Norm(body=body):
            return _norm(_evaluate(body, scope))
    raise Undefined(_KINDS.get(type(tree), "this kind of expression is not evaluated"))


_KINDS: dict[type, str] = {
    t.BigOperator: "sums over an index are not evaluated",
    t.Text: "words stand in the formula",
    t.Relation: "a relation stands inside the expression",
}


def _named(name: str, scope: Scope) -> Value:
    value = scope.value_of(name)
    if value is None and name == "pi":
        return Interval.exactly(np.pi)
    if value is None and name == "e":
        return Interval.exactly(np.e)
    if value is None:
        raise Undefined(f"the page gives no value for {name}")
    return value


def _scripted(tree: t.Scripted, scope: Scope) -> Value:
    name = spelling(tree)
    power = ends_in_number(tree) and name not in scope.whole_names
    value = scope.value_of(name) if name and not power else None
    if value is not None:
        return value
    if tree.sup is None or tree.primes:
        raise Undefined(f"the page gives no value for {name or 'this name'}")
    base = replace(tree, sup=None) if tree.sub is not None else tree.base
    transposed = _untransposed(base, tree.sup)
    if transposed:
        return np.transpose(_evaluate(transposed, scope))
    if isinstance(base, t.Name) and base.text == "e":
        return scope.functions["exp"].apply(_evaluate(tree.sup, scope))
    if name in scope.whole_names:
        raise Undefined(f"the page gives no value for {name}")
    return _power(_evaluate(base, scope), _evaluate(tree.sup, scope))


def ends_in_number(tree: t.Tree) -> bool:
    """Whether a number, or a sum of numbers, stands above a name: a power unless the page uses the whole as a name.

    A number in brackets, as in ``w^{(1)}``, is always part of the name.
    """
    if not isinstance(tree, t.Scripted) or tree.sup is None:
        return False
    inside = bare(tree.sup)
    counted = isinstance(inside, t.Sum) and all(isinstance(term, t.Number) for term in inside.terms)
    return counted or isinstance(tree.sup, t.Number | t.Negate)


def _untransposed(base: t.Tree, sup: t.Tree) -> t.Tree | None:
    r"""What ``x^T`` or ``W^{[1]T}`` is the transpose of."""
    if isinstance(sup, t.Name) and sup.text in TRANSPOSES:
        return base
    match sup:
        case t.Product(factors=(*rest, t.Name(text=last))) if last in TRANSPOSES and len(rest) == 1:
            stem, sub = (base.base, base.sub) if isinstance(base, t.Scripted) else (base, None)
            return t.Scripted(base.span, stem, sub, rest[0])
    return None


def _power(base: Value, exponent: Value) -> Value:
    if isinstance(exponent, np.ndarray):
        raise Undefined("the exponent is a matrix")
    if isinstance(base, np.ndarray):
        return np.frompyfunc(lambda entry: entry.power(exponent), 1, 1)(base)
    return base.power(exponent)


def _sum(tree: t.Sum, scope: Scope) -> Value:
    total = _evaluate(tree.terms[0], scope)
    for sign, term in zip(tree.signs, tree.terms[1:], strict=True):
        value = _evaluate(term, scope)
        _same_shape(total, value)
        total = total - value if sign == "-" else total + value
    return total


def _same_shape(first: Value, second: Value) -> None:
    if np.shape(first) and np.shape(second) and np.shape(first) != np.shape(second):
        raise Undefined(f"the shapes {_shape(first)} and {_shape(second)} do not fit")


def _shape(value: Value) -> str:
    return "×".join(map(str, np.shape(value)))


def _quotient(tree: t.Quotient, scope: Scope) -> Value:
    name = spelling(tree)
    value = scope.value_of(name) if name else None
    if value is not None:
        return value
    halves = derivative_of(tree)
    if halves:
        return _derivative(*halves, scope)
    return _divided(_evaluate(tree.numerator, scope), _evaluate(tree.denominator, scope))


def _divided(above: Value, below: Value) -> Value:
    if isinstance(above, np.ndarray) and isinstance(below, np.ndarray):
        _same_shape(above, below)
    return above / below


def _norm(value: Value) -> Value:
    if not isinstance(value, np.ndarray):
        return absolute(value)
    squares = [entry.power(interval(2)) for entry in np.ravel(value)]
    return sum(squares[1:], squares[0]).power(interval(0.5))


def _row(items: tuple[t.Tree, ...], scope: Scope) -> Value:
    row = np.empty(len(items), dtype=object)
    row[:] = [_entry(item, scope) for item in items]
    return row


def _matrix(rows: tuple[tuple[t.Tree, ...], ...], scope: Scope) -> Value:
    if len({len(row) for row in rows}) > 1:
        raise Undefined("the rows of the matrix differ in length")
    matrix = np.empty((len(rows), len(rows[0])), dtype=object)
    for position, row in enumerate(rows):
        matrix[position, :] = [_entry(entry, scope) for entry in row]
    return matrix


def _entry(tree: t.Tree, scope: Scope) -> Interval:
    value = _evaluate(tree, scope)
    if not isinstance(value, Interval):
        raise Undefined("an entry of the matrix is no number")
    return value


# ---- products, calls and derivatives


def _product(tree: t.Product, scope: Scope) -> Value:
    total: Value = None
    for join, value in _factors(tree, scope):
        total = value if total is None else _multiplied(total, join, value)
    return total


def _factors(tree: t.Product, scope: Scope) -> list[tuple[str, Value]]:
    """The values of the factors, calls of functions already made."""
    found, position = [], 0
    joins = ("", *tree.joins)
    while position < len(tree.factors):
        factor, join = tree.factors[position], joins[position]
        called = position + 1 < len(tree.factors) and joins[position + 1] == ""
        if called and _is_operator(factor):
            rest = t.Product(tree.span, tree.factors[position + 1 :], tree.joins[position + 1 :])
            return [*found, (join, _derivative(rest, factor.denominator.factors[1], scope))]  # type: ignore[attr-defined]
        function = _function(factor, scope) if called else None
        if function:
            found.append((join, _called(function, tree.factors[position + 1], scope)))
            position += 2
        else:
            found.append((join, _evaluate(factor, scope)))
            position += 1
    return found


def _is_operator(tree: t.Tree) -> bool:
    r"""``\frac{\partial}{\partial x}`` in front of what it differentiates."""
    match tree:
        case t.Quotient(numerator=t.Name(text=above), denominator=t.Product(factors=(t.Name(text=below), _))):
            return above == below
    return False


Applied = Callable[..., Value]


def _function(tree: t.Tree, scope: Scope) -> Applied | None:
    """What a factor in front of a bracket does, if it is a function; primes differentiate it."""
    primes = tree.primes if isinstance(tree, t.Scripted) else 0
    name = spelling(tree).rstrip("'")
    function: Applied | None = None
    if name in scope.definitions:
        function = _defined(scope.definitions[name], scope)
    elif name in scope.functions and scope.value_of(name) is None:
        function = _known(scope.functions[name])
    for _ in range(primes):
        function = function and _slope(function)
    return function


def _known(row: Function) -> Applied:
    def apply(*values: Value) -> Value:
        if row.arguments is not None and len(values) != row.arguments:
            raise Undefined(f"{row.name} takes {row.arguments} argument")
        return row.apply(*values)

    return apply


def _defined(definition: Definition, scope: Scope) -> Applied:
    def apply(*values: Value) -> Value:
        if len(values) != len(definition.parameters):
            raise Undefined("the function is given the wrong number of arguments")
        if len(values) == 1 and isinstance(values[0], np.ndarray):
            return np.frompyfunc(apply, 1, 1)(values[0])
        return evaluate(
            definition.body, scope.with_values(dict(zip(definition.parameters, values, strict=True)))
        )

    return apply


def _called(function: Applied, argument: t.Tree, scope: Scope) -> Value:
    r"""``f(x)``, ``\log 0.5`` and ``f(x)^2``."""
    if isinstance(argument, t.Scripted) and isinstance(argument.base, t.Group) and argument.sup is not None:
        return _power(_called(function, argument.base, scope), _evaluate(argument.sup, scope))
    if isinstance(argument, t.Group):
        return function(*(_evaluate(item, scope) for item in argument.items))
    return function(_evaluate(argument, scope))


def _slope(function: Applied) -> Applied:
    """The derivative by differences, at both ends and the middle of the argument; good to about nine digits."""

    def apply(*values: Value) -> Value:
        if len(values) != 1 or not isinstance(values[0], Interval):
            raise Undefined("derivatives are only evaluated for functions of one number")
        points = (values[0].low, values[0].middle, values[0].high)
        slopes = [_difference(function, point) for point in dict.fromkeys(points)]
        return Interval(min(slopes), max(slopes))

    return apply


STEP = 1e-4


def _difference(function: Applied, point: float) -> float:
    """Fourth-order central difference."""
    step = STEP * max(1.0, abs(point))
    near, far = (
        [_single(function(Interval.exactly(point + sign * k * step))) for sign in (1, -1)] for k in (1, 2)
    )
    return float((8 * (near[0] - near[1]) - (far[0] - far[1])) / (12 * step))


def _single(value: Value) -> float:
    if not isinstance(value, Interval):
        raise Undefined("derivatives are only evaluated for single numbers")
    return value.middle


def _derivative(what: t.Tree, by: t.Tree, scope: Scope) -> Value:
    """The derivative of an expression, of a defined function or of a name with a formula, by one name in it."""
    name = spelling(by)
    body = _body(what, name, scope)
    point = _named(name, scope)
    if not isinstance(point, Interval):
        raise Undefined("derivatives are only evaluated by a single number")
    return _slope(lambda value: evaluate(body, scope.with_values({name: value})))(point)


def _body(what: t.Tree, by: str, scope: Scope) -> t.Tree:
    """What is to be varied: the body of a function of that name, the formula of a quantity, or the expression itself."""
    what, name = bare(what), spelling(bare(what))
    definition = scope.definitions.get(name)
    if definition and by in definition.parameters:
        return definition.body
    if name in scope.formulas and by in names_in(scope.formulas[name]):
        return scope.formulas[name]
    if name or by not in names_in(what):
        raise Undefined(f"the page does not say how {name or 'this'} depends on {by}")
    return what


def names_in(tree: t.Tree) -> frozenset[str]:
    """The spellings of all names in a tree, functions among them; ``x^2`` holds itself and, as a power, x."""
    found: set[str] = set()
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        name = spelling(part)
        found.update({name} - {""})
        if not name:
            waiting.extend(part.parts)
        elif ends_in_number(part) or (
            isinstance(part, t.Scripted) and _untransposed(part.base, part.sup or part.base)
        ):
            assert isinstance(part, t.Scripted)
            waiting.append(replace(part, sup=None) if part.sub is not None else part.base)
    return frozenset(found)


def _multiplied(first: Value, join: str, second: Value) -> Value:
    if join == "/":
        return _divided(first, second)
    if not (isinstance(first, np.ndarray) and isinstance(second, np.ndarray)):
        return first * second
    if join in ("odot", "circ", "*") and first.shape == second.shape:
        return first * second
    if first.shape[-1] != second.shape[0]:
        raise Undefined(f"the shapes {_shape(first)} and {_shape(second)} do not fit")
    return first @ second


def numbers_in(tree: t.Tree) -> list[t.Number]:
    """The numbers that a tree computes with, not those that are part of a name; ``e^{-0.5}`` holds 0.5, ``w_{13}`` nothing."""
    found: list[t.Number] = []
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, t.Number):
            found.append(part)
        elif isinstance(part, t.Scripted) and isinstance(part.base, t.Name):
            waiting.extend([part.sup] if part.base.text == "e" and part.sup is not None else [])
        elif not (isinstance(part, t.Quotient) and spelling(part)):
            waiting.extend(reversed(part.parts))
    return found
