"""Formulas without numbers, held against the network behind a page: both sides have a value there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from grader.chapter.chains import Side
from grader.chapter.claims import ClaimVerdict
from grader.chapter.heads import spelled
from grader.chapter.names import names_in, numbers_in
from grader.chapter.network.facts import DERIVATIVE, Stretch
from grader.chapter.network.implied import Implied
from grader.chapter.network.readings import Page
from grader.chapter.printed import significant
from grader.documents import Document

Spot = tuple[int, int]

SAME, OTHER = 1e-9, 1e-3
"""Shares of a value: up to the first two values are one, from the second on they are two."""
TELLING = 3
"""So many digits of a name must come out before a formula may be wrong about it."""


def equations_judged(
    document: Document, page: Page, stretches: Iterable[Stretch], links: Mapping[Spot, ClaimVerdict]
) -> Iterator[tuple[Spot, ClaimVerdict]]:
    """What the network says of the links between formulas that nothing else has decided."""
    shown = {
        reading.assertion.name
        for reading in page.readings
        if reading.agrees and significant(reading.assertion.number.text) >= TELLING
    }
    for stretch in stretches:
        for before, after in zip(stretch.sides, stretch.sides[1:], strict=False):
            spot = document.position(after.start)
            claim = links.get(spot)
            judge = _JUDGES.get((claim.verdict, claim.kind)) if claim else None
            if claim is None or judge is None:
                continue
            judged = judge(claim, before, after, page.network(stretch.line), shown)
            if judged is not None:
                yield spot, judged


def _judged(
    claim: ClaimVerdict, before: Side, after: Side, network: Implied, shown: set[str]
) -> ClaimVerdict | None:
    name = spelled(before)
    if name and not DERIVATIVE.fullmatch(name) and name not in shown:
        return None  # it defines the name, and no printed number says whether as meant
    left, right = (_worth(network, side) for side in (before, after))
    if not (math.isfinite(left) and math.isfinite(right)):
        return None
    apart = abs(left - right) / max(abs(left), abs(right), 1e-300)
    if apart <= SAME:
        reason = f"both sides are {left:.6g} in the network of the page"
        return replace(claim, verdict="confirmed", reason=reason)
    opposite = abs(left + right) <= SAME * abs(left)
    if apart < OTHER or name not in shown or (opposite and DERIVATIVE.fullmatch(name)):
        return None  # whether a derivative or its opposite has a name is a matter of convention
    reason = f"in the network of the page the side before it is {left:.6g}, as printed, this one {right:.6g}"
    return replace(claim, verdict="contradicted", reason="; ".join((reason, *_without_path(network, after))))


def _cleared(
    claim: ClaimVerdict, before: Side, after: Side, network: Implied, shown: set[str]
) -> ClaimVerdict | None:
    """A link to a calculation with numbers that only numbers above it contradict, which are wrong."""
    left, right = (_worth(network, side) for side in (before, after))
    if not abs(left - right) <= _room(after) * abs(left):
        return None
    reason = f"both sides are {left:.6g} in the network of the page, if not by the numbers above"
    return replace(claim, verdict="confirmed", local="confirmed", diagnosis=None, reason=reason)


_JUDGES = {
    ("unchecked", "formula"): _judged,
    ("contradicted", "number"): _cleared,
}


def _room(side: Side) -> float:
    """The share of a value that is open because the longest decimal in it is rounded."""
    numbers = numbers_in(side.tree) if side.tree is not None else []
    digits = max((significant(number.text) for number in numbers if "." in number.text), default=0)
    return 10.0 ** (1 - digits) if digits >= TELLING else SAME


def _without_path(network: Implied, side: Side) -> Iterator[str]:
    """The derivatives of a formula by what is not used in the thing differentiated."""
    for name in sorted(names_in(side.tree)) if side.tree is not None else ():
        halves = DERIVATIVE.fullmatch(name)
        if halves and network.slope(name) == 0.0:
            yield f"{halves['of']} does not depend on {halves['by']}"


def _worth(network: Implied, side: Side) -> float:
    if side.tree is None:
        return math.nan
    slope = network.slope(spelled(side))
    return slope if math.isfinite(slope) else network.worth(side.tree)
