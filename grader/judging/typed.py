"""Numbers as people type them: a value, and how many digits of it are claimed."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property

import numpy as np
from msgspec import Struct

from derive.functions import Array
from derive.graph import SCALAR, Equation, Node
from derive.kernels import Arithmetic
from derive.program import Program
from derive.quantities import Quantity
from grader.meaning import terms
from grader.meaning.lowering import PLANS, Frame, Unfit, lower
from grader.meaning.scripts import NotUnderstood
from grader.meaning.terms import Term

RESULT = Quantity("result")


class Typed(Struct, frozen=True):
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

    def __str__(self) -> str:
        number = self.value
        return str(number.numerator) if number.denominator == 1 else f"{float(number):.12g}"


class TypedMatrix(Struct, frozen=True, dict=True):
    """Rows of typed numbers, all equally long."""

    rows: tuple[tuple[Typed, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), len(self.rows[0])

    @property
    def transposed(self) -> TypedMatrix:
        return TypedMatrix(tuple(zip(*self.rows, strict=True)))

    @property
    def negated(self) -> TypedMatrix:
        return TypedMatrix(tuple(tuple(Typed(-c.value, c.half_unit) for c in row) for row in self.rows))

    @cached_property
    def values(self) -> Array:
        return np.array([[float(cell.value) for cell in row] for row in self.rows])

    @cached_property
    def half_units(self) -> Array:
        return np.array([[float(cell.half_unit) for cell in row] for row in self.rows])

    @cached_property
    def significant(self) -> Array:
        return np.array([[cell.significant for cell in row] for row in self.rows])

    def latex(self) -> str:
        """The numbers as they were understood."""
        if self.shape == SCALAR:
            return str(self.rows[0][0])
        rows = r" \\ ".join(" & ".join(map(str, row)) for row in self.rows)
        return rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}"


def numbers_of(term: Term, frame: Frame, arithmetic: Arithmetic) -> TypedMatrix:
    """The numbers of a scalar, vector or matrix as typed; what is written as a calculation is carried out.

    Raises `NotUnderstood` for anything without a value.
    """
    if isinstance(term, terms.Transposed) and isinstance(term.body, terms.MatrixOf) and term.body.is_list:
        return numbers_of(term.body, frame, arithmetic)
    if isinstance(term, terms.Transposed):
        return numbers_of(term.body, frame, arithmetic).transposed
    if isinstance(term, terms.Opposite):
        return numbers_of(term.body, frame, arithmetic).negated
    if isinstance(term, terms.Constant):
        return TypedMatrix(((Typed(term.value, term.half_unit),),))
    if isinstance(term, terms.MatrixOf):
        return TypedMatrix(
            tuple(tuple(_cell(cell, frame, arithmetic) for cell in row) for row in _rows(term))
        )
    return _calculated(term, frame, arithmetic)


def _rows(term: terms.MatrixOf) -> tuple[tuple[Term, ...], ...]:
    """The rows, where a list of one-row lists was typed those of the lists."""
    inner = [row[0] for row in term.rows if len(row) == 1 and isinstance(row[0], terms.MatrixOf)]
    if len(inner) != len(term.rows):
        return term.rows
    rows = tuple(
        tuple(cell for line in part.rows for cell in line)
        for part in inner
        if isinstance(part, terms.MatrixOf)
    )
    if len({len(row) for row in rows}) != 1:
        raise NotUnderstood(term.span, "the rows of this matrix have different lengths")
    return rows


def _cell(term: Term, frame: Frame, arithmetic: Arithmetic) -> Typed:
    found = numbers_of(term, frame, arithmetic)
    if found.shape != SCALAR:
        raise NotUnderstood(term.span, "a single number was expected here")
    return found.rows[0][0]


def _calculated(term: Term, frame: Frame, arithmetic: Arithmetic) -> TypedMatrix:
    node = _lowered(term, frame)
    with np.errstate(all="ignore"):
        found = Program([Equation(RESULT, node)], arithmetic).run({})[RESULT]
    values = np.asarray(found)
    values = values.reshape(values.shape[-2:])
    if not np.isfinite(values).all():
        raise NotUnderstood(term.span, "this has no finite value")
    rows = tuple(tuple(Typed(Fraction(float(x)), Fraction(0)) for x in row) for row in values)
    if node.shape != SCALAR:
        return TypedMatrix(rows)
    return TypedMatrix(((Typed(rows[0][0].value, _scaled_half_unit(term, rows[0][0].value)),),))


def _lowered(term: Term, frame: Frame) -> Node:
    """The expression, by the first plan that fits."""
    refused: Unfit | None = None
    for plan in PLANS:
        try:
            return lower(term, frame, plan)
        except Unfit as unfit:
            refused = refused or unfit.kept()
    assert refused is not None
    raise NotUnderstood(refused.span, str(refused))


def _scaled_half_unit(term: Term, value: Fraction) -> Fraction:
    """``2.5·10^{-3}`` shows two digits: the precision of its only decimal, scaled with it."""
    decimals = [
        part for part in term.walk() if isinstance(part, terms.Constant) and part.value.denominator != 1
    ]
    scaling = all(
        isinstance(part, terms.Constant | terms.Product | terms.Power | terms.Opposite)
        for part in term.walk()
    )
    if not scaling:
        return Fraction(0)
    if not decimals and isinstance(term, terms.Product) and len(term.factors) == 2:
        decimals = [part for part in term.factors[:1] if isinstance(part, terms.Constant)]
    if len(decimals) != 1 or not decimals[0].value:
        return Fraction(0)
    return abs(decimals[0].half_unit * value / decimals[0].value)
