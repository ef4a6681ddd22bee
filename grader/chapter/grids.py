"""Vectors and matrices printed as results without their product: entry by entry beside what gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from grader.chapter.claims import ClaimVerdict
from grader.chapter.evidence import Judgement, show
from grader.chapter.heads import spelled
from grader.chapter.intervals import Interval
from grader.chapter.printed import Printed, printed_numbers, significant
from grader.chapter.report import Report
from grader.chapter.walk import Walk
from grader.diagnoses import Case, diagnose, excuse

ENOUGH_DIGITS = 3
"""Entries that agree must have so many significant digits together, those of 0 and 1 left out."""
_ROW = re.compile(r"([^\W\d_]+)_(\d)")
_SLOPE = re.compile(r"d\(\w+\)/d\((\w+)\)")


def grids_judged(walk: Walk, report: Report) -> Report:
    """The report with verdicts on the entries of grids that nothing beside them determines."""
    told = {(claim.line, claim.column) for claim in report.claims}
    found = [claim for claim in _verdicts(walk) if (claim.line, claim.column) not in told]
    claims = sorted((*report.claims, *found), key=lambda claim: (claim.line, claim.column))
    return replace(report, claims=tuple(claims)) if found else report


def _verdicts(walk: Walk) -> Iterator[ClaimVerdict]:
    for stretch in walk.stretches:
        name, numbers = spelled(stretch.sides[0]), printed_numbers(stretch.sides[1])
        if not name or len(numbers) < 2 or len(stretch.sides) != 2:
            continue
        for source, values in _sources(name, walk):
            if len(values) == len(numbers) and _same_grid(numbers, values):
                scope, side = walk.ledger.scope(), stretch.sides[1]
                texts = frozenset(number.text.lstrip("-") for number in numbers)
                for number, value in zip(numbers, values, strict=True):
                    others = texts - {number.text.lstrip("-")} if _once(number, numbers) else texts
                    judgement = _judged(Case(number, value, None, scope, nearby=others), source)
                    yield walk.claim([side], 0, number, judgement, alone=False)
                break


def _once(number: Printed, numbers: tuple[Printed, ...]) -> bool:
    return sum(other.text.lstrip("-") == number.text.lstrip("-") for other in numbers) == 1


def _sources(name: str, walk: Walk) -> Iterator[tuple[str, list[Interval]]]:
    """The arrays that a name may stand for: of code under the same name, or a row of what a formula gives."""
    slope, row = _SLOPE.fullmatch(name), _ROW.fullmatch(name)
    in_code = f"d{slope[1]}" if slope else name
    for array in walk.programs.arrays.get(in_code, ()):
        yield f"{in_code} in the code", list(np.ravel(array))
    if row is None:
        return
    for entry in walk.ledger.history:
        alike = entry.name.lower() == row[1].lower() and entry.how == "computed"
        for matrix in (entry.exact, walk.ledger.exact(entry.name)) if alike else ():
            if isinstance(matrix, np.ndarray) and matrix.ndim == 2 and 1 <= int(row[2]) <= len(matrix):
                yield f"row {row[2]} of {entry.name}", list(matrix[int(row[2]) - 1])


def _same_grid(numbers: tuple[Printed, ...], values: list[Interval]) -> bool:
    """Whether so many entries agree that the others are slips, and not another grid."""
    pairs = list(zip(numbers, values, strict=True))
    right = [number for number, value in pairs if _agrees(number, value)]
    digits = sum(significant(number.text) for number in right if number.value not in (0, 1, -1))
    return digits >= ENOUGH_DIGITS and 3 * (len(pairs) - len(right)) <= len(pairs)


def _agrees(number: Printed, value: Interval) -> bool:
    return number.agrees(value) or number.truncates(value)


def _judged(case: Case, source: str) -> Judgement:
    value = case.value
    if case.printed.agrees(value):
        return Judgement("confirmed", "unchecked", f"it is {source}", value)
    if row := excuse(case):
        return Judgement("confirmed", "unchecked", row.sentence, value, row)
    row = diagnose(case)
    return Judgement("contradicted", "unchecked", f"{source} is {show(value)}: {row.sentence}", value, row)
