"""Activations of one's own: functions of one number z, each read from an expression: z / (1 + abs(z))."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from derive import ops
from derive.backprop import pass_back
from derive.errors import Unusable
from derive.functions import FUNCTIONS, Array, Function
from derive.graph import Equation, Node, substitute
from derive.graph_language import MAX_EXPONENT, read_expression
from derive.kernels import Arithmetic
from derive.program import Program
from derive.quantities import Quantity

Z, A, SLOPE = Quantity("z"), Quantity("a"), Quantity("slope")
LINE = tuple[Fraction, Fraction]
"""m and c of m z + c."""
ONE: Node = ops.constant(1)
TRIED = np.concatenate([np.linspace(-60, 60, 481), np.linspace(-2, 2, 401)])
"""Where an expression is looked at before it is used."""


def is_custom(name: str) -> bool:
    """Whether a name spells out a function: ``custom(…)``."""
    return name.startswith("custom(") and name.endswith(")")


def custom_name(expression: str) -> str:
    """The name of the function that an expression in z spells out.

    >>> custom_name("z^2 / 2")
    'custom(z^2 / 2)'
    """
    return f"custom({expression.strip()})"


@lru_cache(maxsize=256)
def custom_function(name: str) -> Function:
    """The function behind ``custom(…)``. Its values and slopes are those of the table of operations.

    Raises `Unusable` for an expression that cannot be read, or is of no use as an activation.
    """
    text = name.removeprefix("custom(").removesuffix(")").strip()
    try:
        return _function(name, text, read_expression(text, [Z.kind]))
    except Unusable as fault:
        raise Unusable(f"the activation custom({text}): {fault}") from None


def _function(name: str, text: str, expression: Node) -> Function:
    if Z not in expression.symbols:
        raise Unusable("it is the same at every z; use z in it")
    _refuse_what_is_too_large(expression)
    rows = list(_functions_in(expression))
    jumping = next((row for row in rows if row.forward_only), None)
    slopes = None if jumping else _slopes(expression)
    value = _evaluated(Equation(A, expression))
    return Function(
        name,
        f"the function {text}",
        formula=lambda z: _formula(expression, z),
        value=lambda z: value(Fraction(0))(z),
        slope=slopes(Fraction(0)) if slopes else None,
        kinks=tuple(_kinks(expression)) if slopes else (),
        rational=all(row.rational for row in rows),
        is_activation=True,
        forward_only=f"{jumping.words} is part of it, and {jumping.forward_only}" if jumping else None,
        slope_with=slopes,
        by_cases=False,
        bounds=_seen_bounds(value(Fraction(0))),
        has_hidden_kinks=not all(_lines_in_bends(expression).values()),
    )


def _functions_in(expression: Node) -> Iterator[Function]:
    return (FUNCTIONS[node.data[0]] for node in expression.walk() if node.op == "function")


def _refuse_what_is_too_large(expression: Node) -> None:
    """Powers of powers soon have more digits than a computer has room for."""
    degree: dict[Node, int] = {}
    for node in expression.walk():
        below = max((degree[argument] for argument in node.args), default=1)
        degree[node] = below * max(1, abs(int(node.data))) if node.op == "power" else below
    if degree[expression] > MAX_EXPONENT:
        raise Unusable(f"powers of powers come to more than {MAX_EXPONENT}")


def _seen_bounds(value: Callable[[Array], Array]) -> tuple[float, float]:
    """The least and the largest output among many inputs."""
    with np.errstate(all="ignore"):
        seen = value(TRIED)
    seen = seen[np.isfinite(seen)]
    if not len(seen):
        raise Unusable("it has no value at any z that was tried")
    if seen.min() == seen.max():
        raise Unusable("it is the same at every z; use z in it")
    return float(seen.min()), float(seen.max())


def _formula(expression: Node, z: Any) -> Any:
    from derive.symbolic import as_sympy

    formula = as_sympy(expression)
    return formula.subs(dict.fromkeys(formula.free_symbols, z)).doit()


# -- values and slopes ---------------------------------------------------------------------------------------


def _gradient(expression: Node) -> Node:
    return pass_back(Equation(A, expression), ONE)[Z].gradient


def _evaluated(*equations: Equation) -> Callable[[Fraction], Callable[[Array], Array]]:
    """For the share of a slope at a kink: the last equation's value at every entry of an array."""

    @lru_cache(maxsize=8)
    def program(exact: bool, share: Fraction) -> Program:
        return Program(equations, Arithmetic(exact=exact, kink_slope=share))

    def with_share(share: Fraction) -> Callable[[Array], Array]:
        def at(z: Array) -> Array:
            found = program(z.dtype == object, share).run({Z: z})[equations[-1].quantity]
            return np.broadcast_to(found, np.broadcast_shapes(found.shape, z.shape)).reshape(z.shape)

        return at

    return with_share


def _slopes(expression: Node) -> Callable[[Fraction], Callable[[Array], Array]]:
    """The slope of an expression, given the share of the slope from above at its kinks."""
    found = _evaluated(Equation(A, expression), Equation(SLOPE, _gradient(expression)))
    kinks = _kinks(expression)

    def with_share(share: Fraction) -> Callable[[Array], Array]:
        def slope(z: Array) -> Array:
            out = found(share)(z)
            for kink, (below, above) in kinks.items():
                at = below + share * (above - below)
                here = z == (kink if z.dtype == object else float(kink))
                out = np.where(here, at if z.dtype == object else float(at), out)
            return out

        return slope

    return with_share


# -- kinks ---------------------------------------------------------------------------------------------------


def _kinks(expression: Node) -> dict[Fraction, tuple[Any, Any]]:
    """Where the slope jumps, with the slopes below and above.

    Found where every function with a kink stands around a straight line m z + c; else none are named.
    """
    lines = _lines_in_bends(expression)
    if not all(lines.values()):
        return {}
    points = {
        (Fraction(kink) - line[1]) / line[0]
        for node, line in lines.items()
        if line and line[0]
        for kink in FUNCTIONS[node.data[0]].kinks
    }
    sides = {
        point: tuple(_slope_beside(expression, point, side) for side in (-1, 1)) for point in sorted(points)
    }
    return {point: (below, above) for point, (below, above) in sides.items() if not _same(below, above)}


def _lines_in_bends(expression: Node) -> dict[Node, LINE | None]:
    """Every function with a kink, and the straight line in it; None for what is no straight line."""
    bent = (node for node in expression.walk() if node.op == "function" and FUNCTIONS[node.data[0]].kinks)
    return {node: _line(node.args[0]) for node in bent}


def _same(below: Any, above: Any) -> bool:
    return bool(abs(below - above) <= Fraction(1, 10**12) * (1 + abs(below)))


def _slope_beside(expression: Node, point: Fraction, side: int) -> Any:
    """The slope just below (side −1) or above (1) a point: bent functions are straight there."""

    def straight(node: Node) -> Node | None:
        if node.op != "function" or not FUNCTIONS[node.data[0]].kinks:
            return None
        row, line = FUNCTIONS[node.data[0]], _line(node.args[0])
        assert line is not None
        kink = Fraction(row.kinks[0])
        if not line[0] or line[0] * point + line[1] != kink:
            return None
        ahead = side if line[0] > 0 else -side
        at = np.array([kink, kink + ahead], dtype=object)
        base, beyond = row.value(at)
        rise = ops.scale((beyond - base) * ahead, ops.minus(node.args[0], ops.constant(kink)))
        return ops.add(ops.constant(base), rise)

    smooth = substitute(expression, straight, ops.rebuild)
    if Z not in smooth.symbols:
        return Fraction(0)
    exact = all(row.rational for row in _functions_in(smooth))
    found = _evaluated(Equation(A, smooth), Equation(SLOPE, _gradient(smooth)))(Fraction(0))
    return found(np.array([point if exact else float(point)], dtype=object if exact else float))[0]


def _line(expression: Node) -> LINE | None:
    """m and c, if an expression is m z + c; None for every other one."""
    lines: dict[Node, LINE | None] = {}
    for node in expression.walk():
        below = [lines[argument] for argument in node.args]
        rule = _LINES.get(node.op)
        lines[node] = rule(node, *below) if rule and None not in below else None
    return lines[expression]


def _product(node: Node, left: LINE, right: LINE) -> LINE | None:
    if left[0] and right[0]:
        return None
    number, line = (left[1], right) if not left[0] else (right[1], left)
    return number * line[0], number * line[1]


_LINES: dict[str, Callable[..., LINE | None]] = {
    "symbol": lambda node: (Fraction(1), Fraction(0)),
    "constant": lambda node: (Fraction(0), node.data),
    "add": lambda node, left, right: (left[0] + right[0], left[1] + right[1]),
    "subtract": lambda node, left, right: (left[0] - right[0], left[1] - right[1]),
    "negate": lambda node, body: (-body[0], -body[1]),
    "scale": _product,
    "hadamard": _product,
    "divide": lambda node, top, bottom: (
        None if bottom[0] or not bottom[1] else (top[0] / bottom[1], top[1] / bottom[1])
    ),
}
