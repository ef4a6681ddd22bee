"""A formula beside equations that say what its names mean: W₂ᵀ e ⊙ σ′(z₁), where e = a₂ − y.

All that stands there is claimed, as in a derivation: a formula that rests on a wrong definition is wrong. A
way to the formula is not asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from msgspec.structs import replace

from grader.judging.derivations.arrival import Way
from grader.judging.derivations.chains import MEMORY, Link
from grader.judging.derivations.derivation import first_broken_link, said_of_broken, way_of
from grader.judging.derivations.readback import aligned
from grader.judging.derivations.steps import Side, steps_of
from grader.judging.finding import Finding
from grader.judging.question import Question
from grader.meaning.limits import Undecidable
from grader.reading import Unreadable

LONGEST, MOST_EQUATIONS = 600, 5
"""A longer text, or one with more equations, is no formula with a few definitions beside it."""


def judged_with_definitions(question: Question, text: str) -> Finding | None:
    """The finding for a formula that is given with other equations; None where there are none, where a line
    of them cannot be read, or where nothing in them is what is asked. Raises `Undecidable`."""
    if not 1 <= text.count("=") <= MOST_EQUATIONS or len(text) > LONGEST:
        return None
    try:
        steps = steps_of(question, text)
    except Unreadable:
        return None
    if len(steps.statements) < 2 or any(one.states for one in steps.unread):
        return None
    way = way_of(question, steps)
    finding = _judged(way, text)
    return finding and replace(finding, read_as=aligned(way.steps, way.ground, text))


def _judged(way: Way, text: str) -> Finding | None:
    broken, of_broken = first_broken_link(way)
    arrival = way.arrival()
    if broken is not None and _is_of_memory(broken):
        # What a step remembers may be kept with either sign: v − η g and W + v, or v + η g and W − v.
        return None
    if broken is not None:
        said = said_of_broken(way, text, broken, of_broken, arrival)
        return replace(said, award=prod(row.award for row in said.misconceptions) * bool(said.misconceptions))
    for side in _expressions(way):
        finding = _of_expression(way, side)
        if finding is None or not finding.right:
            return finding
    if arrival is None:
        return None
    if arrival.refused is not None:
        return arrival.refused
    if way.chains.unread:
        raise Undecidable(f"line {way.chains.unread[0].line} of it cannot be worked out")
    return Finding(True, (*way.steps.remarks, *arrival.finding.feedback), award=1.0)


def _is_of_memory(link: Link) -> bool:
    """Whether a link is about what an update rule remembers."""
    return link.quantity is not None and link.quantity.kind.removesuffix("_new") in MEMORY


def _expressions(way: Way) -> Iterator[Side]:
    """What stands without a left side and does not go on with the line above."""
    linked = [link.right for link in way.chains.links]
    for statement in way.steps.statements:
        if len(statement.sides) == 1 and statement.sides[0] not in linked:
            yield statement.sides[0]


def _of_expression(way: Way, side: Side) -> Finding | None:
    """The finding for an expression that stands without a left side: it is what is asked."""
    finding = way.claimed(way.question, None, side)
    return finding if finding is None or finding.right else finding.in_full()
