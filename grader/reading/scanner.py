"""The scanner goes through a text once and collects its pieces; rules say what to take where."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from grader.reading import words
from grader.reading.tree import Tree
from grader.reading.unreadable import Unreadable

MAX_PIECES = 1500
MAX_DEPTH = 40

SPACE = r"[ \t\r\n\u00a0\u2002-\u200a\u202f]"
SCRIPT_SIGNS = {"SUB": "_", "SUP": "^"}
POWER = "**"
"""The superscript that is never a layer."""
OPENING = re.compile(rf"{SPACE}*\{{")


class Piece(Struct):
    """The smallest thing with a meaning: a name, a number, a sign.

    ``start`` and ``end`` point into the original text. A script is read before what it hangs on, so its piece
    carries the finished ``tree``.
    """

    kind: str
    value: str
    start: int
    end: int
    tree: Tree | None = None


class Spelled(Struct, frozen=True):
    """All pieces of a text, and what a person should know about how they were taken."""

    text: str
    pieces: list[Piece]
    remarks: list[str]

    def remark(self, sentence: str) -> None:
        """Note something once."""
        if sentence not in self.remarks:
            self.remarks.append(sentence)


class Scanner:
    """Goes through a text once; at each place the first rule that fits takes what it knows."""

    def __init__(self, text: str, latex: bool, rules: Rules, within: str = "") -> None:
        self.text = text
        self.rules = rules
        self.at = 0
        self.latex = latex
        self.braces = [within]
        self.cases = 0
        self.depth = 0
        self.pieces: list[Piece] = []
        self.remarks: list[str] = []

    def run(self) -> None:
        text, end, alone, by_character = self.text, len(self.text), self.rules.alone, self.rules.at
        while (start := self.at) < end:
            if (row := alone.get(text[start])) is not None:
                self.at = start + 1
                self.add(*row, start, start + 1)
            else:
                self._step(by_character(text[start]))
            if len(self.pieces) > MAX_PIECES:
                raise Unreadable(self.at, f"this has more than {MAX_PIECES} signs")

    def _step(self, tried: Tried) -> None:
        start = self.at
        for fits, rule in tried:
            match = fits(self.text, start)
            if match:
                self.at = match.end()
                if rule(self, match):
                    return
                self.at = start

    # what the rules share

    @property
    def in_script(self) -> bool:
        """Inside the braces of a script."""
        return self.braces[-1] != ""

    @property
    def in_subscript(self) -> bool:
        """Inside the braces of a subscript, where ``h1`` is two indices and not ``h`` with subscript 1."""
        return self.braces[-1] == "_"

    @property
    def after_script_sign(self) -> bool:
        """Directly behind ``_`` or ``^`` (or ``^-``), where one piece without braces is the whole script."""
        pieces = self.pieces
        if not pieces:
            return False
        last = pieces[-1].kind
        return last in SCRIPT_SIGNS or (last == "MINUS" and len(pieces) > 1 and pieces[-2].kind == "SUP")

    def add(self, kind: str, value: str, start: int, end: int) -> bool:
        if kind == "LBRACE":
            self.braces.append(SCRIPT_SIGNS.get(self.pieces[-1].kind if self.pieces else "", self.braces[-1]))
        elif kind == "RBRACE" and len(self.braces) > 1:
            self.braces.pop()
        if kind != "SKIP" and not (kind == "FENCE" and self.cases):
            self.pieces.append(Piece(kind, value, start, end))
        return True

    def add_row(self, row: words.Row, match: re.Match[str]) -> bool:
        return self.add(*row, match.start(), match.end())

    def add_braced(self, content: str, start: int) -> None:
        """The content of a script that is spelled without braces, in braces."""
        end = start + len(content)
        self.add("LBRACE", "{", start, start)
        self.add_inner(content, start)
        self.add("RBRACE", "}", end, end)

    def add_inner(self, content: str, start: int) -> None:
        """The pieces of a stretch of the text that is scanned by itself."""
        inner = Scanner(content, self.latex, self.rules, within=self.braces[-1])
        inner.cases, inner.depth = self.cases, self.depth + 1
        if inner.depth > MAX_DEPTH:
            raise Unreadable(start, f"brackets stand more than {MAX_DEPTH} deep here")
        try:
            inner.run()
        except Unreadable as refused:
            raise Unreadable(
                refused.position + start, refused.message, refused.found, refused.expected
            ) from None
        for piece in inner.pieces:
            self.add(piece.kind, piece.value, piece.start + start, piece.end + start)

    def accent_last(self, accent: str, end: int) -> bool:
        """Put an accent on the letter just read; False if there is none."""
        last = self.pieces[-1] if self.pieces else None
        if not last or last.kind != "NAME" or last.end != end - 1 or len(last.value) > 1:
            return False
        self.pieces[-1] = replace(last, value=f"{accent}_{last.value}", end=end)
        return True

    def go(self, end: int) -> bool:
        """Go on at ``end``, which may be before the end of what the rule saw."""
        self.at = end
        return True

    def remark(self, sentence: str) -> None:
        if sentence not in self.remarks:
            self.remarks.append(sentence)

    def argument(self, start: int) -> tuple[int, int] | None:
        """Where the braces that open at ``start`` have their content, or None if no braces open there."""
        opening = OPENING.match(self.text, start)
        if not opening:
            return None
        closing = self.partners.get(opening.end() - 1)
        if closing is None:
            raise Unreadable(opening.end() - 1, "this brace is never closed", "{", ("a closing bracket",))
        return opening.end(), closing

    @cached_property
    def partners(self) -> dict[int, int]:
        """For the place of each opening brace that of its closing one."""
        found: dict[int, int] = {}
        opened: list[int] = []
        for match in re.finditer(r"\\.|[{}]", self.text, re.DOTALL):
            if match[0] == "{":
                opened.append(match.start())
            elif match[0] == "}" and opened:
                found[opened.pop()] = match.start()
        return found


Rule = Callable[[Scanner, re.Match[str]], bool]
"""Takes what it knows of a match and says whether it did; the scanner then goes on behind the match."""


Tried = tuple[tuple[Callable[[str, int], "re.Match[str] | None"], Rule], ...]


class Rules:
    """Which rules to try, by the character that stands at a place: only those that may begin with it.
    ``alone`` has the signs that are one character and always mean the same."""

    def __init__(
        self, alone: Mapping[str, words.Row], **by_kind: tuple[tuple[re.Pattern[str], Rule], ...]
    ) -> None:
        self.alone = alone
        tried = {kind: tuple((row[0].match, row[1]) for row in rows) for kind, rows in by_kind.items()}
        self._other = tried["other"]
        self._by_character = {char: tried[kind] for kind, chars in _CHARACTERS.items() for char in chars}

    def at(self, char: str) -> Tried:
        return self._by_character.get(char, self._other)


_CHARACTERS = {
    "blank": " \t\r\n\u00a0\u202f\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a",
    "backslash": "\\",
    "letter": string.ascii_letters,
    "digit": string.digits,
    "point": ".",
    "angle": "<",
}
"""Kinds of characters that few rules begin with; the others are one kind together."""
