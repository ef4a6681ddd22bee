"""Numbers that were jotted down: judged as they stand, and where that is not right as a person sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.judging.finding import Finding
from grader.judging.question import Question
from grader.judging.slips import FAULTS, Judge
from grader.reading import Unreadable, read
from grader.reading.tree import Name


def with_jottings(judge: Judge) -> Judge:
    """A judge of numbers that also sees numbers side by side as entries, and words that say nothing. What is
    right as it stands is never looked at again."""

    def judge_text(question: Question, answer: str) -> Finding:
        try:
            finding = judge(question, answer)
        except FAULTS:
            seen = _otherwise(question, answer, judge)
            if seen is None:
                raise
            return seen
        return finding if finding.right else _otherwise(question, answer, judge, finding.read_as) or finding

    return judge_text


def _otherwise(question: Question, answer: str, judge: Judge, read_as: str | None = "") -> Finding | None:
    """The finding for another spelling of the answer, if it says something else: the first that is right,
    else the first there is."""
    found = [each for each in _findings(question, answer, judge) if each.right or each.read_as != read_as]
    return next((finding for finding in found if finding.right), found[0] if found else None)


def _findings(question: Question, answer: str, judge: Judge) -> Iterator[Finding]:
    for text, remark in spellings(question, answer):
        try:
            finding = judge(question, text)
        except FAULTS:
            continue
        yield replace(finding, feedback=(remark, *finding.feedback)) if remark else finding


def spellings(question: Question, answer: str) -> Iterator[tuple[str, str]]:
    """What an answer may say beside what it says as it stands, each with a remark on what was taken."""
    from grader.reading.jotted import LABELS, jotted

    case = question.cases[0]
    rows, columns = case.expected.shape[-2:]
    labels = LABELS.get(question.asked.kind, "").split()
    label = answer.partition("=")[0].strip()
    if _is_letter(question, label):
        labels.append(label.lower())
    yield from jotted(answer, (rows, columns), labels)


def _is_letter(question: Question, label: str) -> bool:
    """Whether a left side is the letter of what is asked, without the layer that the question names."""
    if not 0 < len(label) < 12:
        return False
    try:
        tree = read(label).tree
    except Unreadable:
        return False
    return isinstance(tree, Name) and tree.text == question.notation.letters.get(question.asked.kind)
