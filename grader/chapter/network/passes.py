"""From which line on new weights hold: an update is for the next pass, not for what is worked beside it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from grader.chapter.chains import Side
from grader.chapter.names import names_in
from grader.chapter.network.entries import Index, components, entry_name
from grader.chapter.network.facts import DERIVATIVE, Assertion, Facts, Stretch
from grader.chapter.network.implied import END, Implied
from grader.chapter.network.look import near_enough
from grader.chapter.network.told import STEPPED, Said
from grader.chapter.spelling import bare
from grader.reading.tree import Negate, Number, Sum, Tree


def with_passes(facts: Facts, stretches: tuple[Stretch, ...]) -> None:
    """Finds updates without a mark, as ``w := 0.7 - 0.5 * 0.2``, and from which line on their values hold."""
    printed: dict[int, list[str]] = defaultdict(list)
    for one in facts.assertions:
        if not one.substituted:
            printed[one.stretch].append(one.name)
    stepped = {at for at, names in printed.items() if _is_step(facts, stretches[at], set(names))}
    facts.assertions = [
        replace(one, after=True) if one.stretch in stepped and not one.substituted else one
        for one in facts.assertions
    ]
    updates = {(one.name, one.line) for one in facts.assertions if one.after}
    for name, values in facts.values.items():
        kept = [said for said in values if (name, said.line) not in updates]
        facts.values[name] = kept or values[:1]
    later: dict[str, list[Said]] = defaultdict(list)
    for one, line in _later(facts):
        said = Said(line, one.number.value, STEPPED, one.number.half)
        for name in {one.name, *_entries(facts, one.name)} & facts.values.keys():
            later[name].append(said)
    for name, some in later.items():
        facts.values[name] = sorted([*facts.values[name], *some], key=lambda each: each.line)


def _is_step(facts: Facts, stretch: Stretch, names: set[str]) -> bool:
    """Whether a chain gives a new value, out of the old one, to one of the names that it prints."""
    beginnings = [value for side in stretch.sides[1:] if math.isfinite(value := _beginning(side))]
    if not stretch.assigned and not beginnings:
        return False
    told = [facts.told(other) for name in names for other in (name, *_entries(facts, name))]
    if stretch.assigned:
        return any(one.begins < stretch.line for one in told)
    return any(one.since(value) < stretch.line for one in told for value in beginnings)


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


def _beginning(side: Side) -> float:
    """The number that a side begins with, if that is changed by something else made of numbers; else NaN."""
    tree = bare(side.tree) if side.tree is not None else None
    if not isinstance(tree, Sum) or len(tree.terms) != 2 or names_in(tree):
        return math.nan
    return _number(tree.terms[0])


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
