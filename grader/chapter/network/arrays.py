"""Vectors and matrices of a page as slots of its network, and names that pick entries of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from grader.chapter.network.analogy import family
from grader.chapter.network.entries import components, entry_name, picked, places
from grader.chapter.network.grids import Slots
from grader.chapter.network.look import near_enough

if TYPE_CHECKING:
    from grader.chapter.network.implied import Implied

MANY = 100
"""A given that is no entry of a matrix outweighs as many numbers that might be."""


@dataclass
class Arrays:
    """The vectors and matrices of one network."""

    network: Implied
    _picks: dict[tuple[str, str, int], bool] = field(default_factory=dict)

    def slots_of(self, name: str) -> Slots:
        """The slots of a vector or matrix: by its last formula above, or its first below, or as given."""
        lowered = [
            (formula.line, self.network.lower(formula.tree))
            for formula in self.network.facts.formulas.get(name, ())
        ]
        arrays = [(line, slots) for line, slots in lowered if isinstance(slots, np.ndarray)]
        if arrays:
            return next(
                (slots for line, slots in reversed(arrays) if line <= self.network.line), arrays[0][1]
            )
        shape = self.network.facts.shapes.get(name)
        if shape is None:
            return None
        found = np.empty(math.prod(shape), dtype=object)
        found[:] = [self.network.tape.leaf(entry_name(name, index)) for index in places(shape)]
        return found.reshape(shape)

    def entry_of(self, name: str) -> int | None:
        """The entry of a vector or matrix that a name picks, if the numbers of the page bear that out."""
        for way in components(name):
            for array in self.network.facts.likely_arrays(way):
                for first in (1, 0):
                    slot = picked(self.network.slots(array), way.index, first)
                    if slot is not None and self._picks_from(name, array, first, way.certain(array)):
                        self.network.picked[name] = array, way.index, first
                        return slot
        return None

    def _picks_from(self, name: str, array: str, first: int, certain: bool) -> bool:
        """Whether the printed numbers of a family of names are entries of an array."""
        key = family(name)[0], array, first
        if key not in self._picks:
            values, right, wrong = self.network.look().values, 0, 0
            slots = self.network.slots(array)
            for other in (kin for kin in self.network.facts.printed if family(kin)[0] == key[0]):
                at = next((at for way in components(other) if (at := picked(slots, way.index, first))), None)
                told = self.network.facts.printed[other] if at is not None else ()
                agree = at is not None and any(near_enough(one, values[at]) for one in told)
                given = any(said.how == "given" for said in self.network.facts.values.get(other, ()))
                right, wrong = right + agree, wrong + (not agree) * (MANY if given else 1)
            self._picks[key] = right >= max(wrong, 1) or (certain and first == 1 and wrong < 2)
        return self._picks[key]
