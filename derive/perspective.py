"""A course's own matrices: weights whose columns are neurons, batches whose rows are examples.

The quantities promised to users stand one way round (`derive.quantities`). A notation may mean their
transposes, and by δ in a batch the error of one example; this module rewrites expressions and values from
the one to the other. Nothing else about a notation changes what its symbols are worth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from msgspec import Struct, field

from derive import ops
from derive.functions import Array
from derive.graph import Node, Shape, intern, symbol
from derive.notation import PARAMETERS, Notation
from derive.quantities import Quantity

NEURONS = ("y", "z", "a", "b", "delta", "dy", "dz", "da", "db", "vb", "sb", "mb")
"""Kinds that are columns, or with a batch matrices with a column for each example."""
ERRORS = ("delta", "dz", "da")
"""Kinds that belong to the loss of a batch."""


def is_turned(kind: str, notation: Notation) -> bool:
    """Whether a notation's symbol of a kind is the transpose of the quantity promised to users.

    >>> from derive.notation import NOTATIONS
    >>> [is_turned(kind, NOTATIONS["cs182"]) for kind in ("W", "a")], is_turned("a", NOTATIONS["rows"])
    ([True, False], True)
    """
    stem = kind.removesuffix("_new")
    if stem in NEURONS:
        return notation.examples == "rows"
    is_weight = stem.endswith("W") and (stem in PARAMETERS or stem == "dW")
    return is_weight and notation.weights == "from"


class Perspective(Struct, frozen=True):
    """What the symbols of one notation stand for; ``share`` is what one example counts in the loss."""

    notation: Notation
    share: Node = field(default_factory=lambda: ops.constant(1))

    @property
    def is_ours(self) -> bool:
        """Whether every symbol is worth what is promised to users."""
        row = self.notation
        return row.weights == "to" and row.examples == "columns" and not self._shares("delta")

    def _shares(self, kind: str) -> bool:
        one = self.share.op == "constant" and self.share.data == 1
        return self.notation.error_per_example and kind in ERRORS and not one

    def symbol(self, quantity: Quantity, shape: Shape) -> Node:
        """The notation's own symbol, given the shape promised to users."""
        return symbol(quantity, shape[::-1] if is_turned(quantity.kind, self.notation) else shape)

    def equation(self, quantity: Quantity, expression: Node) -> tuple[Node, Node]:
        """Both sides of ``quantity = expression`` in the notation's own symbols."""
        own = self.symbol(quantity, expression.shape)
        flip = is_turned(quantity.kind, self.notation)
        return own, self.expression(expression, flip, per_example=self._shares(quantity.kind))

    def expression(self, node: Node, flip: bool = False, per_example: bool = False) -> Node:
        """An expression, or its transpose, in the notation's own symbols; ``per_example`` divides it by the
        share of one example."""
        if self.is_ours:
            return ops.transpose(node) if flip else node
        taken = _Turned(self).built(node, flip)
        return taken.without(self.share) if per_example else taken.whole(self.share)

    def value(self, quantity: Quantity, value: Array, share: Array | float = 1.0) -> Array:
        """What the notation's symbol is worth, given the value promised to users (…×rows×columns) and what
        one example counts."""
        if self._shares(quantity.kind):
            value = value / share
        return value.swapaxes(-1, -2) if is_turned(quantity.kind, self.notation) else value


class _Taken(Struct, frozen=True):
    """An expression with the shares of single examples taken out of it, counted."""

    node: Node
    shares: int = 0

    def whole(self, share: Node) -> Node:
        node = self.node
        for _ in range(self.shares):
            node = ops.scale(share, node)
        return node

    def without(self, share: Node) -> Node:
        return _Taken(self.node, self.shares - 1).whole(share) if self.shares else _divided(self.node, share)


def _divided(node: Node, share: Node) -> Node:
    """The node over the share, which is taken off where it stands in front."""
    found = _taken_off(node, share)
    if found is not None:
        return found
    return ops.scale(1 / Fraction(share.data) if share.op == "constant" else share.args[1], node)


def _taken_off(node: Node, share: Node) -> Node | None:
    """The node without the share, which must stand in every term of it."""
    if node.op in ("add", "subtract", "negate"):
        terms = [_taken_off(argument, share) for argument in node.args]
        return None if None in terms else ops.rebuild(node.op, *filter(None, terms))
    if node.op == "hadamard":
        left = _taken_off(node.args[0], share)
        return None if left is None else ops.times(left, node.args[1])
    if node.op != "scale":
        return None
    if share.op == node.args[0].op == "constant":
        return ops.scale(node.args[0].data / share.data, node.args[1])
    if share.op == node.args[0].op == "divide" and node.args[0].args[1] is share.args[1]:
        return ops.scale(node.args[0].args[0], node.args[1])
    return None


class _Turned:
    """Rebuilds one expression from its leaves, each part the way round that its place asks for."""

    def __init__(self, perspective: Perspective) -> None:
        self.perspective = perspective
        self._done: dict[tuple[Node, bool], _Taken] = {}

    def built(self, node: Node, flip: bool) -> _Taken:
        key = (node, flip)
        if key not in self._done:
            self._done[key] = RULES.get(node.op, _same)(self, node, flip)
        return self._done[key]

    def whole(self, node: Node, flip: bool) -> Node:
        return self.built(node, flip).whole(self.perspective.share)


def _symbol(turned: _Turned, node: Node, flip: bool) -> _Taken:
    quantity = node.quantity
    assert quantity is not None
    perspective = turned.perspective
    own = perspective.symbol(quantity, node.shape)
    is_other = is_turned(quantity.kind, perspective.notation) != flip
    return _Taken(ops.transpose(own) if is_other else own, int(perspective._shares(quantity.kind)))


def _alike(turned: _Turned, node: Node, flip: bool) -> _Taken:
    """Entry by entry: every argument the same way round."""
    parts = [turned.built(argument, flip) for argument in node.args]
    shares = {part.shares for part in parts}
    if len(shares) == 1:
        return _Taken(ops.rebuild(node.op, *(part.node for part in parts), data=node.data), shares.pop())
    whole = [part.whole(turned.perspective.share) for part in parts]
    return _Taken(ops.rebuild(node.op, *whole, data=node.data))


def _wholly(turned: _Turned, node: Node, flip: bool) -> _Taken:
    """A function of its argument: nothing can be taken out of it."""
    return _Taken(
        ops.rebuild(node.op, *(turned.whole(argument, flip) for argument in node.args), data=node.data)
    )


def _multiplied(turned: _Turned, node: Node, flip: bool) -> _Taken:
    left, right = (turned.built(argument, flip) for argument in node.args)
    return _Taken(ops.times(left.node, right.node), left.shares + right.shares)


def _matmul(turned: _Turned, node: Node, flip: bool) -> _Taken:
    parts = [turned.built(argument, flip) for argument in node.args]
    first, second = reversed(parts) if flip else parts
    return _Taken(ops.matmul(first.node, second.node), first.shares + second.shares)


def _transpose(turned: _Turned, node: Node, flip: bool) -> _Taken:
    return turned.built(node.args[0], not flip)


def _scale(turned: _Turned, node: Node, flip: bool) -> _Taken:
    factor, body = node.args[0], turned.built(node.args[1], flip)
    return _Taken(ops.scale(turned.whole(factor, False), body.node), body.shares)


def _ones(turned: _Turned, node: Node, flip: bool) -> _Taken:
    return _Taken(ops.ones(node.shape[::-1] if flip else node.shape))


AXES = {"rows": "columns", "columns": "rows", None: "rows"}
"""The other axis; None is the usual one, along which an operation works in each column."""


def _sum(turned: _Turned, node: Node, flip: bool) -> _Taken:
    body = turned.built(node.args[0], flip)
    return _Taken(ops.sum_over(AXES[node.data] if flip else node.data, body.node), body.shares)


def _along_columns(turned: _Turned, node: Node, flip: bool) -> _Taken:
    """An operation on each column, such as a softmax, becomes one on each row."""
    data = "rows" if flip else node.data
    return _Taken(ops.apply(node.op, turned.whole(node.args[0], flip), data=data))


def _number(turned: _Turned, node: Node, flip: bool) -> _Taken:
    """A number made of matrices: the way round that needs fewer transposes."""
    ways = [_alike(turned, node, way) for way in (False, True)]
    return min(ways, key=lambda way: sum(part.op == "transpose" for part in way.node.walk()))


def _same(turned: _Turned, node: Node, flip: bool) -> _Taken:
    """An operation that knows rows from columns: its arguments stay as promised to users."""
    whole = [turned.whole(argument, False) for argument in node.args]
    rebuilt = ops.rebuild(node.op, *whole, data=node.data)
    return _Taken(ops.transpose(rebuilt) if flip else rebuilt)


def _partial(turned: _Turned, node: Node, flip: bool) -> _Taken:
    """∂u/∂v has a row for each entry of u in every notation."""
    return _Taken(ops.transpose(node) if flip else node)


def _own_way_round(kind: str, turned: _Turned, flip: bool, own: Node) -> Node:
    return ops.transpose(own) if is_turned(kind, turned.perspective.notation) != flip else own


def _slope(turned: _Turned, node: Node, flip: bool) -> _Taken:
    """Shaped as what is differentiated."""
    kind = node.data.of.kind
    shape = node.shape[::-1] if is_turned(kind, turned.perspective.notation) else node.shape
    own = intern(node.op, (), shape, node.data)
    return _Taken(_own_way_round(kind, turned, flip, own))


def _chain(turned: _Turned, node: Node, flip: bool) -> _Taken:
    """Shaped as what one differentiates by; the gradient as the notation has it."""
    pair, notation = node.data, turned.perspective.notation
    gradient = turned.built(node.args[0], is_turned(pair.of.kind, notation))
    shape = node.shape[::-1] if is_turned(pair.by.kind, notation) else node.shape
    own = intern(node.op, (gradient.node,), shape, pair)
    return _Taken(_own_way_round(pair.by.kind, turned, flip, own), gradient.shares)


def _diag(turned: _Turned, node: Node, flip: bool) -> _Taken:
    """A diagonal matrix is its own transpose, and a row makes the same one as a column."""
    (body,) = node.args
    ways = [turned.whole(body, way) for way in (False, True)]
    best = min(ways, key=lambda way: sum(part.op == "transpose" for part in way.walk()))
    return _Taken(ops.diag(best))


def _by_weights(turned: _Turned, node: Node, flip: bool) -> _Taken:
    known, below = node.args
    own = (turned.whole(known, False), turned.whole(below, is_turned("a", turned.perspective.notation)))
    return _Taken(intern(node.op, own, node.shape, node.data))


RULES: Mapping[str, Callable[[Any, Node, bool], _Taken]] = {
    "symbol": _symbol,
    "add": _alike,
    "subtract": _alike,
    "negate": _alike,
    "hadamard": _multiplied,
    "divide": _wholly,
    "power": _wholly,
    "function": _wholly,
    "scale": _scale,
    "matmul": _matmul,
    "transpose": _transpose,
    "ones": _ones,
    "sum": _sum,
    "softmax": _along_columns,
    "winner-take-all": _along_columns,
    "total": _number,
    "norm2": _number,
    "inner": _number,
    "cost": _number,
    "diag": _diag,
    "partial": _partial,
    "slope": _slope,
    "chain": _chain,
    "by weights": _by_weights,
}
"""How each operation is turned over; the others keep their arguments and are transposed as a whole."""
