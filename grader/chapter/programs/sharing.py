"""Between code and formulas: what code sets enters the ledger; what the text sets anew is left to it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from grader.chapter.functions import Value
from grader.chapter.intervals import Interval
from grader.chapter.programs.reader import Reader
from grader.chapter.programs.tracked import Tracked, detached
from grader.chapter.programs.values import Unknown, is_number
from grader.chapter.spelling import bare, spelling
from grader.ledger import IN_CODE, Entry, Ledger, near
from grader.reading import Unreadable, read

MAX_SHARED = 100
"""So many entries has the largest array that formulas can be about."""


TAKEN = frozenset({"e", "pi", "d", "T", "delta", "Delta", "partial"})
"""Letters that mean something else in formulas, whatever code calls so."""


@lru_cache(maxsize=512)
def spelled(name: str) -> str:
    """How the ledger spells a name of code: ``w1`` as ``w_1``; empty for what it cannot."""
    if len(name) > 40:
        return ""
    try:
        return spelling(bare(read(name).tree))
    except Unreadable:
        return ""


def shared(value: Any) -> Value | None:
    """A value of code as the ledger has it; None for what is no number or small array of numbers."""
    value = detached(value)
    if isinstance(value, bool | np.bool_):
        return None
    if is_number(value):
        return Interval.exactly(float(value)) if np.isfinite(value) and abs(value) < 1e300 else None
    small = isinstance(value, np.ndarray) and 0 < value.size <= MAX_SHARED and value.ndim in (1, 2)
    if not small or value.dtype.kind not in "fi" or not np.all(np.isfinite(value)):
        return None
    made = np.empty(value.shape, dtype=object)
    made.ravel()[:] = [Interval.exactly(float(entry)) for entry in value.ravel()]
    return made


def enter_in(
    ledger: Ledger, reader: Reader, before: dict[str, Any], line: int, lines: dict[str, int]
) -> None:
    """Enters what a listing has set, but nothing that the text says otherwise."""
    for name, value in () if reader.closed else reader.names.items():
        if name in before and before[name] is value and not isinstance(value, np.ndarray | Tracked):
            continue
        lines[name] = line
        known, place = shared(value), spelled(name)
        if known is None or not place or place in TAKEN or place in ledger.functions:
            continue
        entry = ledger.entries.get(place)
        if entry is None or entry.how == IN_CODE:
            ledger.compute(Entry(place, line, IN_CODE, known, known))


def forget_renewed(reader: Reader, ledger: Ledger, lines: dict[str, int]) -> None:
    """A name to which the text has given another value since is not known in the code that follows."""
    for name, line in lines.items():
        entry = ledger.entries.get(spelled(name))
        known = shared(reader.names.get(name))
        if entry is None or known is None or entry.how == IN_CODE or entry.line <= line:
            continue
        said = ledger.exact(entry.name)
        if said is not None and not near(said, known):
            reader.names[name] = Unknown("the text gives it another value")
