"""LaTeX sources: without comments and preamble, own macros put in place, listings fenced."""

from __future__ import annotations

import re

from grader.documents.fencing import fenced
from grader.documents.macros import with_macros
from grader.documents.placed import Placed

SIGNS = re.compile(
    r"\s*(?:%[^\n]*\n\s*)*\\(?:documentclass|documentstyle|begin\{document\}|(?:sub)*section\*?\{|chapter\*?\{"
    r"|usepackage|input\{)"
)
UNREAD = re.compile(r"(?!)")

_LISTINGS = "verbatim|Verbatim|lstlisting|minted|alltt|pythoncode|python"
_SET_OFF = re.compile(
    rf"\\begin\{{(?P<listing>{_LISTINGS})\*?\}}(?P<options>(?:\[[^\]\n]*\])?(?:\{{[a-z+]*\}})?)[^\n]*\n?"
    r"(?P<body>.*?)(?:\\end\{(?P=listing)\*?\}|\Z)"
    r"|\\begin\{comment\}.*?(?:\\end\{comment\}|\Z)"
    r"|\\(?:verb|lstinline)\*?(?P<bar>[^\w\s{*])[^\n]{0,300}?(?P=bar)"
    r"|(?P<alone>^[ \t]*%[^\n]*(?:\n|\Z))"
    r"|\\."
    r"|%[^\n]*",
    re.DOTALL | re.MULTILINE,
)
_LANGUAGE = re.compile(r"language\s*=\s*\{?(\w+)|\{(\w+)\}")


def decoded(text: str) -> Placed:
    """What of a LaTeX source is typeset."""
    whole = Placed.whole(text)
    typeset = whole.replaced(_SET_OFF, lambda match: _read(whole, match))
    with_own = with_macros(typeset)
    begin, end = (with_own.text.find(rf"\{edge}{{document}}") for edge in ("begin", "end"))
    return with_own[max(0, begin) : end if end >= 0 else len(with_own)]


def _read(whole: Placed, match: re.Match[str]) -> Placed | None:
    if match["listing"]:
        label = _LANGUAGE.search(match["options"])
        language = (label[1] or label[2]).lower() if label else ""
        return fenced(whole[slice(*match.span("body"))], language, match.start())
    kept = match[0].startswith("\\") and len(match[0]) == 2
    return None if kept else Placed.whole("")
