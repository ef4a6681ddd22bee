"""What a step changes, said by an arrow: ``w5: 0.40 -> 0.3589``, ``w5 → 0.3589``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from grader.chapter.chains import Chain, Side, side_of
from grader.chapter.network.marks import before_update
from grader.chapter.printed import printed_numbers
from grader.chapter.spelling import bare, is_name, spelling
from grader.documents import Document, Region

MOST_MOVES = 2_000

_NUMBER = r"[-−+]?\d{1,4}\.\d{1,17}(?![\w.]*\w)"
_ARROW = r"(?:->|-->|=>|→|⟶|⇒|\\(?:long)?rightarrow|\\to)(?![A-Za-z])"
_NAME = (
    r"(?:\\?[A-Za-zα-ωΑ-Ω]{1,6}|[A-Za-zα-ωΑ-Ω])"
    r"(?:[₀-₉]{1,3}|\d{1,3}|_\w{1,6}|_\{[\w,]{1,8}\})?(?:\^\{?[(\[]\d[)\]]\}?)?"
)
_MOVE = re.compile(
    rf"(?<![\w\\^_.])(?P<name>{_NAME})(?P<told>\$?\*{{0,2}}\s{{0,3}}[:=]\s{{0,3}}|\$?\s{{0,3}})\$?"
    rf"(?P<old>{_NUMBER})?\$?\s{{0,3}}\$?{_ARROW}\s{{0,3}}\$?(?P<new>{_NUMBER})(?!\s{{0,3}}{_ARROW})"
)


def moves_in(document: Document) -> Iterator[Chain]:
    """For each such saying the old value of the name, and the new one as that of the name with a prime."""
    for found in islice(_MOVE.finditer(document.readable), MOST_MOVES):
        name = _side(found["name"], found.start("name"))
        if name.tree is None or not is_name(name.tree) or before_update(spelling(bare(name.tree))):
            continue
        if found["old"]:
            if not re.search(r"[:=]", found["told"]):
                continue
            yield Chain((name, _side(found["old"], found.start("old"))), ("=",), said=True)
        after = _side(f"{found['name']}'", found.start("new"))
        new = _side(found["new"], found.start("new"))
        if len(printed_numbers(new)) == 1:
            yield Chain((after, new), ("=",), said=True)


def _side(text: str, start: int) -> Side:
    return side_of(Region(text, start, "inline"))
