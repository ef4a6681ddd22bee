"""What a chapter itself defines: its givens, its functions and the quantities it introduces on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from grader.chapter.functions import BY_SPELLING, Function, Value
from grader.chapter.intervals import Interval
from grader.chapter.known import NOTHING, Known
from grader.chapter.names import names_in, numbers_in
from grader.chapter.operations import Undefined
from grader.chapter.printed import significant
from grader.chapter.values import Definition, Scope, evaluate, printed_exactly
from grader.reading.tree import Number, Tree


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a name at one place: its exact value, the value printed for it, and its formula.

    ``how`` is ``given``, ``computed``, ``used`` (a number was put in its place) or ``network`` (the author's
    own network file says so, line 0) or ``in code``; ``version`` counts the values that the page has given
    it, from 1.
    """

    name: str
    line: int
    how: str
    exact: Value | None = None
    printed: Value | None = None
    formula: Tree | None = None
    version: int = 1
    disputed: bool = False
    """Whether the page contradicts itself where it computes the value."""


@dataclass(frozen=True, slots=True)
class Result:
    """A number printed as the outcome of something: what it should be, and where it went wrong if it did."""

    line: int
    exact: Interval
    wrong_since: int | None = None
    ends: bool = False
    """Whether it has no more digits than are printed, as far as the numbers that it is worked out of say."""


@dataclass
class Ledger:
    """Everything known so far, reading down the page; a later value of a name is a new version of it."""

    whole_names: frozenset[str] = frozenset()
    functions: Mapping[str, Function] = field(default_factory=lambda: BY_SPELLING)
    entries: dict[str, Entry] = field(default_factory=dict)
    history: list[Entry] = field(default_factory=list)
    formulas: dict[str, Tree] = field(default_factory=dict)
    first_formulas: dict[str, Tree] = field(default_factory=dict)
    """The formula by which the page introduced a name, whatever it says of it later."""
    definitions: dict[str, Definition] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)
    givens: set[str] = field(default_factory=set)
    last_result: float | None = None
    defined_often: set[str] = field(default_factory=set)
    known: Known = NOTHING
    chosen: frozenset[str] = frozenset()
    """The digits of numbers that the author chose, as far as the text shows it."""
    _cache: dict[str, Value | None] = field(default_factory=dict)
    _busy: set[str] = field(default_factory=set)
    _settled: set[str] = field(default_factory=set)
    """Names that are settled as far as the page has been read, with all that they are computed from."""

    # ---- writing

    def give(self, name: str, value: Value, line: int, how: str = "given") -> None:
        """A value that is not computed from anything; ``b_{3..6}`` gives one to every name of the range."""
        for single in expanded(name):
            old = self.exact(single)
            known = self.entries.get(single)
            if old is not None and known and same(old, value):
                continue
            self._put(Entry(single, line, how, value, value, version=self._next_version(single, value)))

    def compute(self, entry: Entry) -> None:
        """A quantity introduced by a formula or a chain; what was said of it is kept where it fits."""
        old = self.entries.get(entry.name)
        version = self._next_version(entry.name, entry.exact, entry.formula)
        if old and old.formula is not None and entry.formula is None and version == old.version:
            entry = replace(entry, formula=old.formula)
        self._put(replace(entry, version=version))

    def _put(self, entry: Entry) -> None:
        self.entries[entry.name] = entry
        if entry.formula is not None:
            self.formulas[entry.name] = entry.formula
            self.first_formulas.setdefault(entry.name, entry.formula)
        else:
            self.formulas.pop(entry.name, None)
        self.history.append(entry)
        self._cache.clear()
        if entry.name in self._settled:
            self._settled.clear()

    def _next_version(self, name: str, value: Value | None, formula: Tree | None = None) -> int:
        old = self.entries.get(name)
        if old is None:
            return 1
        before = self.exact(name)
        if before is None or value is None:
            changed = (
                before is None and old.formula is not None and formula is not None and old.formula != formula
            )
        else:
            changed = not near(before, value)
        return old.version + changed

    # ---- asking

    def understood(self) -> tuple[Entry, ...]:
        """What the page was understood to define, one entry a version, as it stood in the end."""
        last = {(entry.name, entry.version): entry for entry in self.history}
        return tuple(last.values())

    def exact(self, name: str) -> Value | None:
        """The exact value of a name, recomputed through the formulas of the page; None if it has none."""
        if name not in self._cache:
            if name in self._busy or len(self._busy) > MAX_BEHIND:
                return None
            self._busy.add(name)
            try:
                self._cache[name] = self._recomputed(name)
            finally:
                self._busy.discard(name)
        return self._cache[name]

    def _recomputed(self, name: str) -> Value | None:
        entry = self.entries.get(name)
        if entry is None or entry.exact is not None or entry.formula is None:
            return entry.exact if entry else None
        try:
            return evaluate(entry.formula, self.scope())
        except Undefined:
            return None

    def printed(self, name: str) -> Value | None:
        """The value of a name as far as its printed digits go."""
        entry = self.entries.get(name)
        return entry.printed if entry and entry.printed is not None else self.exact(name)

    def scope(self) -> Scope:
        """The scope in which every name has its exact value and every number is what its digits say."""
        return Scope(
            self.exact,
            functions=self.functions,
            definitions=self.definitions,
            formulas=self.formulas,
            whole_names=self.whole_names,
        )

    def local_scope(self, digits: int) -> Scope:
        """The scope in which printed decimals are known to half a unit, for an outcome of so many digits."""
        return replace(
            self.scope(), value_of=self.printed, literal=lambda number: self._to_half_a_unit(number, digits)
        )

    def _to_half_a_unit(self, number: Number, digits: int) -> Interval:
        value = printed_exactly(number)
        return (
            value if self._is_exact(number, digits) else Interval.around(value.low, float(number.half_unit))
        )

    def _is_exact(self, number: Number, digits: int) -> bool:
        """Whole numbers, givens and results that end with their digits are exact, and so is 0.5 beside nine
        digits: who rounds keeps more."""
        chosen = number.text in self.givens or number.text in self.chosen
        if "." not in number.text or chosen or self._ends(number):
            return True
        return significant(number.text) < min(digits, 6) - 1

    def _ends(self, number: Number) -> bool:
        """Whether a number repeats a result that has no more digits than are printed."""
        source = self.source(number)
        return source is not None and source.ends

    def unrounded(self, tree: Tree) -> bool:
        """Whether no number of a tree repeats a result that goes on behind its printed digits."""
        return all(source.ends for number in numbers_in(tree) if (source := self.source(number)))

    def rounded_scope(self) -> Scope:
        """The scope in which every printed decimal is known to half a unit, whatever stands beside it."""

        def literal(number: Number) -> Interval:
            return Interval.around(
                float(number.value), float(number.half_unit) if "." in number.text else 0.0
            )

        return replace(self.scope(), value_of=self.printed, literal=literal)

    def traced_scope(self) -> Scope:
        """The scope in which a printed result stands for the exact number that it should be."""
        return replace(self.scope(), literal=self._traced)

    def _traced(self, number: Number) -> Interval:
        result = self.source(number)
        return result.exact if result else printed_exactly(number)

    def source(self, number: Number) -> Result | None:
        """The earlier result whose digits a number repeats, if they are enough to tell."""
        result = self.results.get(number.text) if significant(number.text) >= 3 else None
        return result if result and number.text not in self.givens else None

    def grounded(self, tree: Tree, digits: int) -> bool:
        """Whether all numbers of a tree are exact or repeat results whose exact value is known."""
        return all(self._is_exact(number, digits) or self._known(number) for number in numbers_in(tree))

    def _known(self, number: Number) -> bool:
        """Whether a number repeats a result of which more is known than its digits."""
        source = self.source(number)
        return source is not None and source.exact.low == source.exact.high

    def settled(self, tree: Tree) -> bool:
        """Whether every name in a tree, and in the formulas behind it, has had only one value on the page."""
        seen: set[str] = set()
        waiting = list(names_in(tree))
        while waiting:
            name = waiting.pop()
            entry = self.entries.get(name)
            if name in seen or name in self._settled:
                continue
            if entry is not None and (entry.version > 1 or entry.how == IN_CODE):
                return False
            seen.add(name)
            waiting.extend(names_in(entry.formula) if entry is not None and entry.formula is not None else ())
        self._settled |= seen
        return True

    def disputed_in(self, tree: Tree) -> Entry | None:
        """A name in a tree, or in the formulas behind it, whose value was found wrong where it stands."""
        seen: set[str] = set()
        waiting = list(names_in(tree))
        while waiting:
            name = waiting.pop()
            entry = self.entries.get(name)
            if name in seen or entry is None:
                continue
            if entry.disputed:
                return entry
            seen.add(name)
            waiting.extend(names_in(entry.formula) if entry.formula is not None else ())
        return None


IN_CODE = "in code"
"""How a name that code on the page sets is known: it confirms, but what it is elsewhere is not settled."""

MAX_BEHIND = 40
"""So many formulas, one behind the other, are followed to find a value."""

_RANGE = re.compile(r"(.*_)(\d+)\.\.(\d+)")


def expanded(name: str) -> Iterator[str]:
    """The names that a range stands for.

    >>> list(expanded("b_3..6"))
    ['b_3', 'b_4', 'b_5', 'b_6']
    """
    span = _RANGE.fullmatch(name)
    if not span or int(span[3]) - int(span[2]) > 100:
        yield name
        return
    for number in range(int(span[2]), int(span[3]) + 1):
        yield f"{span[1]}{number}"


def _compared(first: Value, second: Value, relative: float) -> bool:
    if np.shape(first) != np.shape(second):
        return False
    pairs = zip(np.ravel(first), np.ravel(second), strict=True)
    return all(
        abs(a.middle - b.middle) <= relative * max(abs(a.middle), abs(b.middle)) + 1e-12 for a, b in pairs
    )


def same(first: Value, second: Value) -> bool:
    """Whether two values are one number, or one array."""
    return _compared(first, second, 1e-12)


def near(first: Value, second: Value) -> bool:
    """Whether two values may be one quantity rounded differently."""
    return _compared(first, second, 0.01)
