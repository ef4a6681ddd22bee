"""Codes with a single 1: classes and their vectors, ``y = 2 ⇔ y = [0 1 0]``, and tables from code to code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from grader.chapter.chains import Chain, chains_of
from grader.chapter.observing.observation import Observation, confirmed, contradicted, lines_of
from grader.chapter.printed import Printed, printed_numbers
from grader.documents import Document, Region

FEWEST = 3
"""So many codes must agree before another is called wrong."""


def classes_as_vectors(document: Document) -> Iterator[Observation]:
    """Where the 1 stands in the vectors of classes, counted from 0 or from 1 as most of them are."""
    found = [pair for chain in chains_of(document) for pair in _pairs(chain)]
    shifts = [place - label for label, place, _ in found]
    shift = max(set(shifts), key=shifts.count, default=0)
    if shift not in (0, 1) or shifts.count(shift) < FEWEST or len(shifts) - shifts.count(shift) > 1:
        return
    for label, place, where in found:
        right = place - label == shift
        wanted = f"the 1 of class {label} belongs in place {label + shift}, counted from 1"
        yield Observation(
            where, confirmed("its 1 is in its place") if right else contradicted(wanted), "shape"
        )


def _pairs(chain: Chain) -> Iterator[tuple[int, int, Region]]:
    """A whole number, the place of the single 1 of the vector that it stands for, and where that stands."""
    for index, relation in enumerate(chain.relations):
        if relation != "to" or not index:
            continue
        labels = printed_numbers(chain.sides[index])
        for side in chain.sides[index + 1 : index + 3]:
            place = _place_of_one(printed_numbers(side))
            if place and len(labels) == 1 and labels[0].value.is_integer():
                yield int(labels[0].value), place, Region(side.text, side.start, "inline")
                break


def _place_of_one(numbers: Sequence[Printed]) -> int:
    """Where the single 1 among zeros stands, counted from 1; 0 for other lists."""
    values = [number.value for number in numbers]
    return (
        values.index(1) + 1 if len(values) > 1 and sorted(values) == [0.0] * (len(values) - 1) + [1.0] else 0
    )


# -- tables of codes -----------------------------------------------------------------------------------------

_ARROW = r"\s*(?:\\rightarrow|→|->|\|)"
_MAPPED = re.compile(
    rf"\s*(?P<from>[01]{{3,64}}){_ARROW}(?:[\d. \t]{{1,80}}{_ARROW})?\s*(?P<to>[01]{{3,64}})\s*"
)


def mapped_to_themselves(document: Document) -> Iterator[Observation]:
    """Tables of codes whose rows lead to what they began with."""
    above: Region | None = None
    for is_code, group in groupby(
        lines_of(document), key=lambda line: bool(_MAPPED.fullmatch(line.text[:300]))
    ):
        rows = list(group)
        if is_code and len(rows) > FEWEST:
            yield from _mapped(above, rows)
        above = rows[-1]


def _mapped(above: Region | None, rows: Sequence[Region]) -> Iterator[Observation]:
    matches = [match for row in rows if (match := _MAPPED.fullmatch(row.text))]
    odd = [(row, match) for row, match in zip(rows, matches, strict=True) if match["from"] != match["to"]]
    single = all(match["from"].count("1") == 1 for match in matches)
    if not odd:
        head = above if above is not None and above.text.strip() else rows[0]
        yield Observation(head, confirmed(f"each of the {len(rows)} codes below leads to itself"))
    elif len(odd) == 1 and single:
        row, match = odd[0]
        reason = f"{match['from']} does not lead to itself, as all others of the table do"
        yield Observation(row, contradicted(reason))
