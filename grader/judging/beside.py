"""A formula or number with something said beside it: what its signs are called, how far an index runs, what
its names are short for."""

from __future__ import annotations

import re

from msgspec.structs import replace

from grader.judging.finding import Finding
from grader.judging.question import Question
from grader.judging.slips import Judge
from grader.meaning.limits import Unmarked
from grader.meaning.scripts import NotUnderstood
from grader.reading import Unreadable
from grader.reading.legends import without_legends


def judged_beside(question: Question, answer: str, judge: Judge) -> Finding | None:
    """The finding for an answer that can be judged without what is said beside it, or together with it; None
    where nothing is said."""
    from grader.judging.derivations.definitions import judged_with_definitions

    bare, legends = without_legends(answer)
    finding = _alone(question, bare, judge, legends) if legends else None
    if finding is None and question.part.answer == "formula":
        finding = judged_with_definitions(question, bare)
    if finding is None:
        return None
    left_out = (f"the words “{legend}” were left out" for legend in legends)
    return replace(finding, feedback=(*finding.feedback, *left_out), explained=None)


def _alone(question: Question, text: str, judge: Judge, legends: tuple[str, ...]) -> Finding | None:
    try:
        return judge(question, text).in_full()
    except Unmarked as open_letter:
        marked = any(_marks(legend, open_letter.letter) for legend in legends)
        if not marked:
            raise
        return Finding(True, award=1.0)
    except (Unreadable, NotUnderstood):
        return None


def _marks(legend: str, letter: str) -> bool:
    """Whether words say that a letter is the class that the target marks."""
    sign, _, words = legend.partition(" ")
    return sign.strip("$") == letter and bool(_CLASS.search(words))


_CLASS = re.compile(r"\b(?:class|label|category|target|klasse|clase|classe)\b", re.IGNORECASE)
