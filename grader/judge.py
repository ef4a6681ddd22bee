"""Judging one answer: read it, find what it claims, compare by value, and say what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from itertools import chain
from math import floor, prod

from msgspec.structs import replace

from derive.problem import Part, Problem
from grader.calculus import carried_out
from grader.held import Held
from grader.judging.beside import judged_beside
from grader.judging.entry_by_entry import one_reading, refuse_second_statement
from grader.judging.finding import Finding
from grader.judging.formulas import judge_formula
from grader.judging.jottings import spellings, with_jottings
from grader.judging.numbers import judge_number
from grader.judging.question import Question, question_of
from grader.judging.slips import Beside, judged_with_slips
from grader.meaning.limits import Undecidable
from grader.meaning.scripts import NotUnderstood
from grader.reading import Reading, Unreadable, read
from grader.reading.spelling import MAX_CHARACTERS
from grader.verdicts import Verdict
from grader.wording import as_sentence


def _one_claim(judge: Callable[[Question, Reading], Finding]) -> Callable[[Question, str], Finding]:
    """A judge of texts from a judge of one formula."""

    def judge_text(question: Question, answer: str) -> Finding:
        reading = one_reading(question, answer)
        finding = reading if isinstance(reading, Finding) else judge(question, carried_out(reading))
        if not finding.right:
            refuse_second_statement(answer)
        return finding

    return judge_text


def _derivation(question: Question, answer: str) -> Finding:
    from grader.judging.derivations.derivation import judge_derivation

    return judge_derivation(question, answer)


JUDGES: dict[str, Callable[[Question, str], Finding]] = {
    "number": with_jottings(_one_claim(judge_number)),
    "formula": _one_claim(judge_formula),
    "derivation": _derivation,
}
"""How each kind of answer is judged."""
BESIDE: dict[str, Beside] = {"formula": judged_beside, "number": judged_beside}
"""How it is judged where it cannot be read as it stands, for something else stands beside it."""


def check(
    problem: Problem | str,
    part: str,
    answer: str,
    notation: str | None = None,
    earlier: Mapping[str, str] | None = None,
) -> Verdict:
    """The verdict on one answer to one part of a problem (or of the problem with that name or file).

    >>> check("linear-activation", "delta1", r"\\delta_1 = \\delta_1").verdict
    'wrong'

    ``earlier`` has the student's answers to other parts, by part. An answer that is wrong, but right given
    wrong ones among them, keeps its marks (see `grader.judging.follow_through`), unless the part says
    otherwise.

    Raises `Unusable` for an unknown problem, part or notation. Everything that is wrong with the answer is
    in the verdict; a failure of the grader itself is ``undecided``, for a human.
    """
    import problems

    loaded = problems.load(problem) if isinstance(problem, str) else problem
    question = _question(Held(loaded), part, notation)
    texts = earlier or {}
    others = [
        (_question(Held(loaded), id, notation), texts[id]) for id in _in_order(loaded, texts) if id != part
    ]
    return _safely(question, partial(_with_earlier, question, answer, others))


def _alone(question: Question, answer: str) -> Verdict:
    """The verdict on an answer without others; identical answers are judged once."""
    if isinstance(answer, str) and len(answer) <= MAX_CHARACTERS:
        return _remembered(Held(question), answer)
    return _safely(question, partial(_judged, question, answer))


@lru_cache(maxsize=4096)
def _remembered(question: Held[Question], answer: str) -> Verdict:
    return _safely(question.value, partial(_judged, question.value, answer))


def _in_order(problem: Problem, texts: Mapping[str, str]) -> list[str]:
    """The parts in the order of the problem, in which an answer may follow from those before it. Raises
    `Unusable` for an unknown part."""
    return sorted(texts, key=lambda id: problem.parts.index(problem.part(id)))


def _safely(question: Question, judge: Callable[[], Verdict]) -> Verdict:
    """The verdict, also where the answer cannot be read or judged."""
    try:
        return judge()
    except Unreadable as fault:
        return _unreadable(question.part, fault.position, fault.message)
    except NotUnderstood as fault:
        return _unreadable(question.part, fault.span[0], str(fault))
    except Undecidable as limit:
        return _undecided(question.part, f"This answer cannot be judged: {limit}; a human must look at it.")
    except Exception as error:
        reason = (
            f"The grader failed on this answer ({type(error).__name__}: {error}); a human must look at it."
        )
        return _undecided(question.part, reason)


def _judged(question: Question, answer: str) -> Verdict:
    part = question.part
    judge = JUDGES.get(part.answer)
    if judge is None:
        reason = f"Answers of the kind {part.answer} are not judged by this version; a human must look at it."
        return _undecided(part, reason)
    if not isinstance(answer, str) or len(answer) > MAX_CHARACTERS:
        # Refused before anybody looks for slips in it.
        read(answer)
    finding = judged_with_slips(question, answer, judge, BESIDE.get(part.answer)).in_full()
    share = 1.0 if finding.right else _award(part, finding)
    return Verdict(
        part.id,
        "right" if finding.right else "wrong",
        _in_hundredths(share * part.points),
        part.points,
        tuple(row.name for row in finding.misconceptions),
        finding.feedback,
        finding.read_as,
    )


def _reading(question: Question, text: str) -> Reading | None:
    """A text as it stands, without seeing through a slip; numbers perhaps side by side. None if it cannot be
    read."""
    others = spellings(question, text) if question.part.answer == "number" else ()
    for spelling in chain((text,), (other for other, _ in others)):
        try:
            return read(spelling)
        except Unreadable:
            continue
    return None


def _in_hundredths(marks: float) -> float:
    """Marks as they are awarded: in hundredths, a half for the student.

    >>> _in_hundredths(1 / 3), _in_hundredths(1.125)
    (0.33, 1.13)
    """
    return floor(100 * marks + 0.5 + 1e-9) / 100


def _award(part: Part, finding: Finding) -> float:
    """The share of the marks a wrong answer keeps: what the part's rubric says of its misconceptions, else
    what their rows say, of several the product; where no rubric decides, what right entries earn if more."""
    ruled = {rule.misconception: rule.award for rule in part.rubric}
    if not any(row.name in ruled for row in finding.misconceptions):
        return max(finding.award, finding.by_entry)
    return prod(ruled.get(row.name, row.award) for row in finding.misconceptions)


def _with_earlier(question: Question, answer: str, others: list[tuple[Question, str]]) -> Verdict:
    """The verdict beside the answers to other parts: a wrong answer keeps its marks where it is right given
    wrong ones among them."""
    verdict = _alone(question, answer)
    if verdict.verdict != "wrong" or not question.part.follow_through or not others:
        return verdict
    from grader.judging.follow_through.following import TESTS, Answered, follows_from

    reading = _reading(question, answer)
    if question.part.answer not in TESTS or reading is None:
        return verdict

    found = [(other, text, _alone(other, text).verdict) for other, text in others]
    answered = [
        Answered(other, said, word == "right")
        for other, text, word in found
        if word in ("right", "wrong") and other.part.answer in TESTS and (said := _reading(other, text))
    ]
    parts = follows_from(question, reading, answered)
    if not parts:
        return verdict
    words = f"This follows rightly from your answer to {' and '.join(parts)}, so it keeps its marks."
    return replace(verdict, marks=verdict.out_of, misconceptions=(), feedback=(words,), follows_from=parts)


def _undecided(part: Part, reason: str) -> Verdict:
    return Verdict(part.id, "undecided", None, part.points, feedback=(reason,))


def _unreadable(part: Part, position: int, message: str) -> Verdict:
    return Verdict(
        part.id,
        "unreadable",
        0.0,
        part.points,
        feedback=(as_sentence(message),),
        position=position,
    )


@lru_cache(maxsize=256)
def _question(held: Held[Problem], part: str, notation: str | None) -> Question:
    return question_of(held.value, part, notation)
