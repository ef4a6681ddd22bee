"""The annotated public pages, proof-read: how much of what is right is confirmed, and of what is wrong found.

Skipped where the pages are absent; they are not part of the project. `score_verify` prints the table.
"""

from __future__ import annotations

import pytest

pytest.importorskip("yaml")

from tests.jobs.score_verify import SHARED, Annotated, numbers, pages, report

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the annotated pages are not here")


def annotated() -> list[Annotated]:
    return [number for page in pages() for number in numbers(page)]


def roots(severity: str) -> list[Annotated]:
    return [number for number in annotated() if number.root and number.severity == severity]


def share(found: list[Annotated], word: str) -> float:
    return sum(number.word == word for number in found) / len(found)


def test_nothing_right_is_called_wrong() -> None:
    alarms = [number for number in annotated() if number.right and number.word == "contradicted"]
    assert alarms == []


def test_most_of_what_is_right_is_confirmed() -> None:
    assert share([number for number in annotated() if number.verdict == "ok"], "confirmed") >= 0.9


def test_the_roots_of_errors_are_found() -> None:
    found, total = (sum(1 for n in roots("material") if n.word == "contradicted"), len(roots("material")))
    assert total - found <= 1
    assert share(roots("small"), "contradicted") >= 0.9


@pytest.mark.parametrize("page", ["001"])
def test_weights_that_were_updated_too_early_are_found_by_the_page_alone(page: str) -> None:
    early = [claim for claim in report(page).claims if claim.diagnosis == "updated-weight-used-early"]
    assert {claim.printed for claim in early} == {"0.291027924", "0.000035085", "0.015912196", "0.984065734"}
    assert {claim.verdict for claim in early} == {"contradicted"}


@pytest.mark.parametrize("page", pages() if SHARED.is_dir() else [])
def test_nothing_failed_on_the_way(page: str) -> None:
    assert [claim for claim in report(page).claims if "failed" in claim.reason] == []
