"""The judgement of printed numbers: against the operands beside them, and against all the page says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from grader.chapter.claims import Word
from grader.chapter.evidence import (
    Evidence,
    Judgement,
    attempt,
    global_evidence,
    has_digits,
    is_symbolic,
    local_evidence,
    show,
    why_not,
)
from grader.chapter.functions import FUNCTIONS, Value
from grader.chapter.intervals import Interval
from grader.chapter.names import ends_in_number, numbers_in
from grader.chapter.printed import Printed, significant
from grader.chapter.spelling import is_name, spelling
from grader.diagnoses import OTHER, Case, Diagnosis, diagnose, excuse
from grader.ledger import Ledger
from grader.reading.tree import Tree

NEARBY = 8
"""Among so many results before it, the number that was copied is looked for."""


def judge(
    printed: Printed, sides: list[Tree], index: int, count: int, ledger: Ledger, broken: int | None
) -> Judgement:
    """One printed number against the sides before it in its chain, the nearest last.

    ``index`` of ``count`` says which entry of a row or matrix it is; ``broken`` is the line on which the
    chain already failed.
    """
    beside = local_evidence(sides[-1], printed, index, count, ledger) if sides else None
    known = [global_evidence(tree, printed, index, count, ledger) for tree in reversed(sides)]
    local = _local_word(printed, beside)
    found = [evidence for evidence in known if evidence]
    inherited = _inherited(printed, sides, found, local, ledger, broken)
    if inherited:
        return inherited
    right = next((evidence for evidence in found if printed.agrees(evidence.value)), None)
    if right:
        reason = "it agrees with what the page defines"
        return Judgement("confirmed", local, reason, right.value, sure=right.sure)
    exact = [evidence for evidence in found if evidence.trusted]
    if beside:
        return _beside(
            printed, beside, _sides_alike(sides, printed, index, count, ledger), local, count, ledger
        )
    if exact:
        return _from_names(printed, exact[0], count, ledger)
    rounded = [evidence for evidence in found if _by_printed_names(evidence, ledger)]
    if rounded:
        return _from_printed_names(printed, rounded[0], count, ledger)
    repeated = _repeated(printed, sides, ledger)
    if repeated:
        return repeated
    return Judgement("unchecked", "unchecked", _missing(sides, ledger))


def _local_word(printed: Printed, beside: Evidence | None) -> Word:
    if beside is None:
        return "unchecked"
    case = Case(printed, beside.room, None, beside.scope)
    return "confirmed" if printed.agrees(beside.value) or excuse(case) else "contradicted"


def _inherited(
    printed: Printed,
    sides: list[Tree],
    found: list[Evidence],
    local: Word,
    ledger: Ledger,
    broken: int | None,
) -> Judgement | None:
    """A number that is right for its printed operands, one of which is a number that was wrong before."""
    exact = [evidence for evidence in found if evidence.trusted]
    if local != "confirmed" or not exact:
        return None
    sources = [ledger.source(number) for tree in sides for number in numbers_in(tree)]
    roots = [source.wrong_since for source in sources if source and source.wrong_since is not None]
    root = broken or next(iter(roots), None)
    first = exact[-1]
    if root is None or printed.agrees(first.value) or excuse(Case(printed, first.value, None, first.scope)):
        return None
    reason = (
        f"right for its operands, but they carry the error of line {root}; without it {show(first.value)}"
    )
    return Judgement("contradicted", local, reason, first.value, follows_from=root)


def _repeated(printed: Printed, sides: list[Tree], ledger: Ledger) -> Judgement | None:
    """A wrong number that is printed for the same name once more."""
    result = ledger.results.get(printed.text.lstrip("-")) if significant(printed.text) >= 3 else None
    entry = ledger.entries.get(spelling(sides[-1])) if sides else None
    same = (
        entry and isinstance(entry.printed, Interval) and entry.printed.meets(Interval.exactly(printed.value))
    )
    if not result or result.wrong_since is None or not same:
        return None
    return Judgement(
        "contradicted",
        "unchecked",
        f"it repeats the error of line {result.wrong_since}",
        None,
        None,
        result.wrong_since,
    )


def _sides_alike(
    sides: list[Tree], printed: Printed, index: int, count: int, ledger: Ledger
) -> list[Evidence]:
    """What the sides further back give, the nearest first, if it is what the side beside gives."""
    nearest, *others = (local_evidence(tree, printed, index, count, ledger) for tree in reversed(sides))
    return [one for one in others if one and nearest and one.room.meets(nearest.room)]


def _beside(
    printed: Printed, beside: Evidence, others: list[Evidence], local: Word, count: int, ledger: Ledger
) -> Judgement:
    """The verdict that the operands printed beside a number allow; ``others`` stand further back."""
    if printed.agrees(beside.value):
        return Judgement("confirmed", local, "it follows from the printed operands", beside.value)
    row = _excuse(printed, beside)
    if row:
        return Judgement("confirmed", local, row.sentence, beside.value, row)
    rows = (_diagnosed(printed, evidence, count, ledger) for evidence in (beside, *others))
    row = next((row for row in rows if row is not OTHER), OTHER)
    if is_symbolic(beside.tree, ledger) and not ledger.settled(beside.tree):
        return Judgement("unchecked", "unchecked", "a name in it has more than one value on this page")
    repaired = row.blames_operand and _follows_from_last(printed, ledger)
    if repaired:
        return Judgement(
            "confirmed", local, f"{repaired}, but the expression beside it is misprinted", beside.value, row
        )
    return _contradicted(beside, local, row, "the printed operands give")


def _excuse(printed: Printed, evidence: Evidence) -> Diagnosis | None:
    return excuse(Case(printed, evidence.room, None, evidence.scope)) or excuse(
        Case(printed, evidence.value, None, evidence.scope)
    )


def _diagnosed(printed: Printed, evidence: Evidence, count: int, ledger: Ledger) -> Diagnosis:
    """How a wrong number came about, with its operands as printed; else with room for their rounding."""
    tree, nearby = evidence.tree if count == 1 else None, frozenset(list(ledger.results)[-NEARBY:])
    case = Case(printed, evidence.value, tree, evidence.scope, nearby=nearby)
    row, digits = diagnose(case), significant(printed.text)
    if row is not OTHER or digits < 3:
        return row
    return diagnose(replace(case, value=evidence.room, scope=ledger.local_scope(digits), loose=True))


def _contradicted(evidence: Evidence, local: Word, row: Diagnosis, giver: str) -> Judgement:
    reason = f"{giver} {show(evidence.value)}: {row.sentence}"
    return Judgement("contradicted", local, reason, evidence.value, row)


def _from_names(printed: Printed, evidence: Evidence, count: int, ledger: Ledger) -> Judgement:
    row = _excuse(printed, evidence)
    if row:
        return Judgement("confirmed", "unchecked", row.sentence, evidence.value, row)
    row = _diagnosed(printed, evidence, count, ledger)
    return _contradicted(evidence, "unchecked", row, "what the page defines gives")


def _by_printed_names(evidence: Evidence, ledger: Ledger) -> bool:
    """Whether a side consists of names whose values are known to the digits that the page prints."""
    tree = evidence.tree
    worded = is_symbolic(tree, ledger) and not is_name(tree) and not has_digits(tree)
    open_powers = any(ends_in_number(part) for part in tree.walk())
    return worded and not open_powers and not evidence.sure and ledger.settled(tree)


def _from_printed_names(printed: Printed, evidence: Evidence, count: int, ledger: Ledger) -> Judgement:
    row = _excuse(printed, evidence)
    if row:
        return Judgement("confirmed", "unchecked", row.sentence, evidence.value, row)
    if evidence.room.meets(Interval.around(printed.value, 3 * printed.half)):
        return Judgement("unchecked", "unchecked", "its operands are only known to their printed digits")
    row = _diagnosed(printed, evidence, count, ledger)
    return _contradicted(evidence, "unchecked", row, "what the page prints gives")


def _follows_from_last(printed: Printed, ledger: Ledger) -> str:
    """Whether a number is a known function of the result printed just before it."""
    if ledger.last_result is None:
        return ""
    for row in FUNCTIONS:
        if row.arguments == 1 and printed.agrees(_applied(row.apply, ledger.last_result)):
            return f"it is the {row.name} of the result before it"
    return ""


def _applied(function: Callable[[Value], Value], number: float) -> Interval:
    try:
        value = function(Interval.exactly(number))
    except (ArithmeticError, ValueError):
        value = None
    return value if isinstance(value, Interval) else Interval(float("nan"), float("nan"))


def _missing(sides: list[Tree], ledger: Ledger) -> str:
    reasons = [why_not(tree, ledger.scope()) for tree in reversed(sides)]
    return next((reason for reason in reasons if reason), "not all of its operands are known exactly")


def judge_expression(target: Tree, sides: list[Tree], ledger: Ledger) -> Judgement:
    """A side made of numbers, such as ``0.56 \\cdot 0.44``, against the sides before it."""
    digits = max((significant(number.text) for number in numbers_in(target)), default=0)
    scope, rounded = ledger.scope(), ledger.local_scope(digits)
    claimed = attempt(target, rounded)
    if claimed is None:
        return Judgement("unchecked", "unchecked", why_not(target, scope))
    compared = [(tree, _comparable(tree, digits, ledger)) for tree in reversed(sides)]
    values = [
        (tree, value)
        for tree, value in compared
        if value is not None and np.shape(value) == np.shape(claimed)
    ]
    worded = [value for tree, value in values if not is_name(tree)]
    local: Word = "unchecked" if not worded else "confirmed" if _meet(worded[0], claimed) else "contradicted"
    if any(_meet(value, claimed) for _, value in values):
        return Judgement("confirmed", local, "both sides have the same value", _only(values[0][1]))
    if not worded:
        defines = not values and all(is_name(tree) for tree in sides)
        reason = "it defines what stands before it" if defines else _missing(sides, ledger)
        return Judgement("unchecked", "unchecked", reason)
    exact = attempt(target, scope)
    here = _shown(exact if exact is not None else claimed)
    reason = f"the side before it is {_shown(worded[0])}, this one {here}"
    return Judgement("contradicted", local, reason, _only(worded[0]))


def _comparable(tree: Tree, digits: int, ledger: Ledger) -> Value | None:
    """The value of a side that may contradict another: numbers with room for rounding, and settled names."""
    if is_symbolic(tree, ledger) and not ledger.settled(tree):
        return None
    return attempt(tree, ledger.local_scope(digits))


NOISE = 1e-7
"""Slopes are found by differences, which leave this share of their value open."""


def _meet(first: Value, second: Value) -> bool:
    pairs = zip(
        np.ravel(np.asarray(first, dtype=object)), np.ravel(np.asarray(second, dtype=object)), strict=True
    )
    return all(one.meets(other) or _are_near(one, other) for one, other in pairs)


def _are_near(one: Interval, other: Interval) -> bool:
    return abs(one.middle - other.middle) <= NOISE * max(abs(one.middle), abs(other.middle))


def _only(value: Value) -> Interval | None:
    return value if isinstance(value, Interval) else None


def _shown(value: Value) -> str:
    entries = [show(entry) for entry in np.ravel(np.asarray(value, dtype=object))]
    return entries[0] if len(entries) == 1 else f"[{', '.join(entries)}]"
