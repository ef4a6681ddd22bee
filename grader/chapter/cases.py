"""Numbers that stand in no equation: cells below formulas in a table, and lists behind an arrow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from grader.chapter.evidence import Judgement, attempt, show
from grader.chapter.functions import ARROWS, Value
from grader.chapter.intervals import Interval
from grader.chapter.printed import Printed
from grader.chapter.values import Scope
from grader.ledger import Ledger


def case_scope(ledger: Ledger, inputs: dict[str, Interval]) -> Scope:
    """The scope of one row of a table: its inputs are given, every other quantity follows by its formula."""
    found: dict[str, Value | None] = dict(inputs)

    def value_of(name: str) -> Value | None:
        formula = ledger.formulas.get(name)
        if name not in found:
            found[name] = ledger.exact(
                name
            )  # also while its formula is at work, should it go round in a circle
            found[name] = found[name] if formula is None else attempt(formula, scope)
        return found[name]

    scope = replace(ledger.scope(), value_of=value_of)
    return scope


def judge_case(printed: Printed, name: str, value: Value | None) -> Judgement:
    """A cell of a table against the formula of its column."""
    if not isinstance(value, Interval):
        return Judgement("unchecked", "unchecked", f"the formula of {name} cannot be evaluated for this row")
    if printed.agrees(value):
        return Judgement("confirmed", "unchecked", f"the formula of {name} gives it", value)
    return Judgement(
        "contradicted", "unchecked", f"the formula of {name} gives {show(value)} for this row", value
    )


def judge_arrow(printed: tuple[Printed, ...], before: Value | None) -> list[Judgement]:
    """A list of numbers behind an arrow: which known function of the list before it it is, if any."""
    for row in ARROWS:
        values = np.ravel(row.apply(before)) if before is not None else ()
        if len(values) == len(printed) and all(map(_rounds, printed, values)):
            return [
                Judgement("confirmed", "confirmed", f"{row.name} of the list before it", value)
                for value in values
            ]
    return [Judgement("unchecked", "unchecked", "what the arrow stands for is not known")] * len(printed)


def _rounds(printed: Printed, value: Interval) -> bool:
    return value.meets(printed.interval)
