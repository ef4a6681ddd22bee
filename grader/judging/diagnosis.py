"""Why a wrong formula is wrong: the misconception it follows from, else the shapes or numbers that differ."""

from __future__ import annotations

from derive.functions import Array
from grader.judging.case import Case
from grader.judging.evidence import evidence, only_numbers
from grader.judging.finding import Finding, believed, wrong
from grader.judging.question import Question
from grader.judging.values import (
    Evaluations,
    agrees,
    has_shape,
    holds,
    lowered,
    own,
    plans_for,
    value,
)
from grader.meaning.lowering import Plan, Unfit
from grader.meaning.terms import Term
from grader.misconceptions import MISCONCEPTIONS, Misconception

MENDABLE = 80
"""Answers with more terms than this are not mended edit by edit."""


def diagnosed(question: Question, term: Term, values: Evaluations, read_as: str | None) -> Finding:
    """The finding for a wrong formula: the first misconception under the strongest test that any passes."""
    for test in TESTS:
        for row in MISCONCEPTIONS.values():
            if test(question, row, term, values):
                return believed(row, read_as=read_as)
    return wrong(*evidence(question, values), *only_numbers(term), read_as=read_as)


def _as_believed_everywhere(question: Question, row: Misconception, term: Term, values: Evaluations) -> bool:
    """The answer is what this misconception gives, in worlds of all sizes."""
    sampled = [(case, found) for case, found in values if case.sampled]
    return not any(isinstance(found, Unfit) for _, found in sampled) and all(
        _as_in_twin(question, row, case, found) for case, found in sampled
    )


def _repaired(question: Question, row: Misconception, term: Term, values: Evaluations) -> bool:
    """An edit of the answer that undoes the misconception makes it right."""
    if row.repair is None:
        return False
    if sum(1 for _ in term.walk()) > MENDABLE:
        return False
    cases = list(own([case for case, _ in values]))
    return any(_right_somehow(edited, cases) for edited in row.repair(term))


def _right_somehow(term: Term, cases: list[Case]) -> bool:
    return any(all(_right_in(case, term, plan) for case in cases) for plan in plans_for(term))


def _right_in(case: Case, term: Term, plan: Plan) -> bool:
    node = lowered(term, case, plan)
    return has_shape(node, case) and holds(node, value(node, case), case)


def _as_believed_here(question: Question, row: Misconception, term: Term, values: Evaluations) -> bool:
    """The answer is what this misconception gives in a network of just these sizes; where it fits none,
    wherever it does fit."""
    sampled = [(case, found) for case, found in values if case.sampled]
    here = [(case, found) for case, found in sampled if case.own]
    if any(isinstance(found, Unfit) for _, found in here):
        here = [(case, found) for case, found in sampled if not isinstance(found, Unfit)]
    return bool(here) and all(_as_in_twin(question, row, case, found) for case, found in here)


TESTS = (_as_believed_everywhere, _repaired, _as_believed_here)
"""Ways to recognise a misconception, the most certain first."""


def _as_in_twin(question: Question, row: Misconception, case: Case, found: Array | Unfit) -> bool:
    twins = question.twins(row, case.world, case.quantity)
    return any(agrees(found, case.at({case.quantity: twin})) for twin in twins)
