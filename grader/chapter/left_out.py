"""What of a document is left unchecked because there is too much of it: the report says so, and where."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from grader.chapter.cells import MAX_LINE
from grader.chapter.programs.listings import too_late as listings_too_late
from grader.chapter.tables import too_late as rows_too_late
from grader.documents import Document
from grader.documents.lines import MAX_PARAGRAPH
from grader.documents.macros import left_in

_EQUATION = re.compile(r"\s[=≈]\s")


def left_out(document: Document) -> Iterator[tuple[int, str]]:
    """Where something is left out, and the words for it."""
    yield from listings_too_late(document)
    yield from rows_too_late(document)
    yield from _long_lines(document)
    if document.content != document.text:
        for start, name in left_in(document.text, document.readable):
            yield start, f"{name} is not put in place here: it stands for itself, or too much for others"


def _long_lines(document: Document) -> Iterator[tuple[int, str]]:
    """The first line of each sort that is too long."""
    found: dict[str, int] = {}
    start = 0
    for line in document.readable.split("\n"):
        if len(line) > MAX_LINE and line.lstrip().startswith("|"):
            found.setdefault(f"rows of a table with more than {MAX_LINE:,} characters are not read", start)
        elif any(_unread(document, *gap) for gap in _gaps(document, start, line)):
            found.setdefault(f"equations in {MAX_PARAGRAPH:,} characters of words are not looked for", start)
        start += len(line) + 1
    yield from ((place, reason) for reason, place in found.items())


def _gaps(document: Document, start: int, line: str) -> Iterator[tuple[int, int]]:
    """Where words stand between the formulas of a long line."""
    if len(line) <= MAX_PARAGRAPH:
        return
    begins = [region.start for region in document.regions]
    at = start
    for region in document.regions[bisect_left(begins, start) : bisect_left(begins, start + len(line))]:
        yield at, region.start
        at = region.end
    yield at, start + len(line)


def _unread(document: Document, start: int, end: int) -> bool:
    return end - start > MAX_PARAGRAPH and bool(_EQUATION.search(document.readable, start, end))
