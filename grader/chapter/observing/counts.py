"""Things counted in two ways: ``32x32x3 numbers (3072 numbers total)``."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from grader.chapter.intervals import Interval
from grader.chapter.observing.observation import (
    Observation,
    confirmed,
    contradicted,
    number_at,
    place_of,
)
from grader.documents import Document, Region

_THINGS = (
    "numbers|pixels?|inputs?|parameters|weights|values|neurons|units|features|dimensions|dimensional|"
    "entries|components|connections|elements|nodes"
)
_SIZES = r"\d{1,5}(?:\s{0,2}(?:x|×|\*|\\times)\s{0,2}\d{1,5}){1,3}"
_OPENING = r"\((?:i\.e\.,?|that is,?|or|=|so)?\s{0,2}(?:a total of |in total )?[*$]{0,3}"
_SAID_TWICE = re.compile(
    rf"(?<![\w.])(?P<sizes>{_SIZES})(?![\w.])[*_$)\s]{{0,6}}(?P<noun>{_THINGS})\b[^.;\n]{{0,30}}\n?\s{{0,3}}"
    rf"{_OPENING}(?P<total>\d[\d,]{{0,12}})[*$]{{0,3}}\s{{0,2}}(?P=noun)?(?:\s(?:in\s)?total)?\)"
)


def counted_twice(document: Document) -> Iterator[Observation]:
    """Products of sizes, and the number of things that is said to be their outcome."""
    text = document.readable
    for match in _SAID_TWICE.finditer(text):
        sizes = [int(size) for size in re.findall(r"\d+", match["sizes"])]
        place = place_of(match, "total")
        number = number_at(Region(place.text.replace(",", "").ljust(len(place.text)), place.start, "line"))
        if number is None:
            continue
        product = Interval.exactly(float(math.prod(sizes)))
        worked = f"{' · '.join(map(str, sizes))} = {math.prod(sizes)}"
        right = number.value == product.middle
        judgement = (
            confirmed(worked, product) if right else contradicted(f"{worked}, not {place.text}", product)
        )
        yield Observation(
            place_of(match, "sizes") if right else place, judgement, printed=None if right else number
        )
