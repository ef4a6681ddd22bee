"""The slopes a derivation leans on: functions of one number, differentiated by SymPy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Any

from derive import functions, losses, ops
from derive.functions import FUNCTIONS, Function
from derive.graph import SCALAR, Node, symbol
from derive.graph_language import read_expression
from derive.losses import Loss
from derive.quantities import Quantity
from derive.writing import boxes
from derive.writing.boxes import (
    Box,
    Cases,
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
    """The functions of which expressions use the slope, each once, in the order of their table."""
    names = {node.data[0] for e in expressions for node in e.walk() if node.op == "function" and node.data[1]}
    return tuple(row for name, row in FUNCTIONS.items() if name in names)


def definition_box(function: Function, by: Writer) -> Box | None:
    """``σ(z) = 1/(1 + e^{-z})``; None for a function that has no plainer formula than its name."""
    z = _sympy_symbol("z")
    head, formula = _head(function, by, 0), _pieces(function, function.formula(z), z, by)
    return chain(head, [("equals", formula)]) if formula != head else None


def slope_box(function: Function, by: Writer) -> Box:
    """``σ'(z) = e^{-z}/(1 + e^{-z})² = σ(z)(1 − σ(z))``: SymPy's derivative, then the form courses print."""
    z = _sympy_symbol("z")
    differentiated = _pieces(function, functions.sympy_slope(function, z), z, by)
    textbook = _textbook(function, by)
    forms = [differentiated] if textbook in (None, differentiated) else [differentiated, textbook]
    return chain(_head(function, by, 1), [("equals", form) for form in forms if form])


def loss_slope_box(loss: Loss, by: Writer, share: Fraction = Fraction(1)) -> Box | None:
    """The slope of a loss at one output, such as ``∂E/∂a = a − y``; None for a loss left open.

    ``share`` is what the output's term is multiplied by, such as 1/N in a mean over N examples.
    """
    if loss.formula is None:
        return None
    a, y = (_sympy_symbol(by.notation.letter(kind)) for kind in ("a", "y"))
    slope = ops.scale(share, _node(losses.sympy_slope(loss, a, y)))
    return chain(_derivative(by), [("equals", by.box(slope))])


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


def _pieces(function: Function, formula: Any, z: Any, by: Writer) -> Box:
    """The formula; between the kinks of a function that has some, what it is there."""
    if not function.kinks:
        return by.box(_node(formula))
    kinks = [Fraction(kink) for kink in function.kinks]
    edges = [kinks[0] - 1, *kinks, kinks[-1] + 1]
    middles = [(low + high) / 2 for low, high in pairwise(edges)]
    values = [by.box(_node(_at(formula, z, middle))) for middle in middles]
    conditions = [_condition(index, kinks, by) for index in range(len(middles))]
    return Cases(tuple(zip(reversed(values), reversed(conditions), strict=True)))


def _at(formula: Any, z: Any, point: Fraction) -> Any:
    """The formula as it is around a point: of a maximum the largest branch, of a step its height."""
    import sympy

    def here(expression: Any) -> Any:
        return expression.subs(z, sympy.Rational(point))

    formula = formula.replace(sympy.Max, lambda *branches: max(branches, key=here))
    formula = formula.replace(sympy.Min, lambda *branches: min(branches, key=here))
    return formula.replace(sympy.Heaviside, lambda argument, *_: sympy.Integer(bool(here(argument) > 0)))


def _condition(index: int, kinks: list[Fraction], by: Writer) -> Box:
    """When the piece holds; the point of a kink belongs to the piece below it."""
    z, words = by.box(symbol(Z, SCALAR)), Words("if ")
    if index == 0:
        return row(words, z, sign("at most"), _point(kinks[0], by))
    if index == len(kinks):
        return row(words, z, sign("greater"), _point(kinks[-1], by))
    low, high = (_point(kink, by) for kink in kinks[index - 1 : index + 1])
    return row(words, low, sign("less"), z, sign("at most"), high)


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
    return ops.function(expression.func.__name__, _node(expression.args[0]))


def _sum(expression: Any) -> Node:
    first, *others = sorted(expression.as_ordered_terms(), key=_is_negative)
    total = _node(first)
    for term in others:
        total = ops.minus(total, _node(-term)) if _is_negative(term) else ops.add(total, _node(term))
    return total


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
