"""From what was stated to what follows by the true equations, and whether that was made too easy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import product

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from derive.functions import Array
from derive.graph import Equation
from derive.network import Network
from derive.program import Program, Values
from derive.quantities import Quantity
from derive.unfolding import textbook_slope
from grader.judging.follow_through.stated import Stated, canonical
from grader.judging.question import Question
from grader.judging.values import agrees
from grader.worlds.world import World, in_order

NUDGE = 1e-4
"""By how much, of its largest entry, an input is moved to see what depends on it."""
STILL = 1e-12
"""A value that moved by no more than this share did not move."""


class Path(Struct, frozen=True, eq=False):
    """The calculation of what is asked once some quantities have stated values: the quantities that are
    ``computed`` anew, and whether slopes are taken in their textbook form, from the outputs of a layer."""

    question: Question
    used: tuple[Stated, ...]
    computed: frozenset[Quantity]
    textbook: bool

    def equations(self, world: World) -> list[Equation]:
        """The true equations of a world that are used, in an order in which they can be computed."""
        chosen = [e for e in world.equations if e.quantity in self.computed]
        if self.textbook:
            chosen = [_by_outputs(world, equation) for equation in chosen]
        return in_order(chosen, world.values)

    def stated(self, world: World, key: str | int, off: Array | float = 0.0) -> Values | None:
        """The world's values with what was stated in its place; None where that has no value there."""
        if any(key not in one.said for one in self.used):
            return None
        values = dict(world.values)
        for one in self.used:
            one.put_into(values, key, off)
        return values

    def result(self, world: World, values: Values) -> Array:
        """What is asked, computed from these values."""
        found = Program(self.equations(world), world.arithmetic).run(values)
        return self.question.part_of(found[canonical(self.question.asked)])


def _by_outputs(world: World, equation: Equation) -> Equation:
    line = textbook_slope(world.derivation, equation.expression)
    return equation if line is None else replace(equation, expression=line.expression)


def paths(question: Question, stated: Sequence[Stated], settled: Set[Quantity]) -> Iterator[Path]:
    """The ways to what is asked from what was stated, if there are any: first those on which everything
    ``settled`` keeps its true value, then those on which it is computed anew as well."""
    world, asked = question.worlds[0], canonical(question.asked)
    plain = {equation.quantity: equation for equation in world.equations}
    by_outputs = {quantity: _by_outputs(world, equation) for quantity, equation in plain.items()}
    tried: set[object] = set()
    for kept, textbook in product((settled, set()), (False, True)):
        equations = by_outputs if textbook else plain
        kept = kept - {one.quantity for one in stated}
        reached = _behind(asked, equations, {one.quantity for one in stated} | kept)
        used = tuple(one for one in stated if one.quantity in reached)
        anew = _depending(reached - kept, equations, {one.quantity for one in used})
        if asked in anew and (used, anew, textbook) not in tried:
            tried.add((used, anew, textbook))
            yield Path(question, used, anew, textbook)


def leading_to(question: Question) -> set[Quantity]:
    """What is asked, and everything that it is computed from."""
    equations = {equation.quantity: equation for equation in question.worlds[0].equations}
    return _behind(canonical(question.asked), equations, set())


def _behind(asked: Quantity, equations: Mapping[Quantity, Equation], stop: set[Quantity]) -> set[Quantity]:
    """Everything that a quantity is computed from, back to what was stated."""
    found, waiting = {asked}, [asked]
    while waiting:
        equation = equations.get(waiting.pop())
        for symbol in equation.expression.symbols - found if equation is not None else ():
            found.add(symbol)
            waiting += [] if symbol in stop else [symbol]
    return found


def _depending(
    among: set[Quantity], equations: Mapping[Quantity, Equation], on: set[Quantity]
) -> frozenset[Quantity]:
    """Which quantities are computed, through others or at once, from some."""
    found: set[Quantity] = set()
    size = -1
    while size < len(found):
        size = len(found)
        found |= {q for q in among - on if q in equations and equations[q].expression.symbols & (found | on)}
    return frozenset(found)


# -- guards --------------------------------------------------------------------------------------------------


def honest(path: Path, world: World, values: Values) -> bool:
    """Whether what follows is not the truth, no mere copy of what was stated, and not made too easy by it."""
    true, found = path.result(world, world.values), path.result(world, values)
    if found.shape[-2:] != true.shape[-2:] or not np.isfinite(found).all() or agrees(found, true):
        return False
    return not _copied(path, world, values, true, found) and _as_sensitive(path, world, values, true, found)


def _copied(path: Path, world: World, values: Values, true: Array, found: Array) -> bool:
    """Whether it only repeats something stated, although the true values are not the same."""
    return any(
        values[one.quantity].shape == found.shape
        and agrees(found, values[one.quantity])
        and not agrees(true, world.values[one.quantity])
        for one in path.used
    )


def _as_sensitive(path: Path, world: World, values: Values, true: Array, found: Array) -> bool:
    """Whether what follows depends on everything that the true value depends on; where functions have flat
    pieces, in half of the entries at least."""
    enough = 0.5 if _has_flat_pieces(world) else 1.0
    for leaf in _leaves(path, world):
        should = _moved(path, world, world.values, leaf, true)
        does = _moved(path, world, values, leaf, found)
        if (should & does).sum() < enough * should.sum():
            return False
    return True


def _leaves(path: Path, world: World) -> list[Quantity]:
    """What the calculation begins with."""
    symbols = {q for equation in path.equations(world) for q in equation.expression.symbols}
    return sorted(symbols - path.computed, key=lambda q: q.address)


def _moved(path: Path, world: World, values: Values, leaf: Quantity, before: Array) -> Array:
    """Which entries change when an input does."""
    rng = np.random.default_rng(0)
    old = values[leaf]
    size = np.abs(old).max() or 1.0
    moved = {**values, leaf: old + NUDGE * size * rng.uniform(0.5, 1, old.shape)}
    after = path.result(world, moved)
    return np.asarray(np.abs(after - before) > STILL * np.abs(before).max(axis=(-1, -2), keepdims=True))


def _has_flat_pieces(world: World) -> bool:
    model = world.model
    return isinstance(model, Network) and any(
        model.activation_of(layer).kinks for layer in range(1, model.depth + 1)
    )
