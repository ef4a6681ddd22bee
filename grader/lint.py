"""A problem proves itself: every check it carries must get the verdict, the marks and the misconception
it names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.problem import Check, Problem
from grader.judge import check
from grader.misconceptions import MISCONCEPTIONS
from grader.verdicts import Verdict


@dataclass(frozen=True)
class Failure:
    """A check that does not hold, in a sentence."""

    problem: str
    what: str
    message: str

    def __str__(self) -> str:
        return f"{self.problem}: {self.what}: {self.message}"


def lint(problem: Problem) -> tuple[Failure, ...]:
    """Everything in a problem that does not hold; empty if it proves itself."""
    return (*_rubrics(problem), *_checks(problem))


def _rubrics(problem: Problem) -> Iterator[Failure]:
    from derive.errors import unknown

    for part in problem.parts:
        for rule in part.rubric:
            if rule.misconception not in MISCONCEPTIONS:
                message = unknown(rule.misconception, "a misconception", MISCONCEPTIONS)
                yield Failure(problem.name, f"parts.{part.id}.rubric", message)


def _checks(problem: Problem) -> Iterator[Failure]:
    for number, claimed in enumerate(problem.checks, 1):
        verdict = check(problem, claimed.part, claimed.answer)
        for message in _broken(claimed, verdict):
            yield Failure(problem.name, f"checks.{number} ({claimed.part}: {claimed.answer})", message)


def _broken(claimed: Check, verdict: Verdict) -> Iterator[str]:
    why = f" ({' '.join(verdict.feedback)})" if verdict.feedback else ""
    if claimed.verdict is not None and verdict.verdict != claimed.verdict:
        yield f"expected {claimed.verdict}, judged {verdict.verdict}{why}"
    if claimed.marks is not None and verdict.marks != claimed.marks:
        got = "none" if verdict.marks is None else f"{verdict.marks:g}"
        yield f"expected {claimed.marks:g} marks, got {got}{why}"
    if claimed.note is not None and claimed.note not in verdict.misconceptions:
        found = ", ".join(verdict.misconceptions) or "none"
        yield f"expected the misconception {claimed.note}, found {found}"
