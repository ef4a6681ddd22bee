"""Values under conditions: ``y = 0 if x_1 XOR x_2`` and ``y = 1 if x_1 XNOR x_2`` must not overlap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from grader.chapter.observing.logic.gates import Logic, logic_of, rows_of
from grader.chapter.observing.logic.neurons import shown
from grader.chapter.observing.observation import Observation, confirmed, contradicted, place_of
from grader.documents import Document

NEAR = 300
"""Two conditions that belong together are no more characters apart."""

_VALUE_IF = re.compile(
    r"(?<![\w\\])(?P<head>[a-zA-Z]\w{0,3})\s?=\s?(?P<value>[01])\s?\$?\s(?:if|when|iff)\s(?:\$(?P<set>[^$\n=]{3,120})|(?P<bare>[^\n=$.,]{3,120}))"
)


def values_under_conditions(document: Document) -> Iterator[Observation]:
    """Two values of one name, each with the inputs for which it holds."""
    found = [
        (match, logic)
        for match in _VALUE_IF.finditer(document.readable)
        if (logic := logic_of(match["set"] or match["bare"])) and logic.gates
    ]
    for (first, one), (second, other) in pairwise(found):
        same = first["head"] == second["head"] and first["value"] != second["value"]
        if not same or second.start() - first.end() > NEAR or set(one.inputs) != set(other.inputs):
            continue
        both = _both(one, other)
        if both:
            reason = f"for ({', '.join(one.inputs)}) = {shown(both[0])} the page gives {first['value']} too"
            yield Observation(place_of(second, "head"), contradicted(reason), "formula")
        elif sum(one.table(one.inputs)) + sum(other.table(one.inputs)) == 2 ** len(one.inputs):
            for match in (first, second):
                reason = "for every input just one of the two conditions holds"
                yield Observation(place_of(match, "head"), confirmed(reason), "formula")


def _both(one: Logic, other: Logic) -> list[tuple[bool, ...]]:
    """The inputs for which both hold."""
    tables = zip(rows_of(len(one.inputs)), one.table(one.inputs), other.table(one.inputs), strict=True)
    return [row for row, first, second in tables if first and second]
