"""Judging numbers: what was typed claims the digits it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from derive import ops
from derive.errors import Unusable
from derive.evaluate import Program
from derive.graph import SCALAR, Equation
from derive.problem import Tolerance
from grader import terms
from grader.formula_answers import ANSWER, Finding, asked_latex, understood, wrong_left_side
from grader.meaning import PLANS, Frame, Unfit, lower
from grader.misconceptions import MISCONCEPTIONS, Misconception
from grader.question import Question
from grader.reading import Reading
from grader.terms import Term
from grader.vocabulary import NotUnderstood
from grader.worlds import World

SIGNIFICANT = 2
"""A rounded number must show at least this many significant digits."""
ROUNDED_ON_THE_WAY = Fraction(1, 1000)
"""Share by which a number may be off that was computed from rounded intermediate values."""


@dataclass(frozen=True)
class Typed:
    """One number as typed: its value, and half a unit of its last digit (0 where it is exact, like 1/3)."""

    value: Fraction
    half_unit: Fraction

    @property
    def significant(self) -> float:
        """How many digits it shows; infinite for exact numbers."""
        if not self.half_unit:
            return float("inf")
        unit = 2 * self.half_unit
        return len(str(abs(int(self.value / unit)))) if self.value else 1


Matrix = tuple[tuple[Typed, ...], ...]


def judge_number(question: Question, reading: Reading) -> Finding:
    """The finding for a number, vector or matrix. Raises `NotUnderstood` where letters stand instead of numbers."""
    sides = understood(question, reading.tree)
    objection = wrong_left_side(question, sides)
    if objection is not None:
        return objection
    term = sides.claimed[-1]
    if terms.uses(term):
        raise NotUnderstood(term.span, "this part asks for numbers, and here stands a formula")
    typed = numbers_of(term)
    finding = judge_typed(question, typed)
    return Finding(
        finding.right,
        tuple(reading.remarks) + finding.feedback,
        finding.misconception,
        finding.award,
        _as_latex(typed),
    )


# -- what was typed --------------------------------------------------------------------------------------------------------------------


def numbers_of(term: Term) -> Matrix:
    """The numbers of a scalar, vector or matrix as typed. Raises `NotUnderstood` for anything without a value."""
    if isinstance(term, terms.MatrixOf):
        rows = term.rows
        if all(len(row) == 1 and isinstance(row[0], terms.MatrixOf) for row in rows):
            rows = tuple(tuple(cell for line in row[0].rows for cell in line) for row in rows)  # type: ignore[attr-defined]
        return tuple(tuple(_typed(cell) for cell in row) for row in rows)
    if isinstance(term, terms.Transposed):
        return tuple(zip(*numbers_of(term.body), strict=True))
    if isinstance(term, terms.Opposite) and not isinstance(term.body, terms.Constant):
        return tuple(
            tuple(Typed(-cell.value, cell.half_unit) for cell in row) for row in numbers_of(term.body)
        )
    return ((_typed(term),),)


def _typed(term: Term) -> Typed:
    if isinstance(term, terms.Constant):
        return Typed(term.value, term.half_unit)
    value = _value(term)
    return Typed(value, _scaled_half_unit(term, value))


def _value(term: Term) -> Fraction:
    """The value of an expression of numbers."""
    try:
        node = lower(term, Frame({}, lambda layer: None), PLANS[0])
    except Unfit as unfit:
        raise NotUnderstood(unfit.span, str(unfit)) from None
    if node.shape != SCALAR:
        raise NotUnderstood(term.span, "a single number was expected here")
    with np.errstate(all="ignore"):
        value = Program([Equation(ANSWER, node)]).run({})[ANSWER][0, 0]
    if not np.isfinite(value):
        raise NotUnderstood(term.span, "this has no finite value")
    return Fraction(float(value))


def _scaled_half_unit(term: Term, value: Fraction) -> Fraction:
    """``2.5·10^{-3}`` shows two digits: the precision of its only decimal, scaled with it."""
    decimals = [
        part for part in term.walk() if isinstance(part, terms.Constant) and part.value.denominator != 1
    ]
    if len(decimals) != 1 or not decimals[0].value:
        return Fraction(0)
    return abs(decimals[0].half_unit * value / decimals[0].value)


def _as_latex(typed: Matrix) -> str:
    rows = [" & ".join(_decimal(cell) for cell in row) for row in typed]
    return (
        rows[0]
        if len(typed) == 1 == len(typed[0])
        else r"\begin{bmatrix} " + r" \\ ".join(rows) + r" \end{bmatrix}"
    )


def _decimal(cell: Typed) -> str:
    number = cell.value
    if number.denominator == 1:
        return str(number.numerator)
    return f"{float(number):.12g}"


# -- comparing -------------------------------------------------------------------------------------------------------------------------


def judge_typed(question: Question, typed: Matrix) -> Finding:
    """Compare with the problem's own numbers, entry by entry."""
    own = question.numbers
    if own is None:
        raise Unusable("the problem does not give the numbers that this part asks for")
    expected = question.part_of(own.values[question.asked])[0]
    turned = _shaped(typed, expected.shape)
    if turned is None:
        return Finding(False, _shape_evidence(question, typed, expected.shape))
    exact = question.exact
    off = list(_differing(turned, expected, question.part.tolerance, exact))
    if not off:
        return Finding(True, tuple(_notes(turned, expected, typed, exact)), award=1.0)
    misconception = _believed(question, own, turned, exact)
    if misconception is not None:
        return Finding(
            False, (misconception.words, misconception.question), misconception, misconception.award
        )
    return Finding(False, tuple(_evidence(question, turned, expected, off)))


def _shaped(typed: Matrix, shape: tuple[int, int]) -> Matrix | None:
    """The numbers in the expected shape: a flat list or a row may stand for a column."""
    mine = (len(typed), len(typed[0]))
    if mine == shape:
        return typed
    if 1 in shape and mine == shape[::-1]:
        return tuple(zip(*typed, strict=True))
    return None


def _shape_evidence(question: Question, typed: Matrix, shape: tuple[int, int]) -> tuple[str, ...]:
    mine = (len(typed), len(typed[0]))
    hint = " It looks like the transpose." if mine == shape[::-1] else ""
    return (f"Your answer is {ops.show(mine)}, but ${asked_latex(question)}$ is {ops.show(shape)}.{hint}",)


def _differing(typed: Matrix, expected: Any, tolerance: Tolerance, exact: bool) -> Iterator[tuple[int, int]]:
    for row, cells in enumerate(typed):
        for column, cell in enumerate(cells):
            if not close(cell, float(expected[row, column]), tolerance, exact):
                yield row, column


def close(typed: Typed, true: float, tolerance: Tolerance, exact: bool) -> bool:
    """Whether a typed number is right: within what its part allows, or rounded rightly to the digits it shows.

    Where the true numbers are no fractions, intermediate values may have been rounded.
    """
    distance = abs(float(typed.value) - true)
    noise = 1e-9 * abs(true)
    if tolerance.absolute is not None and distance <= tolerance.absolute:
        return True
    if tolerance.relative is not None:
        return distance <= tolerance.relative * abs(true) + noise
    if tolerance.digits is not None:
        return distance <= 0.5 * 10.0 ** (_magnitude(true) - tolerance.digits) * (1 + 1e-9) + noise
    if tolerance.absolute is not None or distance <= noise:
        return distance <= noise
    if distance <= float(typed.half_unit) * (1 + 1e-9) and typed.significant >= SIGNIFICANT:
        return True
    return not exact and distance <= float(ROUNDED_ON_THE_WAY) * abs(true)


def _magnitude(value: float) -> int:
    """How many digits stand before the decimal point: 3 for 123.4, 0 for 0.5, -1 for 0.05."""
    return int(np.floor(np.log10(abs(value)))) + 1 if value else 0


def _notes(typed: Matrix, expected: Any, written: Matrix, exact: bool) -> Iterator[str]:
    if len(written) != len(typed):
        yield "The numbers are right; written as a column they would have the shape of the quantity."
    pairs = [(cell, float(expected[r, c])) for r, row in enumerate(typed) for c, cell in enumerate(row)]
    if not exact and any(
        abs(float(cell.value) - true) > float(cell.half_unit) * 1.001 + 1e-9 * abs(true)
        for cell, true in pairs
    ):
        yield "The last digits differ a little: intermediate values were probably rounded."


def _believed(question: Question, own: World, typed: Matrix, exact: bool) -> Misconception | None:
    """The first misconception that gives just these numbers."""
    tolerance = question.part.tolerance
    for row in MISCONCEPTIONS.values():
        for value in question.twins(row, own, question.asked):
            wrong = question.part_of(value)[0]
            if wrong.shape == (len(typed), len(typed[0])) and not any(
                _differing(typed, wrong, tolerance, exact)
            ):
                return row
    return None


def _evidence(question: Question, typed: Matrix, expected: Any, off: list[tuple[int, int]]) -> Iterator[str]:
    total = expected.size
    if total == 1:
        yield f"{_decimal(typed[0][0])} is not the value of ${asked_latex(question)}$."
        if typed[0][0].significant < SIGNIFICANT and abs(
            float(typed[0][0].value) - float(expected[0, 0])
        ) <= float(typed[0][0].half_unit):
            yield "Give more digits: this one is too coarse to tell."
        return
    places = ", ".join(f"({row + 1}, {column + 1})" for row, column in off[:6])
    more = " and others" if len(off) > 6 else ""
    kind = "row, column"
    yield f"{total - len(off)} of {total} entries are right; look again at ({kind}) {places}{more}."
