"""Values before and after in one breath: ``falls from 0.0533 to 0.0052``, ``0.580, down from 0.915``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.chapter.chains import Side, side_of
from grader.chapter.printed import Printed, printed_numbers
from grader.documents import Document, Region


def _value(name: str) -> str:
    return rf"\$?\s?(?:\\approx|≈|~)?\s?(?P<{name}>[-−]?\d{{1,4}}\.\d{{1,12}})(?![\w^_%]|\.\d|\s?\\?%)\s?\$?"


_TURN = r"(?:\s+(?:down|up|all|the|way|already|only|just|about|roughly)){0,3}"
_PAIRS = (
    re.compile(rf"\bfrom{_TURN}\s+{_value('before')}{_TURN}\s+to{_TURN}\s+{_value('after')}"),
    re.compile(
        rf"{_value('after')},?\s+(?:(?:is|was|and|so)\s+)?(?:down|up)\s+from{_TURN}\s+{_value('before')}"
    ),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two numbers in running text that one quantity had, one after the other, and where the saying ends."""

    before: Side
    after: Side
    end: int

    @property
    def numbers(self) -> tuple[Printed, Printed]:
        return printed_numbers(self.before)[0], printed_numbers(self.after)[0]


def pairs_in(document: Document) -> Iterator[Pair]:
    """The pairs on a page."""
    for match in (match for pattern in _PAIRS for match in pattern.finditer(document.readable)):
        before, after = (
            side_of(Region(match[group], match.start(group), "line")) for group in ("before", "after")
        )
        if len(printed_numbers(before)) == len(printed_numbers(after)) == 1:
            yield Pair(before, after, match.end())
