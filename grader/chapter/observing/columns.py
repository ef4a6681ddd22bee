"""Columns of numbers with the name of an operation between them: 3.2, 5.1, *exp*, 24.5, 164.0."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from grader.chapter.evidence import Judgement, show
from grader.chapter.functions import FUNCTIONS, NORMALISED, Function
from grader.chapter.intervals import Interval
from grader.chapter.observing.observation import Observation, contradicted, lines_of, number_at
from grader.chapter.printed import Printed
from grader.documents import Document, Region

FEWEST = 2
"""A column has so many numbers."""
FEWEST_RIGHT = 2
"""So many numbers of a column must come out before another in it is called wrong."""

_NUMBER = re.compile(r"\s*[-−+]?(?:\d+\.?\d*|\.\d+)\s*")
_OPERATION = re.compile(r"[\s→↓*_`(-]*(?P<word>[A-Za-z]{2,12})[\s→↓*_`:)-]*")
OPERATIONS = {
    spelling.lower(): row for row in (*FUNCTIONS, NORMALISED) for spelling in row.spellings if row.arguments
}


@dataclass(frozen=True, slots=True)
class Column:
    """Numbers below each other, and the operation that stands above them, if one does."""

    places: tuple[Region, ...]
    numbers: tuple[Printed, ...]
    made_by: Function | None


def columns_of_operations(document: Document) -> Iterator[Observation]:
    """Every number of a column that an operation makes of the column above it."""
    before: Column | None = None
    for column in _columns(document):
        if before is not None and column.made_by is not None and len(before.numbers) == len(column.numbers):
            yield from _judged(before, column)
        before = column


def _columns(document: Document) -> Iterator[Column]:
    """The columns of a page; one that does not follow another directly is made by nothing."""
    places: list[Region] = []
    operation: Function | None = None
    for line in (*lines_of(document), Region("-", 0, "line")):
        if not line.text.strip():
            continue
        if _NUMBER.fullmatch(line.text):
            places.append(line)
            continue
        if len(places) >= FEWEST:
            yield _column(places, operation)
        word = _OPERATION.fullmatch(line.text)
        known = OPERATIONS.get(word["word"].lower()) if word else None
        operation = known if places else None
        places = []


def _column(places: Sequence[Region], operation: Function | None) -> Column:
    numbers = [number_at(place) for place in places]
    known = tuple(number for number in numbers if number is not None)
    return Column(tuple(places), known, operation)


def _judged(before: Column, column: Column) -> Iterator[Observation]:
    """One verdict a number, by the numbers above; a single one may be wrong where others are right."""
    assert column.made_by is not None
    exact = made(column.made_by, [Interval.exactly(number.value) for number in before.numbers])
    room = made(column.made_by, [number.interval for number in before.numbers])
    if len(exact) != len(column.numbers):
        return
    fits = [
        number.agrees(value) or number.interval.meets(wide)
        for number, value, wide in zip(column.numbers, exact, room, strict=True)
    ]
    if sum(fits) < FEWEST_RIGHT or fits.count(False) > 1:
        return
    for place, number, value, fit in zip(column.places, column.numbers, exact, fits, strict=True):
        yield Observation(place, _judgement(column.made_by, value, fit), printed=number)


def made(operation: Function, numbers: list[Interval]) -> list[Interval]:
    """What an operation makes of a list of numbers; nothing where it has no value."""
    try:
        return list(np.ravel(operation.apply(np.array(numbers, dtype=object))))
    except (ValueError, ZeroDivisionError, OverflowError):
        return []


def _judgement(operation: Function, value: Interval, fits: bool) -> Judgement:
    if fits:
        return Judgement("confirmed", "confirmed", f"{operation.name} of the numbers above", value)
    return contradicted(f"{operation.name} of the numbers above gives {show(value)}", value)
