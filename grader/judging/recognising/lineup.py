"""The wrong values an answer is compared with, stood side by side: who is recognised?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from msgspec import Struct

from derive.functions import Array
from grader.judging.case import Case, allowance
from grader.meaning.lowering import Unfit
from grader.misconceptions import MISCONCEPTIONS
from grader.worlds.slips import Blamed, Twins

PLACES = {name: place for place, name in enumerate(MISCONCEPTIONS)}
"""Where each misconception stands in the table."""


class Lineup(Struct, frozen=True):
    """Twins of one shape as a notation sees them; ``allowed`` is by how much a value may differ from each."""

    blamed: tuple[Blamed, ...]
    values: Array
    allowed: Array

    def recognised(self, found: Array) -> Iterator[Blamed]:
        """The misconceptions that give just this value, samples×rows×columns."""
        if found.shape != self.values.shape[1:] or not np.isfinite(found).all():
            return
        first = np.abs(self.values[:, 0, 0, 0] - found[0, 0, 0]) <= self.allowed[:, 0, 0, 0]
        (near,) = np.nonzero(first)
        if near.size:
            same = (np.abs(self.values[near] - found) <= self.allowed[near]).all(axis=(1, 2, 3))
            yield from (self.blamed[position] for position in near[same])


def lined_up(twins: Iterable[Twins], case: Case) -> tuple[Lineup, ...]:
    """The twins of what is asked, as a case sees it; left out are those without the entry that is asked."""
    seen = ((stack, case.at({case.quantity: stack.values})) for stack in twins)
    return tuple(_lined_up(stack, values) for stack, values in seen if values.size)


def _lined_up(stack: Twins, values: Array) -> Lineup:
    return Lineup(stack.blamed, values, allowance(values))


def recognised(found: Array | Unfit, lineups: Iterable[Lineup]) -> tuple[Blamed, ...]:
    """Who gives a value, each once, in the order of the table."""
    if isinstance(found, Unfit):
        return ()
    blamed = {
        tuple(row.name for row in rows): rows for lineup in lineups for rows in lineup.recognised(found)
    }
    return tuple(sorted(blamed.values(), key=in_table))


def in_table(blamed: Blamed) -> tuple[int, ...]:
    """Where misconceptions stand in the table."""
    return tuple(PLACES.get(row.name, len(PLACES)) for row in blamed)
