"""The value of a piece of mathematics whose names have values: an interval, or an array of intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from grader.chapter.functions import BY_SPELLING, Function, Value
from grader.chapter.intervals import Interval
from grader.chapter.jumps import chosen
from grader.chapter.names import below, ends_in_number, names_in, untransposed
from grader.chapter.operations import (
    Applied,
    Undefined,
    check_fit,
    divided,
    entries,
    multiplied,
    norm,
    power,
    slope,
)
from grader.chapter.spelling import bare, derivative_of, spelling
from grader.reading import tree as t


@dataclass(frozen=True, slots=True)
class Definition:
    """A function that the page itself defines: ``f(x, y) = body``."""

    parameters: tuple[str, ...]
    body: t.Tree


MAX_PRIMES = 3
MAX_DEPTH = 12
DEPTH_OF_A_SLOPE = 4
"""A derivative evaluates its body a dozen times, so only a few may stand inside one another."""


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
    total: bool = True
    """Whether a derivative goes through names that depend on its own, or holds them fast."""

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
    if scope.depth > MAX_DEPTH:
        raise Undefined("the definitions go round in a circle")
    try:
        with np.errstate(all="ignore"):
            value = _evaluate(tree, scope)
    except (ArithmeticError, ValueError) as error:
        raise (
            error if isinstance(error, Undefined) else Undefined(f"it cannot be computed: {error}")
        ) from None
    if not all(entry.finite for entry in entries(value)):
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
            return norm(_evaluate(body, scope))
        case t.Cases():
            exactly = replace(scope, literal=printed_exactly)
            return chosen(tree, lambda part: _evaluate(part, scope), lambda part: _evaluate(part, exactly))
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
    raised = ends_in_number(tree) and name not in scope.whole_names
    value = scope.value_of(name) if name and not raised else None
    if value is not None:
        return value
    if tree.sup is None or tree.primes:
        raise Undefined(f"the page gives no value for {name or 'this name'}")
    base = below(tree)
    transposed = untransposed(base, tree.sup)
    if transposed:
        return np.transpose(_evaluate(transposed, scope))
    if isinstance(base, t.Name) and base.text == "e":
        return scope.functions["exp"].apply(_evaluate(tree.sup, scope))
    if name in scope.whole_names:
        raise Undefined(f"the page gives no value for {name}")
    return power(_evaluate(base, scope), _evaluate(tree.sup, scope))


def _sum(tree: t.Sum, scope: Scope) -> Value:
    total = _evaluate(tree.terms[0], scope)
    for sign, term in zip(tree.signs, tree.terms[1:], strict=True):
        value = _evaluate(term, scope)
        if np.shape(total) and np.shape(value):
            check_fit([np.shape(total), np.shape(value)])
        total = total - value if sign == "-" else total + value
    return total


def _quotient(tree: t.Quotient, scope: Scope) -> Value:
    name = spelling(tree)
    value = scope.value_of(name) if name else None
    if value is not None:
        return value
    halves = derivative_of(tree)
    if halves:
        return _derivative(*halves, scope)
    return divided(_evaluate(tree.numerator, scope), _evaluate(tree.denominator, scope))


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
        total = value if total is None else multiplied(total, join, value)
    return total


def _factors(tree: t.Product, scope: Scope) -> list[tuple[str, Value]]:
    """The values of the factors, calls of functions already made."""
    found: list[tuple[str, Value]] = []
    position = 0
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


def _function(tree: t.Tree, scope: Scope) -> Applied | None:
    """What a factor in front of a bracket does, if it is a function; primes differentiate it."""
    raised = _raised(tree, scope)
    if raised:
        inner, exponent = raised
        return lambda *values: power(inner(*values), exponent)
    primes = tree.primes if isinstance(tree, t.Scripted) else 0
    name = spelling(tree).rstrip("'")
    function: Applied | None = None
    if name in scope.definitions:
        function = _defined(scope.definitions[name], scope)
    elif name in scope.functions and scope.value_of(name) is None:
        function = _known(scope.functions[name])
    if primes > MAX_PRIMES:
        raise Undefined("so many primes are not evaluated")
    for _ in range(primes):
        function = function and slope(function)
    return function


def _raised(tree: t.Tree, scope: Scope) -> tuple[Applied, Interval] | None:
    r"""``\tanh^2(z)`` is the square of tanh(z); ``\tanh^{-1}`` is no power."""
    if not isinstance(tree, t.Scripted) or not isinstance(tree.sup, t.Number) or tree.sup.value < 2:
        return None
    function = None if spelling(tree) in scope.whole_names else _function(below(tree), scope)
    return (function, printed_exactly(tree.sup)) if function else None


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
        return power(_called(function, argument.base, scope), _evaluate(argument.sup, scope))
    if isinstance(argument, t.Group):
        return function(*(_evaluate(item, scope) for item in argument.items))
    return function(_evaluate(argument, scope))


def _derivative(what: t.Tree, by: t.Tree, scope: Scope) -> Value:
    """The derivative of an expression, a defined function or a name with a formula, by one name in it."""
    name = spelling(by)
    body = _body(what, name, scope)
    point = _named(name, scope)
    if not isinstance(point, Interval):
        raise Undefined("derivatives are only evaluated by a single number")
    inner = replace(scope, depth=scope.depth + DEPTH_OF_A_SLOPE)
    return slope(lambda value: evaluate(body, _moved(name, value, inner)))(point)


def _moved(name: str, value: Value, scope: Scope) -> Scope:
    """The scope in which a name has another value, and so has what follows from it by the page's formulas."""
    moved = scope.with_values({name: value})
    if not scope.total:
        return moved
    found: dict[str, Value] = {}

    def value_of(other: str) -> Value | None:
        if other == name or not follows(other, name, scope.formulas):
            return moved.value_of(other)
        if other not in found:
            found[other] = evaluate(scope.formulas[other], inner)
        return found[other]

    inner = replace(moved, value_of=value_of)
    return inner


MOST_BEHIND = 40
"""So many formulas are followed to find what depends on a name."""


def follows(name: str, root: str, formulas: Mapping[str, t.Tree]) -> bool:
    """Whether a name is computed from another by these formulas, at once or through others."""
    seen: set[str] = set()
    waiting = [name]
    while waiting and len(seen) < MOST_BEHIND:
        here = waiting.pop()
        if here in seen or here not in formulas:
            continue
        seen.add(here)
        behind = names_in(formulas[here])
        if root in behind:
            return True
        waiting.extend(behind)
    return False


def _body(what: t.Tree, by: str, scope: Scope) -> t.Tree:
    """What is to be varied: the body of a function, the formula of a quantity, or the expression itself."""
    what, name = bare(what), spelling(bare(what))
    definition = scope.definitions.get(name)
    if definition and by in definition.parameters:
        return definition.body
    formula = scope.formulas.get(name)
    if formula is not None and (
        by in names_in(formula) or (scope.total and follows(name, by, scope.formulas))
    ):
        return formula
    if name or by not in names_in(what):
        raise Undefined(f"the page does not say how {name or 'this'} depends on {by}")
    return what
