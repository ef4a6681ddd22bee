"""Where in a right side something can be exchanged: one place after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from derive import ops
from derive.activations import Activation
from derive.derivation import Derivation
from derive.functions import FUNCTIONS
from derive.graph import Equation, Node, ShapeError, substitute, symbol
from derive.graph_language import read_expression
from derive.quantities import Quantity
from derive.unfolding import INPUT, OUTPUT, spread

Change = Callable[[Node], Iterable[Node]]
"""What may stand in place of a node; nothing for a node that is left alone."""
TARGET = Quantity("y")


def exchanging(expression: Node, change: Change) -> Iterator[Node]:
    """The expression with one of its nodes exchanged, wherever what ``change`` gives for it fits."""
    for node in dict.fromkeys(expression.walk()):
        for other in _fitting(change, node):
            try:
                yield put(expression, node, other)
            except ShapeError:
                continue


def _fitting(change: Change, node: Node) -> Iterator[Node]:
    """What a node may be exchanged for, up to the first thing that no shapes fit."""
    try:
        yield from change(node)
    except ShapeError:
        return


def put(expression: Node, old: Node, new: Node) -> Node:
    """The expression with a node exchanged at all its places. Raises `ShapeError`."""
    return substitute(expression, lambda node: new if node is old else None, ops.rebuild)


def lines(equation: Equation, derivation: Derivation) -> tuple[Node, ...]:
    """A right side as it is printed, and the lines that lead to it: in these nothing has cancelled yet."""
    step = next((step for step in derivation if step.quantity == equation.quantity), None)
    before = [line.expression for line in step.lines] if step is not None else []
    named = (line for line in reversed(before) if line.quantity is None)
    return tuple(dict.fromkeys((equation.expression, *named)))


def in_lines(equation: Equation, derivation: Derivation, change: Change) -> Iterator[Node]:
    """The right side with one node exchanged, in the form that is printed or in one that leads to it."""
    for line in lines(equation, derivation):
        yield from exchanging(line, change)


# -- what stands at a place ----------------------------------------------------------------------------------


def is_error(node: Node) -> bool:
    """Whether a node is output minus target."""
    return node.op == "subtract" and node.args[1].quantity == TARGET and node.args[0].quantity is not None


def is_slope(node: Node) -> bool:
    """Whether a node is the slope of an activation at a layer's weighted input, σ'(z)."""
    if node.op != "function" or node.data[1] != 1 or node.args[0].quantity is None:
        return False
    row = FUNCTIONS.get(node.data[0])
    return row is None or row.is_activation


def output_of(node: Node) -> Node:
    """The activation of the layer whose slope a node is."""
    quantity = node.args[0].quantity
    assert quantity is not None
    return symbol(Quantity("a", quantity.layer), node.shape)


def symbol_of(kind: str, equation: Equation) -> Node:
    """The symbol of a quantity of the same layer and shape as what an equation gives."""
    return symbol(Quantity(kind, equation.quantity.layer), equation.expression.shape)


def by_value(formula: str, node: Node, output: Node | None = None) -> Node:
    """A formula in a and z, entry by entry, for the layer whose slope a node is; ``output`` stands for a."""
    known = {OUTPUT: output or output_of(node), INPUT: node.args[0]}
    return spread(_read(formula), known, node.shape)


@lru_cache(maxsize=256)
def _read(formula: str) -> Node:
    return read_expression(formula, ("a", "z"))


def activation_at(derivation: Derivation, quantity: Quantity) -> Activation | None:
    """The activation of the layer that a quantity belongs to; None in a graph and for the input."""
    network, layer = derivation.network, quantity.layer
    if network is None or not isinstance(layer, int) or not 1 <= layer <= network.depth:
        return None
    return network.activation_of(layer)


def others_of(used: Quantity, derivation: Derivation, kind: str | None = None) -> Iterator[Node]:
    """The same kind of quantity (or another ``kind``) in every other layer that has it."""
    shapes = {q: shape for q, shape in derivation.graph.shapes.items() if q.kind == (kind or used.kind)}
    shapes |= {
        step.quantity: step.formula.shape for step in derivation if step.quantity.kind == (kind or used.kind)
    }
    for quantity, shape in shapes.items():
        if quantity != used and isinstance(quantity.layer, int):
            yield symbol(quantity, shape)
