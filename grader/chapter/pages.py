"""The report as a page: what an author wrote beside the verdicts on it, filtered without any script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from grader.chapter.claims import ClaimVerdict
from grader.chapter.report import Report, added_up, should_be, worth
from grader.chapter.terminal import counted, is_percentage
from grader.wording import as_sentence

ROOM = 200
"""So many characters of a long line are shown on either side of its claims."""
LONGEST = 1500
"""So many characters of a line are shown at most."""
LONGEST_FORMULA = 600


@dataclass(frozen=True, slots=True)
class Look:
    """How a verdict is shown on a page: the name of its style, a sign and a word."""

    style: str
    sign: str
    word: str


LOOKS = {
    look.word: look
    for look in (
        Look("wrong", "✗", "contradicted"),
        Look("undecided", "≈", "accepted"),
        Look("none", "–", "unchecked"),
        Look("right", "✓", "confirmed"),
    )
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the document in pieces, each with the verdict on it or None, and all claims on the line."""

    number: int
    pieces: tuple[tuple[str, Look | None], ...]
    claims: tuple[ClaimVerdict, ...]

    @property
    def looks(self) -> tuple[Look, ...]:
        """The verdicts that occur on this line."""
        return tuple(dict.fromkeys(map(look_of, self.claims)))


def look_of(claim: ClaimVerdict) -> Look:
    return LOOKS["accepted" if claim.accepted is not None else claim.verdict]


def page(reports: Sequence[Report]) -> str:
    """One file for all reports that needs nothing else: no script, no network."""
    from templates import render

    counts = dict.fromkeys(LOOKS, 0)
    for report in reports:
        for claim in report.claims:
            counts[look_of(claim).word] += 1
    return render("verify.html.j2", reports=reports, looks=LOOKS, counts=counts, **_helpers())


def excerpt(report: Report) -> str:
    """The errors of a report as a table for a notebook, without a style of its own."""
    from templates import render

    return render("verify_excerpt.html.j2", report=report, **_helpers())


def _helpers() -> dict[str, Any]:
    return {
        "lines_of": lines_of,
        "look_of": look_of,
        "worth": worth,
        "counted": counted,
        "added_up": added_up,
        "drawn": drawn,
        "sentence": as_sentence,
        "wanted": lambda report, claim: should_be(claim, is_percentage(report, claim)),
    }


def lines_of(report: Report) -> Iterator[Line]:
    """The lines of a document that hold claims, in order."""
    claims = sorted(report.claims, key=lambda claim: (claim.line, claim.column))
    for number, group in groupby(claims, key=lambda claim: claim.line):
        together = tuple(group)
        yield Line(number, tuple(_pieces(report.document.line(number), together)), together)


def _pieces(line: str, claims: Sequence[ClaimVerdict]) -> Iterator[tuple[str, Look | None]]:
    """The line cut at its claims; of overlapping ones, the first is marked."""
    first = max(0, claims[0].column - 1 - ROOM)
    last = min(len(line), max(claim.column + claim.width for claim in claims) + ROOM, first + LONGEST)
    at = first
    yield "…" if first else "", None
    for claim in claims:
        start, end = claim.column - 1, min(claim.column - 1 + claim.width, last)
        if at <= start < end:
            yield line[at:start], None
            yield line[start:end], look_of(claim)
            at = end
    yield line[at:last] + ("…" if last < len(line) else ""), None


_WORD = re.compile(r"[^\W\d_]{2,}")
_BELOW = re.compile(r"_\{[^{}]*\}|_\w+")
_BREAKS = re.compile(r"\\\\(?:\[[^\]]{0,20}\])?|&|^\s*>", re.MULTILINE)


def drawn(claim: ClaimVerdict) -> Any:
    """A claim as MathML where it is mathematics that was read and can be set; else None."""
    from derive.writing.from_latex import latex_to_mathml
    from templates import safe_mathml

    text = claim.text if "\\begin" in claim.text else _BREAKS.sub(" ", claim.text)
    plain = "\\" not in text and _WORD.search(_BELOW.sub("", text))
    unread = claim.reason.startswith("it could not be read")
    if plain or unread or len(text) > LONGEST_FORMULA or text.strip() == (claim.printed or ""):
        return None
    return safe_mathml(latex_to_mathml(text))
