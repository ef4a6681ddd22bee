"""What the sides of a chain say a printed number should be, and what a judgement of it holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from grader.chapter.claims import Word
from grader.chapter.functions import Value
from grader.chapter.intervals import Interval
from grader.chapter.names import names_in, numbers_in
from grader.chapter.operations import Undefined
from grader.chapter.printed import Printed, significant
from grader.chapter.spelling import is_name
from grader.chapter.values import Scope, evaluate
from grader.ledger import Ledger
from grader.reading.tree import Tree


class Named(Protocol):
    """A diagnosis, of a number or of a formula."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Slip:
    """A diagnosis that is no more than a name."""

    name: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found about one number or one link of a chain."""

    verdict: Word
    local: Word
    reason: str
    value: Interval | None = None
    diagnosis: Named | None = None
    follows_from: int | None = None
    sure: bool = True
    """Whether ``value`` is exact, and not worked with numbers that are known to their printed digits only."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one side says an entry should be: ``value``, digits taken literally, and ``room`` for rounding."""

    tree: Tree
    value: Interval
    room: Interval
    scope: Scope
    trusted: bool = True
    """Whether it may contradict: every name has had one value only, every number is known exactly."""
    sure: bool = True
    """Whether every number is known exactly."""


def is_symbolic(tree: Tree, ledger: Ledger) -> bool:
    """Whether a tree holds names other than those of functions."""
    known = (ledger.functions, ledger.definitions, ("e", "pi"))
    return any(not any(name in some for some in known) for name in names_in(tree))


def has_digits(tree: Tree) -> bool:
    return bool(numbers_in(tree))


def attempt(tree: Tree, scope: Scope) -> Value | None:
    """The value of a tree, or None if it has none."""
    try:
        return evaluate(tree, scope)
    except Undefined:
        return None


def why_not(tree: Tree, scope: Scope) -> str:
    """The sentence that says why a tree has no value."""
    try:
        evaluate(tree, scope)
    except Undefined as reason:
        return str(reason)
    return ""


def _entry(value: Value | None, index: int, count: int) -> Interval | None:
    """One entry of a value, if it has as many as are printed."""
    if value is None or np.size(value) != count:
        return None
    entry = np.ravel(np.asarray(value, dtype=object))[index]
    return entry if isinstance(entry, Interval) else None


def local_evidence(tree: Tree, printed: Printed, index: int, count: int, ledger: Ledger) -> Evidence | None:
    """What the operands printed in a side give."""
    if not has_digits(tree):
        return None
    scope = replace(ledger.scope(), value_of=ledger.printed)
    room = _entry(attempt(tree, ledger.local_scope(significant(printed.text))), index, count)
    value = _entry(attempt(tree, scope), index, count)
    return Evidence(tree, value, room, scope) if value and room else None


def global_evidence(tree: Tree, printed: Printed, index: int, count: int, ledger: Ledger) -> Evidence | None:
    """What a side gives when every name and every repeated result has its exact value."""
    digits, scope = significant(printed.text), ledger.traced_scope()
    value = _entry(attempt(tree, scope), index, count)
    room = _entry(attempt(tree, ledger.local_scope(digits)), index, count)
    sure = bool(value) and ledger.grounded(tree, digits)
    trusted = sure and not is_name(tree) and ledger.settled(tree)
    best, widest = value or room, room or value
    return Evidence(tree, best, widest, scope, trusted, sure) if best and widest else None


def show(value: Interval) -> str:
    return f"{value.middle:.10g}"
