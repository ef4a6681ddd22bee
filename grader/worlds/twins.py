"""Wrong worlds: what a quantity would be if one misconception were true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from derive.derivation import after_update, derive_graph, derive_network
from derive.functions import Array
from derive.graph import Equation, ShapeError
from derive.network import Network
from derive.ops import OPS
from derive.program import Program, Values
from derive.quantities import SETTINGS, Quantity
from grader.misconceptions import Misconception
from grader.worlds.world import World, in_order


def wrong_values(misconception: Misconception, world: World, quantity: Quantity) -> Iterator[Array]:
    """Every value, samples×rows×columns, that believing this can give the quantity.

    First those where only the last step went wrong, then those where the belief was held from the start. A
    value that equals the true one is left out: there the misconception does no harm, and cannot be seen.
    """
    true = world.values[quantity]
    for twin in TWINS:
        for value in twin(misconception, world, quantity):
            if value.shape != true.shape or not np.allclose(value, true, rtol=1e-7, atol=0, equal_nan=True):
                yield value


def _by_one_slip(misconception: Misconception, world: World, quantity: Quantity) -> Iterator[Array]:
    """One step on the way went wrong, the last one first; everything after it was computed rightly from
    there."""
    truth = _leading_to(quantity, list(world.equations))
    believed = {equation.quantity: equation for equation in _believed(misconception, world)}
    for equation in truth:
        for wrong in _slips(misconception, equation, believed, world):
            after = [
                e
                for e in truth
                if e.quantity != equation.quantity and equation.quantity in _ancestors(e, truth)
            ]
            if not after or wrong.expression.shape == equation.expression.shape:
                yield from _from_true_values(world, [wrong, *after], quantity)


def _slips(
    misconception: Misconception, equation: Equation, believed: Mapping[Quantity, Equation], world: World
) -> Iterator[Equation]:
    """The wrong equations that may stand in place of a true one."""
    if misconception.rewrite is not None:
        for expression in misconception.rewrite(equation, world.derivation):
            yield replace(equation, expression=expression)
    wrong = believed.get(equation.quantity)
    if wrong is not None and wrong.expression is not equation.expression:
        yield wrong


def _believed(misconception: Misconception, world: World) -> list[Equation]:
    """All equations as the misconception's theory derives them; none where its shapes do not fit."""
    if misconception.theory is None:
        return []
    theory, model = misconception.theory(OPS), world.model
    try:
        wrong = derive_network(model, theory) if isinstance(model, Network) else derive_graph(model, theory)
    except ShapeError:
        return []
    return [step.equation for step in wrong]


def _everywhere(misconception: Misconception, world: World, quantity: Quantity) -> Iterator[Array]:
    """The belief was held from the start."""
    believed = _believed(misconception, world)
    if believed:
        yield from _whole(world, [*believed, *world.equations[len(believed) :]], quantity)
    if misconception.rewrite is not None and misconception.everywhere:
        wrong = []
        for equation in world.equations:
            others = list(misconception.rewrite(equation, world.derivation))
            wrong.append(replace(equation, expression=others[0]) if len(others) == 1 else equation)
        yield from _whole(world, wrong, quantity)


def _by_network(misconception: Misconception, world: World, quantity: Quantity) -> Iterator[Array]:
    if misconception.network is None or not isinstance(world.model, Network):
        return
    other = misconception.network(world.model)
    if other is not None:
        wrong = derive_network(other)
        yield from _whole(world, [*(step.equation for step in wrong), *after_update(wrong)], quantity)


def _from_true_values(world: World, equations: list[Equation], quantity: Quantity) -> Iterator[Array]:
    """The quantity after a few equations; everything else has its true value."""
    wrong = {equation.quantity for equation in equations}
    given = {q: v for q, v in world.values.items() if q not in wrong}
    yield from _run(world, equations, given, quantity)


def _whole(world: World, equations: list[Equation], quantity: Quantity) -> Iterator[Array]:
    """The quantity after all the equations, from what is given."""
    states = world.model.states if isinstance(world.model, Network) else {}
    given: Values = {
        q: v
        for q, v in world.values.items()
        if q in world.derivation.graph.inputs or q.kind in ("n", "da", *SETTINGS) or q in states
    }
    yield from _run(world, _leading_to(quantity, equations), given, quantity)


def _run(world: World, equations: list[Equation], given: Values, quantity: Quantity) -> Iterator[Array]:
    try:
        program = Program(in_order(equations, given), world.arithmetic)
    except ValueError:
        return
    misshapen = (
        e
        for e in equations
        if e.quantity != quantity and e.expression.shape != world.frame.shapes[e.quantity]
    )
    if any(misshapen):
        return
    if program.needs <= given.keys() and any(e.quantity == quantity for e in equations):
        with np.errstate(all="ignore"):
            yield program.run(given)[quantity]


def _ancestors(equation: Equation, among: list[Equation]) -> set[Quantity]:
    """Everything an equation's right side is computed from."""
    return {e.quantity for q in equation.expression.symbols for e in _leading_to(q, among)}


def _leading_to(quantity: Quantity, equations: list[Equation]) -> list[Equation]:
    """The equations that the quantity is computed from. What is believed elsewhere may not even have a
    value."""
    by_name = {equation.quantity: equation for equation in equations}
    needed: dict[Quantity, Equation] = {}
    waiting = [quantity]
    while waiting:
        equation = by_name.get(waiting.pop())
        if equation is not None and equation.quantity not in needed:
            needed[equation.quantity] = equation
            waiting.extend(equation.expression.symbols)
    return list(needed.values())


TWINS = (_by_one_slip, _everywhere, _by_network)
"""The ways in which a belief can have been acted on."""
