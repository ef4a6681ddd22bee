"""How many layers a network is said to have: ``2-layer network (one hidden layer)`` leaves the input out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.chapter.observing.observation import Observation, confirmed, contradicted, place_of
from grader.documents import Document, Region

NUMBERS = {
    word: number
    for number, words in {
        1: "1 one single a",
        2: "2 two",
        3: "3 three",
        4: "4 four",
        5: "5 five",
        6: "6 six",
    }.items()
    for word in words.split()
}
CONVENTIONS = {1: "the input is no layer", 2: "the input is a layer too"}
"""What it means if a network has one layer, or two, more than hidden ones."""
FEWEST = 2
"""So many places must agree before another is called wrong."""

_COUNT = r"(?:[1-6]|one|two|three|four|five|six|single)"
_NETWORK = r"(?:neural\s)?(?:net(?:work)?|perceptron)"
_LAYERS = rf"(?<![\w-])(?P<layers>{_COUNT})[- ]layer(?:ed)?\s(?:[a-z-]{{1,20}}\s){{0,3}}{_NETWORK}s?"
_HIDDEN = rf"(?P<hidden>{_COUNT}|a)[- ]hidden[- ]layers?"
_LINK = r"(?:\s?\(|,)?\s?(?:or|with|has|having|i\.e\.,?|that is,?|also called|aka)?\s?(?:an?\s(?=\d))?"
_JOINED = (
    re.compile(rf"{_LAYERS}{_LINK}{_HIDDEN}", re.IGNORECASE),
    re.compile(
        rf"(?P<hidden>{_COUNT})[- ]hidden[- ]layer\s{_NETWORK}[\s*:•▶-]{{1,8}}{_LAYERS}",
        re.IGNORECASE,
    ),
)
_UNITS = re.compile(
    rf"{_LAYERS}(?P<between>[^\n]{{0,60}}?)\d+ inputs?(?: units?| neurons?| nodes?)?,? "
    r"(?P<groups>[^\n]{0,120}?)(?:and )?\d+ outputs?\b",
    re.IGNORECASE,
)
_GROUP = re.compile(r"\d+ hidden(?: (?:units?|neurons?|nodes?))?(?P<which>[^,\d]{0,60})", re.IGNORECASE)
_ORDINAL = re.compile(r"\b(?:first|second|third|fourth|1st|2nd|3rd|4th)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Counted:
    """A place where both the layers and the hidden layers of a network are counted."""

    place: Region
    layers: int
    hidden: int

    @property
    def more(self) -> int:
        return self.layers - self.hidden


def layers_counted(document: Document) -> Iterator[Observation]:
    """Whether all places of a page count layers in one way."""
    found = [*_joined(document.readable), *_by_units(document.readable)]
    ways = [counted.more for counted in found]
    way = max(set(ways), key=ways.count, default=0)
    if way not in CONVENTIONS or ways.count(way) < len(ways) - (ways.count(way) >= FEWEST):
        return
    for counted in found:
        layers = f"{counted.hidden + way} with {counted.hidden} hidden, if {CONVENTIONS[way]}"
        reason = f"as elsewhere on this page, it should be {layers}"
        judgement = confirmed(layers) if counted.more == way else contradicted(reason)
        yield Observation(counted.place, judgement)


def _joined(text: str) -> Iterator[Counted]:
    for pattern in _JOINED:
        for match in pattern.finditer(text):
            yield Counted(place_of(match, "layers"), _number(match["layers"]), _number(match["hidden"]))


def _by_units(text: str) -> Iterator[Counted]:
    """``a 2-layer network: 3 inputs, 4 hidden units and 2 outputs``; of two layers, each is named."""
    for match in _UNITS.finditer(text):
        groups = list(_GROUP.finditer(match["groups"]))
        hidden = sum(max(1, len(_ORDINAL.findall(group["which"]))) for group in groups)
        if groups:
            yield Counted(place_of(match, "layers"), _number(match["layers"]), hidden)


def _number(word: str) -> int:
    return NUMBERS[word.lower()]
