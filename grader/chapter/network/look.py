"""The values of one calculation, and when a printed number is such a value."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grader.chapter.network.facts import DERIVATIVE, Assertion
from grader.chapter.network.tape import Values
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


@dataclass
class Look:
    """The values of one calculation, each worked out when it is first asked for."""

    network: Implied
    leaves: Mapping[str, float]
    moved: Mapping[int, float]
    _values: Values = field(default_factory=list)
    _slopes: dict[int, Values] = field(default_factory=dict)

    def value(self, name: str) -> float:
        """The value of a name, or of a derivative; NaN without one."""
        halves = DERIVATIVE.fullmatch(name)
        target = self.network.slot(halves["of"] if halves else name)
        by = self.network.slot(halves["by"]) if halves else None
        if target is None:
            return math.nan
        if not halves:
            return self.at(target)
        if by is None or by == target or by not in self.network.tape.below(target):
            return math.nan
        return self.slopes(target)[by]

    @property
    def values(self) -> Values:
        """A copy of the values in all slots that there are now."""
        return self._worked().copy()

    def at(self, slot: int) -> float:
        """The value in a slot."""
        return self._worked()[slot]

    def _worked(self) -> Values:
        if len(self._values) < len(self.network.tape.steps):
            self._values = self.network.tape.forward(self.leaves, self.moved, self._values)
        return self._values

    def slopes(self, target: int) -> Values:
        """The derivative of one slot by every slot."""
        if target not in self._slopes:
            self._slopes[target] = self.network.tape.backward(self._worked(), target)
        return self._slopes[target]
