"""Cells of a table that the head of their column names: below ``Net input I_j``, in row 4, stands I_4."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

MAX_LINE = 2000
"""Longer lines are no rows of a table that a person typed."""

EDGE = re.compile(r"\t|\||(?<!\\)&")
RULE = re.compile(r"[\s|:+&-]*(?:\\(?:hline|toprule|midrule|bottomrule)\s*)*")
ROW_END = re.compile(r"\\\\(?:\[[^\]\n]*\])?(?:\s*\\(?:hline|midrule|toprule|bottomrule))*\s*$")

_INDEXED = re.compile(r"(?P<letter>\\?[A-Za-zα-ωΑ-Ω]+)_\{?(?P<index>[i-n])\}?(?![A-Za-z_(])")
_KEY = re.compile(r"[\s$*`]*(?:[A-Za-z]+\s+)?(?P<key>[A-Za-z]{0,2}\d{1,2})[\s$*`]*")


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell, without blanks and stars at its edges, and the offset where it begins."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def cells_of(line: str, offset: int) -> list[Cell]:
    """The cells of a line of a table that hold something; none for any other line."""
    if len(line) > MAX_LINE or not EDGE.search(line):
        return []
    body = ROW_END.sub("", line.rstrip())
    found = []
    for begin, end in pairwise([-1, *(edge.start() for edge in EDGE.finditer(body)), len(body)]):
        text = body[begin + 1 : end]
        lead = len(text) - len(text.lstrip(" $*"))
        if text.strip(" $*"):
            found.append(Cell(text.strip(" $*"), offset + begin + 1 + lead))
    return found


def named_by(head: str, key: str) -> str:
    """The name of what stands below a head in the row of a key; empty if the head names nothing.

    >>> named_by("Net input $I_j$", "4"), named_by("Result", "4")
    ('I_{4}', '')
    """
    indexed, row = _INDEXED.search(head), _KEY.fullmatch(key)
    return f"{indexed['letter']}_{{{row['key']}}}" if indexed and row else ""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of the cells of all tables of a page, by where the cells begin and end."""

    cells: tuple[Cell, ...]
    names: tuple[str, ...]

    def at(self, offset: int) -> str:
        """The name of the cell in which an offset lies; empty if it has none."""
        found = bisect_right(self.cells, offset, key=lambda cell: cell.start - 4) - 1
        return self.names[found] if found >= 0 and offset < self.cells[found].end + 4 else ""


def names_of_cells(text: str) -> Names:
    """The cells in a text whose heads name them, in order."""
    named = [
        (cell, named_by(top.text, row[0].text))
        for head, *rows in tables_in(text)
        if len({row[0].text for row in rows}) == len(rows)
        for row in rows
        for top, cell in zip(head[1:], row[1:], strict=True)
    ]
    return Names(tuple(cell for cell, name in named if name), tuple(name for _, name in named if name))


def tables_in(text: str) -> Iterator[list[list[Cell]]]:
    """The tables of a text, each its rows with the head first; all rows have as many cells."""
    rows: list[list[Cell]] = []
    offset = 0
    for line in (*text.split("\n"), ""):
        row = cells_of(line, offset)
        offset += len(line) + 1
        if rows and line.strip() and RULE.fullmatch(line):
            continue
        if not row or (rows and len(row) != len(rows[0])):
            yield from [rows] if len(rows) > 1 else []
            rows = []
        rows += [row] if row else []
