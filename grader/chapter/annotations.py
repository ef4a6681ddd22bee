"""The report for GitHub: every contradiction as an annotation on its line of the changed file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.chapter.claims import ClaimVerdict
from grader.chapter.report import Report
from grader.chapter.terminal import counted, said

_IN_MESSAGES = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES = {**_IN_MESSAGES, ":": "%3A", ",": "%2C"}


def for_github(reports: Sequence[Report]) -> str:
    """One workflow command a line: contradictions as errors, then for each document its counts as notice."""
    return "\n".join(line for report in reports for line in _of_one(report))


def _of_one(report: Report) -> Iterator[str]:
    for finding in report.findings:
        for claim in (finding.root, *finding.following):
            yield _error(report, claim)
    yield _command("notice", {"title": "deltagrade verify"}, f"{report.document.name}: {counted(report)}")


def _error(report: Report, claim: ClaimVerdict) -> str:
    properties = {
        "file": _from_here(report.document.name),
        "line": str(claim.line),
        "col": str(claim.column),
        "endColumn": str(claim.column + claim.width),
        "title": claim.diagnosis or "contradicted",
    }
    return _command("error", properties, said(report, claim))


def _from_here(name: str) -> str:
    """The path as GitHub knows it, from the folder in which the check runs."""
    path = Path(name)
    here = path.is_absolute() and path.is_relative_to(Path.cwd())
    return (path.relative_to(Path.cwd()) if here else path).as_posix()


def _command(kind: str, properties: dict[str, str], message: str) -> str:
    listed = ",".join(f"{name}={escaped(value, _IN_PROPERTIES)}" for name, value in properties.items())
    return f"::{kind} {listed}::{escaped(message, _IN_MESSAGES)}"


def escaped(text: str, signs: Mapping[str, str] = _IN_MESSAGES) -> str:
    r"""A text as a workflow command holds it.

    >>> escaped("13 %: a\nb")
    '13 %25: a%0Ab'
    """
    return "".join(signs.get(character, character) for character in text)
