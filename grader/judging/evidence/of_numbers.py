"""What is said of wrong numbers: which entries are right, where to look again, and what a slip it may have
been."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np
from msgspec import Struct

from derive.functions import Array
from derive.problem import Tolerance
from derive.shape_rules import show
from grader.judging.as_latex import asked_latex
from grader.judging.closeness import Truth, as_shown, right
from grader.judging.question import Question
from grader.judging.typed import Typed, TypedMatrix

MOST_PLACES = 6
"""So many wrong entries are named."""
SEEN = 2
"""So many digits nobody guesses."""
ALL_BUT = Fraction(9999, 10000)
"""A number this near to the next one has nothing to cut off."""
MOST_SLIPS = 2
"""Slips are only guessed where so few entries are wrong."""


class Slip(Struct, frozen=True):
    """A slip of the pen: the numbers that may have been meant by a typed one, given the true value, and what
    is said if one of them is right."""

    meant: Callable[[Typed, float], Iterator[Typed]]
    words: str


def _times(*factors: Fraction) -> Callable[[Typed, float], Iterator[Typed]]:
    def meant(cell: Typed, true: float) -> Iterator[Typed]:
        for factor in factors:
            yield Typed(cell.value * factor, cell.half_unit * abs(factor))

    return meant


def _digits(cell: Typed) -> tuple[str, Fraction]:
    """The digits that were typed, and the unit of the last one."""
    unit = 2 * cell.half_unit if cell.half_unit else Fraction(1)
    return str(abs(int(cell.value / unit))), unit if cell.value >= 0 else -unit


def _neighbours_swapped(cell: Typed, true: float) -> Iterator[Typed]:
    digits, unit = _digits(cell)
    for place in range(len(digits) - 1):
        swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        yield Typed(int(swapped) * unit, cell.half_unit)


def _one_digit_changed(cell: Typed, true: float) -> Iterator[Typed]:
    digits, unit = _digits(cell)
    for place in range(len(digits)) if len(digits) > 2 else ():
        for other in "0123456789":
            yield Typed(int(digits[:place] + other + digits[place + 1 :]) * unit, cell.half_unit)


def _cut_off(cell: Typed, true: float) -> Iterator[Typed]:
    unit = 2 * cell.half_unit
    if abs(cell.value) < abs(true) < abs(cell.value) + ALL_BUT * unit:
        yield Typed(cell.value + (unit if cell.value >= 0 else -unit), cell.half_unit)


SLIPS = (
    Slip(_cut_off, "the rest was cut off where the last digit should have been rounded"),
    Slip(_times(Fraction(-1)), "the sign is the wrong one"),
    Slip(_times(*(Fraction(10) ** power for power in (1, -1, 2, -2, 3, -3))), "the decimal point has moved"),
    Slip(_times(Fraction(2), Fraction(1, 2)), "a factor 2 is missing or too much"),
    Slip(_neighbours_swapped, "two neighbouring digits have changed places"),
    Slip(_one_digit_changed, "a single digit is wrong"),
)
"""What is looked for, the more likely slips first."""


def number_evidence(question: Question, typed: TypedMatrix, truth: Truth, good: Array) -> Iterator[str]:
    """The sentences on numbers of the asked shape that are wrong, and a question that leads on."""
    asked, tolerance = asked_latex(question), question.part.tolerance
    if too_few_digits(question, typed, truth, good):
        yield "Give more digits: as far as these go, they may be right."
        return
    if good.size > 1 and _turned(typed, truth, tolerance):
        yield f"This is the transpose of ${asked}$."
        yield "Which index counts the rows, and which the columns?"
        return
    if good.size > 1 and _in_another_order(typed, truth, tolerance):
        yield f"These are the right numbers for ${asked}$, but they stand in another order."
        yield "Which neuron does each row belong to?"
        return
    yield _where(typed, asked, good)
    yield _slip(typed, truth, good, tolerance) or _question(good)


def too_few_digits(question: Question, typed: TypedMatrix, truth: Truth, good: Array) -> bool:
    """Whether every wrong number comes as near as its digits let it, or within a unit of the last one where
    even the best number with so few digits would not do."""
    near = np.abs(typed.values - truth.values) < 2 * typed.half_units
    best = right(_best(typed, truth), truth, question.part.tolerance)
    return bool(((as_shown(typed, truth) | (near & ~best)) & (typed.values != 0))[~good].all())


def enough_to_see(typed: TypedMatrix, truth: Truth, good: Array) -> bool:
    """Whether every wrong number is rounded rightly, to digits that nobody guesses."""
    return bool((as_shown(typed, truth) & (typed.significant >= SEEN))[~good].all())


def _best(typed: TypedMatrix, truth: Truth) -> TypedMatrix:
    """The true numbers, rounded to the digits that were typed."""
    rows = [
        tuple(_rounded(cell, number) for cell, number in zip(cells, numbers, strict=True))
        for cells, numbers in zip(typed.rows, truth.values.tolist(), strict=True)
    ]
    return TypedMatrix(tuple(rows))


def _rounded(cell: Typed, number: float) -> Typed:
    unit = 2 * cell.half_unit
    return Typed(round(Fraction(number) / unit) * unit, cell.half_unit) if unit else cell


def _where(typed: TypedMatrix, asked: str, good: Array) -> str:
    if good.size == 1:
        return f"{typed.rows[0][0]} is not the value of ${asked}$."
    if not good.any():
        return f"None of these is the value of ${asked}$ at its place."
    return entries_to_see(good)


def how_large(shape: tuple[int, ...]) -> str:
    """A shape in words: "a single number", "3×1"."""
    rows, columns = shape
    return "a single number" if shape == (1, 1) else show((rows, columns))


def entries_to_see(good: Array) -> str:
    """How many entries are right, and which are not."""
    off = [_place(good, row, column) for row, column in np.argwhere(~good)]
    places = ", ".join(off[:MOST_PLACES]) + (" and others" if len(off) > MOST_PLACES else "")
    verb = "is" if good.sum() == 1 else "are"
    kind = "row " if good.shape[1] == 1 else "column " if good.shape[0] == 1 else ""
    return f"{good.sum()} of {good.size} entries {verb} right; look again at {kind}{places}."


def _place(good: Array, row: int, column: int) -> str:
    rows, columns = good.shape
    if 1 in (rows, columns):
        return str(row + 1 if columns == 1 else column + 1)
    return f"row {row + 1} column {column + 1}"


def _question(good: Array) -> str:
    if good.any():
        return "Which numbers did you multiply and add up there, and do they belong to that row and column?"
    return "Which formula did you use, and which numbers did you put in for its letters?"


def _turned(typed: TypedMatrix, truth: Truth, tolerance: Tolerance) -> bool:
    turned = typed.transposed
    return turned.shape == truth.values.shape and bool(right(turned, truth, tolerance).all())


def _in_another_order(typed: TypedMatrix, truth: Truth, tolerance: Tolerance) -> bool:
    """Whether every true number is there, at some place."""
    cells = sorted((cell for row in typed.rows for cell in row), key=lambda cell: cell.value)
    order = np.argsort(truth.values, axis=None)
    placed = [cell for _, cell in sorted(zip(order, cells, strict=True), key=lambda pair: int(pair[0]))]
    columns = typed.shape[1]
    rows = tuple(tuple(placed[at : at + columns]) for at in range(0, len(placed), columns))
    return bool(right(TypedMatrix(rows), truth, tolerance).all())


def _slip(typed: TypedMatrix, truth: Truth, good: Array, tolerance: Tolerance) -> str | None:
    """What a slip it looks like, if one kind of slip explains every wrong entry."""
    off = [(int(row), int(column)) for row, column in np.argwhere(~good)]
    if len(off) > MOST_SLIPS or (good.size > 1 and not good.any()):
        return None
    for slip in SLIPS:
        if all(_explains(slip, typed, truth, tolerance, *place) for place in off):
            return f"It looks as if {slip.words}."
    return None


def _explains(
    slip: Slip, typed: TypedMatrix, truth: Truth, tolerance: Tolerance, row: int, column: int
) -> bool:
    """Whether an entry would be right without the slip."""
    for meant in slip.meant(typed.rows[row][column], float(truth.values[row, column])):
        rows = [list(cells) for cells in typed.rows]
        rows[row][column] = meant
        if right(TypedMatrix(tuple(map(tuple, rows))), truth, tolerance)[row, column]:
            return True
    return False
