"""What stands around a formula and is none of it: Markdown, quotation marks, list marks, comments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from grader.reading.words import WORDS

_WORDS_ONLY = r"[ \t]*(?:[^\W\d_]{2,}[ \t,.'’-]+)*[^\W\d_]{2,}[ \t,.'’-]*$"
_PLAIN = rf"(?!(?:{'|'.join(sorted(WORDS))})\b)[^\W\d_]{{4,}}"
"""A word that names nothing in mathematics."""
_BLANK = r"\\[,;: ]|\\q?quad(?![A-Za-z])|[ \t]"
_COUNTED = r" *= *[01] *,? *(?:[12] *,)? *(?:\\[lc]?dots|…|\.\.\.?) *,? *[\w{}\\^()+-]+"
_RANGE = rf"{_COUNTED}| *(?:\\in(?![A-Za-z])|∈)[^=]*"


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What is blanked: the groups of ``pattern``, or all of it if it has none; ``remark`` is said of it."""

    pattern: re.Pattern[str]
    remark: str = ""


def _wrapping(pattern: str, remark: str = "") -> Wrapping:
    return Wrapping(re.compile(pattern, re.MULTILINE), remark)


COMMENT = "the comment “{}” was left out"

WRAPPINGS = (
    _wrapping(r"```(?:[A-Za-z]+(?=[ \t]*\n))?"),
    _wrapping(r"(`)[^`]*(`)"),
    _wrapping(r"\A\s*([\"“„«])[^\"“”„«»]*([\"”“»])\s*\Z"),
    _wrapping(r"^[ \t]*(\*\*)(?=[^\s*])[^*\n]*(\*\*)"),
    _wrapping(r"\A\s*(\*)(?=[^\s*])[^*\n]*(\*)(?!\*)"),
    _wrapping(r"\A\s*[*•>](?=\s)"),
    _wrapping(r"\A\s*(?:\([a-h]\)|[a-h1-9]\)|[1-9]\.)\s+(?=[^\W\d]|[\\∂∇$])(?=[^=]*=)"),
    _wrapping(r"(?:^|(?<=[\s;]))#.*$", COMMENT),
    _wrapping(rf"(?<=[\s;])//{_WORDS_ONLY}", COMMENT),
    _wrapping(rf"(?<=[^\s\d\\])[ \t]+%{_WORDS_ONLY}", COMMENT),
    _wrapping(rf"(?<=[)\]}}$'′0-9₀-₉])([ \t]+\({_PLAIN}(?:[ ,.'’-]+{_PLAIN})*\))[\s.]*\Z", COMMENT),
    _wrapping(
        rf"[,;]?(?:{_BLANK}){{0,9}}\(?"
        r"(?:\\forall|∀|(?:\\text\{ *)?(?:for (?:all|every|each)|für alle)[ }]*)"
        rf"(?:{_BLANK}){{0,9}}[a-z](?: *, *[a-z])*(?:{_RANGE})?\)?[\s.]*\Z"
    ),
    _wrapping(
        rf"[,;](?:{_BLANK}){{0,9}}(?:\\text\{{ *(?:for|für) *\}})?(?:{_BLANK}){{0,9}}"
        rf"[a-z](?: *, *[a-z])*{_COUNTED}[\s.]*\Z"
    ),
    _wrapping(r",\s*(?:grad_fn=<\w+>|requires_grad=\w+|dtype=[\w.]+|device=['\"][\w:]*['\"])"),
    _wrapping(r"</?(?:p|span|em|strong|br|div)\b[^<>]*>"),
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
