"""Lists that go on with dots: ``L - 1, L - 2, \\dots, 2`` counts, and must not stand still."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.chapter.chains import squeeze
from grader.chapter.observing.observation import Observation, contradicted
from grader.documents import Document, Region

MAX_LENGTH = 200
"""Longer regions are no lists."""

_DOTS = re.compile(r"\\(?:[lc]?dots|hdots)(?![A-Za-z])|…|\.\.\.")
_COUNTED = re.compile(r"[A-Za-z]\w*[-+−]\d+")
_RELATION = re.compile(r"=|\\in(?![A-Za-z])|∈|:")


def standstills(document: Document) -> Iterator[Observation]:
    """Every list of a page that repeats a member before its dots; ``n - 1, n - 1, …, n - 1`` may be meant."""
    for region in document.regions:
        if len(region.text) > MAX_LENGTH or not _DOTS.search(region.text):
            continue
        begin = max((match.end() for match in _RELATION.finditer(region.text)), default=0)
        before, _, behind = _DOTS.sub("\n", region.text[begin:], count=1).partition("\n")
        items = [squeeze(item) for item in before.split(",") if item.strip()]
        last = squeeze(behind).strip(",")
        if len(items) > 1 and items[-1] == items[-2] != last and _COUNTED.fullmatch(items[-1]):
            text = before.strip().strip(",")
            reason = f"the list has {items[-1]} twice before its dots, and goes on to something else"
            place = Region(text, region.start + region.text.index(text, begin), "inline")
            yield Observation(place, contradicted(reason), "shape")
