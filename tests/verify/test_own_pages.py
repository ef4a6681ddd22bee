"""Worked examples of our own: true as they stand, and with each planted error found where it is.

Beside each page of ``pages/`` a YAML file lists ``claims``, the computed numbers line by line; ``planted``,
what to write wrongly, one at a time; and ``unalarmed``, what may be written otherwise and stays right. A
planted error that is not found says why in ``missed``; one that is found under another name, in ``unnamed``;
``excused`` names the diagnosis with which its number is even confirmed. A page of which less is confirmed
than it should be says why in ``short_because``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.chapter.claims import ClaimVerdict
from grader.chapter.report import Report
from grader.proofread import verify

PAGES = Path(__file__).parent / "pages"
CONFIRMED_AT_LEAST = 0.75


@dataclass(frozen=True)
class Page:
    """A page, its text as it is, and what its YAML file says of it."""

    name: str
    text: str
    truth: dict[str, Any]

    def read(self, *rows: dict[str, Any]) -> Report:
        """The verdicts with some rows' changes made."""
        text = self.text
        for change in (change for row in rows for change in row.get("changes", [row])):
            assert self.text.count(change["replace"]) == 1, f"{self.name}: {change['replace']!r}"
            text = text.replace(change["replace"], change["by"])
        return verify(text, name=self.name)


@cache
def page(stem: str) -> Page:
    (path,) = (path for path in PAGES.glob(f"{stem}.*") if path.suffix != ".yaml")
    truth = yaml.safe_load((PAGES / f"{stem}.yaml").read_text(encoding="utf-8"))
    return Page(path.name, path.read_text(encoding="utf-8"), truth)


@cache
def as_it_is(stem: str) -> Report:
    return page(stem).read()


STEMS = sorted(path.stem for path in PAGES.glob("*.yaml"))
PLANTED = [
    pytest.param(stem, row, id=f"{stem}:{row['line']}: {row['what']}")
    for stem in STEMS
    for row in page(stem).truth["planted"]
]
ALL_DIAGNOSES = """
log-base-10 sign-flipped factor-2 decimal-point copied-neighbour stale-value updated-weight-used-early
bias-omitted slope-omitted rate-omitted transposed exponent-sign dropped-digit path-omitted truncated
last-digit other-arithmetic
"""


def contradicted(report: Report) -> list[str]:
    return [f"{claim.line}: {claim.text}: {claim.reason}" for claim in report.with_verdict("contradicted")]


def found(report: Report, row: dict[str, Any]) -> list[ClaimVerdict]:
    """The claims on the line of a planted error that have the verdict that it should have."""
    wanted = row.get("verdict", "contradicted")
    on_line = [claim for claim in report.claims if claim.line == row["line"] and claim.verdict == wanted]
    return on_line if wanted == "contradicted" else [claim for claim in on_line if named(claim, row)]


def named(claim: ClaimVerdict, row: dict[str, Any]) -> bool:
    return "diagnosis" not in row or claim.diagnosis == row["diagnosis"]


@pytest.mark.parametrize("stem", STEMS)
def test_a_true_page_is_not_contradicted_and_its_numbers_are_confirmed(stem: str) -> None:
    report = as_it_is(stem)
    assert contradicted(report) == []
    claims = [(line, text) for line, texts in page(stem).truth["claims"].items() for text in texts]
    confirmed = [(c.line, c.printed) for c in report.claims if c.printed and c.verdict == "confirmed"]
    missing = list(claims)
    for place in confirmed:
        if place in missing:
            missing.remove(place)
    wanted = page(stem).truth.get("confirmed_at_least", CONFIRMED_AT_LEAST)
    assert len(missing) <= (1 - wanted) * len(claims), missing


@pytest.mark.parametrize("stem", STEMS)
def test_what_is_right_in_other_words_is_no_alarm(stem: str) -> None:
    assert contradicted(page(stem).read(*page(stem).truth["unalarmed"])) == []


@pytest.mark.parametrize(("stem", "row"), PLANTED)
def test_a_planted_error_is_found(stem: str, row: dict[str, Any]) -> None:
    report = page(stem).read(row)
    claims = found(report, row)
    said = [(claim.printed, claim.verdict, claim.diagnosis, claim.reason) for claim in claims]
    if "missed" in row:
        assert claims or not excused(stem, report, row) or "excused" in row, "confirmed as something else"
    elif "unnamed" in row:
        assert claims
    else:
        assert any(named(claim, row) for claim in claims), said


def excused(stem: str, report: Report, row: dict[str, Any]) -> list[ClaimVerdict]:
    """The numbers on the line of a planted error that are confirmed for a reason that makes them right."""
    on_line = [claim for claim in report.claims if claim.line == row["line"] and claim.printed]
    before = {(claim.printed, claim.diagnosis) for claim in as_it_is(stem).claims}
    return [
        claim
        for claim in on_line
        if claim.verdict == "confirmed" and claim.diagnosis and (claim.printed, claim.diagnosis) not in before
    ]


def test_every_diagnosis_is_planted() -> None:
    planted = {row.get("diagnosis") for stem in STEMS for row in page(stem).truth["planted"]}
    assert planted >= set(ALL_DIAGNOSES.split())
