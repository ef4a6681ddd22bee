"""What stands around a formula and is none of it: Markdown, quotation marks, list marks, comments."""

from __future__ import annotations

import re
from functools import cached_property, partial

from msgspec import Struct

from grader.reading.words import WORDS

_WORDS_ONLY = r"[ \t]*(?:[^\W\d_]{2,}[ \t,.'’-]+)*[^\W\d_]{2,}[ \t,.'’-]*$"
_PLAIN = rf"(?!(?:{'|'.join(sorted(WORDS))})\b)[^\W\d_]{{4,}}"
"""A word that names nothing in mathematics."""
_BLANK = r"\\[,;: ]|\\q?quad(?![A-Za-z])|[ \t]"
_COUNTED = r" *= *[01] *,? *(?:[12] *,)? *(?:\\[lc]?dots|…|\.\.\.?) *,? *[\w{}\\^()+-]+"
_RANGE = rf"{_COUNTED}| *(?:\\in(?![A-Za-z])|∈)[^=]*"


class Wrapping(Struct, frozen=True, dict=True):
    """What is blanked: the groups of ``pattern``, or all of it if it has none; ``remark`` is said of it."""

    written: str
    remark: str = ""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when the first answer needs it: most have nothing around them."""
        return re.compile(self.written, re.MULTILINE)


COMMENT = "the comment “{}” was left out"

WRAPPINGS = (
    Wrapping(r"```(?:[A-Za-z]+(?=[ \t]*\n))?"),
    Wrapping(r"(`)[^`]*(`)"),
    Wrapping(r"\A\s*([\"“„«])[^\"“”„«»]*([\"”“»])\s*\Z"),
    Wrapping(r"^[ \t]*(\*\*)(?=[^\s*])[^*\n]*(\*\*)"),
    Wrapping(r"\A\s*(\*)(?=[^\s*])[^*\n]*(\*)(?!\*)"),
    Wrapping(r"\A\s*[*•>](?=\s)"),
    Wrapping(r"\A\s*(?:\([a-h]\)|[a-h1-9]\)|[1-9]\.)\s+(?=[^\W\d]|[\\∂∇$])(?=[^=]*=)"),
    Wrapping(r"(?:^|(?<=[\s;]))#.*$", COMMENT),
    Wrapping(rf"(?<=[\s;])//{_WORDS_ONLY}", COMMENT),
    Wrapping(rf"(?<=[^\s\d\\])[ \t]+%{_WORDS_ONLY}", COMMENT),
    Wrapping(rf"(?<=[)\]}}$'′0-9₀-₉])([ \t]+\({_PLAIN}(?:[ ,.'’-]+{_PLAIN})*\))[\s.]*\Z", COMMENT),
    Wrapping(
        rf"[,;]?(?:{_BLANK}){{0,9}}\(?"
        r"(?:\\forall|∀|(?:\\text\{ *)?(?:for (?:all|every|each)|für alle)[ }]*)"
        rf"(?:{_BLANK}){{0,9}}[a-z](?: *, *[a-z])*(?:{_RANGE})?\)?[\s.]*\Z"
    ),
    Wrapping(
        rf"[,;](?:{_BLANK}){{0,9}}(?:\\text\{{ *(?:for|für) *\}})?(?:{_BLANK}){{0,9}}"
        rf"[a-z](?: *, *[a-z])*{_COUNTED}[\s.]*\Z"
    ),
    Wrapping(r",\s*(?:grad_fn=<\w+>|requires_grad=\w+|dtype=[\w.]+|device=['\"][\w:]*['\"])"),
    Wrapping(r"</?(?:p|span|em|strong|br|div)\b[^<>]*>"),
)
"""In this order; what stands earlier blanks what stands later."""

_SUSPICIOUS = re.compile(
    r"[`#\"“„«>]|//|%|\*\*?\s*\S|dtype|grad|device|dots|\.\.|…|forall|∀| all | every | each "
    r"|[ \t]\([^()]{4,}\)[\s.]*\Z|\A\s*(?:[*•]|\(?\w[.)]\s)"
)


_PROSE = re.compile(r"(?:[^\W\d_]|[\s.,;:!?'’\"()-])*")


def only_words(text: str) -> bool:
    """Whether a text has words and no sign of mathematics.

    >>> only_words("I don't know"), only_words("W x + b"), only_words("W")
    (True, False, False)
    """
    words = re.findall(r"[^\W\d_]{3,}", text)
    return bool(_PROSE.fullmatch(text)) and any(word not in WORDS for word in words)


def unwrapped(text: str) -> tuple[str, tuple[str, ...]]:
    """``text`` with blanks where something stands that is no mathematics, and remarks on it.

    >>> unwrapped("`W.T @ d`  # chain rule")
    (' W.T @ d               ', ('the comment “chain rule” was left out',))
    """
    remarks: list[str] = []
    if not _SUSPICIOUS.search(text):
        return text, ()
    for wrapping in WRAPPINGS:
        text = wrapping.pattern.sub(partial(_blanked, wrapping.remark, remarks), text)
    return text, tuple(remarks)


def _blanked(said: str, remarks: list[str], match: re.Match[str]) -> str:
    if said:
        remarks.append(said.format(match[0].strip(" \t#/%")[:40]))
    spans = [match.span(group) for group in range(1, len(match.groups()) + 1)] or [match.span()]
    kept = list(match[0])
    for start, end in spans:
        for at in range(start - match.start(), end - match.start()):
            kept[at] = "\n" if kept[at] == "\n" else " "
    return "".join(kept)
