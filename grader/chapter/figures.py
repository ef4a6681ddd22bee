"""All numbers that a page prints behind something, ordered so that a value is quickly found among them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

import numpy as np

from grader.chapter.functions import Value
from grader.chapter.intervals import Interval
from grader.chapter.printed import Printed, significant

MOST_ENTRIES = 30
"""The entries of a larger matrix are not looked for among the numbers of a page."""

ENOUGH_DIGITS = 3
"""So many significant digits, added up over all entries, are no coincidence."""

EXACTLY = 1e-9

Ordered = tuple[list[float], list[tuple[str, Printed]]]
"""Values, rising, and beside each what begins its chain and the number as printed."""


@dataclass(frozen=True)
class Figures:
    """The numbers of a page by how far their last digit leaves them open."""

    by_half: Mapping[float, Ordered]

    @classmethod
    def of(cls, numbers: Iterable[tuple[str, Printed]]) -> Figures:
        """The numbers, each with the name that begins its chain."""
        found: dict[float, list[tuple[str, Printed]]] = defaultdict(list)
        for head, number in numbers:
            found[number.half].append((head, number))
        ordered = {half: sorted(some, key=lambda one: one[1].value) for half, some in found.items()}
        return cls({half: ([one.value for _, one in some], some) for half, some in ordered.items()})

    def hold(self, value: Value | None, operands: Set[str]) -> bool:
        """Whether all entries of a value are among the numbers, with digits enough to tell; those of operands
        do not count."""
        entries = [] if value is None else list(np.ravel(np.asarray(value, dtype=object)))
        if len(entries) > MOST_ENTRIES:
            return False
        digits = [self._digits(entry, operands) for entry in entries]
        return all(digits) and sum(digits) >= ENOUGH_DIGITS

    def _digits(self, entry: Interval, operands: Set[str]) -> int:
        """With how many significant digits a value is printed; 0 if it is not."""
        near = (one for head, one in self._near(entry) if head not in operands and _prints(one, entry))
        return max((significant(one.text) or 1 for one in near), default=0)

    def _near(self, entry: Interval) -> Iterator[tuple[str, Printed]]:
        for half, (values, numbers) in self.by_half.items():
            room = 2 * half + EXACTLY * (2 + abs(entry.low) + abs(entry.high))
            first, last = bisect_left(values, entry.low - room), bisect_right(values, entry.high + room)
            yield from numbers[first:last]


def _prints(number: Printed, entry: Interval) -> bool:
    """Whether a number is the value, rounded to two digits or more, or exactly."""
    rounded = number.interval.meets(entry) and "." in number.text and significant(number.text) > 1
    return rounded or abs(number.value - entry.middle) <= EXACTLY
