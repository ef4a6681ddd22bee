"""Finds the answers in what a student wrote as free text: by headings that name parts, or by left sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

from grader.classroom.formulas import Formula, formulas, spans
from grader.classroom.headings import MOST_HEADINGS, Heading, Headings, names_of, sections

WhichPart = Callable[[str], str | None]
"""The id of the part that a formula's left side asks (``\\delta_1 = …`` or only ``\\delta_1``), or None."""

MOST_FORMULAS = 2000
MOST_REMEMBERED = 10_000
WHOLE_TEXTS = ("derivation", "code")
"""Kinds of answer that are a text of several steps and not one formula."""


class Part(Protocol):
    """What is needed of one part of a problem: id, the address it asks, kind of answer, points."""

    @property
    def id(self) -> str: ...
    @property
    def ask(self) -> str: ...
    @property
    def answer(self) -> str: ...
    @property
    def points(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a student answered to one part, and where it stands: the file and the line, counted from 1."""

    part: str
    text: str
    source: str
    line: int


def nobody(formula: str) -> str | None:
    """The `WhichPart` that knows no left side."""
    return None


class AnswerSheet:
    """How the parts of one problem are recognised in free text.

    ``parts`` are the problem's; ``which_part`` judges left sides, for which it takes the problem's notation.
    """

    def __init__(self, parts: Sequence[Part], which_part: WhichPart = nobody) -> None:
        self.parts = tuple(parts)
        self._which_part = lru_cache(MOST_REMEMBERED)(which_part)  # a class writes the same formulas
        self._names = names_of((part.id, part.ask) for part in parts)
        self._headings = Headings(self._names, self.part_of)
        self._whole = {part.id for part in parts if part.answer in WHOLE_TEXTS}

    def find(self, text: str, source: str) -> tuple[list[Answer], list[str]]:
        """The answers in ``text``, one a part, in the problem's order, and remarks on what was doubtful."""
        headings = self._headings.find(text)
        found = formulas(_blanked(text, headings))
        remarks = self._misspelt(text, headings, source) + _too_many(source, found, headings)
        found = found[:MOST_FORMULAS]
        answers: dict[str, list[Answer]] = {}
        for part, start, words in self._by_heading(text, headings, found):
            answers.setdefault(part, []).append(Answer(part, words, source, _line_of(text, start)))
        for part in {row.id for row in self.parts} - answers.keys():
            hits = [formula for formula in found if self.part_of(formula.text) == part]
            answers[part] = [Answer(part, hit.text, source, _line_of(text, hit.start)) for hit in hits]
        chosen, doubts = last_counts(self.parts, answers)
        if len(chosen) < len(self.parts):
            remarks += self._homeless(text, headings, found, source)
        return chosen, remarks + doubts

    def in_cell(self, part: str, text: str) -> str:
        """The answer in a field of its own: all of it, or the formula that counts if some are marked."""
        if part in self._whole or not spans(text):
            return text.strip()
        begin = spans(text)[0][0]
        marked = [formula for formula in formulas(text)[:MOST_FORMULAS] if formula.start >= begin]
        formula = choose(marked, part, self.part_of)
        return formula.text if formula else text.strip()

    def named(self, name: str) -> str | None:
        """The part with this id or address, written in whatever case."""
        return self._headings.named(name)

    def unknown(self, name: str) -> str:
        """A sentence about a name that no part has."""
        near = get_close_matches(name[:80].casefold(), list(self._names), n=1)
        guess = f"did you mean '{near[0]}'? " if near else ""
        return f"there is no part '{name[:80]}' ({guess}known: {', '.join(part.id for part in self.parts)})"

    def part_of(self, formula: str) -> str | None:
        """The part that a formula's left side asks; a reader that fails on it has not recognised it."""
        try:
            return self._which_part(formula)
        except Exception:  # a student's text must not end the reading of a class
            return None

    def _by_heading(
        self, text: str, headings: Sequence[Heading], found: Sequence[Formula]
    ) -> Iterable[tuple[str, int, str]]:
        """Part, offset and text of the answer under each heading; without a formula, all that is there."""
        for heading, end in sections(headings, len(text)):
            part = str(heading.part)
            inside = [formula for formula in found if heading.end <= formula.start < end]
            formula = (
                None
                if part in self._whole
                else choose(_beside(inside, text, heading.end) or inside, part, self.part_of)
            )
            words = text[heading.end : end].strip()
            if formula:
                yield part, formula.start, formula.text
            elif words:
                yield part, text.index(words, heading.end), words

    def _misspelt(self, text: str, headings: Iterable[Heading], source: str) -> list[str]:
        return [
            f"{source}:{_line_of(text, heading.start)}: the heading '{heading.title[:80]}' names no part"
            f" (did you mean '{name}'?)"
            for heading in headings
            if (name := self._headings.misspelt(heading))
        ]

    def _homeless(
        self, text: str, headings: Sequence[Heading], found: Sequence[Formula], source: str
    ) -> list[str]:
        """A remark on equations under no heading that answer no part: a missing answer may be among them."""
        homes = [(heading.end, end) for heading, end in sections(headings, len(text))]
        outside = [formula for formula in found if not any(a <= formula.start < b for a, b in homes)]
        odd = [formula for formula in outside if formula.has_relation and not self.part_of(formula.text)]
        where = ", ".join(str(_line_of(text, formula.start)) for formula in odd[:5])
        more = f" and {len(odd) - 5} more" if len(odd) > 5 else ""
        return (
            [f"{source}: no part was found for the equations in line{'s' if odd[1:] else ''} {where}{more}"]
            if odd
            else []
        )


PREFERENCES: tuple[Callable[[Formula, str | None, str], bool], ...] = (
    lambda formula, asks, part: r"\boxed" in formula.text,
    lambda formula, asks, part: asks == part,
    lambda formula, asks, part: formula.display,
    lambda formula, asks, part: formula.has_relation,
)
"""Which formula under a heading is the answer: the first of these that finds any; of several, the last."""


def _beside(found: Sequence[Formula], text: str, end: int) -> list[Formula]:
    """The formula that fills the rest of the heading's own line (``output: [1, 2]``), if there is one.

    What follows on later lines are words about it, unless they say themselves what they answer.
    """
    line = text[end:].partition("\n")[0].strip().strip(":").strip()
    return [formula for formula in found if line and formula.text.strip() == line.strip("$ ")][:1]


def choose(found: Sequence[Formula], part: str, part_of: WhichPart) -> Formula | None:
    """The formula that answers ``part``; one whose left side asks another part only if there is none else."""
    if len(found) < 2:
        return found[0] if found else None
    asked = [(formula, part_of(formula.text)) for formula in found]
    own = [(formula, asks) for formula, asks in asked if asks in (part, None)] or asked
    for prefers in PREFERENCES:
        hits = [formula for formula, asks in own if prefers(formula, asks, part)]
        if hits:
            return hits[-1]
    # bare expressions between words: the names being explained are shorter than the answer
    return max((formula for formula, _ in own), key=lambda formula: len(formula.text), default=None)


def last_counts(
    parts: Iterable[Part], answers: Mapping[str, Sequence[Answer]]
) -> tuple[list[Answer], list[str]]:
    """One answer a part, in the problem's order; a remark on every part that was answered in several ways."""
    chosen: list[Answer] = []
    remarks = []
    for part in parts:
        given = answers.get(part.id, ())
        if len({answer.text for answer in given}) > 1:
            places = ", ".join(f"{answer.source}:{answer.line}" for answer in given[-5:])
            remarks.append(f"{part.id}: {len(given)} answers ({places}); the last one counts")
        chosen += given[-1:]
    return chosen, remarks


def _too_many(source: str, found: Sequence[Formula], headings: Sequence[Heading]) -> list[str]:
    full = {"formulas": len(found) > MOST_FORMULAS, "headings": len(headings) == MOST_HEADINGS}
    return [
        f"{source}: there are too many {what}; the last ones were not read"
        for what, is_so in full.items()
        if is_so
    ]


def _blanked(text: str, headings: Sequence[Heading]) -> str:
    """The text with line ends in place of headings: offsets stay, no heading is read as a formula, and no
    formula goes on behind the next heading.
    """
    cuts = [0, *(edge for heading in headings for edge in (heading.start, heading.end)), len(text)]
    pieces = [text[start:end] for start, end in pairwise(cuts)]
    return "".join("\n" * len(piece) if index % 2 else piece for index, piece in enumerate(pieces))


def _line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
