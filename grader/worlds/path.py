"""The way to a quantity: the equations it is computed from, and what follows when one of them goes wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from derive.functions import Array
from derive.graph import Equation
from derive.network import Network
from derive.program import Program, Values
from derive.quantities import SETTINGS, Quantity
from grader.worlds.world import World, in_order


class Path(Struct, frozen=True, dict=True):
    """The true equations behind one quantity of a world, and their true ``values`` in some of its samples.

    Values may have more axes in front of samples×rows×columns: many wrong values of one step are followed
    to the quantity in one calculation.
    """

    world: World
    quantity: Quantity
    values: Values
    _programs: dict[Quantity, Program] = field(default_factory=dict)
    laid: dict[Any, Any] = field(default_factory=dict)
    """What can go wrong in each step, once it has been found out."""

    def few(self, samples: int) -> Path:
        """The same way in the first few samples."""
        if len(self.true) <= samples:
            return self
        return replace(self, values={q: value[:samples] for q, value in self.values.items()})

    @cached_property
    def steps(self) -> tuple[Equation, ...]:
        """The equations, each after those it uses; the quantity's own is the last."""
        return tuple(leading_to(self.quantity, self.world.equations))

    @property
    def true(self) -> Array:
        return self.values[self.quantity]

    @cached_property
    def _behind(self) -> dict[Quantity, tuple[Equation, ...]]:
        used: dict[Quantity, set[Quantity]] = {}
        for step in self.steps:
            used[step.quantity] = {q for symbol in step.expression.symbols for q in used.get(symbol, ())}
            used[step.quantity].add(step.quantity)
        names = [step.quantity for step in self.steps]
        return {
            name: tuple(e for e in self.steps if name in used[e.quantity] and e.quantity != name)
            for name in names
        }

    def behind(self, step: Quantity) -> tuple[Equation, ...]:
        """The equations that use a step's value, directly or not."""
        return self._behind[step]

    def follow(self, step: Quantity, wrong: Array, values: Values | None = None) -> Values:
        """All values with one step wrong and everything behind it computed rightly from there."""
        if step not in self._programs:
            self._programs[step] = Program(self.behind(step), self.world.arithmetic)
        return self._programs[step].run({**(self.values if values is None else values), step: wrong})

    @cached_property
    def given(self) -> Values:
        """What nobody computes: inputs, settings, sizes and remembered states."""
        model, inputs = self.world.model, self.world.derivation.graph.inputs
        states = model.states if isinstance(model, Network) else {}
        return {
            q: value
            for q, value in self.values.items()
            if q in inputs or q.kind in ("n", "da", *SETTINGS) or q in states
        }

    def ordered(self, equations: Iterable[Equation]) -> list[Equation] | None:
        """Wrong equations behind the quantity, each after those it uses; None if they use each other in a
        circle, something unknown, or shapes that others on the way do not expect."""
        needed, shapes = leading_to(self.quantity, list(equations)), self.world.frame.shapes
        try:
            ordered = needed if self._in_order(needed) else in_order(needed, self.given)
        except ValueError:
            return None
        fitting = all(
            e.expression.shape == shapes[e.quantity] for e in ordered if e.quantity != self.quantity
        )
        return ordered if ordered and fitting and self._in_order(ordered) else None

    def _in_order(self, equations: Iterable[Equation]) -> bool:
        """Whether each uses only what is given or stands above it."""
        known = set(self.given)
        for equation in equations:
            if not equation.expression.symbols <= known:
                return False
            known.add(equation.quantity)
        return True

    def filled(self, value: Array) -> Array:
        """A value with as many samples as all others: a constant may come without."""
        return np.broadcast_to(value, (*value.shape[:-3], len(self.true), *value.shape[-2:]))


def leading_to(quantity: Quantity, equations: Sequence[Equation]) -> list[Equation]:
    """The equations that the quantity is computed from, in their order. What is believed elsewhere may not
    even have a value."""
    by_name = {equation.quantity: equation for equation in equations}
    needed: set[Quantity] = set()
    waiting = [quantity]
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in needed:
            needed.add(name)
            waiting.extend(by_name[name].expression.symbols)
    return [equation for equation in equations if equation.quantity in needed]
