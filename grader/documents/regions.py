"""Where mathematics stands in a text between delimiters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

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

_ROW = rf"(?:(?!\\\\|\\(?:begin|end)\{{(?:{_LAYOUTS}|document)\}}|\$)[^\n])*"
"""A row of a layout, without the two backslashes behind it."""

DELIMITED = re.compile(
    r"^[ \t]*```[ \t]*(?:math|latex|tex)[^\n]*\n(?P<fence>.*?)^[ \t]*```"
    r"|(?<!\\)\$\$(?P<dollars>(?:(?!\$\$|\n[ \t]*\n).)+?)\$\$"
    r"|\\\\?\[(?P<square>(?:(?!\\\\?\[(?!\d)|\n[ \t]*\n).)+?)\\\\?\]"
    r"|\\\\?\((?P<round>(?:(?!\\\\?\(|\n[ \t]*\n).)+?)\\\\?\)"
    rf"|\\begin\{{(?P<env>{_LAYOUTS})\}}(?P<layout>(?:(?!\\begin\{{(?P=env)\}}).)*?)\\end\{{(?P=env)\}}"
    rf"|\\begin\{{(?P<open>{_LAYOUTS})\}}(?P<unclosed>[ \t]*\n?{_ROW}(?:\\\\[ \t]*\n?{_ROW})*)"
    r"|(?<![\\$])\$(?![\s$])(?P<dollar>(?:\\.|[^$\\\n]|\n(?![ \t]*\n))+?)(?<![\s\\])\$(?![\d$])",
    re.DOTALL | re.MULTILINE,
)
_PLACES: dict[str, Place] = {
    "fence": "display",
    "dollars": "display",
    "square": "display",
    "layout": "display",
    "unclosed": "display",
    "round": "inline",
    "dollar": "inline",
}


def delimited(text: str) -> Iterator[Region]:
    for match in DELIMITED.finditer(text):
        kind = next(kind for kind in _PLACES if match[kind] is not None)
        yield Region(match[kind], match.start(kind), _PLACES[kind])
