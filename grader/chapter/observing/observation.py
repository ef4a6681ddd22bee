"""An observation: a place of a page, and what was found about what stands there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from re import Match

from grader.chapter.chains import side_of
from grader.chapter.claims import Kind
from grader.chapter.evidence import Judgement, Named
from grader.chapter.intervals import Interval
from grader.chapter.printed import Printed, printed_numbers
from grader.documents import Document, Region


@dataclass(frozen=True, slots=True)
class Observation:
    """Something that is not an equation and is right or wrong all the same; ``printed`` if it is a number."""

    place: Region
    judgement: Judgement
    kind: Kind = "number"
    printed: Printed | None = None

    @property
    def start(self) -> int:
        return self.place.start


def confirmed(reason: str, value: Interval | None = None) -> Judgement:
    return Judgement("confirmed", "unchecked", reason, value)


def contradicted(reason: str, value: Interval | None = None, diagnosis: Named | None = None) -> Judgement:
    return Judgement("contradicted", "unchecked", reason, value, diagnosis)


def place_of(match: Match[str], group: str | int = 0) -> Region:
    """Where in a document's text a match, or a group of it, stands."""
    return Region(match[group], match.start(group), "line")


def number_at(place: Region) -> Printed | None:
    """The one number that stands at a place."""
    numbers = printed_numbers(side_of(place))
    return numbers[0] if len(numbers) == 1 else None


def lines_of(document: Document) -> Iterator[Region]:
    """The lines of a document that can be read, each where it stands."""
    start = 0
    for line in document.readable.split("\n"):
        yield Region(line, start, "line")
        start += len(line) + 1
