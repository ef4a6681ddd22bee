"""Finite differences of the forward pass alone, which know nothing of formulas for gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from derive.functions import Array
from derive.graph import Graph
from derive.program import Program, Values
from derive.quantities import Quantity

if TYPE_CHECKING:
    from grader.worlds.world import World


class WitnessesDisagree(ArithmeticError):
    """Formulas and finite differences give different gradients: nothing may be judged by them."""


def quietly(program: Program, values: Values) -> Values:
    """The program's values, without warnings: where there is none stands NaN."""
    with np.errstate(all="ignore"):
        return program.run(values)


def witness(world: World, forward: Program) -> None:
    """Compare the gradients with a central difference of the forward pass in a random direction.

    Raises `WitnessesDisagree`.
    """
    graph = world.derivation.graph
    pairs = [(q, gradient) for q in graph.inputs if (gradient := _gradient_of(world, q)) is not None]
    rng = np.random.default_rng(1)
    directions = {q: rng.standard_normal(world.values[q].shape) for q, _ in pairs}
    predicted = sum(_dot(world.values[gradient], directions[q]) for q, gradient in pairs)
    scale = sum(_dot(np.abs(world.values[gradient]), np.abs(directions[q])) for q, gradient in pairs)
    step = 1e-6
    inputs = {q: world.values[q] for q in graph.inputs}
    ahead, behind = (
        quietly(forward, {q: v + sign * step * directions.get(q, 0) for q, v in inputs.items()})[graph.output]
        for sign in (1, -1)
    )
    measured = ((ahead - behind) / (2 * step))[..., 0, 0]
    size = np.abs(ahead)[..., 0, 0]
    if not np.all(np.abs(measured - predicted) <= 1e-5 * scale + 1e-8 * size / step * 1e-2 + 1e-9):
        raise WitnessesDisagree("the gradients disagree with finite differences of the forward pass")


def _gradient_of(world: World, quantity: Quantity) -> Quantity | None:
    if isinstance(world.model, Graph):
        name = Quantity("d_" + quantity.kind)
    else:
        name = Quantity("d" + quantity.kind, quantity.layer)
    return name if name in world.values else None


def _dot(left: Array, right: Array) -> Array:
    return (left * right).sum(axis=(-1, -2))
