"""A chapter as its author wrote it: where mathematics stands in the text, with line and column."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from derive.errors import Unusable
from grader.reading.words import FUNCTIONS, QUANTITY_WORDS

MAX_BYTES = 2_000_000

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


@dataclass(frozen=True)
class Document:
    r"""A text and the regions of mathematics in it, in order.

    >>> page = Document("Cheap: $5 or $6.\nBut $x = 2$ and $$y=3$$", "page.md")
    >>> [(region.text, page.position(region.start)) for region in page.regions]
    [('x = 2', (2, 6)), ('y=3', (2, 19))]
    """

    text: str
    name: str

    @cached_property
    def readable(self) -> str:
        """The text with everything that is not to be read blanked, at the same offsets."""
        return _UNREAD.sub(_blank, self.text)

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        delimited = tuple(_delimited(self.readable))
        lines = _bare_lines(self.readable, delimited)
        return tuple(sorted((*delimited, *lines), key=lambda region: region.start))

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        ends = [*self._line_starts[1:], len(self.text) + 1]
        return self.text[self._line_starts[number - 1] : ends[number - 1] - 1].rstrip("\r")

    def prose(self, start: int, end: int) -> str:
        """What stands between two offsets, its white space squeezed."""
        return " ".join(self.readable[start:end].split())


def open_document(source: str | Path, name: str | None = None) -> Document:
    """The document at a path, or the text itself if ``source`` is a string of several lines or no file.

    Raises `Unusable` for what cannot be opened, is no UTF-8 text or is larger than `MAX_BYTES`.
    """
    if isinstance(source, str) and ("\n" in source or len(source) > 1000 or not Path(source).is_file()):
        if "\n" not in source and re.fullmatch(r"\S+\.(?:md|txt|tex|markdown)", source):
            raise Unusable(f"{source}: there is no such file")
        return _checked(source, name or "text")
    path = Path(source)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Unusable(f"{path}: larger than {MAX_BYTES // 1_000_000} MB; verify its chapters one by one")
        return _checked(path.read_bytes().decode("utf-8-sig"), name or str(path))
    except UnicodeDecodeError as error:
        raise Unusable(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    except OSError as error:
        raise Unusable(f"{path}: cannot be opened ({error.strerror})") from None


def _checked(text: str, name: str) -> Document:
    if len(text) > MAX_BYTES:
        raise Unusable(f"{name}: larger than {MAX_BYTES // 1_000_000} MB; verify its chapters one by one")
    return Document(text, name)


# ---- what is not read

_UNREAD = re.compile(
    r"\A(?:---|\+\+\+)[ \t]*\n.*?^(?:---|\+\+\+)[ \t]*$"  # front matter
    r"|<!--.*?(?:-->|\Z)"
    r"|<(?P<tag>script|style|svg)\b.*?(?:</(?P=tag)>|\Z)"
    r"|^[ \t>]*(?P<fence>`{3,}+|~{3,}+)(?![ \t]*(?:math|latex|tex)\b)[^\n]*\n"
    r".*?(?:^[ \t>]*(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?P<ticks>(?<!`)`{1,2}(?!`))[^\n]*?(?<!`)(?P=ticks)(?!`)"
    r"|^[ \t]*>[> \t]*"  # quotation marks at the edge
    r"|</?[A-Za-z][^<>\n]*>",
    re.DOTALL | re.MULTILINE,
)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


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


def _delimited(text: str) -> Iterator[Region]:
    for match in _DELIMITED.finditer(text):
        kind = next(kind for kind in _PLACES if match[kind] is not None)
        yield Region(match[kind], match.start(kind), _PLACES[kind])


# ---- lines that are mathematics as a whole

_LABEL = re.compile(r"\s*(?:[-*+•][ \t]+|\d+[.)][ \t]+)?(?:[A-Z][\w ]{0,30}:[ \t]+)?")
_TAIL = re.compile(r"\s*[✓✔✅.;,]*\s*\Z")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NAMED = re.compile(r"(?<![^\W_])[^\W\d_]{1,12}(?:_?\d+|_\w+)")
_KNOWN = frozenset(f"{FUNCTIONS} {QUANTITY_WORDS} mod".split())


def _bare_lines(text: str, taken: tuple[Region, ...]) -> Iterator[Region]:
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
