"""Changes in per cent: *from 0.0533 to 0.0052, that is by about 90 %* is what the two numbers make."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.chapter.intervals import Interval, absolute
from grader.chapter.observing.observation import Observation, confirmed, contradicted, number_at, place_of
from grader.chapter.pairs import Pair, pairs_in
from grader.documents import Document

_SHARE = re.compile(
    r"(?:,?\s+i\.e\.)?[^.;:!?%\d\n]{0,40}\n?[^.;:!?%\d\n]{0,20}\b(?:by|of)\s+"
    r"(?P<hedge>about|around|roughly|almost|nearly|some|approximately|over|more than|~)?\s*\$?"
    r"(?P<share>\d{1,3}(?:\.\d{1,4})?)\$?\s?(?:\\,)?\s?(?:\\?%|per ?cent)"
)
LOOSELY = 0.05
"""How far a share that is said to be about so much may be off."""


def shares_of_change(document: Document) -> Iterator[Observation]:
    """By how many per cent a number is said to have changed, where both of its values stand beside it."""
    for pair in pairs_in(document):
        match = _SHARE.match(document.readable, pair.end)
        number = number_at(place_of(match, "share")) if match else None
        if match is None or number is None:
            continue
        said, room = 0.01 * number.value, 0.01 * number.half
        room = max(room, LOOSELY) if match["hedge"] else 2 * room
        shares = _shares(pair)
        near = [share for share in shares if share.meets(Interval.around(said, room))]
        judgement = (
            confirmed("the two numbers beside it make this share", near[0])
            if near
            else contradicted(f"the two numbers beside it make {100 * shares[0].middle:.3g} %", shares[0])
        )
        yield Observation(place_of(match, "share"), judgement, printed=number)


def _shares(pair: Pair) -> list[Interval]:
    """The change as a share of the number before, of that after, and as such."""
    before, after = (number.interval for number in pair.numbers)
    gap = absolute(before - after)
    return [*(gap / each for each in (before, after) if each.low > 0), gap]
