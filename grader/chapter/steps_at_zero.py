"""What the step function is at 0 on a page: whatever its numbers come out with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from grader.chapter.functions import Function
from grader.chapter.intervals import Interval
from grader.chapter.jumps import JUMPS, STEP
from grader.documents import Document


def with_jumps(said: Mapping[str, Function], step: float | None = None) -> dict[str, Function]:
    """The functions that jump by their spellings, and those that a page names itself; ``step`` is the value
    of the step function at 0, None if that is left open."""
    zero = None if step is None else Interval.exactly(step)
    jumps = {jump.name: jump.with_zero(zero if jump is STEP else None) for jump in JUMPS}
    spelled = {spelling: jumps[jump.name] for jump in JUMPS for spelling in jump.spellings}
    return {**spelled, **{letter: jumps.get(row.name, row) for letter, row in said.items()}}


ONE_LOST = 3
"""What trust in a page loses with a number that is contradicted instead of confirmed."""


NEARLY_HALF = (0.5 - 1e-6, 0.5 + 1e-6)
"""Of these, one cannot be rounded to 0 and the other not to 1."""


def best_step(trust_in: Callable[[float | None], int]) -> float | None:
    """The value of the step at 0 with which all numbers of a page come out, or all but one where the other
    value loses most of them; ½ only if it is printed, for it may be rounded to 0 and to 1."""
    either, at_one, at_zero = trust_in(None), trust_in(1.0), trust_in(0.0)
    if at_one == at_zero == either:
        return None
    best, other = max(at_one, at_zero), min(at_one, at_zero)
    if best == either or (best == either - ONE_LOST and best - other >= 2 * ONE_LOST):
        return float(at_one == best)
    halves = all(trust_in(nearly) == either for nearly in NEARLY_HALF)
    return 0.5 if halves else None


_SPELLED = "|".join(sorted(STEP.spellings, key=len, reverse=True))
_CALLED = re.compile(rf"(?<![A-Za-z])(?:{_SPELLED})(?:\}}\s{{0,3}})?(?:\\left)?\(")


def has_steps(document: Document, said: Mapping[str, Function]) -> bool:
    """Whether a page calls a step function."""
    return any(row.name == STEP.name for row in said.values()) or bool(_CALLED.search(document.readable))
