"""A comparison that hangs on a definition, ``z = w x + b > 0``, though the page makes it a condition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.chapter.chains import Chain, Side, chains_of, squeeze
from grader.chapter.evidence import Slip
from grader.chapter.observing.observation import Observation, contradicted
from grader.chapter.printed import printed_numbers
from grader.chapter.spelling import is_name
from grader.documents import Document, Region

BEFORE = 60
"""So many characters before a formula say whether it is a condition."""
MOST_CASES = 50

_CASES = re.compile(r"\\begin\{cases\}(?P<rows>(?:(?!\\end\{cases\}).)*)\\end\{cases\}", re.DOTALL)
_CONDITION = re.compile(
    r"\b(?:if|when|whenever|where|iff|that|until|while|unless|for|fires?|predicts?|classif\w+|decision|boundary)\b",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+|\\[,;:!]|\\left|\\right")


@dataclass(frozen=True, slots=True)
class _Hanging:
    """The comparison at the end of an equation that stands alone."""

    value: Side
    limit: Side


def hanging_comparisons(document: Document) -> Iterator[Observation]:
    """The comparisons behind definitions that are, word for word, conditions of cases elsewhere."""
    cases = [_SPACES.sub("", match["rows"]) for match in _CASES.finditer(document.content[:MOST_TEXT])]
    for chain in chains_of(document) if cases else ():
        hanging = _hanging(chain, document)
        if hanging is None:
            continue
        between = document.content[hanging.value.end : hanging.limit.end]
        condition = _SPACES.sub("", hanging.value.text + between)
        if any(condition in rows for rows in cases[:MOST_CASES]):
            name = squeeze(chain.sides[0].text)
            reason = f"{name} is a number, and not whether it is above a limit: that belongs to the cases"
            start = hanging.value.start
            place = Region(document.content[start : hanging.limit.end], start, "line")
            judgement = contradicted(reason, diagnosis=Slip("copied-neighbour"))
            yield Observation(place, judgement, "formula")


MOST_TEXT = 500_000


def _hanging(chain: Chain, document: Document) -> _Hanging | None:
    """``name = value > number`` on a line of its own, not behind words that make it a condition."""
    if tuple(chain.relations) != ("=", "other") or chain.listed or chain.said:
        return None
    head, value, limit = chain.sides
    named = head.tree is not None and is_name(head.tree)
    if not named or value.tree is None or is_name(value.tree) or len(printed_numbers(limit)) != 1:
        return None
    region = next((each for each in document.regions if each.start <= head.start < each.end), None)
    words = document.readable[max(0, head.start - BEFORE) : head.start]
    if region is None or region.place == "inline" or _CONDITION.search(words):
        return None
    return _Hanging(value, limit)
