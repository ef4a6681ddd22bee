"""Numbers that were jotted down: judged as they stand, and where that is not right as a person sees them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

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
            seen = _best(_findings(question, answer, judge, of_any_length=True))
            if seen is None:
                raise
            return seen
        return finding if finding.right else _at_least_as_good(finding, question, answer, judge)

    return judge_text


def _at_least_as_good(finding: Finding, question: Question, answer: str, judge: Judge) -> Finding:
    """The finding for another spelling, if it says something else and earns no less than what stands."""
    others = (each for each in _findings(question, answer, judge) if each.read_as != finding.read_as)
    best = _best(each for each in others if each.right or _share(each) >= _share(finding))
    return finding if best is None else best


def _best(found: Iterable[Finding]) -> Finding | None:
    """The first that is right, else the first that earns most."""
    return max(found, key=lambda finding: (finding.right, _share(finding)), default=None)


def _share(finding: Finding) -> float:
    return max(finding.award, finding.by_entry)


def _findings(
    question: Question, answer: str, judge: Judge, of_any_length: bool = False
) -> Iterator[Finding]:
    for text, remark in spellings(question, answer, of_any_length):
        try:
            finding = judge(question, text)
        except FAULTS:
            continue
        yield replace(finding, feedback=(remark, *finding.feedback)) if remark else finding


def spellings(question: Question, answer: str, of_any_length: bool = False) -> Iterator[tuple[str, str]]:
    """What an answer may say beside what it says as it stands, each with a remark on what was taken; numbers
    with decimal commas may be ``of_any_length``, else as many as are asked."""
    from grader.reading.jotted import LABELS, jotted

    case = question.cases[0]
    rows, columns = case.expected.shape[-2:]
    labels = LABELS.get(question.asked.kind, "").split()
    label = answer.partition("=")[0].strip()
    if _is_letter(question, label):
        labels.append(label.lower())
    yield from jotted(answer, (rows, columns), labels, of_any_length)


def _is_letter(question: Question, label: str) -> bool:
    """Whether a left side is the letter of what is asked, without the layer that the question names."""
    if not 0 < len(label) < 12:
        return False
    try:
        tree = read(label).tree
    except Unreadable:
        return False
    return isinstance(tree, Name) and tree.text == question.notation.letters.get(question.asked.kind)
