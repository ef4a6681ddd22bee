"""Formulas held against the numbers of a page: which of two was worked with, and which letters were meant."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from grader.chapter.chains import Side
from grader.chapter.claims import ClaimVerdict
from grader.chapter.definitions import one_edit, shape_of
from grader.chapter.evidence import attempt, is_symbolic, show
from grader.chapter.figures import Figures
from grader.chapter.functions import Value
from grader.chapter.heads import is_update, spelled
from grader.chapter.intervals import Interval
from grader.chapter.names import names_in
from grader.chapter.network.facts import Stretch
from grader.chapter.orders import misfit, same_factors, transposed
from grader.chapter.printed import printed_numbers
from grader.chapter.put_in import meant, same_numbers
from grader.chapter.report import Report
from grader.chapter.spelling import bare
from grader.chapter.values import Scope
from grader.chapter.walk import Walk
from grader.ledger import MAX_BEHIND, Ledger, same
from grader.reading.tree import Group, Matrix, Tree

MOST_WAYS = 20
"""A formula is held against so many others of the same name."""

_SET_ASIDE = re.compile(
    r"\b(?:without|ignor\w+|omit\w*|drop\w*|neglect\w*|leav\w+|simpl\w+|absorb\w*|short|assum\w+|if)\b",
    re.IGNORECASE,
)
BESIDE = 200
"""So far before a formula, words may say that something is left out on purpose."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A name with a formula in letters for it."""

    name: str
    side: Side
    tree: Tree
    line: int
    shape: Any
    """The formula without places and without brackets around one thing."""

    @property
    def letters(self) -> frozenset[str]:
        return names_in(self.tree)


def _unbracketed(shape: Any) -> Any:
    if not isinstance(shape, tuple):
        return shape
    if len(shape) == 3 and shape[0] is Group and isinstance(shape[2], tuple) and len(shape[2]) == 1:
        return _unbracketed(shape[2][0])
    return tuple(map(_unbracketed, shape))


@dataclass
class Numbers:
    """The formulas of a page beside its numbers: each name with the first value that the page gives it."""

    walk: Walk
    _busy: set[str] = field(default_factory=set)

    @cached_property
    def first(self) -> dict[str, Value]:
        """The first value of each name."""
        found: dict[str, Value] = {}
        for entry in self.walk.ledger.history:
            value = entry.exact if entry.exact is not None else entry.printed
            if value is not None:
                found.setdefault(entry.name, value)
        return found

    @cached_property
    def single(self) -> dict[str, float]:
        """The first values that are single numbers."""
        return {name: value.middle for name, value in self.first.items() if isinstance(value, Interval)}

    @cached_property
    def scope(self) -> Scope:
        return replace(self.walk.ledger.scope(), value_of=self._value)

    def _value(self, name: str) -> Value | None:
        """The first value of a name, or what the formula gives by which the page introduced it."""
        formula = self.walk.ledger.first_formulas.get(name)
        if name in self.first or formula is None or name in self._busy or len(self._busy) > MAX_BEHIND:
            return self.first.get(name)
        self._busy.add(name)
        try:
            return attempt(formula, self.scope)
        finally:
            self._busy.discard(name)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        return tuple(found for each in self.walk.stretches for found in _statements(each, self.walk.ledger))

    @cached_property
    def statements_of(self) -> Mapping[str, list[Statement]]:
        """The statements about each name."""
        found: dict[str, list[Statement]] = defaultdict(list)
        for each in self.statements:
            found[each.name].append(each)
        return found

    @cached_property
    def stretches_of(self) -> Mapping[str, list[Stretch]]:
        """The chains that each name begins."""
        found: dict[str, list[Stretch]] = defaultdict(list)
        for each in self.walk.stretches:
            found[spelled(each.sides[0])].append(each)
        return found

    @cached_property
    def printed(self) -> Figures:
        """All numbers that stand behind something in a chain, with what begins it."""
        return Figures.of(
            (head, number)
            for head, some in self.stretches_of.items()
            for each in some
            for side in each.sides[1:]
            for number in printed_numbers(side)
        )

    @cached_property
    def _ways_of(self) -> Mapping[str, list[Statement]]:
        """The different formulas of each name, each where it stands first; of very many, the first ones."""
        found: dict[str, dict[Any, Statement]] = defaultdict(dict)
        for each in self.statements:
            found[each.name].setdefault(each.shape, each)
        return {name: list(islice(some.values(), MOST_WAYS)) for name, some in found.items()}

    # -- a formula given twice

    def gone(self, here: Statement) -> str:
        """What a formula has lost since the page gave it first, if all numbers are worked with the first."""
        before = self.statements_of[here.name][0]
        edit = one_edit(before.shape, here.shape) if before.side.start < here.side.start else ""
        operands = before.letters | here.letters
        if not edit or self._set_aside(here) or self.several & (operands | {here.name}):
            return ""
        first, second = (attempt(each.tree, self.scope) for each in (before, here))
        if not self.printed.hold(first, operands) or self.printed.hold(second, operands):
            return ""
        return f"{edit}: the numbers of the page are those of line {before.line}"

    def turned(self, here: Statement) -> str:
        """Whether the numbers are those of the same factors, transposed otherwise or in another order."""
        if self.several & (here.letters | {here.name}):
            return ""
        others = [
            other
            for other in self._ways_of[here.name]
            if other.shape != here.shape and same_factors(other.tree, here.tree)
        ]
        wrong = attempt(here.tree, self.scope) if others else None
        for other in others:
            right = self.printed.hold(attempt(other.tree, self.scope), here.letters)
            if right and not self.printed.hold(wrong, here.letters):
                return f"the numbers of the page are those of line {other.line}, with the factors otherwise"
        return ""

    def lying(self, stretch: Stretch, side: Side) -> str:
        """Whether a product does not fit, or gives the transpose of the matrix printed behind it."""
        if side.tree is None or not is_symbolic(side.tree, self.walk.ledger):
            return ""
        if self.several & names_in(side.tree):
            return ""
        matrices = (bare(each.tree) for each in stretch.sides[1:] if each.tree is not None)
        printed = next((each for each in matrices if isinstance(each, Matrix)), None)
        value = attempt(side.tree, self.scope)
        grid = attempt(printed, self.scope) if printed is not None else None
        if value is not None and grid is not None and transposed(value, grid):
            return "it gives the transpose of the matrix printed behind it"
        return "" if self.reshaped & names_in(side.tree) else misfit(side.tree, self.scope)

    @cached_property
    def reshaped(self) -> frozenset[str]:
        """The letters that stand for arrays of different shapes on the page, in its text or its code."""
        shapes: dict[str, set[tuple[int, ...]]] = {}
        for entry in self.walk.ledger.history:
            for value in (entry.exact, entry.printed):
                if value is not None:
                    shapes.setdefault(entry.name, set()).add(np.shape(value))
        for name, arrays in self.walk.programs.arrays.items():
            shapes.setdefault(name, set()).update(map(np.shape, arrays))
        return frozenset(name for name, found in shapes.items() if len(found) > 1)

    # -- numbers put in for letters

    def exchanged(self, here: Statement) -> str:
        """Which letter the numbers that are put in say should stand in a formula that the page gives once."""
        if len(self.statements_of[here.name]) > 1:
            return ""
        for stretch in self.stretches_of[here.name]:
            worked = stretch.sides[1].tree
            if worked is None or stretch.line < here.line:
                continue
            if not is_symbolic(worked, self.walk.ledger):
                return meant(here.tree, worked, self.single, self.several) or self._otherwise(here, worked)
        return ""

    def _otherwise(self, here: Statement, worked: Tree) -> str:
        """Whether the same numbers are worked in another way than the formula says."""
        if not same_numbers(here.tree, worked, self.single):
            return ""
        said, found = attempt(here.tree, self.scope), attempt(worked, self.walk.ledger.rounded_scope())
        if not (isinstance(said, Interval) and isinstance(found, Interval)):
            return ""
        room = 3 * found.half + 1e-3 * abs(found.middle)
        if said.meets(Interval.around(found.middle, room)):
            return ""
        return f"with the numbers of the page it gives {show(said)}; what is worked below gives {show(found)}"

    @cached_property
    def several(self) -> frozenset[str]:
        """The letters for which another value is given further down, but not by an arrow."""
        arrows = {stretch.line for stretch in self.walk.stretches if stretch.assigned}
        return frozenset(
            entry.name
            for entry in self.walk.ledger.history
            if entry.how == "given" and entry.exact is not None and entry.line not in arrows
            if entry.name in self.first and not same(entry.exact, self.first[entry.name])
        )

    def _set_aside(self, here: Statement) -> bool:
        start = here.side.start
        return bool(_SET_ASIDE.search(self.walk.document.readable[max(0, start - BESIDE) : start]))


def _statements(stretch: Stretch, ledger: Ledger) -> Iterator[Statement]:
    head = stretch.sides[0]
    if head.tree is None or stretch.assigned or is_update(head, list(stretch.sides[1:])):
        return
    for side in stretch.sides[1:]:
        if side.tree is not None and is_symbolic(side.tree, ledger) and not spelled(side):
            shape = _unbracketed(shape_of(side.tree))
            yield Statement(spelled(head), side, side.tree, stretch.line, shape)
            return


def against_numbers(walk: Walk, report: Report) -> Report:
    """The report with the formulas contradicted that the numbers of the page do not follow."""
    numbers = Numbers(walk)
    found = {}
    for stretch in walk.stretches:
        for side in stretch.sides[1:]:
            if why := numbers.lying(stretch, side):
                found[walk.document.position(side.start)] = why
    for here in numbers.statements:
        if why := numbers.gone(here) or numbers.turned(here) or numbers.exchanged(here):
            found[walk.document.position(here.side.start)] = why
    return replace(
        report, claims=tuple(_with(claim, found.get((claim.line, claim.column))) for claim in report.claims)
    )


def _with(claim: ClaimVerdict, why: str | None) -> ClaimVerdict:
    if why is None or claim.kind != "formula" or claim.verdict == "contradicted":
        return claim
    return replace(claim, verdict="contradicted", local="unchecked", reason=why)
