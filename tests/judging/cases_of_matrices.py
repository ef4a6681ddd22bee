"""The rewritten and the edited formulas for whole matrices that are judged: distinct texts, the same every
time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from random import Random

from tests.judging.by_hand import COURSES, Course
from tests.judging.cases import Case, Made, distinct, fits
from tests.judging.expressions import Expression, Misfit, edited, error_of, places, rewritten, right
from tests.judging.spelt_matrices import STYLES, spelled

WAYS = [(course, ask) for course in COURSES for ask in right(course)]


def _drawn(course: Course, ask: str, made: Made) -> Iterator[Case]:
    random = Random(f"{course.name} {ask} {made}")
    steps = 5 if made == "rewritten" else 3
    while True:
        style = random.choice(list(STYLES))
        expression, kinds = rewritten(ask, random.randint(0, steps), course, random)
        word = None
        if made != "rewritten":
            word, expression = edited(expression, course, random)
        text = spelled(expression, style, course, random)
        off_by = off(expression, ask, course)
        if fits(made, off_by):
            yield Case(text, style, kinds, word, off_by)


def off(expression: Expression, ask: str, course: Course) -> float:
    """How far a formula's value is off what is asked; no distance at all where it uses that itself."""
    if any(part == (ask,) for _, part in places(expression)):
        return 0.0
    try:
        return error_of(expression, ask, course)
    except Misfit:
        return float("inf")


@lru_cache(maxsize=256)
def cases(course: Course, ask: str, count: int, made: Made) -> tuple[Case, ...]:
    """So many answers with distinct texts."""
    return distinct(_drawn(course, ask, made), count)
