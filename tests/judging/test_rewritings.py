"""Right answers stay right in every form and spelling; an edit that changes the value makes them wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

from tests.judging import cases_of_entries as entries
from tests.judging import cases_of_matrices as matrices
from tests.judging.asking import judged
from tests.judging.by_hand import Course
from tests.judging.cases import CLEAR, Case, Made
from tests.judging.spelt_matrices import STYLES as MATRIX_STYLES

REWRITTEN_MATRICES, EDITED_MATRICES = 82, 76
REWRITTEN_ENTRIES, EDITED_ENTRIES = 52, 46
WITHOUT_VALUE = 6
"""How many answers are judged for every quantity of a course (entries: in every style)."""
LEAST = 5000
KINDS = {
    "commute": 1000,
    "distribute": 300,
    "substitute": 1000,
    "rename": 1000,
    "abbreviate": 300,
    "slope": 300,
    "into a sum": 100,
    "out of a sum": 25,
    "associate": 100,
    "factor": 25,
    "transpose": 300,
    "diagonal": 100,
    "square": 100,
    "sign": 300,
    "scale": 300,
}
"""Every kind of rewriting, and in how many answers it is at least."""
STYLES = (*MATRIX_STYLES, *{style for styles in entries.STYLES_OF.values() for style in styles})
EDITS = {"sign", "factor", "square", "operation", "name", "left out", "indices"}
UNFIT = {"transpose", "left out", "indices", "summed letter", "sum left out"}
"""Edits after which shapes do not fit, or an index is loose."""

MATRICES = [pytest.param(*way, id=f"{way[0].name} {way[1]}") for way in matrices.WAYS]
ENTRIES = [pytest.param(*way, id=f"{way[0].name} {way[1]} {way[2]}") for way in entries.WAYS]


def assert_verdicts(word: str, course: Course, ask: str, cases: Iterable[Case]) -> None:
    """That every answer is judged so; the numbers of by_hand call every activation x."""
    asked = ask.replace("x", "a")
    for case in cases:
        verdict = judged(course.network, asked, case.text, notation=course.notation)
        assert verdict.verdict == word, (case, verdict)


@pytest.mark.parametrize(("course", "ask"), MATRICES)
def test_rewritten_matrices_stay_right(course: Course, ask: str) -> None:
    assert_verdicts("right", course, ask, matrices.cases(course, ask, REWRITTEN_MATRICES, "rewritten"))


@pytest.mark.parametrize(("course", "ask"), MATRICES)
def test_edited_matrices_are_wrong(course: Course, ask: str) -> None:
    assert_verdicts("wrong", course, ask, matrices.cases(course, ask, EDITED_MATRICES, "another value"))
    assert_verdicts("wrong", course, ask, matrices.cases(course, ask, WITHOUT_VALUE, "no value"))


@pytest.mark.parametrize(("course", "style", "ask"), ENTRIES)
def test_rewritten_entries_stay_right(course: Course, style: str, ask: str) -> None:
    assert_verdicts("right", course, ask, entries.cases(course, style, ask, REWRITTEN_ENTRIES, "rewritten"))


@pytest.mark.parametrize(("course", "style", "ask"), ENTRIES)
def test_edited_entries_are_wrong(course: Course, style: str, ask: str) -> None:
    assert_verdicts("wrong", course, ask, entries.cases(course, style, ask, EDITED_ENTRIES, "another value"))
    assert_verdicts("wrong", course, ask, entries.cases(course, style, ask, WITHOUT_VALUE, "no value"))


def drawn(of_matrices: int, of_entries: int, made: Made) -> list[Case]:
    """Cases that are judged in the tests above."""
    found = [case for way in matrices.WAYS for case in matrices.cases(*way, of_matrices, made)]
    return found + [case for way in entries.WAYS for case in entries.cases(*way, of_entries, made)]


def test_every_kind_of_rewriting_is_among_them() -> None:
    cases = drawn(REWRITTEN_MATRICES, REWRITTEN_ENTRIES, "rewritten")
    counted = Counter(kind for case in cases for kind in set(case.rewritings))
    assert len(cases) >= LEAST and all(case.off_by < 1e-9 for case in cases)
    assert not {kind: counted[kind] for kind, least in KINDS.items() if counted[kind] < least}
    styles = Counter(case.style for case in cases)
    assert min(styles[style] for style in STYLES) >= 200, styles


def test_every_kind_of_edit_is_among_them() -> None:
    cases = drawn(EDITED_MATRICES, EDITED_ENTRIES, "another value")
    counted = Counter(case.edit for case in cases)
    assert len(cases) >= LEAST and all(case.off_by > CLEAR for case in cases)
    assert counted.keys() == EDITS and min(counted.values()) >= 20, counted
    assert {case.edit for case in drawn(WITHOUT_VALUE, WITHOUT_VALUE, "no value")} >= UNFIT
