"""Findings that an author has looked at and leaves as they are, found again when lines have moved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.chapter.claims import ClaimVerdict
from grader.chapter.report import Report, traced

UNSAID = "not said yet"
"""The note of a finding that was accepted without one."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """One accepted finding: the claim as it is printed, its verdict, and a note why it may stay.

    ``line`` is the text of the line on which it stood and ``printed`` its number, by which one of several
    equal claims is told from the others; there are no line numbers, so lines may move.
    """

    text: str
    note: str
    verdict: str = "contradicted"
    line: str | None = None
    printed: str | None = None

    def is_about(self, claim: ClaimVerdict) -> bool:
        """Whether this could be the claim, wherever it stands."""
        same = _squeezed(self.text) == _squeezed(claim.text) and self.verdict == claim.verdict
        return same and self.printed in (None, claim.printed)

    def stood_on(self, line: str) -> bool:
        return self.line is not None and _squeezed(self.line) == _squeezed(line)

    @property
    def tells(self) -> bool:
        """Whether the claim says enough to be known without its line, which a lone number does not."""
        return self.line is None or _squeezed(self.text) != _squeezed(self.printed or "")


def accepting(report: Report, accepted: Sequence[Accepted]) -> Report:
    """The report with accepted findings marked; each accepts one claim, on its own line if it is there, and
    what follows from it.

    Those that no longer occur are said in ``gone``.
    """
    places = [(claim, report.document.line(claim.line)) for claim in report.claims]
    notes: dict[int, str] = {}
    left = _taken(accepted, places, lambda each, line: each.stood_on(line), notes)
    left = _taken(left, places, lambda each, line: each.tells, notes)
    marked = tuple(
        replace(claim, accepted=notes.get(at, claim.accepted)) for at, claim in enumerate(report.claims)
    )
    claims = tuple(_with_its_root(marked))
    return replace(report, claims=claims, gone=tuple(f"{each.text} ({each.note})" for each in left))


def _with_its_root(claims: tuple[ClaimVerdict, ...]) -> Iterator[ClaimVerdict]:
    """What follows from an accepted error is accepted with it."""
    wrong = [claim for claim in claims if claim.verdict == "contradicted"]
    notes = {id(claim): finding.root.accepted for finding in traced(wrong) for claim in finding.following}
    for claim in claims:
        inherited = notes.get(id(claim)) if claim.accepted is None else None
        yield replace(claim, accepted=inherited) if inherited is not None else claim


def _taken(
    accepted: Iterable[Accepted],
    places: Sequence[tuple[ClaimVerdict, str]],
    fits: Callable[[Accepted, str], bool],
    notes: dict[int, str],
) -> list[Accepted]:
    """Notes each finding at the first free claim that it fits; answers those that fit none."""
    left = []
    for each in accepted:
        free = (place for place in enumerate(places) if place[0] not in notes)
        at = next((at for at, (claim, line) in free if each.is_about(claim) and fits(each, line)), None)
        if at is None:
            left.append(each)
        else:
            notes[at] = each.note
    return left


def present(report: Report) -> list[Accepted]:
    """The errors of a report as findings to accept; those that were accepted keep their notes."""
    errors = [finding.root for finding in traced(report.with_verdict("contradicted"))]
    others = [claim for claim in report.with_verdict("unchecked") if claim.accepted is not None]
    return [
        Accepted(
            _squeezed(claim.text),
            claim.accepted or UNSAID,
            claim.verdict,
            _squeezed(report.document.line(claim.line)),
            claim.printed,
        )
        for claim in (*errors, *others)
    ]


MOST = 1000
"""So many characters of a line are kept."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x9f]")


def _squeezed(text: str) -> str:
    """A text as it is compared: its white space squeezed, without what nobody sees."""
    return " ".join(_CONTROL.sub("", text).split())[:MOST]
