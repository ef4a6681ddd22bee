"""Small edits of expressions that misconceptions share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from derive import ops
from derive.graph import Node, substitute, symbol
from derive.quantities import Quantity


def exchanged(expression: Node, old: Quantity, new: Node) -> Node:
    """The expression with every symbol of ``old`` replaced."""
    return substitute(expression, lambda node: new if node.quantity == old else None, ops.rebuild)


def renamed(expression: Node, change: Callable[[Quantity], Quantity | None]) -> Node:
    """The expression with symbols renamed where ``change`` gives a new name of the same shape."""

    def other(node: Node) -> Node | None:
        name = change(node.quantity) if node.quantity is not None else None
        return symbol(name, node.shape) if name is not None else None

    return substitute(expression, other, ops.rebuild)


def is_forward(quantity: Quantity) -> bool:
    """Whether a quantity belongs to the forward pass of a network, where signs and factors are not at
    stake."""
    return quantity.kind.partition("_")[0] in ("z", "a")


def scaled_gradients(expression: Node, factor: int | Fraction) -> Iterator[Node]:
    """The whole expression times a factor or, in an update, its gradient times the factor."""
    gradients = [q for q in expression.symbols if q.kind in ("dW", "db")]
    if not gradients:
        yield ops.scale(factor, expression)
    for gradient in gradients:
        node = next(inner for inner in expression.walk() if inner.quantity == gradient)
        yield exchanged(expression, gradient, ops.scale(factor, node))
