"""Which misconception wrong numbers follow from, as far as the digits shown can tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from derive.functions import Array
from derive.problem import Tolerance
from grader.judging.closeness import NOISE, ROUNDED_ON_THE_WAY, Truth, as_shown, right, same
from grader.judging.question import Question
from grader.judging.recognising.lineup import Lineup, in_table
from grader.judging.recognising.two_at_once import the_one
from grader.judging.typed import TypedMatrix
from grader.worlds.slips import Blamed, Twins
from grader.worlds.world import World

TELLING = 4
"""With this many digits, a number that is near the truth but exactly what a misconception gives tells why."""
BY_ROUNDING = 0.05
"""A coarse number that lies within this share of the truth was rounded, whatever else it may be."""
AROUND, CROWD = 10, 2
"""Where more than so many other wrong values lie around the typed numbers, within so many times what they
may be off, hitting one of them tells nothing."""
ALONE = 100
"""A pair of misconceptions is one of thousands: it must be the only one within so many half units."""


def gives_itself_away(question: Question, typed: TypedMatrix, truth: Truth) -> bool:
    """Near the truth, but to every digit shown what a misconception gives.

    Only misconceptions marked as subtle count here. Of the others some come near the truth by chance, and a
    right number that was rounded on the way would be called wrong.
    """
    if question.part.tolerance != Tolerance() or truth.exact is not None or as_shown(typed, truth).all():
        return False
    if not (np.isfinite(typed.significant).all() and (typed.significant >= TELLING).all()):
        return False
    blamed, others = _seen(_singles(question), truth)
    shown = as_shown(typed, others).all(axis=(1, 2))
    return any(rows[0].subtle for rows, hit in zip(blamed, shown, strict=True) if hit)


def numbers_believed(question: Question, typed: TypedMatrix, truth: Truth) -> Blamed:
    """The first misconception that gives just these numbers: exactly, else to every digit shown, else nearly;
    else the only two that give them together.

    Numbers too coarse to tell from the truth show a misconception only if they are exactly what it gives, and
    not near the truth.
    """
    tolerance = question.part.tolerance
    blamed, others = _seen(_singles(question), truth)
    nearly = np.maximum(typed.half_units, ROUNDED_ON_THE_WAY * np.abs(typed.values))
    tests: tuple[tuple[Array, Array], ...] = (
        (same(typed, others), np.zeros(typed.shape)),
        (as_shown(typed, others) & right(typed, others, tolerance), typed.half_units),
        (right(typed, others, tolerance), nearly),
    )
    coarse = as_shown(typed, truth).all()
    if coarse and (np.abs(typed.values - truth.values) <= BY_ROUNDING * np.abs(truth.values)).all():
        return ()
    for hit, width in tests[:1] if coarse else tests:
        suspects = _where(blamed, hit.all(axis=(1, 2)))
        if suspects and _values_around(typed, others, _reach(typed, width)) <= CROWD + 1:
            return min(suspects, key=in_table)
    return () if coarse else _two(question, typed, truth)


def _two(question: Question, typed: TypedMatrix, truth: Truth) -> Blamed:
    """The only pair that gives the numbers, if no other comes near them."""
    blamed, others = _seen(question.beliefs.pairs(_world(question), question.asked), truth)
    hit = as_shown(typed, others).all(axis=(1, 2))
    if not hit.any() or _values_around(typed, others, ALONE * _half_units(typed)) > 1:
        return ()
    singles = _seen(_singles(question), truth)
    return the_one(
        sorted(set(_where(blamed, hit)), key=in_table), lambda pair: True, lambda: (_lineup(*singles),)
    )


def _singles(question: Question) -> Iterable[Twins]:
    return question.beliefs.twins(_world(question), question.asked)


def _world(question: Question) -> World:
    assert question.numbers is not None, "numbers are only asked for where the problem gives some"
    return question.numbers


def _seen(stacks: Iterable[Twins], truth: Truth) -> tuple[tuple[Blamed, ...], Truth]:
    """Beliefs, and what the numbers would be for each: beliefs×rows×columns."""
    for stack in stacks:
        values: Array = truth.seen(stack.values)[:, 0]
        if values.shape[1:] == truth.values.shape:
            return stack.blamed, Truth(values)
    return (), Truth(np.empty((0, *truth.values.shape)))


def _lineup(blamed: tuple[Blamed, ...], others: Truth) -> Lineup:
    values = others.values[:, None]
    return Lineup(blamed, values, NOISE * np.abs(values))


def _where(blamed: Sequence[Blamed], hit: Array) -> list[Blamed]:
    return [rows for rows, here in zip(blamed, hit, strict=True) if here]


def _reach(typed: TypedMatrix, width: Array) -> Array:
    """How far around the typed numbers others are looked for; not farther than a quarter of a number, which
    with one digit is coarse already."""
    return np.minimum(AROUND * width, np.maximum(width, np.abs(typed.values) / 4))


def _values_around(typed: TypedMatrix, others: Truth, reach: Array) -> int:
    """How many different wrong values lie around the typed numbers."""
    near = others.values[(np.abs(typed.values - others.values) <= reach).all(axis=(1, 2))]
    return len(np.unique(np.round(near / np.where(reach > 0, reach, 1), 4), axis=0))


def _half_units(typed: TypedMatrix) -> Array:
    """Half a unit of the last digit; of exact numbers, of their denominator."""
    exact = [[0.5 / cell.value.denominator for cell in row] for row in typed.rows]
    return np.where(typed.half_units > 0, typed.half_units, exact)
