"""COMMENTS: one row for each way in which a comment in code states a value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.chapter.programs.formats import NUMBER
from grader.chapter.programs.sources import Comment

MAX_COMMENT = 300

_NUMBER = NUMBER.pattern
_ROW = rf"(?:{_NUMBER}|(?:array|tensor|np\.array)?\(?[\[(](?:[\[\](),\s]|{_NUMBER})*[\])]\)?)"
_MARK = (
    r"(?:(?:prints?|returns?|becomes|gives|yields|evaluates to|outputs?|results?|answer|value|equals|is"
    r"|now)\b"
    r"(?:\s+is\b)?:?|->|=>|→|⇒|==?>|={1,3}|≈|~=?|>>>?|Out(?:put)?(?:\[\d*\])?:)"
)
_END = r"(?=\s*$|\s*[,;!(]|[.:](?:\s|$)|\s+(?:-|–|—|//|i\.e\.|because|since|as)(?:\s|$))"
_NAME = r"[A-Za-z_][\w.]*(?:\[[\w,: ]*\])*"


@dataclass(frozen=True, slots=True)
class Wording:
    """A way of stating a value: its pattern, with the ``value`` and perhaps the ``name`` that has it."""

    name: str
    pattern: re.Pattern[str]


COMMENTS = (
    Wording("marked", re.compile(rf"\s*{_MARK}\s*(?P<value>{_ROW}){_END}", re.IGNORECASE)),
    Wording(
        "named",
        re.compile(rf"\s*(?P<name>{_NAME})\s*{_MARK}\s*(?P<value>{_ROW}){_END}", re.IGNORECASE),
    ),
    Wording(
        "bare",
        re.compile(rf"\s*(?P<value>{_ROW}){_END}"),
    ),
    Wording(
        "said",
        re.compile(
            rf"[^\d\n]{{0,60}}?\b(?:becomes|prints|returns|gives)\s*:?\s*(?P<value>{_ROW}){_END}",
            re.IGNORECASE,
        ),
    ),
    Wording(
        "computed",
        re.compile(rf"\s*(?P<name>[^=≈:]{{2,100}}?)\s*(?:={{1,2}}|≈)\s*(?P<value>{_ROW}){_END}"),
    ),
)

DOUBTFUL = re.compile(
    r"\b(?:after|before|if|when|until|was|were|previous\w*|instead|not|should|expect\w*|would|could|"
    r"epochs?|steps?|iterations?|initial\w*|or|shape|size|dim\w*|about|try|default|random\w*|seed)\b|\?",
    re.IGNORECASE,
)
"""Words of a comment that speaks of another moment, of another thing, or of a wish."""


@dataclass(frozen=True, slots=True)
class Stated:
    """The numbers that a comment states, by their offsets in the block, and of what; empty if not said."""

    numbers: tuple[tuple[str, int], ...]
    of: str
    wording: Wording
    doubtful: bool
    marked: bool


def stated(comment: Comment) -> Stated | None:
    """What a comment states, or None.

    >>> stated(Comment(" prints 24.7041, the outcome", 0, False)).numbers
    (('24.7041', 8),)
    """
    text = comment.text
    if len(text) > MAX_COMMENT:
        return None
    for row in COMMENTS:
        match = row.pattern.match(text)
        if match and NUMBER.search(match["value"]):
            numbers = tuple(_numbers(match["value"], comment.start + match.start("value")))
            of = match.groupdict().get("name") or ""
            rest = text[match.end() :].strip(" \t.!,;")
            doubtful = bool(DOUBTFUL.search(text)) or (row.name == "bare" and bool(rest) and rest[0] != "(")
            return Stated(numbers, of, row, doubtful, row.name in ("marked", "named", "said"))
    return None


def _numbers(text: str, start: int) -> Iterator[tuple[str, int]]:
    for match in NUMBER.finditer(text):
        yield match[0], start + match.start()
