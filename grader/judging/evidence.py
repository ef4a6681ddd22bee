"""What shows that a wrong formula is wrong: the shapes or the numbers that differ."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from derive.functions import Array
from derive.shape_rules import show
from grader.judging.question import Question
from grader.judging.sides import asked_latex
from grader.judging.values import RELATIVE, Evaluations, agrees
from grader.meaning.lowering import Unfit
from grader.meaning.terms import Partial, PartialEntry, Term, uses


def evidence(question: Question, values: Evaluations) -> Iterator[str]:
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


def only_numbers(term: Term) -> Iterator[str]:
    if not uses(term) and not any(isinstance(part, Partial | PartialEntry) for part in term.walk()):
        yield "Only numbers stand here; a formula is asked, which must hold for other numbers too."


def _is_transpose(found: Array, expected: Array) -> bool:
    return agrees(np.swapaxes(found, -1, -2), expected)
