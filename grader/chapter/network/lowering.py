"""From the formulas of a page, as trees, to the steps of a calculation with single numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from grader.chapter.functions import Function
from grader.chapter.names import below, ends_in_number
from grader.chapter.network.tape import OPERATIONS, Tape
from grader.chapter.operations import Undefined
from grader.chapter.spelling import bare, spelling
from grader.chapter.values import Definition
from grader.reading import tree as t

MAX_INSIDE = 60
"""So deep may formulas stand inside one another."""


@dataclass(frozen=True)
class Lowering:
    """Notes trees on a tape; ``slot_of`` answers with the slot of a name, or raises `Undefined`."""

    tape: Tape
    slot_of: Callable[[str], int]
    functions: Mapping[str, Function]
    definitions: Mapping[str, Definition]
    whole_names: frozenset[str]
    depth: int = 0

    def lower(self, tree: t.Tree) -> int:
        """The slot of a tree's value.

        Raises `Undefined` for what is no calculation with single numbers.
        """
        if self.depth > MAX_INSIDE:
            raise Undefined("the formulas go round in a circle")
        match tree:
            case t.Number():
                return self.tape.constant(float(tree.value))
            case t.Name() | t.Quotient() | t.Scripted():
                return self._name_or(tree)
            case t.Negate(body=body):
                return self.tape.apply("negate", self.lower(body))
            case t.Sum():
                return self._sum(tree)
            case t.Product():
                return self._product(tree)
            case t.Group(items=(item,)):
                return self.lower(item)
            case t.Norm(body=body):
                return self.tape.apply("abs", self.lower(body))
        raise Undefined("this kind of expression is no calculation with single numbers")

    def _name_or(self, tree: t.Tree) -> int:
        name = spelling(tree)
        raised = ends_in_number(tree) and name not in self.whole_names
        if name and not raised:
            try:
                return self.slot_of(name)
            except Undefined:
                if not isinstance(tree, t.Name | t.Scripted) or name not in _CONSTANTS:
                    raise
                return self.tape.constant(_CONSTANTS[name])
        if isinstance(tree, t.Quotient):
            return self.tape.apply("divide", self.lower(tree.numerator), self.lower(tree.denominator))
        return self._power(tree)

    def _power(self, tree: t.Tree) -> int:
        if not isinstance(tree, t.Scripted) or tree.sup is None or tree.primes:
            raise Undefined("this name has no value")
        base = below(tree)
        if isinstance(base, t.Name) and base.text == "e":
            return self.tape.apply("exp", self.lower(tree.sup))
        return self.tape.apply("power", self.lower(base), self.lower(tree.sup))

    def _sum(self, tree: t.Sum) -> int:
        total = self.lower(tree.terms[0])
        for sign, term in zip(tree.signs, tree.terms[1:], strict=True):
            total = self.tape.apply("subtract" if sign == "-" else "add", total, self.lower(term))
        return total

    def _product(self, tree: t.Product) -> int:
        total: int | None = None
        position, joins = 0, ("", *tree.joins)
        while position < len(tree.factors):
            beside = position + 1 < len(tree.factors) and joins[position + 1] == ""
            called = self._call(tree.factors[position], tree.factors[position + 1]) if beside else None
            value = called if called is not None else self.lower(tree.factors[position])
            operation = "divide" if joins[position] == "/" else "multiply"
            total = value if total is None else self.tape.apply(operation, total, value)
            position += 1 if called is None else 2
        if total is None:
            raise Undefined("an empty product")
        return total

    def _call(self, head: t.Tree, argument: t.Tree) -> int | None:
        """The slot of a function's value, if the head is a function."""
        name = spelling(head)
        if (
            isinstance(argument, t.Scripted)
            and isinstance(argument.base, t.Group)
            and argument.sup is not None
        ):
            value = self._call(head, argument.base)
            return value if value is None else self.tape.apply("power", value, self.lower(argument.sup))
        items = argument.items if isinstance(argument, t.Group) else (argument,)
        if name in self.definitions:
            return self._defined(self.definitions[name], items)
        if name not in self.functions or self._has_slot(name):
            return None
        operation = self.functions[name].name
        if operation not in OPERATIONS:
            raise Undefined(f"{operation} is no calculation with single numbers")
        slots = [self.lower(item) for item in items]
        if self.functions[name].arguments is None and len(slots) > 1:
            return self._folded(operation, slots)
        if len(slots) != 1:
            raise Undefined(f"{operation} takes one argument")
        return self.tape.apply(operation, *slots)

    def _folded(self, operation: str, slots: list[int]) -> int:
        total = slots[0]
        for slot in slots[1:]:
            total = self.tape.apply(operation, total, slot)
        return total

    def _has_slot(self, name: str) -> bool:
        try:
            self.slot_of(name)
        except Undefined:
            return False
        return True

    def _defined(self, definition: Definition, items: tuple[t.Tree, ...]) -> int:
        if len(items) != len(definition.parameters):
            raise Undefined("the function is given the wrong number of arguments")
        bound = dict(zip(definition.parameters, map(self.lower, items), strict=True))
        outer = self.slot_of

        def slot_of(name: str) -> int:
            return bound[name] if name in bound else outer(name)

        return replace(self, slot_of=slot_of, depth=self.depth + 1).lower(definition.body)


_CONSTANTS = {"pi": math.pi, "e": math.e}


def is_call_of(tree: t.Tree) -> tuple[str, t.Tree] | None:
    """The function and the argument of ``f(x)``."""
    match bare(tree):
        case t.Product(factors=(head, t.Group(items=(argument,))), joins=("",)) if spelling(head):
            return spelling(head), argument
    return None
