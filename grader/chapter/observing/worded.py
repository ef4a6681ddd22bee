"""Lists in sentences that one function makes of another: the scores [2, 1, 0], and by softmax …"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from grader.chapter.evidence import show
from grader.chapter.functions import FUNCTIONS, Function
from grader.chapter.intervals import Interval
from grader.chapter.observing.columns import made
from grader.chapter.observing.observation import Observation, confirmed, contradicted, number_at
from grader.chapter.printed import Printed
from grader.documents import Document, Region

_NUMBER = re.compile(r"[-−+]?(?:\d{1,9}\.?\d{0,12}|\.\d{1,12})")
_LIST = re.compile(
    rf"[\[(]\s{{0,3}}{_NUMBER.pattern}(?:\s{{0,3}},\s{{0,3}}{_NUMBER.pattern}){{1,20}}\s{{0,3}}[\])]"
)
_SENTENCE = re.compile(r"[.!?:;]\s|\n\s*\n")
BEFORE = 80
"""In so many characters before a list stands what it is."""


@dataclass(frozen=True, slots=True)
class Making:
    """How sentences say that one list is made of another.

    ``of`` and ``made`` are words before the two lists. Only where ``surely`` is said too, another list is
    wrong; ``never`` are words by which it is something else. At most ``near`` characters stand between the
    lists, and where they are ``at_once`` made one of the other, no end of a sentence.
    """

    function: str
    of: re.Pattern[str]
    made: re.Pattern[str]
    surely: re.Pattern[str]
    never: re.Pattern[str]
    near: int
    at_once: bool


_GIVES = re.compile(
    r"\b(?:gives?|yields?|is|are|equals?|becomes?|into|we (?:get|obtain)|results? in|returns?)\b"
)
_SCALED = r"temperature|hierarch|smooth|log[- ]?softmax|gumbel|mask"
_ELSE = re.compile(rf"\b(?:not|before|after|deriv\w+|slope|gradient|{_SCALED})", re.I)

MAKINGS = (
    Making(
        "softmax",
        re.compile(
            r"\b(?:scores?|logits?|log-?\s?probabilities|outputs?|activations?|values|vector)\b", re.I
        ),
        re.compile(r"\b(?:softmax|probabilit(?:y|ies))\b", re.I),
        re.compile(r"\bsoftmax\b", re.I),
        re.compile(
            rf"\b(?:true|target\w*|desired|actual|labels? (?:is|are)|priors?|wanted|expected|uniform|"
            rf"{_SCALED})",
            re.I,
        ),
        near=300,
        at_once=False,
    ),
    *(
        Making(name, re.compile(words, re.I), _GIVES, re.compile(words, re.I), _ELSE, near=30, at_once=True)
        for name, words in (
            ("relu", r"\b(?:relu|rectif\w+)\b"),
            ("sigmoid", r"\b(?:sigmoid|logistic function)\b"),
            ("tanh", r"\btanh\b"),
            ("exp", r"\bexponentiat\w+"),
        )
    ),
)
"""One row for each function of a list that is told in words."""

_BY_NAME = {row.name: row for row in FUNCTIONS}


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of numbers, each where it stands."""

    start: int
    end: int
    numbers: tuple[tuple[Region, Printed], ...]


def lists_in_words(document: Document) -> Iterator[Observation]:
    """Every number of a list that a sentence makes of the list before it."""
    text = document.readable
    for first, second in pairwise(_lists(text)):
        between = text[first.end : second.start]
        before = text[max(first.start - BEFORE, 0) : first.start].rpartition("\n\n")[2]
        fitting = len(first.numbers) == len(second.numbers) and "\n\n" not in between
        making = next((row for row in MAKINGS if fitting and _says(row, before, between)), None)
        if making is not None:
            yield from _judged(making, first, second, before + between)


def _says(making: Making, before: str, between: str) -> bool:
    """Whether the words before two lists and between them say that one is made of the other."""
    if making.at_once:
        before = _SENTENCE.split(before)[-1]
    near = len(between) <= making.near and not (making.at_once and _SENTENCE.search(between))
    return bool(
        near
        and making.of.search(before)
        and making.made.search(between)
        and not making.never.search(before + between if making.at_once else between)
        and not (making.at_once and _LIST.search(before))
    )


def _lists(text: str) -> Iterator[Listed]:
    for match in _LIST.finditer(text):
        places = [Region(n[0], match.start() + n.start(), "line") for n in _NUMBER.finditer(match[0])]
        numbers = [(place, number) for place in places if (number := number_at(place)) is not None]
        if len(numbers) == len(places):
            yield Listed(match.start(), match.end(), tuple(numbers))


def _judged(making: Making, first: Listed, second: Listed, words: str) -> Iterator[Observation]:
    """One verdict a number, if the second list may be what is spoken of."""
    function = _BY_NAME[making.function]
    exact = _made(function, [number.value for _, number in first.numbers])
    if len(exact) != len(second.numbers) or not _may_be(making, second):
        return
    room = _room(function, [number for _, number in first.numbers], exact)
    values = [Interval.around(value, wide) for value, wide in zip(exact, room, strict=True)]
    fits = [number.interval.meets(value) for (_, number), value in zip(second.numbers, values, strict=True)]
    if not all(fits) and not making.surely.search(words):
        return
    for (place, number), one, fit in zip(second.numbers, exact, fits, strict=True):
        said, value = f"{function.name} of the list before it", Interval.exactly(one)
        judgement = confirmed(said, value) if fit else contradicted(f"{said} gives {show(value)}", value)
        yield Observation(place, judgement, printed=number)


def _may_be(making: Making, second: Listed) -> bool:
    """Whether probabilities add up to 1, and are no choice of one class."""
    if making.function != "softmax":
        return True
    values = [number.value for _, number in second.numbers]
    room = sum(number.interval.high - number.interval.low for _, number in second.numbers)
    return abs(sum(values) - 1) <= room and not all(value in (0, 1) for value in values)


def _room(function: Function, given: list[Printed], exact: list[float]) -> list[float]:
    """By how much each value may differ because numbers with decimals are rounded."""
    values = [number.value for number in given]
    room = [0.0] * len(exact)
    for at, number in enumerate(given):
        half = (number.interval.high - number.interval.low) / 2 if "." in number.text else 0.0
        moved = _made(function, [*values[:at], values[at] + half, *values[at + 1 :]])
        room = [wide + abs(new - old) for wide, new, old in zip(room, moved, exact, strict=True)]
    return room


def _made(function: Function, numbers: list[float]) -> list[float]:
    return [value.middle for value in made(function, [Interval.exactly(number) for number in numbers])]
