"""One world in which what is asked has a value, as a notation sees it."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from msgspec import Struct

from derive.functions import Array
from derive.graph import Node
from derive.program import Values
from derive.quantities import Quantity
from grader.meaning.frame import Frame
from grader.worlds.views import View
from grader.worlds.world import World


class Case(Struct, frozen=True, dict=True):
    """One world in which the asked quantity has a value, seen through a notation; ``own`` if its sizes are
    those the question is about."""

    view: View
    frame: Frame
    quantity: Quantity
    entry: tuple[int, ...] = ()
    own: bool = False

    @property
    def world(self) -> World:
        return self.view.world

    @property
    def sampled(self) -> bool:
        """Whether this is a world of random numbers, not the problem's own."""
        return bool(self.expected.shape[0] > 1)

    @cached_property
    def memory(self) -> dict[Node, Array]:
        """What expressions of earlier answers were worth here; most answers share their parts."""
        return {}

    @cached_property
    def sizes(self) -> frozenset[object]:
        """What an expression's meaning depends on beside its text: worlds in which this is equal differ in
        their numbers only."""
        layers = frozenset(self.frame.layers.items())
        return frozenset([*self.frame.shapes.items(), layers, self.frame.home, self.frame.examples])

    @cached_property
    def expected(self) -> Array:
        """The true value, samples×rows×columns."""
        return self.at(self.world.values)

    @cached_property
    def allowed(self) -> Array:
        """By how much each entry of a value may differ from the true one."""
        return allowance(self.expected)

    def at(self, values: Values) -> Array:
        """What the notation means by the asked quantity, or by the entry that is asked for, given other
        values of the quantities promised to users."""
        return self.view.value(self.quantity, entry_of(values[self.quantity], self.entry))


RELATIVE, OF_LARGEST = 1e-8, 1e-12
"""Two values agree if they differ by at most this share of the value, or of the largest entry of its
sample."""


def allowance(expected: Array) -> Array:
    """By how much another value may differ from each entry and still be the same; NaN where no value may."""
    size = np.abs(expected)
    with np.errstate(invalid="ignore"):
        allowed = RELATIVE * size + OF_LARGEST * size.max(axis=(-1, -2), keepdims=True)
    return allowed if np.isfinite(allowed).all() else np.where(np.isfinite(expected), allowed, np.nan)


def entry_of(value: Array, entry: tuple[int, ...]) -> Array:
    """One entry, counted from 1, as a 1×1 matrix; the whole value for no entry."""
    if not entry:
        return value
    row, column = (*entry, 1)[:2]
    return value[..., row - 1 : row, column - 1 : column]
