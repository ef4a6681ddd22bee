"""What ∂u/∂v is between two quantities: the slope or Jacobian that the chain rule needs, read off the
forward equations."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from derive import ops
from derive.backprop import pass_back
from derive.graph import SCALAR, Equation, Node, Shape, symbol
from derive.quantities import Quantity


class NoPartial(ValueError):
    """There is no such derivative that a formula could use."""


class Partials:
    """Derivatives between the quantities of one forward pass.

    ``definitions`` are its equations in order, ``shapes`` the sizes, ``is_slope(quantity)`` tells whether
    a quantity is a function applied entry by entry, so that its derivative is a slope for each entry.
    """

    def __init__(
        self,
        definitions: Mapping[Quantity, Node],
        shapes: Mapping[Quantity, Shape],
        is_slope: Callable[[Quantity], bool],
    ) -> None:
        self._definitions = definitions
        self._shapes = shapes
        self._is_slope = is_slope

    def matrix(self, of: Quantity, by: Quantity) -> Node:
        """∂of/∂by with a row for each entry of ``of``; by weights, the row that stands behind δ. Raises
        `NoPartial`."""
        if of == by:
            return _unit(self._shapes[of])
        if of not in self._definitions:
            raise NoPartial(f"{of.address} does not depend on {by.address}")
        total: Node | None = None
        for used in sorted(self._definitions[of].symbols, key=lambda q: q.address):
            if used == by or self._depends(used, by):
                inner = self._local(of, used)
                path = inner if used == by else ops.rebuild("matmul", inner, self.matrix(used, by))
                total = path if total is None else ops.add(total, path)
        if total is None:
            raise NoPartial(f"{of.address} does not depend on {by.address}")
        return total

    def slope(self, of: Quantity, by: Quantity) -> Node | None:
        """∂of/∂by entry by entry, where ``of`` is a function of ``by`` applied entry by entry; else None."""
        definition = self._definitions.get(of)
        if definition is None or by not in definition.symbols or not self._is_slope(of):
            return None
        return pass_back(Equation(of, definition), ops.ones(definition.shape))[by].gradient

    def _depends(self, quantity: Quantity, by: Quantity) -> bool:
        definition = self._definitions.get(quantity)
        return definition is not None and any(
            used == by or self._depends(used, by) for used in definition.symbols
        )

    def _local(self, of: Quantity, used: Quantity) -> Node:
        """The Jacobian of one equation by a quantity it uses."""
        definition, shape = self._definitions[of], self._shapes[of]
        if used.kind == "W":
            return ops.transpose(symbol(below := Quantity("a", _under(of)), self._shapes[below]))
        slope = self.slope(of, used)
        if shape == SCALAR == self._shapes[used]:
            return slope or pass_back(Equation(of, definition), ops.constant(1))[used].gradient
        if shape[1] != 1 and slope is not None:
            raise NoPartial("with a batch this is a slope for every entry: write it with ⊙")
        if slope is not None:
            return ops.diag(slope)
        if used.kind == "b":
            return _unit((shape[0], 1))
        if used.kind == "a":
            return symbol(matrix := Quantity("W", of.layer), self._shapes[matrix])
        return self._by_rows(of, used)

    def _by_rows(self, of: Quantity, used: Quantity) -> Node:
        """Row by row: what a unit gradient at each entry hands back."""
        equation, (rows, columns) = Equation(of, self._definitions[of]), self._shapes[of]
        if columns != 1 or not isinstance(rows, int):
            raise NoPartial("with a batch this derivative is no matrix")
        total: Node | None = None
        for row in range(1, rows + 1):
            unit = ops.apply("place", ops.constant(1), data=(row, 1, (rows, 1)))
            handed = ops.matmul(unit, ops.transpose(pass_back(equation, unit)[used].gradient))
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
