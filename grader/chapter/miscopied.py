"""Results miscopied in words: ``about 42.7% sure`` after 0.4717, ``from 0.0553 to 0.0052`` after 0.0533."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from grader.chapter.chains import Chain, Side
from grader.chapter.heads import spelled
from grader.chapter.pairs import pairs_in
from grader.chapter.printed import Printed, printed_numbers, significant
from grader.chapter.restated import FEWEST_DIGITS, numbers_beside
from grader.documents import Document

_SENTENCE = re.compile(r"[.!?:](?=\s)|\n\s*\n")
_SHARES = re.compile(r"\b(?:probabilit\w+|sure|certain|confiden\w+|chances?|likel\w+)\b", re.IGNORECASE)
"""Words of which a percentage says how much a result is."""

LONGEST = 300
"""A sentence is looked for so far before and behind a number."""


def miscopied(document: Document, chains: Iterable[Chain]) -> Iterator[Chain]:
    """Numbers in words that stand nowhere else and are a slip of the one result that must be meant, each as
    an equation with that result."""
    listed = sorted(chains, key=lambda chain: chain.start)
    yield from _shares(document, listed)
    yield from _pairs(document, listed)


def _shares(document: Document, chains: list[Chain]) -> Iterator[Chain]:
    """Percentages with two neighbouring digits exchanged, in sentences about probabilities."""
    for side, number, results in numbers_beside(document, chains):
        told = results.same_as(number) or results.complements(number)
        if not side.percent or significant(number.text) < FEWEST_DIGITS or told:
            continue
        meant = [found for other in _exchanged(number) if (found := results.same_as(other)) is not None]
        if len(meant) == 1 and _SHARES.search(_sentence(document.readable, side.start, side.end)):
            yield Chain((meant[0], side), ("=",), said=True)


def _sentence(text: str, start: int, end: int) -> str:
    before = _SENTENCE.split(text[max(0, start - LONGEST) : start])[-1]
    return before + " " + _SENTENCE.split(text[end : end + LONGEST])[0]


def _pairs(document: Document, chains: list[Chain]) -> Iterator[Chain]:
    """Values before and after of which one stands nowhere else: it is a slip of a value of the same name."""
    for pair in pairs_in(document):
        for side, other in ((pair.before, pair.after), (pair.after, pair.before)):
            once, twice = (_often(document, each.text) for each in (side, other))
            if once > 1 or twice < 2:
                continue
            above = [chain for chain in chains if chain.start < side.start]
            meant = {result.text.strip(): result for result in _beside(document, above, other)}
            slips = [result for text, result in meant.items() if _is_slip(side.text.strip(), text)]
            if len(slips) == 1:
                yield Chain((slips[0], side), ("=",), said=True)


def _often(document: Document, text: str) -> int:
    return len(re.findall(rf"(?<![\d.]){re.escape(text.strip())}(?![\d]|\.\d)", document.readable))


def _beside(document: Document, chains: list[Chain], other: Side) -> Iterator[Side]:
    """The results of the names of which the other number is a value, and those on a line with it."""
    lines = [line for line in document.readable.split("\n") if other.text.strip() in line]
    names = {spelled(chain.sides[0]) for chain in chains if any(_prints(side, other) for side in chain.sides)}
    for chain in chains:
        for side in chain.sides[1:]:
            if len(printed_numbers(side)) == 1 and not _prints(side, other):
                text = side.text.strip()
                if spelled(chain.sides[0]) in names - {""} or any(text in line for line in lines):
                    yield side


def _prints(side: Side, other: Side) -> bool:
    return [number.text for number in printed_numbers(side)] == [
        number.text for number in printed_numbers(other)
    ]


def _exchanged(number: Printed) -> Iterator[Printed]:
    """The number with two neighbouring digits exchanged, in every way."""
    scale = number.value / float(number.text)
    for text in _each_exchanged(number.text):
        yield replace(number, text=text, value=float(text) * scale)


def _each_exchanged(text: str) -> Iterator[str]:
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    for one, other in pairwise(places):
        if text[one] != text[other]:
            signs = list(text)
            signs[one], signs[other] = signs[other], signs[one]
            yield "".join(signs)


def _is_slip(text: str, meant: str) -> bool:
    """Whether a number is another with two digits exchanged, or with one that is wrong."""
    if len(text) != len(meant) or significant(text) < FEWEST_DIGITS:
        return False
    differ = [one != other for one, other in zip(text, meant, strict=True)]
    digits = all(one.isdigit() for one, other in zip(text, meant, strict=True) if one != other)
    return (sum(differ) == 1 and digits) or text in _each_exchanged(meant)
