"""A problem: a network or a computation graph, its numbers, what is asked, and how answers are marked."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct

from derive.errors import Unusable, unknown
from derive.graph import Graph
from derive.network import Network
from derive.notation import Notation

Numbers = Any
"""A number (int or Fraction), a flat list of them (a column), or a list of rows."""

ANSWERS = ("number", "formula", "derivation", "code")
"""What an answer may be."""

LAYOUTS = ("strict", "either")
"""Whether a gradient has the layout of the course, or may be its transpose."""
VERDICTS = ("right", "wrong", "unreadable")
"""What a check may expect the grader to say."""


class Tolerance(Struct, frozen=True):
    """How far a number may be off: ``digits`` that must agree, a ``relative`` or an ``absolute`` distance."""

    digits: int | None = None
    relative: float | None = None
    absolute: float | None = None


class Rubric(Struct, frozen=True):
    """The share of a part's points (0 to 1) that an answer with this misconception still earns."""

    misconception: str
    award: float


class Part(Struct, frozen=True):
    """One question. ``ask`` is the address of a quantity, ``answer`` one of `ANSWERS`.

    ``in_terms_of`` names the quantities an answer may use (None: whatever comes earlier in the derivation);
    ``notation`` is a name of a row, a row of one's own, or None where the problem's own holds; ``layout`` is
    ``either`` where the transpose of what is asked is as good, with a remark; ``signature`` says how a code
    answer is called.
    """

    id: str
    ask: str
    answer: str
    points: float = 1.0
    in_terms_of: tuple[str, ...] | None = None
    tolerance: Tolerance = Tolerance()
    notation: str | Notation | None = None
    follow_through: bool = True
    rubric: tuple[Rubric, ...] = ()
    signature: str | None = None
    layout: str = "strict"


class Check(Struct, frozen=True):
    """An answer to a part with what the grader must make of it; what is None is not checked.

    ``note`` names the misconception that must be found.
    """

    part: str
    answer: str
    marks: float | None = None
    verdict: str | None = None
    note: str | None = None


class Problem(Struct, frozen=True):
    """What a problem file says. ``given`` holds numbers by address, exactly as written; ``notation`` is the
    name of a row, or a row of one's own."""

    name: str
    title: str
    source: str
    notation: str | Notation
    statement: str
    model: Network | Graph
    given: dict[str, Numbers]
    parts: tuple[Part, ...]
    checks: tuple[Check, ...] = ()

    def part(self, id: str) -> Part:
        """The part with this id. Raises `Unusable` if there is none."""
        found = next((part for part in self.parts if part.id == id), None)
        if found is None:
            raise Unusable(unknown(id, f"a part of {self.name}", [part.id for part in self.parts]))
        return found

    @property
    def points(self) -> float:
        """What all parts together are worth."""
        return sum(part.points for part in self.parts)


class Fault(Struct, frozen=True, order=True):
    """One thing that is wrong with a problem file, and where; lines, columns and list items count from 1."""

    file: str
    line: int
    column: int
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.field}: {self.message}"


class ProblemFault(Unusable):
    """A problem file that cannot be used; ``faults`` has all that is wrong, in the order of the file."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(map(str, self.faults)))


def load(source: str | Path) -> Problem:
    """The problem in a YAML file, or in a text of more than one line.

    Raises `ProblemFault` with every fault at once, `Unusable` if there is no such file.
    """
    if isinstance(source, str) and "\n" in source:
        return read(source, "text")
    path = Path(source)
    return read(text_of(path), str(path), path.stem)


def text_of(path: Path) -> str:
    """The text of a YAML file. Raises `Unusable` if it cannot be read, `ProblemFault` if it is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Unusable(f"{path}: the problem file cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ProblemFault([Fault(str(path), line, 1, "text", "not UTF-8; save the file as UTF-8")]) from None


def read(text: str, file: str, name: str | None = None) -> Problem:
    """The problem written in YAML as ``text``; ``file`` is what faults call it. Raises `ProblemFault`."""
    from derive.problem.file import read_problem

    return read_problem(text, file, name or file)
