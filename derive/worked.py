"""A formula worked out as a person would: the numbers in its place, and what they come to, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from msgspec import field
from msgspec.structs import replace

from derive import ops
from derive.derivation import Derivation
from derive.evaluate import known_to, read_given
from derive.functions import Array, NotExact
from derive.graph import Equation, Node, substitute, symbol
from derive.kernels import Arithmetic
from derive.ops import OPS
from derive.program import Values
from derive.quantities import Quantity
from derive.writing.boxes import Box, Digits, Row, begins_with_minus, bracket, row, sign
from derive.writing.layout import ELEMENTWISE, SUM, Writer
from derive.writing.numbers import Printed, value_box

RATE, LOSS_NEW = Quantity("rate"), Quantity("loss_new")
SUMS = ("add", "subtract")
"""Operations of which a chain is added up at once."""
SIGNS = ("negate", "scale")
"""Operations that a person does along with the sum they stand in."""
MINUS_ZERO = row(sign("minus"), Digits("0"))
"""On the way to 0 it is no step."""
WRITTEN = ("constant", "ones")
"""Numbers of the formula itself; they stay as written until something is computed with them."""


def worked_values(derivation: Derivation, given: Mapping[str, Any]) -> Values:
    """The value of every quantity that the given numbers determine: fractions where they reach, else float64.

    Raises `Unusable` for numbers of the wrong shape.
    """
    network = derivation.network
    values = known_to(network, given, exact=True) if network else {}
    present = {q: shape for q, shape in derivation.graph.inputs.items() if q.address in given}
    values |= read_given(given, present, exact=True)
    _follow((step.equation for step in derivation), values, arithmetic_of(derivation))
    if network and RATE in values and derivation.graph.output in values:
        values[LOSS_NEW] = _loss_after(derivation, values)
    return values


def with_following(derivation: Derivation, values: Values) -> Values:
    """The values with those of further steps that they determine, such as local derivatives at gates."""
    found = dict(values)
    further = (step.equation for step in derivation if step.quantity not in values)
    _follow(further, found, arithmetic_of(derivation))
    return found


def arithmetic_of(derivation: Derivation) -> Arithmetic:
    """What numbers are here, with the network's own slopes at kinks."""
    return derivation.network.arithmetic() if derivation.network else Arithmetic()


def _follow(equations: Iterable[Equation], values: Values, arithmetic: Arithmetic) -> None:
    """Add the left side of every equation whose right side can be computed from what is above it."""
    for equation in equations:
        expression = equation.expression
        if expression.symbols <= values.keys() and all(map(_has_value, expression.walk())):
            values[equation.quantity] = node_values(expression, values, arithmetic)[expression]


def _has_value(node: Node) -> bool:
    """Whether an operation can be computed; an activation or a loss that is left open cannot."""
    return node.op != "cost" and (node.op != "function" or Arithmetic().knows(node.data[0]))


def _loss_after(derivation: Derivation, values: Values) -> Array:
    fresh = {q: values.get(Quantity(q.kind + "_new", q.layer), values[q]) for q in derivation.graph.inputs}
    _follow(derivation.graph.equations, fresh, arithmetic_of(derivation))
    return fresh[derivation.graph.output]


def node_values(
    expression: Node, known: Mapping[Quantity, Array], arithmetic: Arithmetic
) -> dict[Node, Array]:
    """The value of every node of an expression."""
    values: dict[Node, Array] = {}
    for node in expression.walk():
        quantity = node.quantity
        below = [values[argument] for argument in node.args]
        values[node] = known[quantity] if quantity else _value(node, below, arithmetic)
    return values


def _value(node: Node, arguments: list[Array], arithmetic: Arithmetic) -> Array:
    if all(argument.dtype == object for argument in arguments):
        try:
            return OPS[node.op].bind(node.data, replace(arithmetic, exact=True))(*arguments)
        except (NotExact, TypeError, ZeroDivisionError):  # NumPy's own functions say TypeError to fractions
            pass
    with np.errstate(all="ignore"):
        return OPS[node.op].bind(node.data, arithmetic)(*(a.astype(float) for a in arguments))


# -- lines ---------------------------------------------------------------------------------------------------


class NumberWriter(Writer, frozen=True):
    """Writes numbers where an expression has the symbols they stand for."""

    numbers: Mapping[Quantity, Printed] = field(default_factory=dict)

    def box(self, node: Node) -> Box:
        printed = self.numbers.get(node.quantity) if node.quantity else None
        return printed[0] if printed else super().box(node)

    def within(self, node: Node, tightness: int) -> Box:
        if node.quantity not in self.numbers:
            return super().within(node, tightness)
        drawn = self.box(node)
        loose = begins_with_minus(drawn) or (isinstance(drawn, Row) and tightness > ELEMENTWISE)
        return bracket(drawn) if loose and tightness > SUM else drawn


def working(
    expression: Node, known: Mapping[Quantity, Array], by: Writer, arithmetic: Arithmetic
) -> list[tuple[str, Box]]:
    """The lines after ``quantity = expression``, each after its relation: ``equals`` or, rounded, ``approx``.

    The first has the numbers in place, in every further one the innermost operations are done, and the last
    is the value.
    """
    values = node_values(expression, known, arithmetic)
    heights = _heights(expression)
    lines: list[tuple[str, Box]] = []
    for height in range(heights[expression] + 1):
        done = {node: values[node] for node, h in heights.items() if h <= height and node.op not in WRITTEN}
        box, exact = _line(expression, done, by)
        if box != MINUS_ZERO and (not lines or lines[-1][1] != box):
            lines.append(("equals" if exact else "approx", box))
    return lines


def _heights(expression: Node) -> dict[Node, int]:
    """After how many lines a node is a number: symbols, also transposed, at once, sums when all terms are."""
    heights: dict[Node, int] = {}
    for node in expression.walk():
        below = [heights[a] - _along(node, a) for a in node.args]
        at_once = node.op == "transpose" and heights[node.args[0]] == 0
        heights[node] = 0 if not below or at_once else 1 + max(below)
    return heights


def _along(node: Node, argument: Node) -> bool:
    """Whether the argument is worked out together with the node, as signs and factors in a sum are, and the
    absolute values in a norm.
    """
    is_norm = node.op == "total" and argument.data == ("abs", 0)
    return is_norm or (node.op in SUMS and argument.op in (*SUMS, *SIGNS))


def _line(expression: Node, done: Mapping[Node, Array], by: Writer) -> tuple[Box, bool]:
    stand_ins = {node: symbol(Quantity(f"value {index}"), node.shape) for index, node in enumerate(done)}
    shown = substitute(expression, stand_ins.get, ops.rebuild)
    numbers = {
        q: value_box(done[node]) for node, s in stand_ins.items() if (q := s.quantity) in shown.symbols
    }
    writer = NumberWriter(by.notation, by.output, by.taken, numbers)
    return writer.box(shown), all(exact for _, exact in numbers.values())


def is_scalar(expression: Node) -> bool:
    """Whether an expression has nothing but numbers in it."""
    return all(node.shape == (1, 1) for node in expression.walk())
