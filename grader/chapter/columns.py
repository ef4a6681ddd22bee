"""Tables of what a step changes: a name beside its old value, perhaps its gradient, and its new value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.chapter.cells import RULE, Cell, cells_of
from grader.chapter.chains import Chain, Side, side_of
from grader.chapter.printed import printed_numbers
from grader.chapter.spelling import is_name
from grader.chapter.tables import MAX_ROWS
from grader.documents import Document, Region

OLD, GRADIENT, NEW = "old", "gradient", "new"

HEADS = (
    (GRADIENT, r"gradients?|grad|derivatives?|slope|gradiente?|ableitung"),
    (OLD, r"old|before|initial|previous|current|alt|alter wert|vorher|avant|antes|viejo|prima"),
    (NEW, r"new|after|updated|next|neu|neuer wert|nachher|après|después|nuevo|dopo"),
)
"""One row a kind of column: the words of which its head holds one."""

_KINDS = [(kind, re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)) for kind, words in HEADS]


def steps_in_tables(document: Document, rate: str) -> Iterator[Chain]:
    r"""For each row ``w_1 | 0.2 | 0.5 | 0.1``: its old value, and the new one out of it.

    ``rate`` is the letter of the page for its learning rate.
    """
    kinds: list[str] = []
    offset = rows = 0
    for line in document.readable.split("\n"):
        row = cells_of(line, offset) if rows < MAX_ROWS else []
        offset += len(line) + 1
        if RULE.fullmatch(line) and line.strip():
            continue
        if not row:
            kinds = []
            continue
        rows += 1
        found = [_kind(cell) for cell in row]
        if OLD in found and NEW in found:
            kinds = found[found.index(OLD) :]
            kinds = kinds if kinds.index(NEW) in (1, 2) and set(kinds) <= {OLD, GRADIENT, NEW} else []
        elif kinds:
            yield from _row(row, kinds, rate)


def _kind(cell: Cell) -> str:
    return next((kind for kind, words in _KINDS if words.search(cell.text)), "")


def _row(row: list[Cell], kinds: list[str], rate: str) -> Iterator[Chain]:
    name = _side(row[0])
    cells = dict(zip(kinds, row[1:], strict=False))
    numbers = [len(printed_numbers(_side(cell))) == 1 for cell in row[1:]]
    if len(row) != len(kinds) + 1 or not all(numbers) or name.tree is None or not is_name(name.tree):
        return
    new = cells[NEW]
    yield Chain((name, _side(cells[OLD])), ("=",), said=True)
    after = side_of(Region(f"{row[0].text}'", new.start, "inline"))
    if GRADIENT in cells:
        step = f"{cells[OLD].text} - {rate} \\cdot ({cells[GRADIENT].text})"
        worked = side_of(Region(step, new.start, "inline"))
        yield Chain((after, worked, _side(new)), ("=", "="), said=True)
    else:
        yield Chain((after, _side(new)), ("=",), said=True)


def _side(cell: Cell) -> Side:
    return side_of(Region(cell.text, cell.start, "line"))
