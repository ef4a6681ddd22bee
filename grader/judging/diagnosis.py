"""Why a wrong formula is wrong: the misconception it follows from, else the shapes or numbers that differ."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from derive.functions import Array
from derive.shape_rules import show
from grader.judging.case import Case
from grader.judging.finding import Finding, believed, wrong
from grader.judging.question import Question
from grader.judging.sides import asked_latex
from grader.judging.values import (
    RELATIVE,
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
from grader.meaning.terms import Partial, PartialEntry, Term, uses
from grader.misconceptions import MISCONCEPTIONS, Misconception

MENDABLE = 80
"""Answers with more terms than this are not mended edit by edit."""


def diagnosed(question: Question, term: Term, values: Evaluations, read_as: str | None) -> Finding:
    """The finding for a wrong formula: the first misconception under the strongest test that any passes."""
    for test in TESTS:
        for row in MISCONCEPTIONS.values():
            if test(question, row, term, values):
                return believed(row, read_as)
    return wrong(*_evidence(question, values), *_only_numbers(term), read_as=read_as)


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


# -- evidence ------------------------------------------------------------------------------------------------


def _evidence(question: Question, values: Evaluations) -> Iterator[str]:
    case, found = next(
        (case, found) for case, found in values if case.own and not agrees(found, case.expected)
    )
    asked = asked_latex(question)
    if isinstance(found, Unfit):
        yield f"Your formula cannot be computed: {found}."
        return
    shape = case.expected.shape[-2:]
    if found.shape != case.expected.shape:
        mine = show((found.shape[-2], found.shape[-1]))
        turned = " It looks like the transpose." if _is_transpose(found, case.expected) else ""
        yield f"Your answer is {mine}, but ${asked}$ is {show(shape)}.{turned}"
        return
    if not np.isfinite(found).all():
        yield "Your formula has no finite value at an ordinary point."
        return
    off = np.abs(found - case.expected) > RELATIVE * np.abs(case.expected)
    sample, row, column = np.argwhere(off)[0]
    where = "" if shape == (1, 1) else f" in row {row + 1}, column {column + 1}"
    mine, true = found[sample, row, column], case.expected[sample, row, column]
    yield f"Tried with random numbers, your formula gives {mine:.4g}{where} where ${asked}$ is {true:.4g}."


def _only_numbers(term: Term) -> Iterator[str]:
    if not uses(term) and not any(isinstance(part, Partial | PartialEntry) for part in term.walk()):
        yield "Only numbers stand here; a formula is asked, which must hold for other numbers too."


def _is_transpose(found: Array, expected: Array) -> bool:
    return agrees(np.swapaxes(found, -1, -2), expected)
