"""Where a claim stands, for people: its source line with a pointer under the spot."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.chapter.claims import ClaimVerdict
from grader.documents import Document

WINDOW = 50
"""So many columns of a long line are shown on either side of a spot."""
WIDEST = 100
"""So many columns of a long spot are shown."""
NEAR = 1000
"""So many characters on either side are looked at to fill the columns."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A source line in three pieces: before, at and behind a claim; ``…`` stands for what was cut off."""

    before: str
    at: str
    behind: str

    @property
    def line(self) -> str:
        return self.before + self.at + self.behind

    @property
    def pointer(self) -> str:
        """What stands below the line: ``^~~~`` under the spot, however wide its characters are."""
        return " " * columns(self.before) + "^" + "~" * (columns(self.at) - 1)


def spot_of(document: Document, claim: ClaimVerdict) -> Spot:
    """The line of a claim; of a long line what stands near it. Tabs are shown as one space."""
    from templates import visible

    line = document.line(claim.line)
    start, end = claim.column - 1, claim.column - 1 + claim.width
    pieces = line[max(0, start - NEAR) : start], line[start : min(end, start + NEAR)], line[end : end + NEAR]
    before, at, behind = (visible(piece.replace("\t", " ")) for piece in pieces)
    return Spot(cut(before[::-1], WINDOW)[::-1], cut(at, WIDEST), cut(behind, WINDOW))


def columns(text: str) -> int:
    """How many columns of a terminal a text takes.

    >>> columns("x̂ = 2"), columns("学习")
    (5, 4)
    """
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, room: int) -> str:
    """A text cut to so many columns, with a sign where something is missing.

    >>> cut("backpropagation", 8)
    'backprop…'
    """
    for at, used in enumerate(_running(text)):
        if used > room:
            return text[:at] + "…"
    return text


def _running(text: Iterable[str]) -> Iterator[int]:
    used = 0
    for character in text:
        used += _columns(character)
        yield used
