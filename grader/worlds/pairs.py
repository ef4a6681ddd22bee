"""Two misconceptions at once: what a quantity would be if one came on top of the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

import numpy as np

from derive.functions import Array
from derive.graph import Equation
from derive.program import Values
from grader.worlds.path import Path
from grader.worlds.slips import Blamed, Slip, Stones, Twins, laid, on_top, stones
from grader.worlds.twins import SAME, gathered

MOST = 8000
"""So many pairs of slips are looked at, those nearest to what is asked first."""

Stack = tuple[Sequence[Blamed], Array]


def pairs(rows: Blamed, path: Path) -> tuple[Twins, ...]:
    """Every value that two of these can give the quantity together, one stack for each shape: both in its
    own equation, or in two steps of the way. Each pair stands in the order of ``rows``.

    Slips that do their step no harm are left out, and of those that give it the same value all but the
    first. A value that is the same in every sample is left out too: anything could lead to it.
    """
    ways = [found for step in reversed(path.steps) if (found := _harmful(rows, step, path))]
    both = chain(_in_own_step(ways, path), _in_two_steps(ways, path))
    place = {row.name: number for number, row in enumerate(rows)}
    return tuple(_sorted(stack, place) for stack in gathered(_bounded(both), path))


def _harmful(rows: Blamed, step: Equation, path: Path) -> Stones | None:
    """Those slips of a step that change its value, each value once."""
    every = stones(rows, step, path)
    if every is None:
        return None
    true, kept = path.values[step.quantity], dict[bytes, Slip]()
    for slip, value in zip(every.slips, every.computed(path.values, true.shape[:1]), strict=True):
        if value.shape != true.shape or not np.allclose(value, true, rtol=SAME, atol=0, equal_nan=True):
            # Values that are the same nearly always look the same in single precision.
            kept.setdefault(value.astype(np.float32).tobytes(), slip)
    return laid(step, kept.values(), path)


def _in_own_step(ways: Sequence[Stones], path: Path) -> Iterator[Stack]:
    for own in ways[:1]:
        both = on_top(own, path) if own.step.quantity == path.quantity else None
        for wrong in both.stumbled(path.values, path.true.shape[:1]) if both else ():
            yield wrong.blamed, wrong.values


def _in_two_steps(ways: Sequence[Stones], path: Path) -> Iterator[Stack]:
    """One slip in each of two steps, the steps nearest to the quantity first."""
    for number, earlier in enumerate(ways):
        for first in earlier.stumbled(path.values, path.true.shape[:1]) if number else ():
            values = path.follow(earlier.step.quantity, first.values)
            for later in ways[:number]:
                yield from _then(first, values, later, path)


def _then(first: Twins, values: Values, later: Stones, path: Path) -> Iterator[Stack]:
    """What a second slip makes of values in which the first has been made."""
    for second in later.stumbled(values, first.values.shape[:-2]):
        followed = path.follow(later.step.quantity, second.values, values)[path.quantity]
        blamed = [(*one, *other) for other in second.blamed for one in first.blamed]
        yield blamed, followed.reshape(-1, *followed.shape[2:])


def _bounded(found: Iterable[Stack]) -> Iterator[Stack]:
    total = 0
    for blamed, values in found:
        yield blamed, values
        total += len(blamed)
        if total > MOST:
            return


def _sorted(stack: Twins, place: Mapping[str, int]) -> Twins:
    """Two different misconceptions each, in their order; values that vary with the numbers."""
    varying = (np.ptp(stack.values, axis=1) > 0).any(axis=(1, 2)) | (stack.values.shape[1] == 1)
    kept = [k for k, (one, other) in enumerate(stack.blamed) if varying[k] and one is not other]
    blamed = (stack.blamed[k] for k in kept)
    in_order = tuple(pair if place[pair[0].name] < place[pair[1].name] else pair[::-1] for pair in blamed)
    return Twins(in_order, stack.values[kept])
