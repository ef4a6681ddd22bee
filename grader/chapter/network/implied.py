"""The calculation behind a page's numbers, put together from its own formulas, as it stands at one line."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np

from grader.chapter.names import names_in
from grader.chapter.network.analogy import Move, candidates, family, move_between, siblings
from grader.chapter.network.entries import Index, components, entry_name, entry_of, picked, places
from grader.chapter.network.facts import DERIVATIVE, STEPPED, Assertion, Facts, Formula
from grader.chapter.network.grids import Slots
from grader.chapter.network.lowering import Lowering
from grader.chapter.network.tape import Tape, TooLong, Values
from grader.chapter.operations import Undefined
from grader.chapter.printed import significant
from grader.reading.tree import Tree

END = 10**9
"""The line at which a page is asked for everything that it says of the first pass."""

MAX_BEHIND = 40
"""So many formulas, one behind the other, are followed to find how a name is computed."""

MAX_TRIES = 1500
"""So many formulas, as they stand or with indices moved, are tried for one network."""

MANY = 100
"""A given that is no entry of a matrix outweighs as many numbers that might be."""

SAME = 1e-9
"""Relative difference below which two formulas give the same number."""


@dataclass
class Implied:
    """Names as slots of a tape; what is below ``line`` on the page counts only where nothing stands above.

    ``choices`` settles by its number which of several possible analogies a name has.
    """

    facts: Facts
    line: int
    choices: Mapping[str, int] = field(default_factory=dict)
    tape: Tape = field(default_factory=Tape)
    analogous: dict[str, str] = field(default_factory=dict)
    """Names whose formula was taken from a sibling, with the sibling."""
    disbelieved: frozenset[str] = frozenset()
    """Names that are computed as a sibling is although another number is told for them."""
    doubtful: set[str] = field(default_factory=set)
    """Names for which it may be so."""
    picked: dict[str, tuple[str, Index, int]] = field(default_factory=dict)
    """Names of entries: the vector or matrix, the place, and what counting begins with."""
    ambiguous: dict[str, int] = field(default_factory=dict)
    """Names for which several analogies are possible, with their number."""
    _slots: dict[str, Slots] = field(default_factory=dict)
    _picks: dict[tuple[str, str, int], bool] = field(default_factory=dict)
    _busy: set[str] = field(default_factory=set)
    _tried: int = 0

    # ---- what the page says

    @cached_property
    def leaves(self) -> dict[str, float]:
        """The value of each name that is told one: the last one above, else the first below."""
        return {name: self._told(name) for name in self.facts.values}

    def _told(self, name: str) -> float:
        said = self.facts.values[name]
        first = [one for one in said if one.how != STEPPED]
        firm = [one for one in first if one.how != "used" or self.facts.used(name, one.value) > 1] or first
        now = sorted((*firm, *(said if self.line < END else ())), key=lambda one: one.line)
        above = [one for one in now if one.line <= self.line and (one in firm or one.how == STEPPED)]
        return (above[-1] if above else firm[0]).value

    def others(self, name: str) -> list[float]:
        """Other values that the page gives to a leaf."""
        first = [one for one in self.facts.values.get(name, ()) if one.how != STEPPED]
        now = replace(self, line=END) if self.earlier(name) else self
        here = now.leaves.get(name, math.nan)
        found = {one.value for one in first}
        return [value for value in found if not math.isclose(value, here, rel_tol=1e-6, abs_tol=1e-12)]

    def half(self, name: str) -> float:
        """How far the digits of a leaf that an update gave may be off."""
        above = [one for one in self.facts.values.get(name, ()) if one.line <= self.line]
        return above[-1].half if above else 0.0

    def earlier(self, name: str) -> list[float]:
        """Values of a leaf that an update has replaced."""
        said = [one for one in self.facts.values.get(name, ()) if one.line <= self.line]
        stepped = any(one.how == STEPPED for one in said) and self.line < END
        return [one.value for one in said[:-1]] if stepped else []

    # ---- asking

    def slots(self, name: str) -> Slots:
        """The slot of a name, or those of its entries; None if the page does not say how it is computed."""
        try:
            return self._slot(name)
        except (Undefined, TooLong):
            return None

    def slot(self, name: str) -> int | None:
        """The slot of a name that is one number."""
        found = self.slots(name)
        return None if found is None or isinstance(found, np.ndarray) else int(found)

    def every_slot(self, name: str) -> list[int]:
        """The slots of a number or of all entries of an array."""
        found = self.slots(name)
        return [] if found is None else [int(slot) for slot in np.ravel(found)]

    def leaf_name(self, name: str) -> str:
        """The name under which the calculation knows a leaf: ``W^(1)[1,2]`` for ``W_12^(1)``."""
        slot = self.slot(name)
        return next((leaf for leaf, place in self.tape.leaves.items() if place == slot), name)

    def value(self, name: str) -> float:
        """The value of a name, or of a derivative; NaN without one."""
        return self.look().value(name)

    def look(
        self, leaves: Mapping[str, float] | None = None, moved: Mapping[int, float] | None = None
    ) -> Look:
        """All values at once, for these leaves."""
        return Look(self, self.leaves if leaves is None else leaves, moved or {})

    def worth(self, tree: Tree) -> float:
        """The value of a formula here, in which derivatives may stand; NaN if it has none."""
        slots = self._lower(tree, slopes=True)
        return math.nan if slots is None or isinstance(slots, np.ndarray) else self.look().at(int(slots))

    def slope(self, name: str) -> float:
        """The value of a derivative, which by a leaf that is not used is 0; NaN for any other name."""
        halves = DERIVATIVE.fullmatch(name)
        if not halves:
            return math.nan
        target, by = self.slot(halves["of"]), self.tape.leaves.get(halves["by"])
        unused = target is not None and by is not None and by not in self.tape.below(target)
        return 0.0 if unused else self.value(name)

    def computed(self, name: str) -> bool:
        """Whether a name is computed from others, and no leaf."""
        halves = DERIVATIVE.fullmatch(name)
        slots = self.every_slot(halves["of"] if halves else name)
        return any(self.tape.steps[slot][0] is not None for slot in slots)

    def leaves_of(self, name: str) -> list[str]:
        """The leaves that a name is computed from."""
        halves = DERIVATIVE.fullmatch(name)
        slots = self.every_slot(halves["of"] if halves else name)
        below = set().union(*(self.tape.below(slot) for slot in slots))
        return [leaf for leaf, place in self.tape.leaves.items() if place in below]

    # ---- putting together

    def _slot(self, name: str) -> Slots:
        if name not in self._slots:
            if name in self._busy or len(self._busy) > MAX_BEHIND:
                raise Undefined("the formulas go round in a circle")
            self._busy.add(name)
            try:
                self._slots[name] = self._made(name)
            finally:
                self._busy.discard(name)
        slot = self._slots[name]
        if slot is None:
            raise Undefined(f"the page does not say how {name} is computed")
        return slot

    def _made(self, name: str) -> Slots:
        entry = entry_of(name)
        if entry:
            return picked(self.slots(entry[0]), entry[1])
        found, holds = self._from_formulas(name)
        if found is None and not DERIVATIVE.fullmatch(name):
            found = self._array(name)
            found = found if found is not None else self._component(name)
            holds = found is not None
        if not holds and not DERIVATIVE.fullmatch(name):
            sibling = self._from_sibling(name)
            found = sibling if sibling is not None else found
        if found is None and name in self.facts.values and not DERIVATIVE.fullmatch(name):
            twin = self._twin(name)
            found = self._slot(twin) if twin else self.tape.leaf(name)
        if found is None and name in self.facts.in_figure:
            found = self.tape.leaf(name)
        return found

    def _twin(self, name: str) -> str:
        """The one computed name for which the number told for this name is printed, digit by digit."""
        texts = {one.number.text for one in self.facts.printed.get(name, ())}
        if len(texts) != 1:
            return ""
        twins = {
            other
            for other, some in self.facts.printed.items()
            if other in self.facts.formulas
            and other != name
            and any(one.number.text in texts for one in some)
        }
        (text,) = texts
        twin = twins.pop() if len(twins) == 1 else ""
        kin = twin.startswith(name) or name.startswith(twin)
        return twin if significant(text) >= (3 if kin else 6) else ""

    # ---- a formula with something changed

    def changed(self, name: str, change: Callable[[Tree], Iterable[Tree]]) -> Iterator[float]:
        """What a name would be if its formula, as it stands on the page, were changed."""
        array, index, first = self._written(name)
        for formula in self.facts.formulas.get(array, ()):
            for tree in change(formula.tree):
                slot = self._entry(self._lower(tree), index, first)
                if slot is not None:
                    yield self.look().at(slot)

    def directly(self, name: str, leaves: Mapping[str, float]) -> Iterator[float]:
        """What a name's own formula gives with other leaves in it, all that is computed before left alone."""
        array, index, first = self._written(name)
        for formula in self.facts.formulas.get(array, ()):
            slot = self._entry(self._lower(formula.tree, fixed=self.look().values), index, first)
            if slot is not None:
                yield self.look(leaves).at(slot)

    def _written(self, name: str) -> tuple[str, Index, int]:
        """Under which name the formula of a name stands, and which entry it is of that."""
        self.slot(name)
        entry = entry_of(name)
        return (*entry, 1) if entry else self.picked.get(name, (name, (), 1))

    def _entry(self, slots: Slots, index: Index, first: int) -> int | None:
        found = picked(slots, index, first) if index else slots
        return int(found) if isinstance(found, int) else None

    # ---- vectors and matrices

    def _array(self, name: str) -> Slots:
        """The slots of a vector or matrix: by its last formula above, or its first below, or as given."""
        lowered = [(formula.line, self._lower(formula.tree)) for formula in self.facts.formulas.get(name, ())]
        arrays = [(line, slots) for line, slots in lowered if isinstance(slots, np.ndarray)]
        if arrays:
            return next((slots for line, slots in reversed(arrays) if line <= self.line), arrays[0][1])
        shape = self.facts.shapes.get(name)
        if shape is None:
            return None
        found = np.empty(math.prod(shape), dtype=object)
        found[:] = [self.tape.leaf(entry_name(name, index)) for index in places(shape)]
        return found.reshape(shape)

    def _component(self, name: str) -> int | None:
        """The entry of a vector or matrix that a name picks, if the numbers of the page bear that out."""
        for way in components(name):
            likely = [other for other in self.facts.arrays if way.certain(other) or way.likely(other)]
            for array in sorted(likely, key=lambda other: (not way.certain(other), other)):
                for first in (1, 0):
                    slot = picked(self.slots(array), way.index, first)
                    if slot is not None and self._picks_from(name, array, first, way.certain(array)):
                        self.picked[name] = array, way.index, first
                        return slot
        return None

    def _picks_from(self, name: str, array: str, first: int, certain: bool) -> bool:
        """Whether the printed numbers of a family of names are entries of an array."""
        key = family(name)[0], array, first
        if key not in self._picks:
            values, right, wrong = self.tape.forward(self.leaves), 0, 0
            slots = self.slots(array)
            for other in (kin for kin in self.facts.printed if family(kin)[0] == key[0]):
                at = next((at for way in components(other) if (at := picked(slots, way.index, first))), None)
                told = self.facts.printed[other] if at is not None else ()
                agree = at is not None and any(near_enough(one, values[at]) for one in told)
                given = any(said.how == "given" for said in self.facts.values.get(other, ()))
                right, wrong = right + agree, wrong + (not agree) * (MANY if given else 1)
            self._picks[key] = right >= max(wrong, 1) or (certain and first == 1 and wrong < 2)
        return self._picks[key]

    def _lower_number(self, tree: Tree, renamed: Mapping[str, str] | None = None) -> int | None:
        """The slot of a tree that is one number."""
        slots = self._lower(tree, renamed)
        return None if slots is None or isinstance(slots, np.ndarray) else int(slots)

    def _lower(
        self,
        tree: Tree,
        renamed: Mapping[str, str] | None = None,
        fixed: Values | None = None,
        slopes: bool = False,
    ) -> Slots:
        ledger = self.facts.ledger

        def slots_of(name: str) -> Slots:
            slope = self.slope(name) if slopes else math.nan
            if math.isfinite(slope):
                return self.tape.constant(slope)
            slots = self._slot(renamed.get(name, name) if renamed else name)
            return slots if fixed is None else each(slots)

        def constant(slot: int) -> int:
            known = fixed is not None and slot < len(fixed) and self.tape.steps[slot][0] is not None
            return self.tape.constant(fixed[slot]) if fixed is not None and known else slot

        each = np.frompyfunc(constant, 1, 1)

        lowering = Lowering(self.tape, slots_of, ledger.functions, ledger.definitions, ledger.whole_names)
        self._tried += 1
        if self._tried > MAX_TRIES:
            return None
        try:
            return lowering.lower(tree)
        except (Undefined, TooLong, OverflowError):
            return None

    def _from_formulas(self, name: str) -> tuple[int | None, bool]:
        """The slot of the formula that holds here, and whether the numbers printed behind it bear it out.

        Of several formulas with the same value, it is one by intermediate names.
        """
        lowered = [
            (formula, slot)
            for formula in self.facts.formulas.get(name, ())
            if (slot := self._lower_number(formula.tree)) is not None
        ]
        if not lowered:
            return None, False
        values = self.tape.forward(self.leaves)
        likely = [pair for pair in lowered if self._standing(pair[1], lowered, values) > 0] or lowered
        lines = [formula.line for formula, _ in likely if formula.line <= self.line]
        line = max(lines) if lines else min(formula.line for formula, _ in likely)
        anchor = next(slot for formula, slot in likely if formula.line == line)
        alike = [slot for _, slot in lowered if _same(values[slot], values[anchor])] or [anchor]
        depth = {slot: sum(place in self.tape.below(slot) for place in self._inner()) for slot in alike}
        return max(alike, key=lambda slot: depth[slot]), not self._denied(anchor, lowered, values)

    def _inner(self) -> list[int]:
        """The slots of names that are computed."""
        numbers = [slot for slot in self._slots.values() if isinstance(slot, int)]
        return [slot for slot in numbers if self.tape.steps[slot][0]]

    def _standing(self, slot: int, lowered: list[tuple[Formula, int]], values: Values) -> int:
        """On how many lines a formula stands, one less if the number printed behind it is another."""
        lines = {formula.line for formula, place in lowered if _same(values[place], values[slot])}
        return len(lines) - self._denied(slot, lowered, values)

    def _denied(self, slot: int, lowered: list[tuple[Formula, int]], values: Values) -> bool:
        """Whether numbers are printed behind formulas with this value, and never this value."""
        alike = [formula for formula, place in lowered if _same(values[place], values[slot])]
        numbers = [number for formula in alike for number in formula.printed]
        told = any(abs(number.value - values[slot]) <= 1.01 * number.half for number in numbers)
        return bool(numbers) and math.isfinite(values[slot]) and not told

    # ---- by analogy

    def _from_sibling(self, name: str) -> int | None:
        for sibling in siblings(name, self.facts.formulas)[:3]:
            found = self._alternatives(name, sibling)
            slots = [slot for slot in found if not self._refuted(name, slot)]
            if found and not slots and name not in self.facts.formulas:
                self.doubtful.add(name)
                slots = found if name in self.disbelieved else []
            if slots:
                self.analogous[name] = sibling
                if len(slots) > 1:
                    self.ambiguous[name] = len(slots)
                return slots[min(self.choices.get(name, 0), len(slots) - 1)]
        return None

    def _alternatives(self, name: str, sibling: str) -> list[int]:
        """The slots of the sibling's formulas with indices moved, each value once."""
        move = move_between(sibling, name)
        found: list[int] = []
        for formula in self.facts.formulas[sibling]:
            names = sorted(names_in(formula.tree) - set(self.facts.ledger.functions) - {"e", "pi"})
            for renamed in candidates(names, move, partial(self._usable, move), self._taken):
                slot = self._lower_known(formula.tree, renamed)
                found += [slot] if slot is not None and slot not in found else []
        values = self.tape.forward(self.leaves)
        return [
            slot
            for position, slot in enumerate(found)
            if not any(_same(values[slot], values[other]) for other in found[:position])
        ]

    def _lower_known(self, tree: Tree, renamed: Mapping[str, str]) -> int | None:
        for name in renamed.values():
            if self.slot(name) is None and self.facts.known(name):
                self._slots[name] = self.tape.leaf(name)  # it stands on the page, its value only in a figure
        return self._lower_number(tree, renamed)

    def _usable(self, move: Move, name: str) -> bool:
        """Whether a name stands on the page, or is computed as a sibling with the same index is."""
        if self.facts.known(name):
            return True
        kin = siblings(name, self.facts.formulas) if move.new in family(name)[1] else []
        return any(move.old in family(other)[1] for other in kin)

    @cached_property
    def _taken(self) -> frozenset[str]:
        """The leaves that serve in formulas that stand on the page."""
        formulas = self.facts.formulas
        used = {name for some in formulas.values() for formula in some for name in names_in(formula.tree)}
        return frozenset(name for name in used if name not in formulas)

    def _refuted(self, name: str, slot: int) -> bool:
        """Whether a number that is told for a name is not what the analogy gives.

        A name with a formula of its own is only taken to mean another if a number bears that out.
        """
        value = self.tape.forward(self.leaves)[slot]
        told = self.facts.printed.get(name, ())
        if not told or math.isnan(value):
            return name in self.facts.formulas
        return not any(near_enough(assertion, value) for assertion in told)


def near_enough(assertion: Assertion, value: float) -> bool:
    """Whether a number is what was printed, up to a unit of the last of many digits."""
    room = 3 if significant(assertion.number.text) > 4 else 1.01
    return abs(assertion.number.value - value) <= room * assertion.number.half


def _same(first: float, second: float) -> bool:
    return math.isclose(first, second, rel_tol=SAME, abs_tol=1e-15)


@dataclass
class Look:
    """The values of one calculation, each worked out when it is first asked for."""

    network: Implied
    leaves: Mapping[str, float]
    moved: Mapping[int, float]
    _values: Values = field(default_factory=list)
    _slopes: dict[int, Values] = field(default_factory=dict)

    def value(self, name: str) -> float:
        """The value of a name, or of a derivative; NaN without one."""
        halves = DERIVATIVE.fullmatch(name)
        target = self.network.slot(halves["of"] if halves else name)
        by = self.network.slot(halves["by"]) if halves else None
        if target is None:
            return math.nan
        if not halves:
            return self.at(target)
        if by is None or by == target or by not in self.network.tape.below(target):
            return math.nan
        return self.slopes(target)[by]

    @property
    def values(self) -> Values:
        """A copy of the values in all slots."""
        self.at(0)
        return self._values.copy()

    def at(self, slot: int) -> float:
        """The value in a slot."""
        if len(self._values) < len(self.network.tape.steps):
            self._values = self.network.tape.forward(self.leaves, self.moved)
        return self._values[slot]

    def slopes(self, target: int) -> Values:
        """The derivative of one slot by every slot."""
        if target not in self._slopes:
            self.at(target)
            self._slopes[target] = self.network.tape.backward(self._values, target)
        return self._slopes[target]
