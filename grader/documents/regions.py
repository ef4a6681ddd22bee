"""Where mathematics stands in a text: between delimiters, and on lines that are nothing else."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from grader.reading.words import FUNCTIONS, QUANTITY_WORDS

Place = Literal["inline", "display", "line"]


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of mathematics: ``text`` without delimiters, ``start`` the offset of its first character."""

    text: str
    start: int
    place: Place

    @property
    def end(self) -> int:
        return self.start + len(self.text)


# ---- mathematics between delimiters

_LAYOUTS = r"(?:equation|displaymath|align|alignat|gather|multline|eqnarray|flalign)\*?"

_DELIMITED = re.compile(
    r"^[ \t]*```[ \t]*(?:math|latex|tex)[^\n]*\n(?P<fence>.*?)^[ \t]*```"
    r"|(?<!\\)\$\$(?P<dollars>(?:(?!\$\$|\n[ \t]*\n).)+?)\$\$"
    r"|\\\\?\[(?P<square>(?:(?!\\\\?\[(?!\d)|\n[ \t]*\n).)+?)\\\\?\]"
    r"|\\\\?\((?P<round>(?:(?!\\\\?\(|\n[ \t]*\n).)+?)\\\\?\)"
    rf"|\\begin\{{(?P<env>{_LAYOUTS})\}}(?P<layout>(?:(?!\\begin\{{(?P=env)\}}).)*?)\\end\{{(?P=env)\}}"
    r"|(?<![\\$])\$(?![\s$])(?P<dollar>(?:\\.|[^$\\\n]|\n(?![ \t]*\n))+?)(?<![\s\\])\$(?![\d$])",
    re.DOTALL | re.MULTILINE,
)
_PLACES: dict[str, Place] = {
    "fence": "display",
    "dollars": "display",
    "square": "display",
    "layout": "display",
    "round": "inline",
    "dollar": "inline",
}


def delimited(text: str) -> Iterator[Region]:
    for match in _DELIMITED.finditer(text):
        kind = next(kind for kind in _PLACES if match[kind] is not None)
        yield Region(match[kind], match.start(kind), _PLACES[kind])


# ---- lines that are mathematics as a whole

_LABEL = re.compile(r"\s*(?:[-*+•][ \t]+|\d+[.)][ \t]+)?(?:[A-Z][\w ]{0,30}:[ \t]+)?")
_TAIL = re.compile(r"\s*[✓✔✅.;,]*\s*\Z")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NAMED = re.compile(r"(?<![^\W_])[^\W\d_]{1,12}(?:_?\d+|_\w+)")
_KNOWN = frozenset(f"{FUNCTIONS} {QUANTITY_WORDS} mod".split())


def bare_lines(text: str, taken: tuple[Region, ...]) -> Iterator[Region]:
    """Lines without delimiters or words that hold a relation and a digit: ``e^2.0 = 7.389``."""
    busy = [region.start for region in taken]
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        before = bisect_right(busy, end) - 1
        free = before < 0 or taken[before].end < start
        region = _bare_line(line, start) if free and len(line) < 400 else None
        if region:
            yield region
        start = end + 1


def _bare_line(line: str, start: int) -> Region | None:
    label = _LABEL.match(line)
    begin = label.end() if label else 0
    body = _TAIL.sub("", line[begin:])
    words = _WORD.findall(_NAMED.sub("", body))
    readable = re.search(r"[=≈→]", body) and re.search(r"\d", body) and not re.search(r"[\\|$<>{}\"]", body)
    return Region(body, start + begin, "line") if readable and _KNOWN.issuperset(words) else None
