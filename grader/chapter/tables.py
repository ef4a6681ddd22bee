"""Tables whose head is a row of names: one row of numbers gives values, several are cases to compute."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.chapter.chains import Side, side_of
from grader.chapter.printed import printed_numbers
from grader.chapter.spelling import is_name
from grader.documents import Document, Region


@dataclass(frozen=True, slots=True)
class Table:
    """The names of the columns and, row by row, the numbers below them."""

    names: tuple[Side, ...]
    rows: tuple[tuple[Side, ...], ...]

    @property
    def start(self) -> int:
        return self.names[0].start


MAX_LINE = 2000
"""Longer lines are no rows of a table that a person typed."""

_EDGE = re.compile(r"\t|\||(?<!\\)&")
_RULE = re.compile(r"[\s|:+-]*(?:\\hline\s*)?")
_ROW_END = re.compile(r"\\\\(?:\[[^\]\n]*\])?$")


def tables_of(document: Document) -> Iterator[Table]:
    """All tables of names over numbers, in Markdown, separated by tabs or inside a LaTeX array."""
    head: tuple[Side, ...] = ()
    rows: list[tuple[Side, ...]] = []
    offset = 0
    for line in [*document.readable.split("\n"), ""]:
        cells = tuple(_cells(line, offset))
        offset += len(line) + 1
        if head and len(cells) == len(head) and all(printed_numbers(cell) for cell in cells):
            rows.append(cells)
            continue
        if head and not rows and _RULE.fullmatch(line):
            continue
        if rows:
            yield Table(head, tuple(rows))
        head, rows = (cells if _is_head(cells) else ()), []


def _is_head(cells: tuple[Side, ...]) -> bool:
    return len(cells) > 1 and all(cell.tree is not None and is_name(cell.tree) for cell in cells)


def _cells(line: str, offset: int) -> Iterator[Side]:
    """The cells of a line of a table; none for any other line."""
    if len(line) > MAX_LINE or not _EDGE.search(line):
        return
    body = _ROW_END.sub("", line.rstrip())
    start = 0
    for edge in (*_EDGE.finditer(body), None):
        end = edge.start() if edge else len(body)
        text = body[start:end]
        if text.strip(" $*"):
            lead = len(text) - len(text.lstrip(" $*"))
            yield side_of(Region(text.strip(" $*"), offset + start + lead, "line"))
        start = edge.end() if edge else end
