"""Verdicts on numbers that stand in comments and in printed output."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np

from grader.chapter.claims import ClaimVerdict
from grader.chapter.evidence import Judgement
from grader.chapter.intervals import Interval
from grader.chapter.printed import Printed, significant
from grader.chapter.programs.reader import Scale
from grader.chapter.programs.values import Unknown, is_number
from grader.chapter.values import Scope
from grader.diagnoses import FLOAT32, Case, diagnose, excuse

ALL_DIGITS = 15
"""So many significant digits are all that a float64 has."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A number in a comment or in output, by its offset, and the value that the code gives it.

    ``sure`` says whether disagreement is an error; else it is left open, for ``doubt``.
    """

    text: str
    start: int
    value: Any
    sure: bool = True
    doubt: str = "it is not plain what this number states"

    def moved(self, shift: int) -> Claimed:
        """The same claim, its offset counted in the document instead of in a block."""
        return replace(self, start=self.start + shift)


def printed_of(text: str, start: int) -> Printed | None:
    """A number as it is printed in code or by it: its value and half a unit of its last digit."""
    try:
        number = Decimal(text.replace("−", "-"))
    except InvalidOperation:
        return None
    exponent = number.as_tuple().exponent
    if not number.is_finite() or not isinstance(exponent, int) or abs(exponent) > 300:
        return None
    half = 0.5 * 10.0**exponent
    return Printed(text, float(number), half, start, start + len(text))


def judgement(claimed: Claimed, scale: Scale) -> Judgement | None:
    """What the code says of a number; None for a text that is no number after all."""
    printed = printed_of(claimed.text, claimed.start)
    if printed is None:
        return None
    if isinstance(claimed.value, Unknown):
        return _open(claimed.value.reason)
    if not is_number(claimed.value) or not np.isfinite(claimed.value):
        return _open("the code gives no single number here")
    return _compared(printed, claimed, scale)


def _open(reason: str, value: Interval | None = None) -> Judgement:
    return Judgement("unchecked", "unchecked", reason, value)


def _compared(printed: Printed, claimed: Claimed, scale: Scale) -> Judgement:
    value = Interval.exactly(float(claimed.value))
    gap = abs(value.middle - printed.value)
    digits = significant(printed.text)
    case = Case(printed, value, None, Scope(lambda name: None))
    tiny = 1e-9 * abs(value.middle)
    if printed.agrees(value) or (digits >= ALL_DIGITS and gap <= min(scale.noise, tiny)):
        return Judgement("confirmed", "confirmed", "the code gives it", value)
    if FLOAT32.reproduces(case) or (scale.single and gap <= 1e-6 * abs(value.middle)):
        return Judgement("confirmed", "confirmed", FLOAT32.sentence, value, FLOAT32)
    row = excuse(case)
    if row and not isinstance(claimed.value, int):
        return Judgement("confirmed", "confirmed", row.sentence, value, row)
    if gap <= printed.half + scale.noise:
        return _open("it differs only in digits that depend on how a machine rounds", value)
    if not claimed.sure:
        return _open(claimed.doubt, value)
    row = diagnose(case)
    reason = f"the code gives {value.middle:.10g}: {row.sentence}"
    return Judgement("contradicted", "contradicted", reason, value, row)


def verdict(claimed: Claimed, found: Judgement, place: tuple[int, int], text: str) -> ClaimVerdict:
    """The judgement of a number with its line and column."""
    return ClaimVerdict(
        line=place[0],
        column=place[1],
        text=text,
        kind="number",
        verdict=found.verdict,
        local=found.local,
        reason=found.reason,
        printed=claimed.text,
        value=f"{found.value.middle:.10g}" if found.value else None,
        diagnosis=found.diagnosis.name if found.diagnosis else None,
        width=len(claimed.text),
    )
