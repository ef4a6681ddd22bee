"""Where two sides of an equation are compared: worlds with the true values, or with those a student gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from derive import ops
from derive.functions import Array
from derive.graph import Equation, ShapeError, symbol
from derive.network import Network
from derive.notation import Notation
from derive.program import Program, Values
from derive.quantities import General, Quantity
from grader.judging.case import Case
from grader.judging.derivations.cases_of_indices import Pair
from grader.judging.question import Question
from grader.judging.values import agrees
from grader.meaning.limits import Undecidable
from grader.meaning.partials import NoPartial
from grader.meaning.terms import Derivative, Partial, PartialEntry, Reference, Term
from grader.worlds.views import View
from grader.worlds.world import World, backward_equations, in_order


class Mine(View, frozen=True, dict=True):
    """A world in which some quantities have the values a student gave them, and what is computed from those
    follows; in the notation's own symbols."""

    mine: Mapping[Quantity, Array] = field(default_factory=dict)

    @cached_property
    def values(self) -> Values:
        users = {quantity: _unseen(self, quantity, value) for quantity, value in self.mine.items()}
        believed = _followed(self.world, users)
        return {quantity: self.value(quantity, value) for quantity, value in believed.items()} | dict(
            self.mine
        )


class Stand(Case, frozen=True, dict=True):
    """One world in which a side is compared with ``against``, the value of the side before it."""

    against: Array | None = None

    @cached_property
    def expected(self) -> Array:
        """What the side is compared with; before the first, a number in every sample."""
        return np.zeros((self.samples, 1, 1)) if self.against is None else self.against

    @property
    def samples(self) -> int:
        """How many samples the world has."""
        return len(next(iter(self.world.values.values())))

    @property
    def sampled(self) -> bool:
        return self.samples > 1


_Place = tuple[int, int | None]
"""A world, and the layer that l stands for."""


def _place(stand: Stand) -> _Place:
    return id(stand.world), stand.frame.layers.get("l")


class Ground(Struct, dict=True):
    """All places in which a derivation is judged, and what the student has made of some quantities."""

    question: Question
    notation: Notation
    pairs: frozenset[Pair] = frozenset()
    """Indices that the derivation tells apart."""
    mine: dict[_Place, dict[Quantity, Array]] = field(default_factory=dict)
    """For each place the values that wrong lines gave."""
    since: int | None = None
    """The line that gave the last of them."""

    def stands(self, sides: Sequence[Term]) -> list[Stand]:
        """The true places in which all the sides mean something; of layers in general the hidden ones."""
        named = [quantity for side in sides for quantity in quantities_of(side)]
        home = _home(sides)
        found = [stand for stand in self._all if _known(stand, named)]
        return [replace(s, frame=replace(s.frame, home=home)) if home else s for s in found]

    def knows(self, quantity: Quantity) -> bool:
        """Whether there is such a quantity."""
        return any(
            _known(stand, [quantity]) and stand.frame.quantity(quantity) in stand.frame.shapes
            for stand in self._all[:1]
        )

    def as_believed(self, stands: Sequence[Stand]) -> list[Stand]:
        """The same places with the values the student gave; empty if there are none."""
        if not self.mine:
            return []
        return [replace(stand, view=self._believed(stand)) for stand in stands]

    def take(self, quantity: Quantity, found: Sequence[tuple[Stand, Array]]) -> bool:
        """Let a student's value stand for a quantity from here on; not where that would make easy what
        follows, or has another shape."""
        if not found or any(_trivial(value, _true(stand, quantity)) for stand, value in found):
            return False
        for stand, value in found:
            values = self.mine.setdefault(_place(stand), {})
            values[stand.frame.quantity(quantity)] = value
        self._seen.clear()
        return True

    @cached_property
    def _seen(self) -> dict[_Place, Mine]:
        return {}

    def _believed(self, stand: Stand) -> Mine:
        key = _place(stand)
        if key not in self._seen:
            view = stand.view
            self._seen[key] = Mine(view.world, view.perspective, self.mine.get(key, {}))
        return self._seen[key]

    @cached_property
    def _all(self) -> tuple[Stand, ...]:
        cases = self.question.cases_in(self.notation)
        if not self.question.general:
            return tuple(Stand(case.view, case.frame, case.quantity, (), case.own) for case in cases)
        return tuple(self._hidden(cases))

    def _hidden(self, cases: Sequence[Case]) -> Iterator[Stand]:
        """For a formula of layers in general, every hidden layer of every world."""
        views = {id(case.world): case.view for case in cases}
        for view in views.values():
            assert isinstance(view.world.model, Network)
            depth = view.world.model.depth
            for layer in range(1, depth):
                frame = replace(view.frame, layers={"l": layer, "L": depth}, home=layer)
                yield Stand(view, frame, Quantity("z", layer), (), own=True)


def quantities_of(term: Term) -> Iterator[Quantity]:
    """Every quantity a term speaks of, those of derivatives too."""
    for part in term.walk():
        if isinstance(part, Reference):
            yield part.quantity
        elif isinstance(part, Partial | PartialEntry):
            yield from (part.of, part.by)
        elif isinstance(part, Derivative):
            yield part.by


def _home(sides: Sequence[Term]) -> int | None:
    """The layer of what is first named, for an activation whose argument says none."""
    layers = (quantity.layer for side in sides for quantity in quantities_of(side))
    return next((layer for layer in layers if isinstance(layer, int) and layer), None)


def _known(stand: Stand, named: Sequence[Quantity]) -> bool:
    """Whether letters stand for layers that are there."""
    general = [quantity for quantity in named if isinstance(quantity.layer, General)]
    return all(
        stand.frame.quantity(quantity) in stand.frame.shapes for quantity in general if quantity.kind != "n"
    )


# -- what a student believes ---------------------------------------------------------------------------------


def _true(stand: Stand, quantity: Quantity) -> Array | None:
    return stand.view.values.get(stand.frame.quantity(quantity))


def _trivial(value: Array, true: Array | None) -> bool:
    """Whether a value has another shape than the true one, is no number, or stands still somewhere where the
    true one moves."""
    if true is None or value.shape[-2:] != true.shape[-2:] or not np.isfinite(value).all():
        return True
    if len(value) == 1:
        return bool((value == 0).all())
    still = np.ptp(value, axis=0) <= 1e-12 * np.abs(value).max(axis=0)
    moves = np.ptp(true, axis=0) > 1e-12 * np.abs(true).max(axis=0)
    return bool((still & moves).any())


def _unseen(view: View, quantity: Quantity, value: Array) -> Array:
    """The value promised to users, given that of the notation's symbol: seen twice is turned twice, so only
    the scale is to be undone."""
    scale = view.value(quantity, np.ones((1, 1, 1)))
    return np.asarray(view.value(quantity, value) / scale**2)


def _followed(world: World, mine: Mapping[Quantity, Array]) -> Values:
    """The world's values with some replaced, and all that is computed from them by the true equations."""
    known = dict(world.values) | dict(mine)
    for one, other in (("delta", "dz"), ("dz", "delta")):
        twins = {Quantity(other, q.layer): value for q, value in mine.items() if q.kind == one}
        known |= {q: value for q, value in twins.items() if q in world.values}
    changed = {quantity for quantity, value in known.items() if value is not world.values.get(quantity)}
    equations: dict[Quantity, Equation] = {}
    every = [*_through_slopes(world, mine), *world.equations, *_behind(world)]
    size = -1
    while size < len(equations):
        size = len(equations)
        for equation in every:
            if equation.quantity in changed:
                continue
            if equation.expression.symbols & (changed | equations.keys()):
                equations.setdefault(equation.quantity, equation)
    given = {q: v for q, v in known.items() if q not in equations}
    with np.errstate(all="ignore"):
        found = Program(in_order(list(equations.values()), given), world.arithmetic).run(given)
    errors = {Quantity("dz", q.layer): v for q, v in found.items() if q.kind == "delta"}
    return {**known, **found, **{q: v for q, v in errors.items() if q in known}}


def _through_slopes(world: World, mine: Mapping[Quantity, Array]) -> Iterator[Equation]:
    """δ from a student's ∂loss/∂a; the derivation's own formula for δ may not mention that."""
    for quantity in mine:
        if quantity.kind == "da" and quantity.layer and world.frame.partials is not None:
            a, z = Quantity("a", quantity.layer), Quantity("z", quantity.layer)
            with suppress(NoPartial, Undecidable, ShapeError):
                back = ops.transpose(world.frame.partials.matrix(a, z))
                handed = ops.matmul(back, symbol(quantity, world.frame.shapes[quantity]))
                yield Equation(Quantity("delta", quantity.layer), handed)


def _behind(world: World) -> list[Equation]:
    return backward_equations(world.derivation) if isinstance(world.model, Network) else []


def alike(left: Array, right: Array, slack: Array | float = 0.0) -> bool:
    """Whether two values are the same in every sample; what has more indices must be the same along them."""
    if left.ndim == right.ndim:
        return agrees(right, left, slack) if left.shape == right.shape else _spread(left, right, slack)
    return _spread(left, right, slack)


def _spread(left: Array, right: Array, slack: Array | float) -> bool:
    if left.shape[-2:] != right.shape[-2:]:
        return False
    try:
        left, right = np.broadcast_arrays(left, right)
    except ValueError:
        return False
    return agrees(right, left, slack)
