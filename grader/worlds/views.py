"""A world as a notation sees it: its own matrices, which may be transposes, and its own δ."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from derive import ops
from derive.functions import Array
from derive.graph import Node, Shape
from derive.network import Network
from derive.notation import Notation
from derive.perspective import Perspective
from derive.program import Values
from derive.quantities import Quantity
from grader.meaning.frame import Frame

if TYPE_CHECKING:
    from grader.worlds.world import World


class View(Struct, frozen=True, dict=True):
    """One world through one notation. ``values`` and ``frame`` are those of the notation's own symbols."""

    world: World
    perspective: Perspective

    @cached_property
    def values(self) -> Values:
        """What every symbol is worth, samples×rows×columns."""
        if self.perspective.is_ours:
            return self.world.values
        return {quantity: self.value(quantity, value) for quantity, value in self.world.values.items()}

    def value(self, quantity: Quantity, value: Array) -> Array:
        """What the notation's symbol is worth, given the value promised to users."""
        share = self._share if value.dtype == object else float(self._share)
        return self.perspective.value(quantity, value, share)

    @cached_property
    def _share(self) -> Fraction:
        node = self.perspective.share
        return Fraction(node.data) if node.op == "constant" else Fraction(1)

    @cached_property
    def frame(self) -> Frame:
        """What names stand for in the notation."""
        frame = self.world.frame
        if self.perspective.is_ours or frame.partials is None:
            return frame
        shapes: dict[Quantity, Shape] = {q: value.shape[-2:] for q, value in self.values.items()}
        partials = frame.partials.seen_in(self.perspective)
        return replace(frame, shapes=shapes, partials=partials, examples=self.perspective.notation.examples)


def perspective_on(model: object, notation: Notation) -> Perspective:
    """What a notation's symbols stand for in a network or graph with concrete sizes."""
    return Perspective(notation, _share(model))


def perspective_key(notation: Notation) -> tuple[object, ...]:
    """What notations have in common that see the same in every world."""
    return notation.weights, notation.examples, notation.error_per_example


def _share(model: object) -> Node:
    return model.share if isinstance(model, Network) else ops.constant(1)
