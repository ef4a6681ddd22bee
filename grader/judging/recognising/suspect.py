"""A wrong answer that is looked into: its value in every world, and what it becomes by small edits."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct

from grader.judging.question import Question
from grader.judging.recognising.lineup import recognised
from grader.judging.recognising.mending import Mended, mended
from grader.judging.values import Evaluations, own
from grader.meaning.lowering import Unfit
from grader.meaning.terms import Term
from grader.misconceptions import Misconception
from grader.worlds.slips import Blamed


class Suspect(Struct, frozen=True, dict=True):
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

    def hidden(self, rows: Blamed) -> bool:
        """Whether the answer does not show any of these in its own letters."""
        return not any(row.shows is not None and row.shows(self.term) for row in rows)

    def as_in_twin(self, row: Misconception, values: Evaluations) -> bool:
        """Whether it has everywhere what one misconception gives."""
        return all(recognised(found, self.question.beliefs.alone(case, (row,))) for case, found in values)
