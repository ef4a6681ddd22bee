"""What can go wrong in one step: the wrong right sides that misconceptions put in place of a true one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from derive.backprop import Line, Theory
from derive.derivation import Derivation, derive_graph, derive_network
from derive.functions import Array
from derive.graph import Equation, Graph, Node, ShapeError
from derive.kernels import Arithmetic
from derive.network import Network
from derive.ops import OPS
from derive.program import Program, Values
from derive.quantities import Quantity
from grader.held import Held
from grader.misconceptions import Misconception
from grader.worlds.path import Path
from grader.worlds.world import World

Blamed = tuple[Misconception, ...]
"""One misconception, or several that come together."""
Slip = tuple[Blamed, Node]
"""Somebody who believes this writes that."""


class Twins(Struct, frozen=True):
    """Wrong values of one shape: ``values[k]``, …×samples×rows×columns, follows from ``blamed[k]``."""

    blamed: tuple[Blamed, ...]
    values: Array


class Stones(Struct, frozen=True):
    """Everything that can go wrong in one step of a path, ready to be computed from any values."""

    step: Equation
    slips: tuple[Slip, ...]
    program: Program
    arithmetic: Arithmetic

    def stumbled(self, values: Values, front: tuple[int, ...]) -> Iterator[Twins]:
        """The wrong values of the step, one stack for each shape; ``front`` are the axes that every value
        gets before its rows and columns."""
        found = list(zip(self.slips, self.computed(values, front), strict=True))
        for shape in dict.fromkeys(value.shape[-2:] for _, value in found):
            alike = [(blamed, value) for (blamed, _), value in found if value.shape[-2:] == shape]
            yield Twins(tuple(blamed for blamed, _ in alike), np.stack([value for _, value in alike]))

    def computed(self, values: Values, front: tuple[int, ...]) -> Iterator[Array]:
        """What each slip gives; NaN for one that has no value, as the slope of a step."""
        try:
            results = self.program.run(values)
        except ValueError:
            results = dict(self._one_by_one(values))
        for number in range(len(self.slips)):
            value = results[_numbered(number)]
            yield np.broadcast_to(value, (*front, *value.shape[-2:]))

    def _one_by_one(self, values: Values) -> Iterator[tuple[Quantity, Array]]:
        for number, (_, expression) in enumerate(self.slips):
            name = _numbered(number)
            try:
                yield name, Program([Equation(name, expression)], self.arithmetic).run(values)[name]
            except ValueError:
                yield name, np.full(expression.shape, np.nan)


def stones(rows: Blamed, step: Equation, path: Path) -> Stones | None:
    """What the misconceptions can do to a step; None if nothing. It is found out once for a path."""
    key = (step.quantity, rows)
    if key not in path.laid:
        path.laid[key] = laid(step, [slip for row in rows for slip in _slips(row, step, path.world)], path)
    found: Stones | None = path.laid[key]
    return found


def on_top(first: Stones, path: Path) -> Stones | None:
    """What the misconceptions can do to right sides of a step that are wrong already; None if nothing."""
    rows = list(dict.fromkeys(row for (row,), _ in first.slips))
    slips: list[Slip] = []
    for (row,), wrong in first.slips:
        step, derivation = replace(first.step, expression=wrong), _with(wrong, first, path)
        for other in _others(row, rows):
            both = [((row, other), twice) for _, twice in _rewritten(other, step, derivation)]
            is_shaped = wrong.shape == first.step.expression.shape
            slips += both if is_shaped else [slip for slip in both if _fits(slip[1], path.world)]
    return laid(first.step, slips, path)


def _fits(expression: Node, world: World) -> bool:
    """Whether every symbol has the shape of its quantity: who writes on top of a value of another shape may
    have taken that for the shape of others."""
    shapes = world.frame.shapes
    return all(
        node.shape == shapes.get(node.quantity, node.shape) for node in expression.walk() if node.quantity
    )


def _others(row: Misconception, rows: Sequence[Misconception]) -> Sequence[Misconception]:
    """Who may come on top of a row: those behind it, as the other way round gives the same; on top of one
    that rewrites nothing, all."""
    return rows[rows.index(row) + 1 :] if row.rewrite is not None else [r for r in rows if r is not row]


def _with(wrong: Node, first: Stones, path: Path) -> Derivation:
    """The derivation with a wrong right side, reached in one line."""
    derivation = path.world.derivation
    line = Line(wrong, first.step.because)
    steps = (replace(s, lines=(line,)) if s.quantity == first.step.quantity else s for s in derivation)
    return replace(derivation, steps=tuple(steps))


def laid(step: Equation, slips: Iterable[Slip], path: Path) -> Stones | None:
    """The slips that have a value in place of a step, compiled together; None if there are none."""
    behind = path.behind(step.quantity)
    later = {step.quantity, *(equation.quantity for equation in behind)}
    kept = tuple(
        (blamed, expression)
        for blamed, expression in slips
        if expression.symbols <= path.values.keys()
        and not expression.symbols & later
        and (not behind or expression.shape == step.expression.shape)
    )
    if not kept:
        return None
    equations = [Equation(_numbered(number), expression) for number, (_, expression) in enumerate(kept)]
    arithmetic = path.world.arithmetic
    return Stones(step, kept, Program(equations, arithmetic), arithmetic)


def _numbered(number: int) -> Quantity:
    return Quantity("slip", number)


def _slips(row: Misconception, step: Equation, world: World) -> Iterator[Slip]:
    yield from _rewritten(row, step, world.derivation)
    wrong = believed(row, world).get(step.quantity)
    if wrong is not None and wrong.expression is not step.expression:
        yield (row,), wrong.expression


def _rewritten(row: Misconception, step: Equation, derivation: Derivation) -> Iterator[Slip]:
    """What a misconception writes in place of a step, as far as it fits: on top of another mistake it need
    not."""
    if row.rewrite is not None:
        try:
            yield from (((row,), expression) for expression in row.rewrite(step, derivation))
        except ShapeError:
            return


def believed(row: Misconception, world: World) -> dict[Quantity, Equation]:
    """All equations as the misconception's theory derives them; none where its shapes do not fit."""
    if row.theory is None:
        return {}
    if isinstance(world.model, Network):
        return _believed_of_network(row.theory, world.model)
    return _believed_of_graph(row.theory, Held(world.model))


@lru_cache(maxsize=256)
def _believed_of_network(theory: Any, network: Network) -> dict[Quantity, Equation]:
    beliefs = theory(OPS)
    return _equations(lambda: derive_network(network, beliefs)) if _matters(beliefs, network.graph()) else {}


@lru_cache(maxsize=256)
def _believed_of_graph(theory: Any, held: Held[Graph]) -> dict[Quantity, Equation]:
    beliefs, graph = theory(OPS), held.value
    return _equations(lambda: derive_graph(graph, beliefs)) if _matters(beliefs, graph) else {}


def _matters(beliefs: Theory, graph: Graph) -> bool:
    """Whether something else is believed of an operation that occurs in a graph."""
    occurring = {node.op for equation in graph.equations for node in equation.expression.walk()}
    return any(beliefs[name] is not OPS[name] for name in occurring)


def _equations(derived: Callable[[], Derivation]) -> dict[Quantity, Equation]:
    try:
        return {step.quantity: step.equation for step in derived()}
    except ShapeError:
        return {}
