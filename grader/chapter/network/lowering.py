"""From the formulas of a page, as trees, to the steps of a calculation with numbers, entry by entry."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from grader.chapter.functions import Function
from grader.chapter.names import below, ends_in_number, untransposed
from grader.chapter.network.grids import MAX_ENTRIES, Slots, called, entry_by_entry, product, single, total
from grader.chapter.network.tape import Tape
from grader.chapter.operations import Undefined
from grader.chapter.spelling import bare, spelling
from grader.chapter.values import Definition
from grader.reading import tree as t

MAX_INSIDE = 60
"""So deep may formulas stand inside one another."""


@dataclass(frozen=True)
class Lowering:
    """Notes trees on a tape; ``slots_of`` answers with what a name is there, or raises `Undefined`."""

    tape: Tape
    slots_of: Callable[[str], Slots]
    functions: Mapping[str, Function]
    definitions: Mapping[str, Definition]
    whole_names: frozenset[str]
    depth: int = 0

    def lower(self, tree: t.Tree) -> Slots:
        """The slot of a tree's value, or the slots of its entries.

        Raises `Undefined` for what is no calculation with numbers.
        """
        if self.depth > MAX_INSIDE:
            raise Undefined("the formulas go round in a circle")
        match tree:
            case t.Number():
                return self.tape.constant(float(tree.value))
            case t.Name() | t.Quotient() | t.Scripted():
                return self._name_or(tree)
            case t.Negate(body=body):
                return entry_by_entry(self.tape, "negate", self.lower(body))
            case t.Sum():
                return self._sum(tree)
            case t.Product():
                return self._product(tree)
            case t.Group(items=(item,)):
                return self.lower(item)
            case t.Group(items=items) if len(items) <= MAX_ENTRIES:
                return _array([self._number(item) for item in items], (len(items),))
            case t.Matrix(rows=rows) if (
                len({len(row) for row in rows}) == 1 and len(tree.parts) <= MAX_ENTRIES
            ):
                return _array([self._number(entry) for entry in tree.parts], (len(rows), len(rows[0])))
            case t.Norm(body=body):
                return self._norm(self.lower(body))
        raise Undefined("this kind of expression is no calculation with numbers")

    def _number(self, tree: t.Tree) -> int:
        slots = self.lower(tree)
        if isinstance(slots, np.ndarray):
            raise Undefined("an entry is no number")
        return int(slots)

    def _norm(self, values: Slots) -> Slots:
        if not isinstance(values, np.ndarray):
            return self.tape.apply("abs", values)
        if max(values.shape) != values.size:
            raise Undefined("which norm of a matrix is meant is not said")
        squares = entry_by_entry(self.tape, "power", values, self.tape.constant(2.0))
        return self.tape.apply("sqrt", total(self.tape, squares))

    def _name_or(self, tree: t.Tree) -> Slots:
        name = spelling(tree)
        raised = ends_in_number(tree) and name not in self.whole_names
        if name and not raised:
            try:
                return self.slots_of(name)
            except Undefined:
                if isinstance(tree, t.Scripted) and _transposes(tree):
                    return self._power(tree)
                if not isinstance(tree, t.Name | t.Scripted) or name not in _CONSTANTS:
                    raise
                return self.tape.constant(_CONSTANTS[name])
        if isinstance(tree, t.Quotient):
            return entry_by_entry(
                self.tape, "divide", self.lower(tree.numerator), self.lower(tree.denominator)
            )
        return self._power(tree)

    def _power(self, tree: t.Tree) -> Slots:
        if not isinstance(tree, t.Scripted) or tree.sup is None or tree.primes:
            raise Undefined("this name has no value")
        base = below(tree)
        transposed = _transposes(tree)
        if transposed is not None:
            return np.transpose(self.lower(transposed))
        if isinstance(base, t.Name) and base.text == "e":
            return entry_by_entry(self.tape, "exp", self.lower(tree.sup))
        exponent = self._number(tree.sup)
        return entry_by_entry(self.tape, "power", self.lower(base), exponent)

    def _sum(self, tree: t.Sum) -> Slots:
        value = self.lower(tree.terms[0])
        for sign, term in zip(tree.signs, tree.terms[1:], strict=True):
            operation = "subtract" if sign == "-" else "add"
            value = entry_by_entry(self.tape, operation, value, self.lower(term))
        return value

    def _product(self, tree: t.Product) -> Slots:
        value: Slots = None
        position, joins = 0, ("", *tree.joins)
        while position < len(tree.factors):
            beside = position + 1 < len(tree.factors) and joins[position + 1] == ""
            call = self._call(tree.factors[position], tree.factors[position + 1]) if beside else None
            factor = call if call is not None else self.lower(tree.factors[position])
            value = factor if value is None else product(self.tape, value, joins[position], factor)
            position += 1 if call is None else 2
        if value is None:
            raise Undefined("an empty product")
        return single(value)

    def _call(self, head: t.Tree, argument: t.Tree) -> Slots:
        """What a function gives, if the head is a function; else None."""
        name = spelling(head)
        if (
            isinstance(argument, t.Scripted)
            and isinstance(argument.base, t.Group)
            and argument.sup is not None
        ):
            value = self._call(head, argument.base)
            exponent = self._number(argument.sup) if value is not None else 0
            return value if value is None else entry_by_entry(self.tape, "power", value, exponent)
        items = argument.items if isinstance(argument, t.Group) else (argument,)
        if name in self.definitions:
            return self._defined(self.definitions[name], items)
        if name not in self.functions or self._is_known(name):
            return None
        row = self.functions[name]
        return called(self.tape, row.name, [self.lower(item) for item in items], row.arguments is None)

    def _is_known(self, name: str) -> bool:
        try:
            self.slots_of(name)
        except Undefined:
            return False
        return True

    def _defined(self, definition: Definition, items: tuple[t.Tree, ...]) -> Slots:
        if len(items) != len(definition.parameters):
            raise Undefined("the function is given the wrong number of arguments")
        bound = dict(zip(definition.parameters, map(self.lower, items), strict=True))
        outer = self.slots_of

        def slots_of(name: str) -> Slots:
            return bound[name] if name in bound else outer(name)

        return replace(self, slots_of=slots_of, depth=self.depth + 1).lower(definition.body)


def _transposes(tree: t.Scripted) -> t.Tree | None:
    return untransposed(below(tree), tree.sup) if tree.sup is not None else None


def _array(slots: list[int], shape: tuple[int, ...]) -> Slots:
    found = np.empty(len(slots), dtype=object)
    found[:] = slots
    return found.reshape(shape)


_CONSTANTS = {"pi": math.pi, "e": math.e}


def is_call_of(tree: t.Tree) -> tuple[str, t.Tree] | None:
    """The function and the argument of ``f(x)``."""
    match bare(tree):
        case t.Product(factors=(head, t.Group(items=(argument,))), joins=("",)) if spelling(head):
            return spelling(head), argument
    return None
