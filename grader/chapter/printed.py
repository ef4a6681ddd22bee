"""Numbers as an author printed them, which claim the digits they show and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.chapter.chains import Side
from grader.chapter.intervals import SLACK, Interval
from grader.chapter.spelling import bare
from grader.reading.tree import Group, Matrix, Negate, Number, Product, Tree


@dataclass(frozen=True, slots=True)
class Printed:
    """One printed number with its sign: its digits claim ``value`` up to ``half``; offsets into the document.

    A percentage has its value as a fraction: ``65.9 %`` is 0.659 ± 0.0005.
    """

    text: str
    value: float
    half: float
    start: int
    end: int

    @property
    def interval(self) -> Interval:
        return Interval.around(self.value, self.half)

    def agrees(self, value: Interval) -> bool:
        """Whether ``value`` rounds to these digits; a tie may have been rounded either way."""
        return self._within(value, self.half)

    def truncates(self, value: Interval) -> bool:
        """Whether these are the digits of ``value`` cut off."""
        gap = abs(value.middle) - abs(self.value)
        return 0 <= gap < 2 * self.half * (1 - 1e-9) and value.middle * self.value >= 0

    def off_by_one(self, value: Interval) -> bool:
        """Whether only the last digit differs, and by one."""
        return self._within(value, 3 * self.half)

    def _within(self, value: Interval, room: float) -> bool:
        slack = SLACK * max(abs(value.middle), abs(self.value)) + 1e-9 * self.half
        return abs(value.middle - self.value) <= room + slack


def printed_numbers(side: Side) -> tuple[Printed, ...]:
    """The numbers of a side that consists of numbers only, row by row; empty for any other side."""
    if side.tree is None:
        return ()
    entries = list(_entries(side.tree))
    if not all(_plain(entry) for entry in entries):
        return ()
    return tuple(_printed(entry, side) for entry in entries)


def _entries(tree: Tree) -> Iterator[Tree]:
    tree = _untransposed(bare(tree))
    yield from tree.parts if isinstance(tree, Matrix | Group) else (tree,)


def _untransposed(tree: Tree) -> Tree:
    base = getattr(tree, "base", None)
    sup = getattr(getattr(tree, "sup", None), "text", "")
    return base if sup in ("T", "top") and isinstance(base, Matrix | Group) else tree


def _plain(tree: Tree) -> bool:
    tree = bare(tree)
    return isinstance(tree.body if isinstance(tree, Negate) else tree, Number) and not _is_product(tree)


def _is_product(tree: Tree) -> bool:
    return isinstance(tree, Negate) and isinstance(tree.body, Product)


def _printed(tree: Tree, side: Side) -> Printed:
    tree = bare(tree)
    number = tree.body if isinstance(tree, Negate) else tree
    assert isinstance(number, Number)
    scale = 0.01 if side.percent else 1.0
    sign = "-" if isinstance(tree, Negate) else ""
    value = float(number.value) * (-scale if sign else scale)
    start, end = tree.span
    return Printed(
        sign + number.text, value, float(number.half_unit) * scale, side.start + start, side.start + end
    )


def significant(digits: str) -> int:
    """How many significant digits a printed number has; trailing zeros count.

    >>> significant("0.0250"), significant("12")
    (3, 2)
    """
    mantissa = re.sub(r"[^\d.]", "", digits.lower().partition("e")[0])
    return len(mantissa.replace(".", "").lstrip("0"))
