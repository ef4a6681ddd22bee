"""The pages people read: a report on the class, and for each student what was read, found and marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import blake2b
from itertools import count, pairwise
from math import ceil
from statistics import mean, median
from typing import Protocol

from grader.classroom.answersheet import Part
from grader.classroom.gradebook import Record, Sheet
from templates import Ready, fenced, render, safe_mathml, visible

MathML = Callable[[str], str | None]
"""LaTeX of a formula to MathML, or None where that cannot be done."""

MOST_GROUPS = 12
MOST_DRAWN = 10_000
"""Formulas whose drawing is remembered, as a class writes the same ones."""
MOST_CHARACTERS = 600
"""Of an answer in the report on the class; the student's own page shows all of it."""


class Problem(Protocol):
    """What is needed of a problem."""

    @property
    def title(self) -> str: ...
    @property
    def parts(self) -> Sequence[Part]: ...


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


def no_mathml(latex: str) -> str | None:
    """The `MathML` that leaves all formulas as LaTeX."""
    return None


def feedback(problem: Problem, sheets: Iterable[Sheet], mathml: MathML) -> Iterator[tuple[str, str]]:
    """File name and content of every student's page, as HTML and as Markdown."""
    out_of = sum(part.points for part in problem.parts)
    helpers = _helpers(mathml)
    for sheet in sheets:
        records = {record.verdict.part: record for record in sheet.records}
        rows = [(part, records[part.id]) for part in problem.parts if part.id in records]
        unanswered = [part for part in problem.parts if part.id not in records]
        for form in ("html", "md"):
            yield (
                f"{sheet.file}.{form}",
                render(
                    f"feedback.{form}.j2",
                    title=problem.title,
                    sheet=sheet,
                    rows=rows,
                    unanswered=unanswered,
                    out_of=out_of,
                    open=any(record.verdict.marks is None for record in sheet.records),
                    **helpers,
                ),
            )


def class_page(problem: Problem, sheets: Iterable[Sheet], mathml: MathML) -> str:
    """The report on the class as one HTML file."""
    tally = Tally(problem.parts)
    for sheet in sheets:
        tally.add(sheet)
    return render("report.html.j2", title=problem.title, tally=tally, **_helpers(mathml))


def _helpers(mathml: MathML) -> dict[str, object]:
    @lru_cache(MOST_DRAWN)
    def math(latex: str) -> Ready | None:
        try:
            return safe_mathml(mathml(latex))
        except Exception:  # a formula that cannot be drawn is shown as it was typed
            return None

    return {
        "math": math,
        "number": number,
        "pieces": pieces,
        "markdown_math": _markdown_math,
        "markdown_code": _markdown_code,
        "fenced": fenced,
        "shown": shown,
        "around": around,
        "verdicts": VERDICTS,
    }


# ---- what templates ask for


def number(value: float | None) -> str:
    """Marks for people.

    >>> number(1.5), number(2.0), number(2 / 3), number(None)
    ('1.5', '2', '0.67', '–')
    """
    return "–" if value is None else f"{round(value, 2):g}"


def shown(record: Record) -> Shown:
    """How the verdict on an answer looks."""
    if record.verdict.follows_from:
        return Shown("wrong", "↪", f"follows from {' and '.join(record.verdict.follows_from)}")
    if record.verdict.verdict == "wrong" and record.verdict.marks:
        return Shown("wrong", "◐", "partly right")
    return VERDICTS[record.verdict.verdict]


def pieces(sentence: str) -> list[tuple[str, str]]:
    """A sentence in pieces, each with what it is: text, formula, or code, which is what the student typed.

    >>> pieces("The slope $f'$ is missing in `a*b`.")
    [('text', 'The slope '), ('formula', "f'"), ('text', ' is missing in '), ('code', 'a*b'), ('text', '.')]
    """
    return [(str(found.lastgroup), found[str(found.lastgroup)]) for found in _PIECE.finditer(sentence)]


_PIECE = re.compile(
    r"\$(?P<formula>[^$]+)\$|(`+)(?P<code>.+?)(?<!`)\2(?!`)|(?P<text>(?:[^$`]+|[$`])+?(?=[$`]|\Z))", re.S
)


def _markdown_math(latex: str) -> Ready:
    """A formula as GitHub and GitLab write it; where that is not known it still is code, and never markup."""
    return Ready("$`" + visible(latex).replace("`", "'").replace("\n", " ") + "`$")


def _markdown_code(text: str) -> Ready:
    """Text as inline code which the text itself cannot end."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence, line = "`" * (longest + 1), visible(text).replace("\n", " ")
    return Ready(f"{fence} {line} {fence}" if longest else f"`{line}`")


def around(text: str, position: int | None) -> tuple[str, str, str]:
    """A text in three: before, at and behind a position.

    >>> around("a + )", 4)
    ('a + ', ')', '')
    """
    if position is None:
        return text, "", ""
    return text[:position], text[position : position + 1] or " ", text[position + 1 :]


# ---- the class in numbers


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
