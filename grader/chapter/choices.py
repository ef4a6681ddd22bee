"""Numbers that an author chose: short ones that stand in the midst of a calculation, and nowhere else."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from statistics import median_low

from grader.chapter.chains import Chain, Side
from grader.chapter.names import numbers_in
from grader.chapter.printed import printed_numbers
from grader.chapter.spelling import is_name
from grader.documents import Document

SHORT = 1
"""A number with so few decimals is short on every page."""
SHORTER = 2
"""Elsewhere one is short that has so many decimals fewer than the results of the page usually have."""
MOST_NUMBERS = 20_000

_DECIMAL = re.compile(r"(?<![\w.])\d{0,4}\.\d{1,9}(?![\d]|\.\d)")


def chosen_in(document: Document, chains: Iterable[Chain]) -> frozenset[str]:
    """The digits of the numbers that were chosen, and hence are exact.

    Who rounds what was worked out keeps as many digits as elsewhere, and says where the number comes from: it
    stands behind an equality sign, in a table, in words or in the output of code.
    """
    sides = [side for chain in chains for side in chain.sides]
    inside = {place for side in sides for place in _operands(side)}
    starts = sorted(inside)
    short = _short(sides)
    seen: dict[str, bool] = {}
    for number, found in enumerate(_DECIMAL.finditer(_without_code(document))):
        if number > MOST_NUMBERS:
            return frozenset()
        at = bisect_right(starts, found.start()) - 1
        operand = at >= 0 and starts[at] == found.start()
        seen[found[0]] = seen.get(found[0], True) and operand
    return frozenset(digits for digits, only in seen.items() if only and _decimals(digits) <= short)


def _without_code(document: Document) -> str:
    """The text of a page, blanks in place of its code, whose numbers are chosen; what it printed stays."""
    text = document.content
    for block in document.code:
        if block.kind == "code":
            text = text[: block.start] + " " * (block.end - block.start) + text[block.end :]
    return text


def _operands(side: Side) -> Iterator[int]:
    """Where the numbers stand with which a side works."""
    if side.tree is not None and not printed_numbers(side):
        yield from (side.start + number.span[0] for number in numbers_in(side.tree))


def _short(sides: list[Side]) -> int:
    """How few decimals a chosen number has on a page with these sides."""
    worked = False
    results: list[int] = []
    for side in sides:
        found = printed_numbers(side)
        if worked and len(found) == 1 and "." in found[0].text:
            results.append(_decimals(found[0].text))
        worked = side.tree is not None and not found and not is_name(side.tree)
    return max(SHORT, median_low(results) - SHORTER) if results else SHORT


def _decimals(digits: str) -> int:
    return len(digits.partition(".")[2])
