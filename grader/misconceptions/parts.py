"""The parts of an equation that a mistake can be about: its addends, its penalty, its learning rate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node, ShapeError, symbol
from derive.quantities import KINDS, Quantity
from derive.regularizers import strength_of
from grader.misconceptions.edits import exchanged

RATE = Quantity("rate")


def fitting(*builds: Callable[[], Node]) -> Iterator[Node]:
    """Everything that can be built; what has factors of the wrong shapes is left out."""
    for build in builds:
        try:
            yield build()
        except ShapeError:
            continue


def with_other(expression: Node, old: Quantity, *new: Node) -> Iterator[Node]:
    """The expression with each of the new parts in place of a quantity, where that is used and they fit."""
    if old in expression.symbols:
        for part in new:
            yield from fitting(lambda part=part: exchanged(expression, old, part))  # type: ignore[misc]


def node_of(kind: str, layer: object, derivation: Derivation) -> Node | None:
    """The symbol of a quantity of a network; None where there is no such layer."""
    network = derivation.network
    if network is None or not isinstance(layer, int) or not (kind != "a") <= layer <= network.depth:
        return None
    quantity = Quantity(kind, layer)
    return symbol(quantity, network.shape(quantity))


def is_update(quantity: Quantity) -> bool:
    """Whether a quantity is a parameter after an update, or what the update remembers."""
    stem, new, _ = quantity.kind.partition("_new")
    return bool(new) and (stem in ("W", "b") or (stem in KINDS and KINDS[stem].role == "state"))


def addends(expression: Node) -> list[Node]:
    """The terms of a sum, from left to right; an expression that is none is its only term."""
    if expression.op == "add":
        return [term for argument in expression.args for term in addends(argument)]
    if expression.op == "subtract":
        left, right = expression.args
        return [*addends(left), *(ops.negate(term) for term in addends(right))]
    return [expression]


def added(terms: Sequence[Node]) -> Iterator[Node]:
    """The sum of some terms; nothing for none."""
    if terms:
        yield reduce(ops.add, terms)


def uses(expression: Node, *quantities: Quantity) -> bool:
    """Whether any of the quantities stands in an expression."""
    return not expression.symbols.isdisjoint(quantities)


def data_and_penalty(equation: Equation, derivation: Derivation) -> tuple[list[Node], list[Node]]:
    """The terms of a right side that come from the examples, and those that come from the regularizer."""
    network = derivation.network
    strengths = strength_of(network.regularizer) if network is not None else ()
    if not uses(equation.expression, *strengths):
        return [equation.expression], []
    terms = addends(equation.expression)
    data = [term for term in terms if not uses(term, *strengths)]
    return data, [term for term in terms if uses(term, *strengths)]


def is_graph_gradient(quantity: Quantity) -> bool:
    """Whether a quantity is the derivative of a computation graph's output by one of its nodes."""
    return quantity.kind.startswith("d_")
