"""What ∂u/∂v is between two quantities: the slope or Jacobian that the chain rule needs, read off the
forward equations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from derive import ops
from derive.backprop import pass_back
from derive.errors import Unusable
from derive.graph import SCALAR, Equation, Node, Shape, symbol
from derive.perspective import Perspective, is_turned
from derive.quantities import Quantity
from grader.meaning.limits import Undecidable

At = TypeVar("At")
"""Coordinates of an entry, as written or as indices."""


class NoPartial(ValueError):
    """There is no such derivative that a formula could use."""


class Partials:
    """Derivatives between the quantities of one forward pass, in the symbols of one notation.

    ``definitions`` are its equations in order, ``shapes`` the sizes, as promised to users;
    ``is_slope(quantity)`` tells whether a quantity is a function applied entry by entry, so that its
    derivative is a slope for each entry. ``perspective`` is the notation whose symbols the derivatives are
    written in, None for those promised to users.
    """

    def __init__(
        self,
        definitions: Mapping[Quantity, Node],
        shapes: Mapping[Quantity, Shape],
        is_slope: Callable[[Quantity], bool],
        perspective: Perspective | None = None,
    ) -> None:
        self._definitions = definitions
        self._shapes = shapes
        self._is_slope = is_slope
        self._perspective = perspective

    def seen_in(self, perspective: Perspective) -> Partials:
        """The same derivatives in the symbols of a notation."""
        return Partials(self._definitions, self._shapes, self._is_slope, perspective)

    def several(self, of: Quantity, by: Quantity) -> bool:
        """Whether ``of`` is computed from ``by`` both directly and by way of something else."""
        definition = self._definitions.get(of)
        if definition is None or by not in definition.symbols:
            return False
        return any(used != by and self._depends(used, by) for used in definition.symbols)

    def matrix(self, of: Quantity, by: Quantity, direct: bool = False) -> Node:
        """∂of/∂by with a row for each entry of ``of``, a column for each of ``by``; by weights, what stands
        beside δ; ``direct`` leaves out all other ways from the one to the other. Raises `NoPartial`, and
        `Undecidable` by weights for what lies above the weighted input."""
        if by.kind == "W" and of != Quantity("z", by.layer):
            raise Undecidable(
                f"the derivative of {of.address} by {by.address} has three indices and is no matrix; "
                f"go by way of z{by.layer}"
            )
        found = self._local(of, by) if direct else self._matrix(of, by)
        return self._seen(found, by.kind == "W" and self._is_turned(by))

    def slope(self, of: Quantity, by: Quantity) -> Node | None:
        """∂of/∂by entry by entry, where ``of`` is a function of ``by`` applied entry by entry; else None."""
        slope = self._slope(of, by)
        return None if slope is None else self._seen(slope, self._is_turned(of))

    def through(self, of: Quantity, by: Quantity) -> tuple[Quantity, ...]:
        """What ``of`` is computed from that depends on ``by``, or is it. Raises `NoPartial` if nothing."""
        definition = self._definitions.get(of)
        symbols = sorted(definition.symbols if definition else (), key=lambda q: q.address)
        found = tuple(used for used in symbols if used == by or self._depends(used, by))
        if not found:
            raise NoPartial(f"{of.address} does not depend on {by.address}")
        return found

    def handed(self, of: Quantity, used: Quantity, neuron: int) -> Node:
        """In every example of a batch, the slopes of one neuron of ``of`` by all entries of ``used``."""
        rows, columns = self._shapes[of]
        unit = ops.apply("place", ops.constant(1), data=(neuron, 1, (rows, 1)))
        gradient = unit if columns == 1 else ops.matmul(unit, ops.ones((1, columns)))
        return self._seen(self._handed(of, used, gradient), self._is_turned(of))

    def depends(self, of: Quantity, by: Quantity) -> bool:
        """Whether a quantity is computed from another."""
        return self._depends(of, by)

    def turns(self, quantity: Quantity) -> bool:
        """Whether the notation's symbol is the transpose of the quantity promised to users."""
        return self._is_turned(quantity)

    def ends(self, weights: Quantity, places: tuple[At, ...]) -> tuple[At, At]:
        """The neurons that a weight leads to and comes from. Raises `NoPartial`."""
        if len(places) != 2:
            raise NoPartial("a weight has two indices, the neurons that it joins")
        return (places[1], places[0]) if self._is_turned(weights) else (places[0], places[1])

    def around(self, weights: Quantity) -> tuple[Quantity, Quantity]:
        """The weighted input that weights lead into, and the activation that they weight."""
        return Quantity("z", weights.layer), Quantity("a", _under(weights))

    def _seen(self, node: Node, flip: bool) -> Node:
        if self._perspective is None:
            return node
        return self._perspective.expression(node, flip)

    def _is_turned(self, quantity: Quantity) -> bool:
        return self._perspective is not None and is_turned(quantity.kind, self._perspective.notation)

    def _matrix(self, of: Quantity, by: Quantity) -> Node:
        if of == by:
            return _unit(self._shapes[of])
        total: Node | None = None
        for used in self.through(of, by):
            inner = self._local(of, used)
            path = inner if used == by else ops.rebuild("matmul", inner, self._matrix(used, by))
            total = path if total is None else ops.add(total, path)
        assert total is not None
        return total

    def _slope(self, of: Quantity, by: Quantity) -> Node | None:
        definition = self._definitions.get(of)
        if definition is None or by not in definition.symbols or not self._is_slope(of):
            return None
        return self._handed(of, by, ops.ones(definition.shape))

    def _handed(self, of: Quantity, by: Quantity, gradient: Node) -> Node:
        """What a gradient of ``of`` hands back to ``by``."""
        try:
            return pass_back(Equation(of, self._definitions[of]), gradient)[by].gradient
        except Unusable as reason:
            raise NoPartial(str(reason)) from None

    def _depends(self, quantity: Quantity, by: Quantity) -> bool:
        definition = self._definitions.get(quantity)
        return definition is not None and any(
            used == by or self._depends(used, by) for used in definition.symbols
        )

    def _local(self, of: Quantity, used: Quantity) -> Node:
        """The Jacobian of one equation by a quantity it uses."""
        shape = self._shapes[of]
        if used.kind == "W":
            return ops.transpose(symbol(below := Quantity("a", _under(of)), self._shapes[below]))
        slope = self._slope(of, used)
        if shape == SCALAR == self._shapes[used]:
            return slope or self._handed(of, used, ops.constant(1))
        if shape[1] != 1 and slope is not None:
            raise NoPartial("with a batch this is a slope for every entry: write it with ⊙")
        if slope is not None:
            return ops.diag(slope)
        if of.kind == "z" and used.kind == "b":
            return _unit((shape[0], 1))
        if of.kind == "z" and used.kind == "a":
            return symbol(matrix := Quantity("W", of.layer), self._shapes[matrix])
        return self._by_rows(of, used)

    def _by_rows(self, of: Quantity, used: Quantity) -> Node:
        """Row by row: what a unit gradient at each entry hands back."""
        rows, columns = self._shapes[of]
        if columns != 1 or not isinstance(rows, int):
            raise NoPartial("with a batch this derivative is no matrix")
        total: Node | None = None
        for row in range(1, rows + 1):
            unit = ops.apply("place", ops.constant(1), data=(row, 1, (rows, 1)))
            handed = ops.matmul(unit, ops.transpose(self._handed(of, used, unit)))
            total = handed if total is None else ops.add(total, handed)
        assert total is not None
        return total


def _under(quantity: Quantity) -> int:
    assert isinstance(quantity.layer, int)
    return quantity.layer - 1


def _unit(shape: Shape) -> Node:
    if shape == SCALAR:
        return ops.constant(1)
    if shape[1] != 1:
        raise NoPartial("with a batch this derivative is no matrix")
    return ops.diag(ops.ones(shape))
