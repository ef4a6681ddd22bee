"""The rewritten and the edited formulas for entries that are judged: distinct texts, the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from random import Random

from tests.judging.by_hand import COURSES, Course
from tests.judging.cases import Case, Made, distinct, fits
from tests.judging.entrywise import edited, error_of, rewritten, right
from tests.judging.expressions import Expression, Misfit, places
from tests.judging.spelt_entries import left_side, spelled

STYLES_OF = {
    "subscript": ("outside", "unicode", "typed"),
    "nielsen": ("above", "typed"),
    "bergsoe": ("above",),
    "cs182": ("above",),
}
"""How each course types its entries."""
WAYS = [
    (course, style, ask)
    for course in COURSES
    for style in STYLES_OF.get(course.name, ())
    for ask in right(course)
]


def _drawn(course: Course, style: str, ask: str, made: Made) -> Iterator[Case]:
    random = Random(f"{course.name} {style} {ask} {made}")
    steps = 5 if made == "rewritten" else 2
    while True:
        letters, expression, kinds = rewritten(ask, random.randint(0, steps), course, random)
        word = None
        if made != "rewritten":
            word, expression = edited(expression, course, random)
        text = spelled(expression, style, course, random)
        text = f"{left_side(ask, letters, style, course)} = {text}" if letters else text
        off_by = off(expression, letters, ask, course)
        if fits(made, off_by):
            yield Case(text, style, kinds, word, off_by)


def off(expression: Expression, letters: tuple[str, ...], ask: str, course: Course) -> float:
    """How far a formula's value is off what is asked; no distance at all where it uses that itself."""
    if any(part[:2] == ("e", ask) for _, part in places(expression)):
        return 0.0
    try:
        return error_of(expression, letters, ask, course)
    except Misfit:
        return float("inf")


@lru_cache(maxsize=256)
def cases(course: Course, style: str, ask: str, count: int, made: Made) -> tuple[Case, ...]:
    """So many answers with distinct texts."""
    return distinct(_drawn(course, style, ask, made), count)
