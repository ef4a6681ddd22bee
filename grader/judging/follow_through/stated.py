"""What a student said earlier: the values that a wrong answer gives to a quantity, ready to be put in its
place."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from msgspec import Struct

from derive.functions import Array
from derive.program import Values
from derive.quantities import Quantity
from grader.judging.formulas import claims_of
from grader.judging.numbers import typed_answers
from grader.judging.objections import circular, loose_index, wrong_left_side
from grader.judging.question import Question
from grader.judging.sides import understood
from grader.judging.values import taken, value
from grader.meaning.lowering import Unfit
from grader.reading import Reading
from grader.worlds.views import View
from grader.worlds.world import World

GIVEN = "given"
SAME_QUANTITY = {"dz": "delta"}
"""Kinds whose equation stands under another name."""


class Stated(Struct, frozen=True, eq=False):
    """A wrong answer to a part, as values of what was asked there (an ``entry`` or the whole quantity): one
    for each world (see `key_of`), samples×rows×columns, the way round that is promised to users.

    ``slack`` is half a unit of the last digit of numbers that were typed rounded, 0 elsewhere.
    """

    part: str
    quantity: Quantity
    entry: tuple[int, ...]
    said: Mapping[str | int, Array]
    slack: Array | float = 0.0

    def put_into(self, values: Values, key: str | int, off: Array | float = 0.0) -> None:
        """What was said takes the place of the true value; ``off`` says by how many times its slack it is
        moved."""
        said = self.said[key] + off * self.slack
        if self.entry:
            row, column = (*self.entry, 1)[:2]
            whole = values[self.quantity]
            whole = np.array(np.broadcast_to(whole, (max(len(whole), len(said)), *whole.shape[1:])))
            whole[:, row - 1 : row, column - 1 : column] = said
            said = whole
        values[self.quantity] = said

    @property
    def trivial(self) -> bool:
        """Whether it would make easy what follows: nothing but zeros or ones, or the identity."""
        return any(map(_trivial, self.said.values()))


def _trivial(value: Array) -> bool:
    rows, columns = value.shape[-2:]
    return bool(
        (value == 0).all() or (value == 1).all() or (rows == columns and (value == np.eye(rows)).all())
    )


def key_of(question: Question, world: World) -> str | int:
    """By which the worlds of two questions about one model are known to be the same."""
    if world is question.numbers:
        return GIVEN
    return next(place for place, other in enumerate(question.worlds) if other is world)


def settled(question: Question) -> Quantity | None:
    """The quantity that a right answer settles: what follows was computed from its true value."""
    whole = not question.entry and not question.general
    return canonical(question.asked) if whole and question.part.answer in STATED else None


def stated(question: Question, reading: Reading) -> Stated | None:
    """What a wrong answer says of its quantity; None where that cannot stand in the place of the true value.

    Raises `NotUnderstood` for a formula that means nothing.
    """
    read = STATED.get(question.part.answer)
    return read(question, reading) if read is not None and not question.general else None


def canonical(quantity: Quantity) -> Quantity:
    """The name under which a quantity has its equation."""
    return Quantity(SAME_QUANTITY.get(quantity.kind, quantity.kind), quantity.layer)


def _stated_numbers(question: Question, reading: Reading) -> Stated | None:
    typed, notation = next(typed_answers(question, reading), (None, None))
    if typed is None or notation is None or question.numbers is None:
        return None
    view = question.numbers.seen_in(notation)
    said: dict[str | int, Array] = {GIVEN: _unseen(view, question.asked, typed.values[None])}
    slack = _unseen(view, question.asked, typed.half_units[None])
    return Stated(question.part.id, canonical(question.asked), question.entry, said, slack)


def _stated_formula(question: Question, reading: Reading) -> Stated | None:
    sides = understood(question, reading.tree)
    if wrong_left_side(question, sides) or circular(question, sides) or loose_index(question, sides):
        return None
    term = claims_of(question, sides)[-1]
    cases = question.cases_in(sides.notation)
    nodes, _ = taken(cases, term)
    said: dict[str | int, Array] = {}
    for case, node in zip(cases, nodes, strict=True):
        found = value(node, case)
        if not isinstance(found, Unfit) and found.shape == case.expected.shape and np.isfinite(found).all():
            said[key_of(question, case.world)] = _unseen(case.view, case.quantity, found)
    own = {key_of(question, case.world) for case in cases if case.own}
    if not own <= said.keys():
        return None
    return Stated(question.part.id, canonical(question.asked), question.entry, said)


STATED: dict[str, Callable[[Question, Reading], Stated | None]] = {
    "number": _stated_numbers,
    "formula": _stated_formula,
}
"""How each kind of answer states values."""


def _unseen(view: View, quantity: Quantity, value: Array) -> Array:
    """The value promised to users, given what a notation's symbol is worth. Seeing turns and scales, and
    turning twice is nothing."""
    scale = view.value(quantity, np.ones((1, 1, 1)))
    return np.asarray(view.value(quantity, value) / scale**2)
