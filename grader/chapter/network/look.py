"""The values of one calculation, and when a printed number is such a value."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grader.chapter.network.facts import DERIVATIVE, Assertion
from grader.chapter.network.tape import Part, Values
from grader.chapter.printed import significant

if TYPE_CHECKING:
    from grader.chapter.network.implied import Implied

SAME = 1e-9
"""Relative difference below which two formulas give the same number."""


def near_enough(assertion: Assertion, value: float) -> bool:
    """Whether a number is what was printed, up to a unit of the last of many digits."""
    room = 3 if significant(assertion.number.text) > 4 else 1.01
    return abs(assertion.number.value - value) <= room * assertion.number.half


def same_value(first: float, second: float) -> bool:
    """Whether two formulas give the same number."""
    return math.isclose(first, second, rel_tol=SAME, abs_tol=1e-15)


Place = tuple[int, int | None]
"""A slot; or, of a derivative, the slot of what is differentiated and that of the name by which."""


def place_of(network: Implied, name: str) -> Place | None:
    """Where the value of a name, or of a derivative, is found; None if it has none."""
    halves = DERIVATIVE.fullmatch(name)
    target = network.slot(halves["of"] if halves else name)
    by = network.slot(halves["by"]) if halves else None
    if target is None or not halves:
        return None if target is None else (target, None)
    unused = by is None or by == target or by not in network.tape.below(target)
    return None if unused else (target, by)


@dataclass
class Look:
    """The values of one calculation, each worked out when it is first asked for."""

    network: Implied
    leaves: Mapping[str, float]
    moved: Mapping[int, float]
    part: Part | None = None
    """Nothing else is worked out, if it is given."""
    _values: Values = field(default_factory=list)
    _slopes: dict[int, Values] = field(default_factory=dict)

    def value(self, name: str) -> float:
        """The value of a name, or of a derivative; NaN without one."""
        return self.in_place(place_of(self.network, name))

    def in_place(self, place: Place | None) -> float:
        """The value in a slot, or the derivative of one slot by another; NaN for no place."""
        if place is None:
            return math.nan
        target, by = place
        return self.at(target) if by is None else self.slopes(target)[by]

    @property
    def values(self) -> Values:
        """A copy of the values in all slots that there are now."""
        return self._worked().copy()

    def at(self, slot: int) -> float:
        """The value in a slot."""
        return self._worked()[slot]

    def _worked(self) -> Values:
        if self.part is not None:
            self._values = self._values or self.part.forward(self.leaves)
        elif len(self._values) < len(self.network.tape.steps):
            self._values = self.network.tape.forward(self.leaves, self.moved, self._values)
        return self._values

    def slopes(self, target: int) -> Values:
        """The derivative of one slot by every slot."""
        if target not in self._slopes:
            self._slopes[target] = self.network.tape.backward(self._worked(), target)
        return self._slopes[target]
