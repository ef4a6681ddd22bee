"""Grids of numbers: where all rows but one are equally long, that one is damaged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from grader.chapter.observing.observation import Observation, contradicted, lines_of
from grader.documents import Document, Region

FEWEST_ROWS = 5
FEWEST_NUMBERS = 5
"""Smaller grids may be anything."""
LONGEST = 1000
"""Longer lines are no rows that somebody typed."""

_SEPARATORS = str.maketrans("|,", "  ")


def ragged_rows(document: Document) -> Iterator[Observation]:
    """The row of every grid that is longer or shorter than all others; the last one may be cut off."""
    for is_row, group in groupby(lines_of(document), key=_is_row):
        rows = list(group)
        if is_row and len(rows) >= FEWEST_ROWS:
            yield from _odd_one(rows)


def _is_row(line: Region) -> bool:
    if len(line.text) > LONGEST:
        return False
    numbers = _numbers(line)
    return len(numbers) >= FEWEST_NUMBERS and all(number.isdecimal() for number in numbers)


def _numbers(line: Region) -> list[str]:
    return line.text.translate(_SEPARATORS).split()


def _count(line: Region) -> int:
    return len(_numbers(line))


def _odd_one(rows: Sequence[Region]) -> Iterator[Observation]:
    counts = Counter(map(_count, rows))
    usual, often = counts.most_common(1)[0]
    odd = [row for row in rows[:-1] if _count(row) != usual]
    if often == len(rows) - 1 and len(odd) == 1:
        reason = f"this row has {_count(odd[0])} numbers; each of the other {often} rows has {usual}"
        yield Observation(odd[0], contradicted(reason), "shape")
