"""What begins in a text and has no end: an author is told, for what it hides is not read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.documents.blocks import FENCE
from grader.documents.regions import DELIMITED

PARAGRAPH = 2_000
"""So many characters on either side of a sign are looked at for mathematics in its paragraph."""

_SIGN = re.compile(r"(?<![\\$])(?:\\\[|\\\(|\$\$(?!\$))")
_ENDS = {r"\[": r"\]", r"\(": r"\)", "$$": "second $$"}
_MATHEMATICS = re.compile(r"[=^_]|\\[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Unclosed:
    """``text``, at offset ``start``, has no end, and what was done about it."""

    start: int
    text: str
    reason: str


def unclosed(text: str) -> Iterator[Unclosed]:
    r"""The layouts, displays and formulas without an end, in order.

    >>> [(found.start, found.text) for found in unclosed("So \\[ y = 2\n\nand $$ z = 3\n\n$$u = 1$$")]
    [(3, '\\['), (17, '$$')]
    """
    spans = []
    for match in DELIMITED.finditer(text):
        spans.append(match.span())
        if layout := match["open"]:
            reason = rf"it has no \end{{{layout}}}, and was read up to the first row without \\ behind it"
            yield Unclosed(match.start(), rf"\begin{{{layout}}}", reason)
    yield from _signs(text, spans)


def _signs(text: str, spans: list[tuple[int, int]]) -> Iterator[Unclosed]:
    """The signs that begin mathematics and stand outside of everything that was read."""
    at = 0
    for sign in _SIGN.finditer(text):
        while at < len(spans) and spans[at][1] <= sign.start():
            at += 1
        inside = at < len(spans) and spans[at][0] <= sign.start()
        if not inside and _MATHEMATICS.search(_paragraph(text, *sign.span(), sign[0] == "$$")):
            reason = (
                f"it has no {_ENDS[sign[0]]} in its paragraph, so that what it begins may not have been read"
            )
            yield Unclosed(sign.start(), sign[0], reason)


def _paragraph(text: str, start: int, end: int, both: bool) -> str:
    """What stands behind a sign in its paragraph, and before it too, where it may be meant for an end."""
    behind = text[end : end + PARAGRAPH].partition("\n\n")[0]
    before = text[max(0, start - PARAGRAPH) : start].rpartition("\n\n")[2] if both else ""
    return before + behind


def unclosed_blocks(text: str) -> Iterator[Unclosed]:
    """The block of code that goes on to the end of a text."""
    last = max(FENCE.finditer(text), key=lambda match: match.start(), default=None)
    if last and last.end() == last.end("body"):
        fence = last["fence"] + last["label"].rstrip()
        yield Unclosed(last.start("fence"), fence, "this block has no end: all behind it was taken for code")


def unclosed_comments(text: str) -> Iterator[Unclosed]:
    """The comment of a page that goes on to its end."""
    start = text.rfind("<!--")
    if start >= 0 and "-->" not in text[start:]:
        yield Unclosed(start, "<!--", "this comment has no end: nothing behind it was read")
