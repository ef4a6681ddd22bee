"""The report for a terminal: one line a finding, the source line below it and a pointer under the spot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from grader.chapter.claims import ClaimVerdict
from grader.chapter.report import Finding, Report, added_up, should_be, worth
from grader.chapter.spots import cut, spot_of
from grader.ledger import Entry

FEW = 8
"""So many places, reasons or consequences are listed unless everything is asked for."""
PAGE_WIDTH = 100
"""Columns into which lists are wrapped."""
LEDGER_LINES = 4
"""So many lines of what a page defines are shown unless everything is asked for."""


def in_text(reports: Sequence[Report], everything: bool = False) -> str:
    """All reports, each by itself, and a sum if there are several.

    ``everything`` lists every place and the whole ledger, where else a few stand for all.
    """
    from templates import visible

    lines = [line for report in reports for line in _of_one(report, everything)]
    if len(reports) > 1:
        lines.append(f"{len(reports)} documents: {_in_words(added_up(reports))}")
    return "\n".join(visible(line) for line in lines)


def _of_one(report: Report, everything: bool) -> Iterator[str]:
    for finding in report.findings:
        yield from _finding(report, finding, everything)
    yield from _unchecked(report, everything)
    yield from (f"{report.document.name}: no longer found, though accepted: {gone}" for gone in report.gone)
    yield f"{report.document.name}: {counted(report)}"
    yield from (f"    {name}: {choice}" for name, choice in report.conventions.items())
    yield from _understood(report.ledger, everything)


# ---- contradictions


def _finding(report: Report, finding: Finding, everything: bool) -> Iterator[str]:
    spot = spot_of(report.document, finding.root)
    yield f"{place(report, finding.root)}: contradicted: {said(report, finding.root)}"
    yield f"    {spot.line}"
    yield f"    {spot.pointer}"
    if finding.following:
        listed = [_consequence(report, claim) for claim in finding.following]
        yield from _listed("follows from it:", listed, everything)


def place(report: Report, claim: ClaimVerdict) -> str:
    """``chapter.md:71:12``"""
    return f"{report.document.name}:{claim.line}:{claim.column}"


def said(report: Report, claim: ClaimVerdict) -> str:
    """What a claim says, what it should say, why, and the name of the slip, in one line."""
    name = f" [{claim.diagnosis}]" if claim.diagnosis else ""
    return f"{headline(report, claim)}: {claim.reason}{name}"


def headline(report: Report, claim: ClaimVerdict) -> str:
    """What a claim says, and the value it should have where there is one."""
    wanted = should_be(claim, is_percentage(report, claim))
    return f"{_short(claim)} should be {wanted}" if wanted else _short(claim)


def is_percentage(report: Report, claim: ClaimVerdict) -> bool:
    """Whether a percent sign stands behind a printed number."""
    behind = report.document.line(claim.line)[claim.column - 1 + claim.width :]
    return behind.lstrip(" \\").startswith("%") and claim.value is not None and _is_hundredth(claim)


def _is_hundredth(claim: ClaimVerdict) -> bool:
    """Whether the value is a share of 1, while percent are printed."""
    try:
        return abs(float(claim.value or 0)) <= 1 < abs(float(claim.printed or 0))
    except ValueError:
        return False


def _consequence(report: Report, claim: ClaimVerdict) -> str:
    wanted = should_be(claim, is_percentage(report, claim))
    return f"{claim.line}:{claim.column} {_short(claim)}" + (f" (not {wanted})" if wanted else "")


def _short(claim: ClaimVerdict) -> str:
    return claim.printed or cut(claim.text, PAGE_WIDTH // 2)


# ---- the rest


def _unchecked(report: Report, everything: bool) -> Iterator[str]:
    """One entry a reason, with the places."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for claim in report.with_verdict("unchecked"):
        reasons[claim.reason].append(f"{claim.line}:{claim.column}")
    ranked = sorted(reasons.items(), key=lambda item: -len(item[1]))
    for reason, places in ranked if everything else ranked[:FEW]:
        yield f"{report.document.name}: unchecked, {len(places)}: {reason}"
        yield from _listed("at", places, everything)
    left = sum(len(places) for _, places in ranked[FEW:])
    if left and not everything:
        yield f"{report.document.name}: unchecked, {left}: for {len(ranked) - FEW} other reasons (see --all)"


def _listed(before: str, entries: Sequence[str], everything: bool) -> Iterator[str]:
    shown = entries if everything else entries[:FEW]
    more = f" and {len(entries) - len(shown)} more" if len(shown) < len(entries) else ""
    yield from _wrapped(f"{before} {', '.join(shown)}{more}")


def _wrapped(text: str) -> list[str]:
    return wrap(text, PAGE_WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 8, break_on_hyphens=False)


def counted(report: Report) -> str:
    """The counts of a report in words: the verdicts, how many errors there are, what was accepted."""
    inherited, errors = sum(len(finding.following) for finding in report.findings), len(report.findings)
    notes = [f"{errors} {'error' if errors == 1 else 'errors'}, the rest follows"] if inherited else []
    notes += [f"{len(report.accepted)} accepted"] if report.accepted else []
    notes += [f"{len(report.gone)} accepted before and gone"] if report.gone else []
    return _in_words(report.summary) + (f" ({', '.join(notes)})" if notes else "")


def _in_words(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {word}" for word, count in counts.items())


def _understood(ledger: Iterable[Entry], everything: bool) -> Iterator[str]:
    """What the page was understood to define, in running text; formulas only if everything is asked for."""
    entries = [_entry(entry) for entry in ledger if everything or worth(entry)]
    lines = wrap("; ".join(entries), PAGE_WIDTH, break_on_hyphens=False, break_long_words=False)
    if lines:
        yield f"    understood ({len(entries)}):"
    yield from (f"      {line}" for line in (lines if everything else lines[:LEDGER_LINES]))
    if len(lines) > LEDGER_LINES and not everything:
        yield "      … (see --all)"


def _entry(entry: Entry) -> str:
    value = worth(entry) or "by its formula"
    where = f"line {entry.line}" if entry.line else entry.how
    return f"{entry.name} = {value} ({where})"
