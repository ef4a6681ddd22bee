"""Numbers that an author chose: short ones that stand in the midst of a calculation, and nowhere else."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from grader.chapter.chains import Chain, Side
from grader.chapter.names import numbers_in
from grader.chapter.printed import printed_numbers
from grader.documents import Document

SHORT = 1
"""A number with more decimals may be a rounded activation of which the page does not say where it is from."""
MOST_NUMBERS = 20_000

_COMPLEMENT = re.compile(r"(?<![\w.])1(?:\.0*)?\s{0,3}[-−–]\s{0,3}(?P<of>\d{0,4}\.\d{1,9})")
"""``1 - 0.9``: beside 0.9 it is the slope of an activation, which was worked out."""
_DECIMAL = re.compile(r"(?<![\w.])\d{0,4}\.\d{1,9}(?![\d]|\.\d)")


def chosen_in(document: Document, chains: Iterable[Chain]) -> frozenset[str]:
    """The digits of the numbers that were chosen, and hence are exact.

    Who rounds what was worked out keeps more than one decimal, or says where the number comes from: it stands
    behind an equality sign, in a table, in words or in the output of code.
    """
    sides = [side for chain in chains for side in chain.sides]
    inside = {place for side in sides for place in _operands(side)}
    starts, text = sorted(inside), _without_code(document)
    seen = {found["of"]: False for found in _COMPLEMENT.finditer(text)}
    for number, found in enumerate(_DECIMAL.finditer(text)):
        if number > MOST_NUMBERS:
            return frozenset()
        at = bisect_right(starts, found.start()) - 1
        operand = at >= 0 and starts[at] == found.start()
        seen[found[0]] = seen.get(found[0], True) and operand
    return frozenset(digits for digits, only in seen.items() if only and _decimals(digits) <= SHORT)


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


def _decimals(digits: str) -> int:
    return len(digits.partition(".")[2])
