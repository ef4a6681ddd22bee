"""Neurons that are said to be gates: ``f(x) = g(-30 + 20x_1 + 20x_2)`` and then ``f(x) ≈ x_1 AND x_2``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.chapter.chains import side_of, squeeze
from grader.chapter.evidence import attempt
from grader.chapter.functions import BY_SPELLING
from grader.chapter.intervals import Interval
from grader.chapter.names import names_in
from grader.chapter.observing.logic.gates import GATES, MOST_INPUTS, Logic, logic_of, rows_of
from grader.chapter.observing.observation import Observation, confirmed, contradicted
from grader.chapter.spelling import bare, is_name
from grader.chapter.values import Scope
from grader.documents import Document, Region
from grader.reading.tree import Group, Name, Product, Tree

LONGEST = 400
_RELATION = re.compile(r"=|≈|\\approx(?![A-Za-z])|:=|\\equiv(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class Neuron:
    """A neuron with its numbers: where it stands, its inputs, and for which of them it fires."""

    place: Region
    inputs: tuple[str, ...]
    fires: tuple[bool, ...]


def neurons_as_gates(document: Document) -> Iterator[Observation]:
    """Neurons, and the gates that they are said to be further down; equations between gates."""
    neurons: dict[str, Neuron] = {}
    for region in document.regions:
        head, *others = sides_of(region)
        for before, side in zip((head, *others), others, strict=False):
            logic, neuron = logic_of(side.text), neuron_of(side)
            if neuron is not None:
                neurons[squeeze(head.text)] = neuron
            elif logic is not None and (said := neurons.get(squeeze(head.text))):
                yield from _as_said(said, side, logic)
            elif logic is not None and (other := logic_of(before.text)):
                yield from _equal(other, side, logic)


def sides_of(region: Region) -> list[Region]:
    """What stands between the equality signs of a region."""
    if len(region.text) > LONGEST:
        return [region]
    edges = [(match.start(), match.end()) for match in _RELATION.finditer(region.text)]
    starts, ends = [0, *(end for _, end in edges)], [*(start for start, _ in edges), len(region.text)]
    return [_trimmed(region, start, end) for start, end in zip(starts, ends, strict=True)]


def _trimmed(region: Region, start: int, end: int) -> Region:
    text = region.text[start:end]
    return Region(text.strip(" .,\n"), region.start + start + len(text) - len(text.lstrip(" .,\n")), "inline")


def neuron_of(side: Region) -> Neuron | None:
    r"""A threshold or a steep function of numbers times inputs: ``g(-30 + 20x_1 + 20x_2)``."""
    tree = side_of(side).tree if any(sign.isdigit() for sign in side.text) else None
    inside = _argument(bare(tree)) if tree is not None else None
    if inside is None or is_name(inside):
        return None
    names = tuple(sorted(names_in(inside)))
    if not 0 < len(names) <= MOST_INPUTS:
        return None
    fires = []
    for row in rows_of(len(names)):
        values = {name: Interval.exactly(float(on)) for name, on in zip(names, row, strict=True)}
        value = attempt(inside, Scope(values.get))
        if not isinstance(value, Interval) or value.middle == 0:
            return None
        fires.append(value.middle > 0)
    return Neuron(side, names, tuple(fires))


def _argument(tree: Tree) -> Tree | None:
    """What stands in the brackets of an activation that rises around 0."""
    match tree:
        case Product(factors=(Name(text=name), Group(bracket="(" | "[", items=(inside,))), joins=("",)):
            known = BY_SPELLING.get(name)
            return inside if known is None or known.name in ("sigmoid", "step") else None
    return None


def _as_said(neuron: Neuron, side: Region, logic: Logic) -> Iterator[Observation]:
    """What is said of a neuron, and the neuron itself, where the page is right."""
    if set(logic.inputs) != set(neuron.inputs):
        return
    if logic.table(neuron.inputs) == neuron.fires:
        yield Observation(neuron.place, confirmed(f"it is {plain_words(side)}, as the page says"), "formula")
        yield Observation(side, confirmed(f"{neuron.place.text} fires for just these inputs"), "formula")
    else:
        inputs = ", ".join(neuron.inputs)
        reason = f"{neuron.place.text} fires for ({inputs}) {listed(neuron.fires)}{named(neuron.fires)}"
        yield Observation(side, contradicted(reason), "formula")


def _equal(other: Logic, side: Region, logic: Logic) -> Iterator[Observation]:
    if not (other.gates or logic.gates) or set(other.inputs) != set(logic.inputs):
        return
    differ = [
        row
        for row in rows_of(len(logic.inputs))
        if (values := dict(zip(logic.inputs, row, strict=True)))
        and other.value(values) != logic.value(values)
    ]
    right = confirmed("both sides have the same truth table")
    wrong = f"the two sides differ for ({', '.join(logic.inputs)}) = {shown(differ[0])}" if differ else ""
    yield Observation(side, contradicted(wrong) if differ else right, "formula")


def shown(row: tuple[bool, ...]) -> str:
    """Inputs as numbers."""
    return f"({', '.join(str(int(on)) for on in row)})"


def listed(fires: tuple[bool, ...]) -> str:
    """For which inputs a neuron fires, in words."""
    count = len(fires).bit_length() - 1
    on = [shown(row) for row, fire in zip(rows_of(count), fires, strict=True) if fire]
    return "= " + ", ".join(on) + " only" if on else "never"


def named(fires: tuple[bool, ...]) -> str:
    """Which gate of two inputs a column is, in words."""
    row = next((gate for gate in GATES if fires == tuple(gate.apply(a, b) for a, b in rows_of(2))), None)
    return f", which is {row.name}" if row and len(fires) == 4 else ""


def plain_words(side: Region) -> str:
    """An expression of gates as somebody types it."""
    return " ".join(re.sub(r"\\text|[{}$]", "", side.text).split())
