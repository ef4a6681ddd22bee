"""What is asked as those see it who believe something wrong, computed once for all answers to a question."""

from __future__ import annotations

from derive.quantities import Quantity
from grader.judging.case import Case
from grader.judging.recognising.lineup import Lineup, lined_up
from grader.misconceptions import MISCONCEPTIONS
from grader.worlds.pairs import pairs
from grader.worlds.path import Path
from grader.worlds.slips import Blamed, Twins
from grader.worlds.twins import twins
from grader.worlds.world import World

EVERY = tuple(MISCONCEPTIONS.values())
"""All misconceptions, in the order of the table."""
FEW = 2
"""So many samples are enough to look for pairs of misconceptions."""
Key = tuple[object, ...]


class Beliefs:
    """Wrong values of quantities in worlds, and as the cases of a question see them; found out when first
    asked for."""

    def __init__(self) -> None:
        self._paths: dict[Key, Path] = {}
        self._twins: dict[Key, tuple[Twins, ...]] = {}
        self._pairs: dict[Key, tuple[Twins, ...]] = {}
        self._alone: dict[Key, tuple[Lineup, ...]] = {}
        self._together: dict[Key, tuple[Lineup, ...]] = {}

    def twins(self, world: World, quantity: Quantity, rows: Blamed = EVERY) -> tuple[Twins, ...]:
        """What the quantity would be in a world where one of these is believed."""
        key = (id(world), quantity, _names(rows))
        if key not in self._twins:
            self._twins[key] = twins(rows, self._path(world, quantity))
        return self._twins[key]

    def pairs(self, world: World, quantity: Quantity, rows: Blamed = EVERY) -> tuple[Twins, ...]:
        """What the quantity would be where two of these are believed. Of all pairs only the first samples
        are computed, which are enough to find out who is to be asked further."""
        key = (id(world), quantity, _names(rows))
        if key not in self._pairs:
            path = self._path(world, quantity)
            self._pairs[key] = pairs(rows, path.few(FEW) if rows is EVERY else path)
        return self._pairs[key]

    def alone(self, case: Case, rows: Blamed = EVERY) -> tuple[Lineup, ...]:
        """What one misconception gives, as a case sees it."""
        key = (id(case), _names(rows))
        if key not in self._alone:
            self._alone[key] = lined_up(self.twins(case.world, case.quantity, rows), case)
        return self._alone[key]

    def together(self, case: Case, rows: Blamed = EVERY) -> tuple[Lineup, ...]:
        """What two misconceptions give, as a case sees it; of all pairs in the first samples only."""
        key = (id(case), _names(rows))
        if key not in self._together:
            self._together[key] = lined_up(self.pairs(case.world, case.quantity, rows), case)
        return self._together[key]

    def _path(self, world: World, quantity: Quantity) -> Path:
        key = (id(world), quantity)
        if key not in self._paths:
            self._paths[key] = Path(world, quantity, world.values)
        return self._paths[key]


def _names(rows: Blamed) -> tuple[str, ...]:
    return () if rows is EVERY else tuple(row.name for row in rows)
