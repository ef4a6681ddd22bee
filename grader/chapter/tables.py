"""Tables: names over numbers, names beside numbers, and weights between the heads of rows and columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.chapter.cells import RULE, Cell, cells_of
from grader.chapter.chains import Chain, Side, side_of
from grader.chapter.printed import printed_numbers
from grader.chapter.spelling import bare, is_name
from grader.documents import Document, Region
from grader.reading.tree import Negate, Product, Quotient, Sum, Tree
from grader.reading.words import WORDS

MOST_COLUMNS = 5
"""A table of names, their formulas and what comes out has no more."""


@dataclass(frozen=True, slots=True)
class Table:
    """The names of the columns and, row by row, the numbers below them."""

    names: tuple[Side, ...]
    rows: tuple[tuple[Side, ...], ...]

    @property
    def start(self) -> int:
        return self.names[0].start


def tables_of(document: Document) -> Iterator[Table]:
    """All tables of names over numbers, in Markdown, separated by tabs or inside a LaTeX array."""
    head: tuple[Side, ...] = ()
    rows: list[tuple[Side, ...]] = []
    for line, offset in (*_lines(document), ("", 0)):
        cells = tuple(map(_side, cells_of(line, offset)))
        if head and len(cells) == len(head) and all(printed_numbers(cell) for cell in cells):
            rows.append(cells)
            continue
        if head and not rows and RULE.fullmatch(line):
            continue
        if rows:
            yield Table(head, tuple(rows))
        head, rows = (cells if _is_head(cells) else ()), []


MAX_ROWS = 10_000
"""Rows of tables beyond are not read."""
_ROW = re.compile(r"[|\t&]")


def _lines(document: Document) -> Iterator[tuple[str, int]]:
    offset = rows = 0
    for line in document.readable.split("\n"):
        rows += bool(_ROW.search(line))
        yield (line if rows <= MAX_ROWS else ""), offset
        offset += len(line) + 1


def too_late(document: Document) -> Iterator[tuple[int, str]]:
    """Where the first row of a table stands that is not read, and the words for it."""
    rows = offset = 0
    for line in document.readable.split("\n"):
        rows += bool(_ROW.search(line))
        if rows > MAX_ROWS:
            yield offset, f"only the first {MAX_ROWS:,} rows of tables on a page are read"
            return
        offset += len(line) + 1


def _side(cell: Cell) -> Side:
    return side_of(Region(cell.text, cell.start, "line"))


def _is_head(cells: tuple[Side, ...]) -> bool:
    return len(cells) > 1 and all(cell.tree is not None and is_name(cell.tree) for cell in cells)


# ---- names beside numbers

_NAME = re.compile(
    r"(?:\\?[A-Za-z]+|[α-ωΑ-Ω])(?:_?\d+|[₀-₉]+|_\w|_\{[\w,]{1,12}\}|\^\{?\(\d\)\}?|\^\{?\[\d\]\}?){0,2}"
)
_LETTERS = re.compile(r"\\?([A-Za-z]+)")
_END_OF_EDGE = re.compile(r"from|to|source|target|start|end|layer|von|nach|de|vers|a", re.IGNORECASE)
_FROM_TO = re.compile(r".{0,20}(?:\\|/|→|->|↓|from|von|de\b).{0,20}", re.IGNORECASE)


def values_of(document: Document) -> Iterator[Chain]:
    """Rows that give a name its number, ``| w1 | 0.15 |``, and tables of weights from rows to columns."""
    head: list[Cell] = []
    for line, offset in _lines(document):
        row = cells_of(line, offset)
        if not row or RULE.fullmatch(line):
            head = head if RULE.fullmatch(line) and line.strip() else []
            continue
        weights = list(_weights(head, row))
        edge = [row[0], row[-1]] if _ends_of_an_edge(head, row) else row
        yield from weights or _worked(row) or _pair(edge)
        head = head or row


def _pair(row: list[Cell]) -> Iterator[Chain]:
    """One name and one number, whatever words stand beside."""
    if len(row) < 2 or not _names_something(row[0].text):
        return
    name, sides = _side(row[0]), [_side(cell) for cell in row[1:]]
    numbers = [side for side in sides if printed_numbers(side)]
    if name.tree is not None and is_name(name.tree) and len(numbers) == 1 and numbers[0] is sides[0]:
        yield Chain((name, numbers[0]), ("=",), said=True)


def _worked(row: list[Cell]) -> list[Chain]:
    """A name, the formula for it in letters or in numbers or both, and what comes out."""
    sides = [_side(cell) for cell in row]
    if not 3 <= len(sides) <= MOST_COLUMNS or any(side.tree is None for side in sides):
        return []
    name, *formulas, outcome = sides
    letters = [side.tree for side in formulas if side.tree is not None and not printed_numbers(side)]
    works = len(letters) == len(formulas) and all(_is_worked(tree) for tree in letters)
    if not works or not is_name(name.tree) or len(printed_numbers(outcome)) != 1:  # type: ignore[arg-type]
        return []
    return [Chain(tuple(sides), ("=",) * (len(sides) - 1), said=True)]


def _is_worked(tree: Tree) -> bool:
    """Whether something is worked with, so that it is no remark in a column of its own."""
    return isinstance(bare(tree), Sum | Product | Quotient | Negate) and not is_name(tree)


def _names_something(text: str) -> bool:
    """Whether a text is spelt like a quantity: a letter, a known word, or one with an index."""
    letters = _LETTERS.match(text)
    known = letters is None or len(letters[1]) < 3 or letters[1] in WORDS or letters[0].startswith("\\")
    return bool(_NAME.fullmatch(text)) and (known or text[-1:].isdigit())


def _ends_of_an_edge(head: list[Cell], row: list[Cell]) -> bool:
    """Whether the cells between a name and its number say what it leads from and to."""
    between = [cell.text for cell in head[1:-1]] if len(head) == len(row) else []
    return len(between) > 0 and all(_END_OF_EDGE.fullmatch(text) for text in between)


def _weights(head: list[Cell], row: list[Cell]) -> Iterator[Chain]:
    """The numbers of a row below the heads of columns, where the corner says ``from \\ to``."""
    if len(head) < 2 or len(head) != len(row) or not _FROM_TO.fullmatch(head[0].text):
        return
    for top, cell in zip(head[1:], row[1:], strict=True):
        name, value = f"w_{{{_plain(row[0].text)},{_plain(top.text)}}}", _side(cell)
        if printed_numbers(value):
            yield Chain((side_of(Region(name, cell.start, "line")), value), ("=",), said=True)


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", text)
