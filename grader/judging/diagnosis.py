"""Why a wrong formula is wrong: the misconception it follows from, or two at once; else what shows that it
is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from grader.judging.case import Case
from grader.judging.evidence import evidence, only_numbers
from grader.judging.finding import Finding, believed, wrong
from grader.judging.lineup import recognised
from grader.judging.mending import Mended, mended
from grader.judging.question import Question
from grader.judging.values import Evaluations, agrees, has_shape, holds, lowered, own, value
from grader.meaning.lowering import Plan, Unfit
from grader.meaning.terms import Term
from grader.misconceptions import Misconception
from grader.worlds.twins import Blamed


def diagnosed(question: Question, term: Term, values: Evaluations, read_as: str | None) -> Finding:
    """The finding for a wrong formula: what the strongest test finds that finds anything."""
    answer = Suspect(question, term, values)
    for test in TESTS:
        blamed = test(answer)
        if blamed:
            return believed(*blamed, read_as=read_as)
    return wrong(*evidence(question, values), *only_numbers(term), read_as=read_as)


@dataclass(frozen=True)
class Suspect:
    """A wrong answer, and its value in every world."""

    question: Question
    term: Term
    values: Evaluations

    @cached_property
    def sampled(self) -> Evaluations:
        """Its values at random numbers, the question's own sizes first."""
        return [(case, found) for case, found in self.values if case.sampled]

    @cached_property
    def here(self) -> Evaluations:
        """Its values in networks of just the question's sizes; where it fits none, wherever it does fit."""
        here = [(case, found) for case, found in self.sampled if case.own]
        if any(isinstance(found, Unfit) for _, found in here):
            here = [(case, found) for case, found in self.sampled if not isinstance(found, Unfit)]
        return here

    @cached_property
    def mended(self) -> tuple[Mended, ...]:
        """What it becomes without one misconception or another."""
        return mended(self.term, next(own([case for case, _ in self.values])))

    def as_in_twin(self, row: Misconception, values: Evaluations) -> bool:
        """Whether it has everywhere what one misconception gives."""
        return all(recognised(found, self.question.lineup(case, (row,))) for case, found in values)


def _as_believed_everywhere(answer: Suspect) -> Blamed:
    """The answer is what a misconception gives, in worlds of all sizes."""
    if any(isinstance(found, Unfit) for _, found in answer.sampled):
        return ()
    return _as_believed(answer, answer.sampled)


def _as_believed_here(answer: Suspect) -> Blamed:
    """The answer is what a misconception gives in a network of just these sizes."""
    return _as_believed(answer, answer.here)


def _as_believed(answer: Suspect, values: Evaluations) -> Blamed:
    """The first misconception that gives the answer everywhere: who does in one world is asked in the
    others."""
    if not values:
        return ()
    (case, found), *others = values
    suspects = recognised(found, answer.question.lineup(case))
    return next((rows for rows in suspects if answer.as_in_twin(rows[0], others)), ())


def _repaired(answer: Suspect) -> Blamed:
    """An edit of the answer that undoes a misconception makes it right."""
    cases = list(own([case for case, _ in answer.values]))
    for edit in answer.mended:
        if agrees(edit.value, cases[0].expected) and _right(edit.term, edit.plan, cases):
            return (edit.row,)
    return ()


def _right(term: Term, plan: Plan, cases: list[Case]) -> bool:
    return all(_right_in(case, term, plan) for case in cases)


def _right_in(case: Case, term: Term, plan: Plan) -> bool:
    node = lowered(term, case, plan)
    return has_shape(node, case) and holds(node, value(node, case), case)


TESTS = (_as_believed_everywhere, _repaired, _as_believed_here)
"""Ways to recognise misconceptions, the most certain first."""
