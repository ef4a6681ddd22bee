"""What can go wrong in one step: the wrong right sides that misconceptions put in place of a true one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from derive.derivation import derive_graph, derive_network
from derive.functions import Array
from derive.graph import Equation, Graph, Node, ShapeError
from derive.network import Network
from derive.ops import OPS
from derive.program import Program, Values
from derive.quantities import Quantity
from grader.misconceptions import Misconception
from grader.worlds.path import Path
from grader.worlds.world import World

Slip = tuple[Misconception, Node]
"""Somebody who believes this writes that."""


@dataclass(frozen=True)
class Stumble:
    """Wrong values of one step, all of one shape: ``values[k]`` comes from ``rows[k]``."""

    rows: tuple[Misconception, ...]
    values: Array


@dataclass(frozen=True)
class Stones:
    """Everything that can go wrong in one step of a path, ready to be computed from any values."""

    step: Equation
    slips: tuple[Slip, ...]
    program: Program

    def stumbles(self, path: Path, values: Values) -> Iterator[Stumble]:
        """The wrong values of the step, one stack for each shape."""
        results = self.program.run(values)
        found = [(row, results[_numbered(number)]) for number, (row, _) in enumerate(self.slips)]
        shapes = dict.fromkeys(value.shape[-2:] for _, value in found)
        front = np.broadcast_shapes((len(path.true),), *(value.shape[:-2] for _, value in found))
        for shape in shapes:
            alike = [(row, value) for row, value in found if value.shape[-2:] == shape]
            stacked = np.stack([np.broadcast_to(value, (*front, *shape)) for _, value in alike])
            yield Stumble(tuple(row for row, _ in alike), stacked)


def stones(rows: Iterable[Misconception], step: Equation, path: Path) -> Stones | None:
    """What the misconceptions can do to a step; None if nothing."""
    slips = [slip for row in rows for slip in _slips(row, step, path.world)]
    return _laid(step, slips, path)


def on_top(
    rows: Sequence[Misconception], first: Stones, path: Path
) -> Iterator[tuple[Misconception, Stones]]:
    """What the misconceptions can do to right sides that are wrong already: for each of those its row, and
    the stones."""
    for row, expression in first.slips:
        wrong = replace(first.step, expression=expression)
        others = [other for other in rows if other is not row]
        laid = _laid(wrong, [slip for other in others for slip in _rewritten(other, wrong, path.world)], path)
        if laid is not None:
            yield row, laid


def _laid(step: Equation, slips: Iterable[Slip], path: Path) -> Stones | None:
    behind = path.behind(step.quantity)
    later = {step.quantity, *(equation.quantity for equation in behind)}
    kept = tuple(
        (row, expression)
        for row, expression in slips
        if expression.symbols <= path.values.keys()
        and not expression.symbols & later
        and (not behind or expression.shape == step.expression.shape)
    )
    if not kept:
        return None
    equations = [Equation(_numbered(number), expression) for number, (_, expression) in enumerate(kept)]
    return Stones(step, kept, Program(equations, path.world.arithmetic))


def _numbered(number: int) -> Quantity:
    return Quantity("slip", number)


def _slips(row: Misconception, step: Equation, world: World) -> Iterator[Slip]:
    yield from _rewritten(row, step, world)
    wrong = believed(row, world).get(step.quantity)
    if wrong is not None and wrong.expression is not step.expression:
        yield row, wrong.expression


def _rewritten(row: Misconception, step: Equation, world: World) -> Iterator[Slip]:
    if row.rewrite is not None:
        for expression in row.rewrite(step, world.derivation):
            yield row, expression


def believed(row: Misconception, world: World) -> dict[Quantity, Equation]:
    """All equations as the misconception's theory derives them; none where its shapes do not fit."""
    if row.theory is None:
        return {}
    if isinstance(world.model, Network):
        return _believed_of_network(row.theory, world.model)
    return _equations(derive_graph, row.theory, world.model)


@lru_cache(maxsize=256)
def _believed_of_network(theory: Any, network: Network) -> dict[Quantity, Equation]:
    return _equations(derive_network, theory, network)


def _equations(derive: Any, theory: Any, model: Network | Graph) -> dict[Quantity, Equation]:
    try:
        return {step.quantity: step.equation for step in derive(model, theory(OPS))}
    except ShapeError:
        return {}
