"""The slopes a derivation leans on: functions of one number, differentiated by SymPy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Any

from derive import functions, losses, ops
from derive.activations import Activation
from derive.elements import Entries
from derive.functions import FUNCTIONS, Function, function_named
from derive.graph import SCALAR, Node, symbol
from derive.graph_language import read_expression
from derive.indices import Index, Place
from derive.losses import Loss
from derive.quantities import General, Quantity
from derive.writing import boxes
from derive.writing.boxes import (
    Box,
    Cases,
    Digits,
    Script,
    Words,
    bracket,
    chain,
    letter,
    row,
    sign,
)
from derive.writing.layout import Writer, function_symbol

Z, A = Quantity("z"), Quantity("a")


def used_functions(expressions: Iterable[Node]) -> tuple[Function, ...]:
    """The functions of which expressions use the slope, and those that are slopes themselves, such as the
    sign; each once, in the order of their table.
    """
    used = {node.data for e in expressions for node in e.walk() if node.op == "function"}
    rows = {function_named(name): order for name, order in sorted(used)}
    return in_order(row for row, order in rows.items() if row and (order or row.forward_only))


def in_order(functions: Iterable[Function]) -> tuple[Function, ...]:
    """Functions, each once, as their table has them; those that are in no table behind them, by name."""
    by_name = {function.name: function for function in functions}
    known = [name for name in FUNCTIONS if name in by_name]
    return tuple(by_name[name] for name in (*known, *sorted(by_name.keys() - FUNCTIONS.keys())))


def definition_box(function: Function, by: Writer) -> Box | None:
    """``σ(z) = 1/(1 + e^{-z})``; None for a function that has no plainer formula than its name."""
    z, head = _sympy_symbol("z"), _head(function, by, 0)
    formula = _plainer(function, z)
    drawn = _pieces(function, formula, z, by, lambda kink, *_: formula.subs(z, kink))
    return chain(head, [("equals", drawn)]) if drawn != head else None


def _plainer(function: Function, z: Any) -> Any:
    """The formula; of an activation that is its own formula (tanh) the one by exponentials."""
    import sympy

    formula = function.formula(z)
    by_name = function.is_activation and formula.func.__name__ == function.name
    return formula.rewrite(sympy.exp) if by_name else formula


def slope_box(function: Function, by: Writer, share: Fraction = Fraction(0)) -> Box:
    """``σ'(z) = e^{-z}/(1 + e^{-z})² = σ(z)(1 − σ(z))``: SymPy's derivative, then the form courses print.

    ``share`` says which slope is taken at a kink, from the one below (0) to the one above (1).
    """
    z = _sympy_symbol("z")

    def at_kink(kink: Any, below: Any, above: Any) -> Any:
        return below + _rational(share) * (above - below)

    differentiated = _pieces(function, functions.sympy_slope(function, z), z, by, at_kink)
    textbook = _textbook(function, by)
    forms = [differentiated] if textbook in (None, differentiated) else [differentiated, textbook]
    return chain(_head(function, by, 1), [("equals", form) for form in forms if form])


def value_expression(function: Function) -> Node:
    """The function's formula as an expression in z."""
    return _node(function.formula(_sympy_symbol("z")))


def slope_expression(function: Function) -> Node:
    """Its slope as courses print it, in z and a, the function's value; else SymPy's derivative."""
    if function.textbook is not None:
        return read_expression(function.textbook, ("a", "z"))
    return _node(functions.sympy_slope(function, _sympy_symbol("z")))


def layer_function_box(activation: Activation, by: Writer) -> Box | None:
    """``softmax(z)_j = e^{z_j} / Σ_k e^{z_k}``: an activation of a whole layer, entry by entry; None for one
    that takes each number alone."""
    whole = activation.apply(symbol(Z, ("n", 1)))
    entries = Entries(by.notation, has_batch=False, last=General("L"))
    if whole.op not in LAYERWISE:
        return None
    with entries.index(None, "n") as here:
        left = by.box(ops.at(whole, here, None))
        return chain(left, [("equals", LAYERWISE[whole.op](entries, whole, here, by))])


def _softmax(entries: Entries, whole: Node, here: Place, by: Writer) -> Box:
    return by.box(entries.entry(whole, here, None))


def _winner(entries: Entries, whole: Node, here: Place, by: Writer) -> Box:
    """1 for the largest entry, 0 for all others."""
    (z,) = whole.args
    with entries.index(None, "n") as other:
        mine, others = (by.box(ops.at(z, place, None)) for place in (here, other))
    assert isinstance(other, Index)
    largest = row(Words("if "), others, sign("at most"), mine, Words(" for all "), letter(other.letter))
    return Cases(((Digits("1"), largest), (Digits("0"), Words("otherwise"))))


LAYERWISE: dict[str, Callable[[Entries, Node, Place, Writer], Box]] = {
    "softmax": _softmax,
    "winner-take-all": _winner,
}
"""How an activation of a whole layer is defined, by its operation."""


def loss_slope_box(loss: Loss, by: Writer, share: Node) -> Box | None:
    """The slope of a loss at one output, such as ``∂E/∂a = a − y``; None for a loss left open.

    ``share`` is what the output's term is multiplied by, such as 1/N in a mean over N examples.
    """
    if loss.formula is None:
        return None
    a, y = (_sympy_symbol(by.notation.letter(kind)) for kind in ("a", "y"))
    number, slope = losses.sympy_slope(loss, a, y).primitive()
    rest, number = _node(slope), Fraction(int(number.p), int(number.q))
    slope = ops.scale(_times(number, share), rest)
    return chain(_derivative(by), [("equals", by.box(slope))])


def _times(number: Fraction, share: Node) -> Node:
    """A number times 1, 1/16 or 1/N."""
    if share.op == "divide":
        return ops.divide(ops.scale(ops.constant(number), share.args[0]), share.args[1])
    return ops.scale(ops.constant(number), share)


def _derivative(by: Writer) -> Box:
    top, below = letter(by.notation.letter("loss")), letter(by.notation.letter("a"))
    return boxes.Fraction(row(letter("partial"), top), row(letter("partial"), below))


def _head(function: Function, by: Writer, order: int) -> Box:
    name = letter(function_symbol(function.name, by.notation))
    return row(Script(name, primes=order) if order else name, bracket(by.box(symbol(Z, SCALAR))))


def _textbook(function: Function, by: Writer) -> Box | None:
    """The row's own words for its slope, in which a stands for the function's value."""
    if function.textbook is None:
        return None
    from derive.graph import substitute

    value = ops.function(function.name, symbol(Z, SCALAR))
    expression = read_expression(function.textbook, ("a", "z"))
    return by.box(substitute(expression, lambda node: value if node.quantity == A else None, ops.rebuild))


# -- pieces --------------------------------------------------------------------------------------------------


AtKink = Callable[[Any, Any, Any], Any]
"""(a kink, what the piece below comes to there, what the one above does) -> what is taken there."""
BELOW, ALONE, ABOVE = -1, 0, 1
"""Which piece the point of a kink belongs to."""


def _pieces(function: Function, formula: Any, z: Any, by: Writer, at_kink: AtKink) -> Box:
    """The formula; between the kinks of a function that has some, what it is there."""
    if not function.kinks or not function.by_cases:
        return by.box(_node(formula))
    kinks = [Fraction(kink) for kink in function.kinks]
    edges = [kinks[0] - 1, *kinks, kinks[-1] + 1]
    pieces = [_at(formula, z, (low + high) / 2) for low, high in pairwise(edges)]
    taken, owners = [], []
    for kink, (below, above) in zip(kinks, pairwise(pieces), strict=True):
        sides = tuple(piece.subs(z, _rational(kink)) for piece in (below, above))
        taken.append(at_kink(_rational(kink), *sides))
        owners.append(BELOW if taken[-1] == sides[0] else ABOVE if taken[-1] == sides[1] else ALONE)
    lines = []
    for index, piece in enumerate(pieces):
        lines.append((by.box(_node(piece)), _between(index, kinks, owners, by)))
        if index < len(kinks) and owners[index] is ALONE:
            lines.append((by.box(_node(taken[index])), _condition(by, "equals", kinks[index])))
    return Cases(tuple(reversed(lines)))


def _between(index: int, kinks: list[Fraction], owners: list[int], by: Writer) -> Box:
    """When a piece holds, from the kink below it to the one above."""
    up_to = "at most" if index < len(kinks) and owners[index] is BELOW else "less"
    if index == 0:
        return _condition(by, up_to, kinks[0])
    from_here = owners[index - 1] is ABOVE
    if index == len(kinks):
        return _condition(by, "at least" if from_here else "greater", kinks[-1])
    low, high = (_point(kink, by) for kink in kinks[index - 1 : index + 1])
    z, after = by.box(symbol(Z, SCALAR)), sign("at most" if from_here else "less")
    return row(Words("if "), low, after, z, sign(up_to), high)


def _condition(by: Writer, relation: str, kink: Fraction) -> Box:
    return row(Words("if "), by.box(symbol(Z, SCALAR)), sign(relation), _point(kink, by))


def _rational(number: Fraction) -> Any:
    import sympy

    return sympy.Rational(number.numerator, number.denominator)


def _at(formula: Any, z: Any, point: Fraction) -> Any:
    """The formula as it is around a point: of a maximum the largest branch, of a step its height."""
    import sympy

    def here(expression: Any) -> Any:
        return expression.subs(z, sympy.Rational(point))

    formula = formula.replace(sympy.Max, lambda *branches: max(branches, key=here))
    formula = formula.replace(sympy.sign, lambda argument: sympy.sign(here(argument)))
    formula = formula.replace(sympy.Min, lambda *branches: min(branches, key=here))
    return formula.replace(sympy.Heaviside, lambda argument, *_: sympy.Integer(bool(here(argument) > 0)))


def _point(kink: Fraction, by: Writer) -> Box:
    return by.box(ops.constant(kink))


# -- SymPy scalars as expressions ----------------------------------------------------------------------------


def _sympy_symbol(name: str) -> Any:
    import sympy

    return sympy.Symbol(name, real=True)


def _node(expression: Any) -> Node:
    """A scalar SymPy expression as an expression of ours, terms and factors in SymPy's printing order."""
    if expression.is_Symbol:
        return symbol(Quantity(expression.name), SCALAR)
    if expression.is_Rational:
        return ops.constant(Fraction(int(expression.p), int(expression.q)))
    for kind, rule in _RULES:
        if getattr(expression, kind):
            return rule(expression)
    name = expression.func.__name__.lower()
    return _BENT[name](*expression.args) if name in _BENT else ops.function(name, _node(expression.args[0]))


def _largest(*branches: Any) -> Node:
    """max(0, u), the only maximum there is."""
    (inner,) = (branch for branch in branches if branch != 0)
    return ops.function("positive-part", _node(inner))


_BENT: dict[str, Callable[..., Node]] = {
    "max": _largest,
    "min": lambda *branches: ops.negate(_largest(*(-branch for branch in branches))),
    "heaviside": lambda argument, *_: ops.function("step", _node(argument)),
}
"""SymPy's functions with branches, by those of ours."""


def _sum(expression: Any) -> Node:
    first, *others = sorted(expression.as_ordered_terms(), key=_place_in_sum)
    total = _node(first)
    for term in others:
        total = ops.minus(total, _node(-term)) if _is_negative(term) else ops.add(total, _node(term))
    return total


def _place_in_sum(term: Any) -> tuple[bool, bool]:
    """What is taken off stands behind what is added, exponentials behind numbers: 1 + e^z."""
    return _is_negative(term), bool(term.free_symbols) and term.func.__name__ == "exp"


def _is_negative(term: Any) -> bool:
    return bool(term.could_extract_minus_sign())


def _product(expression: Any) -> Node:
    import sympy

    if _is_negative(expression):
        return ops.negate(_node(-expression))
    top, bottom = sympy.fraction(expression, exact=True)
    if bottom != 1:
        return ops.divide(_node(top), _node(bottom))
    first, *others = expression.as_ordered_factors()
    product = _node(first)
    for factor in others:
        is_number = product.op == "constant"
        product = ops.scale(product, _node(factor)) if is_number else ops.times(product, _node(factor))
    return product


def _power(expression: Any) -> Node:
    base, exponent = expression.as_base_exp()
    if exponent < 0:
        return ops.divide(ops.constant(1), _node(1 / expression))
    return ops.power(_node(base), Fraction(int(exponent.p), int(exponent.q)))


_RULES: tuple[tuple[str, Callable[[Any], Node]], ...] = (
    ("is_Add", _sum),
    ("is_Mul", _product),
    ("is_Pow", _power),
)
