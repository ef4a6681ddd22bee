"""What of a document is left unchecked because there is too much of it: the report says so, and where."""

from __future__ import annotations

import re
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
    start = 0
    for line in document.readable.split("\n"):
        if len(line) > MAX_LINE and line.lstrip().startswith("|"):
            yield start, f"rows of a table with more than {MAX_LINE:,} characters are not read"
        elif len(line) > MAX_PARAGRAPH and _EQUATION.search(line):
            yield start, f"equations without delimiters are not looked for in {MAX_PARAGRAPH:,} characters"
        start += len(line) + 1
