"""What a page says that a network must explain: formulas and values of names, and the numbers printed."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np

from grader.chapter.chains import Side
from grader.chapter.heads import function_head, is_update, names_of
from grader.chapter.intervals import Interval
from grader.chapter.names import names_in
from grader.chapter.network.analogy import Move, Siblings, candidates, family
from grader.chapter.network.entries import Component, components, entry_name, places
from grader.chapter.network.grids import MAX_ENTRIES
from grader.chapter.network.lifting import Lifting
from grader.chapter.network.lowering import is_call_of
from grader.chapter.network.marks import before_update
from grader.chapter.network.told import NOT_TOLD, STEPPED, Said, Told
from grader.chapter.printed import Printed, printed_numbers
from grader.chapter.spelling import bare, spelling
from grader.chapter.substitution import substituted
from grader.ledger import Ledger
from grader.reading.tree import Group, Matrix, Tree

MAX_FORMULAS = 6
"""So many formulas of one name are looked at."""

MAX_SIDES = 30
"""Further sides of a chain are not searched for formulas."""

_NUMBERED = re.compile(r"_\w*\d")

DERIVATIVE = re.compile(r"d\((?P<of>[^()]*(?:\([^()]*\)[^()]*)*)\)/d\((?P<by>[^()]*(?:\([^()]*\)[^()]*)*)\)")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sides that are all meant to be equal, and the line on which they begin.

    ``assigned`` if an arrow gives the first of them a new value.
    """

    sides: tuple[Side, ...]
    line: int
    assigned: bool = False


@dataclass(frozen=True, slots=True)
class Formula:
    """One formula of a name: where it stands, and the numbers printed behind it in the same chain."""

    line: int
    tree: Tree
    printed: tuple[Printed, ...] = ()


@dataclass(frozen=True, slots=True)
class Assertion:
    """A number printed for a name; ``substituted`` if it stands in the place of the name in an expression."""

    name: str
    number: Printed
    side: Side
    line: int
    after: bool = False
    substituted: bool = False
    alone: bool = False
    """Nothing but the name and the number: a given, unless something determines it."""
    stretch: int = 0


@dataclass
class Facts:
    """All of that for one page."""

    ledger: Ledger
    formulas: dict[str, list[Formula]] = field(default_factory=dict)
    rules: dict[str, list[Formula]] = field(default_factory=dict)
    """The formulas of names after an update, by the name before it."""
    values: dict[str, list[Said]] = field(default_factory=dict)
    assertions: list[Assertion] = field(default_factory=list)
    names: dict[str, None] = field(default_factory=dict)
    """All names, in the order in which they stand on the page."""
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """The shapes of the vectors and matrices that the page gives."""
    tried: int = 0
    """How many formulas the networks of the page have tried."""
    _siblings: dict[str, list[str]] = field(default_factory=dict)
    _moved: dict[tuple[Tree, Move], tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    _likely: dict[Component, tuple[str, ...]] = field(default_factory=dict)
    _told: dict[str, Told] = field(default_factory=dict)
    _put_in: dict[str, list[float]] = field(default_factory=dict)

    @cached_property
    def arrays(self) -> tuple[str, ...]:
        """The names that may be vectors or matrices: given as one, or with a formula."""
        return tuple(dict.fromkeys((*self.shapes, *self.formulas)))

    @cached_property
    def printed(self) -> dict[str, list[Assertion]]:
        """The numbers printed for each name, but for those after an update."""
        found: dict[str, list[Assertion]] = {}
        for assertion in self.assertions:
            if not assertion.after:
                found.setdefault(assertion.name, []).append(assertion)
        return found

    @cached_property
    def printed_as(self) -> dict[str, set[str]]:
        """The names for which a number is printed, by its digits."""
        found: dict[str, set[str]] = {}
        for name, some in self.printed.items():
            for one in some:
                found.setdefault(one.number.text, set()).add(name)
        return found

    def told(self, name: str) -> Told:
        """The values that the page gives to a name; whoever changes them puts another list in their place."""
        said = self.values.get(name)
        if said is None:
            return NOT_TOLD
        if name not in self._told or self._told[name].said is not said:
            self._told[name] = Told(said, partial(self.used, name))
        return self._told[name]

    def used(self, name: str, value: float) -> int:
        """How often a number is put in for a name."""
        if name not in self._put_in:
            printed = self.printed.get(name, ())
            self._put_in[name] = sorted(one.number.value for one in printed if one.substituted)
        numbers, room = self._put_in[name], 2e-9 * abs(value)
        near = numbers[bisect_left(numbers, value - room) : bisect_right(numbers, value + room)]
        return sum(math.isclose(number, value, rel_tol=1e-9) for number in near)

    @cached_property
    def derivatives(self) -> list[re.Match[str]]:
        """The derivatives among the names of the page."""
        return [halves for name in self.names if (halves := DERIVATIVE.fullmatch(name))]

    @cached_property
    def _in_rules(self) -> list[str]:
        """The names in each rule of the page, in order."""
        rules = (rule for some in self.rules.values() for rule in some)
        return [name for rule in rules for name in sorted(names_in(rule.tree))]

    @cached_property
    def derivatives_in_rules(self) -> list[re.Match[str]]:
        return [halves for name in self._in_rules if (halves := DERIVATIVE.fullmatch(name))]

    @cached_property
    def operands_in_rules(self) -> list[str]:
        """What else stands in rules, each once."""
        names = (name for name in self._in_rules if name not in self.rules and not DERIVATIVE.fullmatch(name))
        return list(dict.fromkeys(names))

    @cached_property
    def moved_names(self) -> tuple[str, ...]:
        """The names that have a rule, or a number after an update."""
        return tuple(dict.fromkeys((*self.rules, *(one.name for one in self.assertions if one.after))))

    @cached_property
    def stepped(self) -> tuple[Said, ...]:
        """The values that updates gave, from where they hold."""
        return tuple(one for some in self.values.values() for one in some if one.how == STEPPED)

    @cached_property
    def cuts(self) -> list[int]:
        """The lines on which a name gets another formula or another value: between two, nothing changes."""
        lines = {one.line for some in self.formulas.values() for one in some[1:] if one.line != some[0].line}
        return sorted(lines | {one.line for some in self.values.values() for one in some[1:]})

    @cached_property
    def mentioned(self) -> frozenset[str]:
        """All names on the page, those behind a mark and inside a derivative among them."""
        found = set(self.names) | set(self.values)
        for name in self.names:
            found.add(before_update(name))
            inside = DERIVATIVE.fullmatch(name)
            found.update((inside["of"], inside["by"]) if inside else ())
        return frozenset(found - {""})

    @cached_property
    def in_figure(self) -> frozenset[str]:
        """Names with an index in formulas to which the page gives neither a formula nor a value."""
        functions = {*self.ledger.functions, *self.ledger.definitions, "e", "pi"}
        used = {name for some in self.formulas.values() for one in some for name in names_in(one.tree)}
        told = functions | self.values.keys() | self.formulas.keys()
        return frozenset(name for name in used - told if _NUMBERED.search(name) and not name.startswith("d("))

    def is_computed(self, name: str) -> bool:
        """Whether a name has a formula, is one of a family that has, or picks an entry of what has one."""
        picks = (way.likely(array) for way in components(name) for array in self.formulas)
        return bool(self.kin(name)) or any(picks)

    @cached_property
    def _families(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self.formulas:
            found.setdefault(family(name)[0], []).append(name)
        return found

    def kin(self, name: str) -> list[str]:
        """The names with a formula that differ from a name in no more than their indices."""
        return self._families.get(family(name)[0], [])

    def siblings(self, name: str) -> list[str]:
        """Those that differ from it in one index, the nearest first."""
        if name not in self._siblings:
            self._siblings[name] = self._computed.of(name)
        return self._siblings[name]

    @cached_property
    def _computed(self) -> Siblings:
        return Siblings(self.formulas)

    @cached_property
    def alike(self) -> Siblings:
        """All names of the page, by what they have in common."""
        return Siblings(self.mentioned)

    def moved(self, tree: Tree, move: Move) -> tuple[Mapping[str, str], ...]:
        """The ways of moving the names of a formula to those of a sibling; every network of the page asks for
        them again."""
        key = tree, move
        if key not in self._moved:
            names = sorted(names_in(tree) - set(self.ledger.functions) - {"e", "pi"})
            self._moved[key] = tuple(candidates(names, move, partial(self._usable, move), self._taken))
        return self._moved[key]

    def _usable(self, move: Move, name: str) -> bool:
        """Whether a name stands on the page, or is computed as a sibling with the same index is."""
        if self.known(name):
            return True
        kin = self.siblings(name) if move.new in family(name)[1] else []
        return any(move.old in family(other)[1] for other in kin)

    @cached_property
    def _taken(self) -> frozenset[str]:
        """The leaves that serve in formulas that stand on the page."""
        used = {name for some in self.formulas.values() for one in some for name in names_in(one.tree)}
        return frozenset(name for name in used if name not in self.formulas)

    def likely_arrays(self, way: Component) -> tuple[str, ...]:
        """The vectors and matrices of which a name may pick an entry, the surest first."""
        if way not in self._likely:
            likely = (other for other in self.arrays if way.certain(other) or way.likely(other))
            self._likely[way] = tuple(sorted(likely, key=lambda other: (not way.certain(other), other)))
        return self._likely[way]

    def known(self, name: str) -> bool:
        return name in self.formulas or name in self.mentioned


def facts_of(ledger: Ledger, stretches: Iterable[Stretch]) -> Facts:
    """Reads all stretches of a page, and the values that its ledger holds."""
    facts, lifting = Facts(ledger), Lifting(ledger)
    lifted: dict[str, Formula] = {}
    for position, stretch in enumerate(stretches):
        _read(facts, stretch, position)
        formula = None if stretch.assigned else lifting.read(stretch.sides)
        if formula is not None:
            lifted[_single(stretch.sides[0])] = Formula(stretch.line, formula)
    for name, each in lifted.items():
        if all(other in facts.formulas for other in names_in(each.tree) - set(ledger.functions)):
            facts.formulas.setdefault(name, [each])
    for entry in ledger.history:
        value = entry.exact if entry.exact is not None else entry.printed
        if entry.formula is not None or before_update(entry.name):
            continue
        if entry.how == "network" and not isinstance(value, Interval):
            continue  # its entries have the names that pages use for them
        for name, number in _numbers(facts, entry.name, value):
            facts.values.setdefault(name, []).append(Said(entry.line, number.middle, entry.how))
    return facts


def _numbers(facts: Facts, name: str, value: object) -> Iterator[tuple[str, Interval]]:
    """A number by its name, or the entries of an array, whose shape is noted, by theirs."""
    if isinstance(value, Interval):
        yield name, value
        return
    if not isinstance(value, np.ndarray) or value.size > MAX_ENTRIES or name.startswith("d("):
        return
    if facts.shapes.setdefault(name, value.shape) == value.shape:
        yield from zip((entry_name(name, at) for at in places(value.shape)), value.ravel(), strict=True)


def with_values(facts: Facts, found: Mapping[str, float], how: str) -> None:
    """Enters values of names that the page does not tell, as if they stood above everything."""
    for name, value in found.items():
        facts.values[name] = [Said(0, value, how), *facts.values.get(name, ())]


def _read(facts: Facts, stretch: Stretch, position: int) -> None:
    sides = stretch.sides[:MAX_SIDES]
    numbers = [(side, printed_numbers(side)) for side in sides[1:]]
    printed = tuple(found[0] for _, found in numbers if len(found) == 1)
    trees = [side.tree for side in sides if side.tree is not None]
    for tree in trees:
        facts.names.update(dict.fromkeys(sorted(names_in(tree))))
    head = _single(sides[0])
    update = bool(head) and is_update(sides[0], list(sides[1:]))
    for name, tree in _equations(sides, facts.ledger):
        stem = name if update and name == head else before_update(name)
        table = facts.rules if stem else facts.formulas
        if len(table.setdefault(stem or name, [])) < MAX_FORMULAS:
            table[stem or name].append(Formula(stretch.line, tree, printed))
    if not head:
        return
    for side, found in numbers:
        stem = head if update else before_update(head)
        alone = len(sides) == 2
        for name, number in zip(_each(stem or head, side, len(found)), found, strict=False):
            facts.assertions.append(
                Assertion(name, number, side, stretch.line, bool(stem), False, alone, position)
            )
    facts.assertions.extend(_put_in(sides, stretch.line, position, facts.ledger))


def _each(name: str, side: Side, count: int) -> list[str]:
    """The name of the only number of a side, or the names of the entries of its vector or matrix."""
    if count == 1:
        return [name]
    match bare(side.tree) if side.tree is not None else None:
        case Matrix(rows=rows) if count <= MAX_ENTRIES and len({len(row) for row in rows}) == 1:
            return [entry_name(name, at) for at in places((len(rows), len(rows[0])))]
        case Group(bracket="[" | "(") if count <= MAX_ENTRIES:
            return [entry_name(name, at) for at in places((count,))]
    return []


def _single(side: Side) -> str:
    names = names_of(side)
    return names[0] if len(names) == 1 else ""


def _equations(sides: tuple[Side, ...], ledger: Ledger) -> Iterator[tuple[str, Tree]]:
    """Which name equals which formula: by standing before it, or in its place inside the same function."""
    for position, side in enumerate(sides):
        if side.tree is None:
            continue
        name = spelling(bare(side.tree))
        function = function_head(side.tree) if position == 0 else None
        if function and function[0] in ledger.definitions:
            name = function[0]
        for later in sides[position + 1 :] if name else ():
            tree = later.tree
            other = tree is not None and spelling(bare(tree)) != name and not printed_numbers(later)
            if other and tree is not None and names_in(tree) - set(ledger.functions) - {"e"}:
                yield name, tree
        if position + 1 < len(sides):
            yield from _inside(side.tree, sides[position + 1].tree)


def _inside(first: Tree, second: Tree | None) -> Iterator[tuple[str, Tree]]:
    """``f(z) = f(w x + b)`` says that z is w x + b."""
    one, other = is_call_of(first), is_call_of(second) if second is not None else None
    if one and other and one[0] == other[0]:
        name = spelling(bare(one[1]))
        if name and name not in names_in(other[1]) and names_in(other[1]):
            yield name, other[1]


def _put_in(sides: tuple[Side, ...], line: int, position: int, ledger: Ledger) -> Iterator[Assertion]:
    """The numbers put in for names: ``A B = 0.5 * 0.25`` prints A and B."""
    symbolic = [side for side in sides[:8] if side.tree is not None and not printed_numbers(side)]
    for side in symbolic:
        for numeric in symbolic:
            if numeric is side or side.tree is None or numeric.tree is None:
                continue
            for name, tree in (substituted(side.tree, numeric.tree) or {}).items():
                number = _printed(tree, numeric)
                if number:
                    yield Assertion(name, number, numeric, line, False, True, False, position)


def _printed(tree: Tree, side: Side) -> Printed | None:
    numbers = printed_numbers(replace(side, tree=tree))
    return numbers[0] if len(numbers) == 1 else None
