"""The values that a page gives to a name, and which of them holds on a line."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

STEPPED = "stepped"
"""How a value is known that an update gave, from where it holds."""


@dataclass(frozen=True, slots=True)
class Said:
    """A value that the page gives to a name: ``given``, ``used`` for it, ``inferred`` or ``stepped``."""

    line: int
    value: float
    how: str
    half: float = 0.0
    """How far rounding may have moved it."""


@dataclass(frozen=True)
class Told:
    """All values of one name, in the order of the page; ``used`` counts how often one is put in for it."""

    said: list[Said]
    used: Callable[[float], int]

    @cached_property
    def first(self) -> list[Said]:
        """Those that no update gave."""
        return [one for one in self.said if one.how != STEPPED]

    @cached_property
    def _firm(self) -> list[Said]:
        """Those of them that are more than a number put in once."""
        return [one for one in self.first if one.how != "used" or self.used(one.value) > 1] or self.first

    @cached_property
    def _changes(self) -> tuple[list[int], list[Said]]:
        """The lines on which a firm value, or one that an update gave, begins to hold, and these values."""
        firm = set(self._firm)
        found = sorted(
            (one for one in self.said if one in firm or one.how == STEPPED), key=lambda one: one.line
        )
        return [one.line for one in found], found

    def at(self, line: int) -> float:
        """The value that holds on a line: the last one above, else the first below."""
        lines, values = self._changes
        place = bisect_right(lines, line)
        return (values[place - 1] if place else self._firm[0]).value

    @cached_property
    def in_the_end(self) -> float:
        """The value that holds at the end of the page if no update is counted."""
        return max(reversed(self._firm), key=lambda one: one.line).value

    @cached_property
    def ever(self) -> set[float]:
        """All values but those that updates gave."""
        return {one.value for one in self.first}

    @cached_property
    def begins(self) -> float:
        """The first line on which a value is given."""
        return min((one.line for one in self.said), default=math.inf)

    @cached_property
    def _by_value(self) -> tuple[list[float], list[int]]:
        ordered = sorted((one.value, one.line) for one in self.said)
        return [value for value, _ in ordered], [line for _, line in ordered]

    def since(self, value: float) -> float:
        """The first line on which this value is given; infinity if there is none."""
        values, lines = self._by_value
        room = 2e-9 * abs(value)
        near = range(bisect_left(values, value - room), bisect_right(values, value + room))
        same = (lines[at] for at in near if math.isclose(values[at], value, rel_tol=1e-9))
        return min(same, default=math.inf)

    @cached_property
    def _in_order(self) -> tuple[list[int], list[Said]]:
        ordered = sorted(self.said, key=lambda one: one.line)
        return [one.line for one in ordered], ordered

    def above(self, line: int) -> list[Said]:
        """The values given up to a line."""
        lines, ordered = self._in_order
        return ordered[: bisect_right(lines, line)]


NOT_TOLD = Told([], lambda value: 0)


@dataclass(frozen=True)
class Leaves(Mapping[str, float]):
    """The value of each name on one line, looked up when it is asked for."""

    names: Mapping[str, object]
    value: Callable[[str], float]
    _known: dict[str, float] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float:
        if name not in self._known:
            if name not in self.names:
                raise KeyError(name)
            self._known[name] = self.value(name)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def __contains__(self, name: object) -> bool:
        return name in self.names
