"""A class in numbers: how many answers to each part are right, which are alike, which a human must see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import count, pairwise
from math import ceil
from statistics import mean, median

from grader.classroom.answersheet import Part
from grader.classroom.gradebook import Record, Sheet

MOST_GROUPS = 12
"""Groups of equal answers that are shown of a part."""
MOST_CHARACTERS = 600
"""Of an answer in the report on the class; the student's own page shows all of it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a verdict looks to people: never by its colour alone."""

    name: str
    sign: str
    words: str


VERDICTS = {
    row.name: row
    for row in (
        Shown("right", "✓", "right"),
        Shown("wrong", "✗", "wrong"),
        Shown("unreadable", "?", "not readable"),
        Shown("undecided", "…", "not decided"),
        Shown("none", "–", "no answer"),
    )
}


@dataclass(slots=True)
class Item:
    """One part of the problem over the class."""

    part: Part
    counts: Counter[str] = field(default_factory=Counter)
    marks: list[float] = field(default_factory=list)

    @property
    def facility(self) -> float | None:
        """The mean share of the points, among answers with marks."""
        return mean(self.marks) / self.part.points if self.marks and self.part.points else None

    def shares(self) -> list[tuple[Shown, int, float, float]]:
        """Verdict, count, and for a bar from 0 to 100 where it begins and how wide it is."""
        total, begin, bars = self.counts.total() or 1, 0.0, []
        for verdict in VERDICTS.values():
            width = 100 * self.counts[verdict.name] / total
            bars.append((verdict, self.counts[verdict.name], round(begin, 2), round(width, 2)))
            begin += width
        return bars


@dataclass(slots=True)
class Group:
    """Answers that are one case for a teacher, shown by the first; ``students`` only if she must look."""

    example: Record
    count: int = 0
    students: list[Sheet] = field(default_factory=list)

    def add(self, sheet: Sheet) -> None:
        self.count += 1
        if self.example.needs_human:
            self.students.append(sheet)

    @property
    def text(self) -> str:
        return self.example.answer.text


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a histogram in a field 100 wide and 100 high: ``low`` ≤ total < ``high``."""

    x: float
    width: float
    height: float
    count: int
    low: float
    high: float


class Tally:
    """What the report says of a class, gathered student by student."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.items = {part.id: Item(part) for part in parts}
        self.out_of = sum(part.points for part in parts)
        self.totals: list[float] = []
        self.misconceptions: dict[str, Group] = {}
        self.unread: list[Sheet] = []
        self.remarked: list[Sheet] = []
        self._groups: dict[bytes, Group] = {}

    def add(self, sheet: Sheet) -> None:
        """Counts one student in; the answers of the whole class are not kept."""
        self.totals.append(sheet.total)
        records, sheet = sheet.records, replace(sheet, records=())
        if not sheet.readable:
            self.unread.append(sheet)
        elif sheet.problems:
            self.remarked.append(sheet)
        for record in records:
            self._add(record, sheet)
        for part in self.items.keys() - {record.verdict.part for record in records}:
            self.items[part].counts["none"] += 1

    def _add(self, record: Record, sheet: Sheet) -> None:
        item, alike, record = self.items[record.verdict.part], _alike(record), _shortened(record)
        item.counts[record.verdict.verdict] += 1
        if record.verdict.marks is not None:
            item.marks.append(record.verdict.marks)
        for name in record.verdict.misconceptions:
            self.misconceptions.setdefault(name, Group(record)).add(sheet)
        self._groups.setdefault(alike, Group(record)).add(sheet)

    @property
    def for_a_human(self) -> list[Group]:
        """Undecided and unreadable answers, equal ones together, the most frequent first."""
        return _frequent(group for group in self._groups.values() if group.example.needs_human)

    @property
    def ranked_misconceptions(self) -> list[tuple[str, Group]]:
        return sorted(self.misconceptions.items(), key=lambda pair: (-pair[1].count, pair[0]))

    def groups(self, part: str) -> tuple[list[Group], int]:
        """The most frequent groups of answers to a part, and how many more there are."""
        groups = _frequent(group for group in self._groups.values() if group.example.verdict.part == part)
        return groups[:MOST_GROUPS], max(0, len(groups) - MOST_GROUPS)

    @property
    def mean(self) -> float | None:
        return mean(self.totals) if self.totals else None

    @property
    def median(self) -> float | None:
        return median(self.totals) if self.totals else None

    def histogram(self) -> list[Bar]:
        """How many students have which total, in at most twelve round steps."""
        width = next(step for step in _round_steps() if self.out_of <= 12 * step)
        steps = max(1, ceil(self.out_of / width))
        counts = Counter(min(int(total / width + 1e-9), steps - 1) for total in self.totals)
        highest = max(counts.values(), default=1)
        edges = [width * step for step in range(steps + 1)]
        return [
            Bar(100 * step / steps, 100 / steps, 100 * counts[step] / highest, counts[step], low, high)
            for step, (low, high) in enumerate(pairwise(edges))
        ]


def _round_steps() -> Iterator[float]:
    """0.1, 0.2, 0.5, 1, 2, 5, 10 and so on."""
    yield from (lead * 10.0**power for power in count(-1) for lead in (1, 2, 5))


def _shortened(record: Record) -> Record:
    text = record.answer.text
    if len(text) <= MOST_CHARACTERS:
        return record
    return replace(record, answer=replace(record.answer, text=text[:MOST_CHARACTERS] + " …"))


def _alike(record: Record) -> bytes:
    """What two answers share if they are one case for a teacher, as a short hash."""
    verdict = record.verdict
    understood = verdict.read_as or " ".join(record.answer.text.split())
    why = (*verdict.misconceptions, *verdict.follows_from)
    said = (verdict.part, verdict.verdict, str(verdict.marks), *why, understood)
    return blake2b("\0".join(said).encode(), digest_size=16).digest()


def _frequent(groups: Iterable[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: -group.count)
