"""From which line on new weights hold: an update is for the next pass, not for what is worked beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from grader.chapter.chains import Side
from grader.chapter.names import names_in
from grader.chapter.network.entries import Index, components, entry_name
from grader.chapter.network.facts import DERIVATIVE, STEPPED, Assertion, Facts, Said, Stretch
from grader.chapter.network.implied import END, Implied
from grader.chapter.network.look import near_enough
from grader.chapter.spelling import bare
from grader.reading.tree import Negate, Number, Sum, Tree


def with_passes(facts: Facts, stretches: tuple[Stretch, ...]) -> None:
    """Finds updates without a mark, as ``w := 0.7 - 0.5 * 0.2``, and from which line on their values hold."""
    stepped = {at for at, stretch in enumerate(stretches) if _is_step(facts, stretch, at)}
    facts.assertions = [
        replace(one, after=True) if one.stretch in stepped and not one.substituted else one
        for one in facts.assertions
    ]
    updates = {(one.name, one.line) for one in facts.assertions if one.after}
    for name, values in facts.values.items():
        kept = [said for said in values if (name, said.line) not in updates]
        facts.values[name] = kept or values[:1]
    for one, line in _later(facts):
        said = Said(line, one.number.value, STEPPED, one.number.half)
        for name in {one.name, *_entries(facts, one.name)} & facts.values.keys():
            facts.values[name] = sorted([*facts.values[name], said], key=lambda each: each.line)


def _is_step(facts: Facts, stretch: Stretch, at: int) -> bool:
    """Whether a chain gives a name a new value out of its old one."""
    if not any(one.stretch == at and not one.substituted for one in facts.assertions):
        return False
    names = {one.name for one in facts.assertions if one.stretch == at and not one.substituted}
    told = [value for name in names for value in _told(facts, name, stretch.line)]
    if not told:
        return False
    return stretch.assigned or any(_begins_with(side, told) for side in stretch.sides[1:])


def _told(facts: Facts, name: str, line: int) -> Iterator[float]:
    """The values that a name, or the entry that it picks, was given above a line."""
    for other in (name, *_entries(facts, name)):
        yield from (said.value for said in facts.values.get(other, ()) if said.line < line)


def _entries(facts: Facts, name: str) -> Iterator[str]:
    """The entries of given vectors and matrices that a name may pick."""
    for way in components(name):
        for array, shape in facts.shapes.items():
            if way.certain(array) or way.likely(array):
                one_of_two = len(way.index) == 1 and len(shape) == 2
                for at in _lying(way.index, shape) if one_of_two else (way.index,):
                    yield entry_name(array, at)


def _lying(index: Index, shape: tuple[int, ...]) -> Iterator[Index]:
    """One number as a place in a row or in a column."""
    if shape[1] == 1:
        yield (*index, 1)
    elif shape[0] == 1:
        yield (1, *index)


def _begins_with(side: Side, told: list[float]) -> bool:
    """Whether a side is an old value less or plus something else that is made of numbers."""
    tree = bare(side.tree) if side.tree is not None else None
    if not isinstance(tree, Sum) or len(tree.terms) != 2 or names_in(tree):
        return False
    value = _number(tree.terms[0])
    return any(math.isclose(value, old, rel_tol=1e-9) for old in told)


def _number(tree: Tree) -> float:
    tree = bare(tree)
    sign, inner = (-1.0, bare(tree.body)) if isinstance(tree, Negate) else (1.0, tree)
    return sign * float(inner.value) if isinstance(inner, Number) else math.nan


def _later(facts: Facts) -> Iterator[tuple[Assertion, int]]:
    """Each update with the line from which on it holds: where a quantity is worked out once more."""
    first = Implied(facts, END)
    seen: dict[str, float] = {}
    waiting: list[Assertion] = []
    for one in sorted(facts.assertions, key=lambda one: one.number.start):
        if one.after:
            waiting.append(one)
        elif not one.substituted and not DERIVATIVE.fullmatch(one.name) and facts.is_computed(one.name):
            again = one.name in seen and abs(seen[one.name] - one.number.value) > 2 * one.number.half
            if again and waiting and not near_enough(one, first.value(one.name)):
                yield from ((each, one.line) for each in waiting)
                seen, waiting = {}, []
            seen[one.name] = one.number.value
