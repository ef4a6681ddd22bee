"""What is learnt from a chain: givens, functions, numbers put in for letters, and new quantities."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from grader.chapter.chains import Side
from grader.chapter.evidence import attempt, is_symbolic
from grader.chapter.functions import Value
from grader.chapter.heads import function_head, names_of
from grader.chapter.intervals import Interval
from grader.chapter.names import names_in, numbers_in
from grader.chapter.printed import printed_numbers, significant
from grader.chapter.spelling import bare, is_name
from grader.chapter.substitution import is_number, substituted
from grader.chapter.values import Definition, evaluate
from grader.ledger import Entry, Ledger, expanded, near
from grader.reading.tree import Name, Tree

MANY_DIGITS = 5
"""A number with so many significant digits that is put in for a name is a rounded result, not a given."""


MANY_SIDES = 20
"""Further sides of a chain are not searched for numbers put in for letters."""


@dataclass
class Learner:
    """Enters in the ledger what chains say."""

    ledger: Ledger

    def given(self, sides: list[Side], line: int) -> bool:
        """``w_1 = 0.3``, ``[x_1, x_2] = [0, 0]``: nothing on the page determines it, so it is no claim."""
        if len(sides) != 2 or sides[1].tree is None:
            return False
        numbers = printed_numbers(sides[1])
        names = names_of(sides[0])
        if not numbers or not names or (len(names) == 1 and self._computed(sides[0].tree)):
            return False
        value = attempt(sides[1].tree, self.ledger.scope())
        if value is None or (len(names) > 1 and len(names) != len(numbers)):
            return False
        if len(names) == 1 and self._restates(names[0], value):
            return False
        values = [value] if len(names) == 1 else [Interval.exactly(number.value) for number in numbers]
        for name, each in zip(names, values, strict=True):
            self.ledger.give(name, each, line)
        self.ledger.givens.update(number.text.lstrip("-") for number in numbers)
        return True

    def _computed(self, head: Tree | None) -> bool:
        """Whether a first side that looks like a label is an expression with a value."""
        return head is not None and not is_name(bare(head)) and attempt(head, self.ledger.scope()) is not None

    def _restates(self, name: str, value: Value) -> bool:
        """Whether a computed quantity is printed once more, or a known formula gets its number here."""
        entry, known = self.ledger.entries.get(name), self.ledger.exact(name)
        if entry is None or known is None or entry.how == "given":
            return False
        return entry.printed is None or near(entry.printed, value) or near(known, value)

    def definition(self, sides: list[Side]) -> int:
        """Enters ``f(x) = body`` and answers from which side on the chain is to be judged: the body."""
        head, body = sides[0].tree, sides[1].tree
        function = function_head(head) if head is not None else None
        if function is None or body is None:
            return 0
        name, parameters = function
        if name not in self.ledger.functions and not set(parameters) & names_in(body):
            return 0
        old = self.ledger.definitions.get(name)
        definition = Definition(parameters, body)
        if name in self.ledger.functions and old is None and not _own_words(body):
            return 0
        if old is not None and old != definition:
            self.ledger.defined_often.add(name)
        self.ledger.definitions[name] = definition
        return 1

    def substitutions(self, sides: list[Side], line: int) -> None:
        """A formula that stands once with letters and once with numbers says which number each letter has."""
        trees = [side.tree for side in sides[:MANY_SIDES] if side.tree is not None]
        for symbolic in trees:
            if is_name(symbolic) or not is_symbolic(symbolic, self.ledger):
                continue
            for numeric in trees:
                if self._agree(symbolic, numeric):
                    continue
                found = substituted(symbolic, numeric) or {}
                for name, number in () if self._exchanged(found) else found.items():
                    self._used(name, number, line)

    def _exchanged(self, found: Mapping[str, Tree]) -> bool:
        """Whether these are the numbers that the names have already, but of each other: then the letters or
        the numbers are in a wrong order, and nothing is new."""
        scope = self.ledger.scope()
        numbers = sorted(_middle(attempt(number, scope)) for number in found.values())
        known = sorted(_middle(self.ledger.printed(name)) for name in found)
        pairs = zip(numbers, known, strict=True)
        return len(found) > 1 and all(abs(one - other) <= 1e-3 * abs(other) for one, other in pairs)

    def _agree(self, symbolic: Tree, numeric: Tree) -> bool:
        """Whether what is known already makes both sides equal, perhaps with factors in another order."""
        values = [attempt(tree, self.ledger.local_scope(9)) for tree in (symbolic, numeric)]
        return all(isinstance(value, Interval) for value in values) and values[0].meets(values[1])  # type: ignore[union-attr]

    def _used(self, name: str, number: Tree, line: int) -> None:
        """A number that stands where a name stood; a name that has about that value keeps it."""
        value = evaluate(number, self.ledger.scope())
        known = self.ledger.printed(name)
        if known is not None and near(known, value):
            return
        self.ledger.give(name, value, line, "used")
        digits = numbers_in(number)[0]
        if self.ledger.source(digits) is None and significant(digits.text) < MANY_DIGITS:
            self.ledger.givens.add(digits.text)

    def enter(self, sides: list[Side], line: int, wrong: bool) -> None:
        """The first side, if it is a name, gets the formula and the numbers of the others."""
        names = names_of(sides[0])
        if len(names) != 1 or len(sides) < 2:
            return
        rest = [side.tree for side in sides[1:] if side.tree is not None]
        symbolic = [
            tree for tree in rest if is_symbolic(tree, self.ledger) and names[0] not in names_in(tree)
        ]
        printed = self._last_printed(sides)
        exact = self._exact(rest, significant_of(sides), printed)
        formula = next(
            (tree for tree in symbolic if attempt(tree, self.ledger.scope()) is not None),
            next(iter(symbolic), None),
        )
        if wrong:
            formula, exact = (
                None,
                next((self._exact([tree], 1, printed) for tree in rest if tree not in symbolic), None),
            )
        if formula is None and exact is None and printed is None:
            return
        entry = Entry(names[0], line, "computed", exact, printed if printed is not None else exact, formula)
        for name in expanded(names[0]):
            self.ledger.compute(replace(entry, name=name, disputed=wrong))

    def _last_printed(self, sides: list[Side]) -> Value | None:
        """The last plain number of a chain with the room that its digits leave."""
        for side in reversed(sides[1:]):
            if side.tree is not None and printed_numbers(side) and not side.percent:
                return attempt(side.tree, self.ledger.rounded_scope())
        return None

    def _exact(self, rest: list[Tree], digits: int, printed: Value | None) -> Value | None:
        """The exact value of a chain: from settled names, else from numbers that are exact or traced."""
        for tree in rest:
            usable = (
                self.ledger.settled(tree)
                if is_symbolic(tree, self.ledger)
                else self.ledger.grounded(tree, digits)
            )
            value = attempt(tree, self.ledger.traced_scope()) if usable and not is_number(tree) else None
            if value is not None and (printed is None or near(value, printed)):
                return value
        return None


def _own_words(body: Tree) -> bool:
    """Whether the body of a known function says something new, which in ``\\sigma(z) = a`` it does not."""
    return not isinstance(bare(body), Name) and bool(numbers_in(body))


def significant_of(sides: list[Side]) -> int:
    """How many digits the outcome of a chain is printed with."""
    numbers = [number for side in sides for number in printed_numbers(side)]
    return significant(numbers[-1].text) if numbers else 6


def _middle(value: Value | None) -> float:
    return value.middle if isinstance(value, Interval) else math.nan
