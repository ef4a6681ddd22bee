"""Lists that go on with dots: ``L - 1, L - 2, \\dots, 2`` counts, and must not stand still."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.chapter.chains import squeeze
from grader.documents import Document, Region

MAX_LENGTH = 200
"""Longer regions are no lists."""

_DOTS = re.compile(r"\\(?:[lc]?dots|hdots)(?![A-Za-z])|…|\.\.\.")
_COUNTED = re.compile(r"[A-Za-z]\w*[-+−]\d+")
_RELATION = re.compile(r"=|\\in(?![A-Za-z])|∈|:")


@dataclass(frozen=True)
class Standstill:
    """Two neighbours of a list that are equal, though it goes on to something else."""

    item: str
    place: Region

    @property
    def start(self) -> int:
        return self.place.start


def standstills(document: Document) -> Iterator[Standstill]:
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
            yield Standstill(items[-1], Region(text, region.start + region.text.index(text, begin), "inline"))
