"""Answers that mean nothing as they stand: judged as the one thing that a person would see in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from grader.judging.finding import Finding
from grader.judging.question import Question
from grader.judging.sides import understood
from grader.meaning.limits import Undecidable
from grader.meaning.scripts import NotUnderstood
from grader.reading import Unreadable, read
from grader.reading.wrapping import only_words

Judge = Callable[[Question, str], Finding]
"""What makes a finding of a text."""
Beside = Callable[[Question, str, Judge], Finding | None]
"""What makes a finding of a formula with something beside it; None where nothing is."""
FAULTS = (Unreadable, NotUnderstood, Undecidable)


def judged_with_slips(question: Question, answer: str, judge: Judge, beside: Beside | None = None) -> Finding:
    """The finding for an answer; where it cannot be read or understood, what ``beside`` makes of it, else the
    finding for the one repair of it that can be judged, with the repair said first. Raises as ``judge`` does
    where there is none."""
    try:
        finding = judge(question, answer)
    except (Unreadable, NotUnderstood):
        seen = beside(question, answer, judge) if beside is not None else None
        if seen is None or not seen.right:
            repaired = _seen_through(question, answer, judge)
            seen = repaired if repaired is not None and (seen is None or repaired.right) else seen
        if seen is None and only_words(answer):
            words = "there are only words here: a formula or numbers are expected"
            raise Unreadable(0, words, answer) from None
        if seen is None:
            raise
        return seen
    return finding if _has_value(finding) else _seen_through(question, answer, judge) or finding


def _has_value(finding: Finding) -> bool:
    """Whether the answer could be computed: what has a value can be shown."""
    return finding.right or finding.read_as is not None


def _seen_through(question: Question, answer: str, judge: Judge) -> Finding | None:
    """The finding for the only repair that fits, or for several that say the same."""
    found = list(_fitting(question, answer, judge))
    meanings = {(finding.right, finding.read_as) for finding in found}
    return found[0] if len(meanings) == 1 else None


def _fitting(question: Question, answer: str, judge: Judge) -> Iterator[Finding]:
    from grader.reading.repairs import repairs

    for text, sentence in repairs(answer):
        try:
            understood(question, read(text).tree)
            finding = judge(question, text)
        except FAULTS:
            continue
        if _has_value(finding):
            yield replace(finding, feedback=(sentence, *finding.feedback))
