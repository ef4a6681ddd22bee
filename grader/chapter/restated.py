"""Results said once more in words: ``the loss is 0.2984``, ``predicts a probability of 69.44%``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from grader.chapter.chains import Chain, Side, side_of
from grader.chapter.printed import Printed, printed_numbers, significant
from grader.chapter.spelling import is_name
from grader.documents import Document, Region

FEWEST_DIGITS = 3
"""A number with fewer may be anything."""
MOST_NUMBERS = 5_000
LATEST = 4
"""So many results before it may be said with fewer digits."""

_NUMBER = re.compile(r"(?<![\w.\\_^{,:/#-])[-−]?\d{1,4}\.\d{1,20}(?![\w_^/:]|\.\d)(?:\s?\\?%)?")


@dataclass
class Results:
    """The results printed so far, by their digits and in order."""

    by_digits: dict[str, Side] = field(default_factory=dict)
    latest: list[tuple[Printed, Side]] = field(default_factory=list)

    def note(self, chain: Chain) -> None:
        """Every single number of a chain that something worked out stands before."""
        for position, side in enumerate(chain.sides):
            numbers = printed_numbers(side)
            worked = any(each.tree is not None and not is_name(each.tree) for each in chain.sides[:position])
            if worked and len(numbers) == 1 and not side.percent:
                self.by_digits[_digits(numbers[0])] = side
                self.latest.append((numbers[0], side))

    def same_as(self, number: Printed) -> Side | None:
        """The result that a number repeats, digit for digit or the latest ones with fewer digits."""
        found = self.by_digits.get(_digits(number))
        if found or significant(number.text) > 6:
            return found
        rounded = [
            side
            for result, side in self.latest[-LATEST:]
            if result.half < number.half and abs(result.value - number.value) <= number.half
        ]
        return rounded[-1] if rounded else None

    def complements(self, number: Printed) -> bool:
        """Whether a number is what one of the latest results leaves of 1."""
        rest = (1 - result.value for result, _ in self.latest[-LATEST:])
        return any(abs(each - number.value) <= 2 * number.half for each in rest)


def restated(document: Document, chains: Iterable[Chain]) -> Iterator[Chain]:
    """Numbers outside of chains that repeat a result above them, each as an equation with that result."""
    for side, number, results in numbers_beside(document, chains):
        result = results.same_as(number) if significant(number.text) >= FEWEST_DIGITS else None
        if result and result.end <= side.start:
            yield Chain((result, side), ("=",), said=True)


def numbers_beside(document: Document, chains: Iterable[Chain]) -> Iterator[tuple[Side, Printed, Results]]:
    """The numbers outside of chains, in order, each with the results above it."""
    results, waiting = Results(), sorted(chains, key=lambda chain: chain.start, reverse=True)
    for side in islice(_numbers(document), MOST_NUMBERS):
        while waiting and waiting[-1].start < side.start:
            results.note(waiting.pop())
        yield side, printed_numbers(side)[0], results


def _numbers(document: Document) -> Iterator[Side]:
    """The numbers in words, and those that stand alone between delimiters, in order."""
    text = document.readable
    at = 0
    for region in (*document.regions, Region("", len(text), "line")):
        for match in _NUMBER.finditer(text, at, max(at, region.start)):
            yield from _single(Region(match[0], match.start(), "line"))
        if _NUMBER.fullmatch(region.text.strip()):
            yield from _single(region)
        at = max(at, region.end)


def _single(region: Region) -> Iterator[Side]:
    side = side_of(region)
    if len(printed_numbers(side)) == 1:
        yield side


def _digits(number: Printed) -> str:
    """The value that a number prints, so that 69.44 % and 0.6944 are one."""
    return f"{number.value:.12g}±{number.half:.3g}"
