"""The calculation behind a page's numbers, put together from its own formulas, as it stands at one line."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from grader.chapter.network.analogies import Analogies
from grader.chapter.network.arrays import Arrays
from grader.chapter.network.entries import Index, entry_of, picked
from grader.chapter.network.facts import DERIVATIVE, Facts, Formula
from grader.chapter.network.grids import Slots
from grader.chapter.network.look import Look, same_value
from grader.chapter.network.lowering import Lowering
from grader.chapter.network.tape import Tape, TooLong, Values
from grader.chapter.network.told import STEPPED, Leaves
from grader.chapter.operations import Undefined
from grader.chapter.printed import significant
from grader.reading.tree import Tree

END = 10**9
"""The line at which a page is asked for everything that it says of the first pass."""

MAX_BEHIND = 40
"""So many formulas, one behind the other, are followed to find how a name is computed."""

MAX_TRIES = 1500
"""So many formulas, as they stand or with indices moved, are tried for one network."""

MAX_TRIES_OF_PAGE = 80_000
"""So many for all networks of a page; pages on which much goes by analogy need half of that."""


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
    _busy: set[str] = field(default_factory=set)
    _tried: int = 0

    # ---- what the page says

    @cached_property
    def leaves(self) -> Mapping[str, float]:
        """The value of each name that is told one: the last one above, else the first below."""
        return Leaves(self.facts.values, self._told)

    def _told(self, name: str) -> float:
        told = self.facts.told(name)
        return told.at(self.line) if self.line < END else told.in_the_end

    def others(self, name: str) -> list[float]:
        """Other values that the page gives to a leaf."""
        now = replace(self, line=END) if self.earlier(name) else self
        here = now.leaves.get(name, math.nan)
        found = self.facts.told(name).ever
        return [value for value in found if not math.isclose(value, here, rel_tol=1e-6, abs_tol=1e-12)]

    def half(self, name: str) -> float:
        """How far the digits of a leaf that an update gave may be off."""
        above = self.facts.told(name).above(self.line)
        return above[-1].half if above else 0.0

    def earlier(self, name: str) -> list[float]:
        """Values of a leaf that an update has replaced."""
        said = self.facts.told(name).above(self.line) if self.line < END else []
        stepped = any(one.how == STEPPED for one in said)
        return [one.value for one in said[:-1]] if stepped else []

    @cached_property
    def _arrays(self) -> Arrays:
        return Arrays(self)

    @cached_property
    def _analogies(self) -> Analogies:
        return Analogies(self)

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
        if leaves is None and moved is None:
            return self._as_told
        return Look(self, self.leaves if leaves is None else leaves, moved or {})

    @cached_property
    def _as_told(self) -> Look:
        """The values for the leaves that the page tells."""
        return Look(self, self.leaves, {})

    def worth(self, tree: Tree) -> float:
        """The value of a formula here, in which derivatives may stand; NaN if it has none."""
        slots = self.lower(tree, slopes=True)
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

    def as_leaf(self, name: str) -> None:
        """Makes a leaf of a name that stands on the page, its value only in a figure."""
        self._slots[name] = self.tape.leaf(name)

    def _made(self, name: str) -> Slots:
        entry = entry_of(name)
        if entry:
            return picked(self.slots(entry[0]), entry[1])
        found, holds = self._from_formulas(name)
        if found is None and not DERIVATIVE.fullmatch(name):
            found = self._arrays.slots_of(name)
            found = found if found is not None else self._arrays.entry_of(name)
            holds = found is not None
        if not holds and not DERIVATIVE.fullmatch(name):
            sibling = self._analogies.slot_of(name)
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
        (text,) = texts
        alike = self.facts.printed_as.get(text, set()) - {name}
        twins = {other for other in alike if other in self.facts.formulas}
        twin = twins.pop() if len(twins) == 1 else ""
        kin = twin.startswith(name) or name.startswith(twin)
        return twin if significant(text) >= (3 if kin else 6) else ""

    # ---- a formula with something changed

    def changed(self, name: str, change: Callable[[Tree], Iterable[Tree]]) -> Iterator[float]:
        """What a name would be if its formula, as it stands on the page, were changed."""
        array, index, first = self._written(name)
        for formula in self.facts.formulas.get(array, ()):
            for tree in change(formula.tree):
                slot = self._entry(self.lower(tree), index, first)
                if slot is not None:
                    yield self.look().at(slot)

    def directly(self, name: str, leaves: Mapping[str, float]) -> Iterator[float]:
        """What a name's own formula gives with other leaves in it, all that is computed before left alone."""
        array, index, first = self._written(name)
        for formula in self.facts.formulas.get(array, ()):
            slot = self._entry(self.lower(formula.tree, fixed=self.look().values), index, first)
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

    # ---- from trees to slots

    def lower_number(self, tree: Tree, renamed: Mapping[str, str] | None = None) -> int | None:
        """The slot of a tree that is one number."""
        slots = self.lower(tree, renamed)
        return None if slots is None or isinstance(slots, np.ndarray) else int(slots)

    def lower(
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
        self.facts.tried += 1
        if self._tried > MAX_TRIES or self.facts.tried > MAX_TRIES_OF_PAGE:
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
            if (slot := self.lower_number(formula.tree)) is not None
        ]
        if not lowered:
            return None, False
        values = self.look().values
        likely = [pair for pair in lowered if self._standing(pair[1], lowered, values) > 0] or lowered
        lines = [formula.line for formula, _ in likely if formula.line <= self.line]
        line = max(lines) if lines else min(formula.line for formula, _ in likely)
        anchor = next(slot for formula, slot in likely if formula.line == line)
        alike = [slot for _, slot in lowered if same_value(values[slot], values[anchor])] or [anchor]
        return max(alike, key=self._depth), not self._denied(anchor, lowered, values)

    def _depth(self, slot: int) -> int:
        """How many names that are computed a slot is computed from."""
        below = self.tape.below(slot)
        return sum(place in below for place in self._inner())

    def _inner(self) -> list[int]:
        """The slots of names that are computed."""
        numbers = [slot for slot in self._slots.values() if isinstance(slot, int)]
        return [slot for slot in numbers if self.tape.steps[slot][0]]

    def _standing(self, slot: int, lowered: list[tuple[Formula, int]], values: Values) -> int:
        """On how many lines a formula stands, one less if the number printed behind it is another."""
        lines = {formula.line for formula, place in lowered if same_value(values[place], values[slot])}
        return len(lines) - self._denied(slot, lowered, values)

    def _denied(self, slot: int, lowered: list[tuple[Formula, int]], values: Values) -> bool:
        """Whether numbers are printed behind formulas with this value, and never this value."""
        alike = [formula for formula, place in lowered if same_value(values[place], values[slot])]
        numbers = [number for formula in alike for number in formula.printed]
        told = any(abs(number.value - values[slot]) <= 1.01 * number.half for number in numbers)
        return bool(numbers) and math.isfinite(values[slot]) and not told
