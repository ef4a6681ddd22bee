"""Formulas behind printed numbers: in ``y = σ(0.2683)`` after ``n = 0.2683`` the number stands for n."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from grader.chapter.chains import Side
from grader.chapter.evidence import is_symbolic
from grader.chapter.names import numbers_in
from grader.chapter.network.marks import before_update
from grader.chapter.printed import printed_numbers, significant
from grader.chapter.spelling import bare, spelling
from grader.ledger import Ledger
from grader.reading.rebuilding import rebuilt
from grader.reading.tree import Negate, Number, Tree

TELLING = 3
"""A number with so many significant digits shows which result it repeats."""


@dataclass
class Lifting:
    """The results of a page by their digits, reading down; None for digits that two names share."""

    ledger: Ledger
    results: dict[str, Tree | None] = field(default_factory=dict)
    heads: set[str] = field(default_factory=set)

    def read(self, sides: Sequence[Side]) -> Tree | None:
        """The formula of the name that sides of numbers are for, if every number in them is told apart."""
        head = bare(sides[0].tree) if sides[0].tree is not None else None
        name = spelling(head) if head is not None else ""
        if head is None or not name or before_update(name):
            return None
        first = name not in self.heads
        self.heads.add(name)
        formula = self._formula(sides[1:]) if first else None
        self._note(head, sides[-1])
        return formula

    def _formula(self, sides: Iterable[Side]) -> Tree | None:
        worked = [side.tree for side in sides if side.tree is not None and not printed_numbers(side)]
        if not worked or any(is_symbolic(tree, self.ledger) for tree in worked):
            return None
        numbers = list(numbers_in(worked[0]))
        meant = {number: self._meant(number) for number in numbers}
        telling = [number for number in numbers if significant(number.text) >= TELLING]
        if not telling or any(meant[number] is None for number in telling) or self._unsure(numbers):
            return None
        return rebuilt(worked[0], lambda part: meant.get(part) if isinstance(part, Number) else None)

    def _meant(self, number: Number) -> Tree | None:
        return self.results.get(number.text) if significant(number.text) >= TELLING else None

    def _unsure(self, numbers: Iterable[Number]) -> bool:
        """Whether a short number may stand for a given, which may change later."""
        return any("." in number.text and number.text in self.ledger.givens for number in numbers)

    def _note(self, head: Tree, last: Side) -> None:
        for number in printed_numbers(last)[:1] if len(printed_numbers(last)) == 1 else ():
            digits = number.text.lstrip("-")
            told = Negate(head.span, head) if number.text.startswith("-") else head
            self.results[digits] = told if self.results.get(digits, told) == told else None
