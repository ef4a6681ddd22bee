"""When a typed number is right: a number claims the digits it shows, and has to show enough of them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
from msgspec import Struct

from derive.functions import Array
from derive.problem import Tolerance
from grader.judging.typed import TypedMatrix

NOISE = 1e-9
"""Share of a value within which two numbers are the same."""
SIGNIFICANT = 2
"""A rounded number must show at least this many digits."""
SIGNIFICANT_OF_EXACT = 4
"""As many, where the true value is a short decimal that could be given in full."""
SIGNIFICANT_IN_MATRIX = 3
"""If its largest numbers show this many digits, the small numbers of a matrix may show fewer, down to
none."""
ROUNDED_ON_THE_WAY = 1e-3
"""Share by which a number may be off that was computed from rounded intermediate values."""
OF_STEP, ROUNDED_STEP = 0.25, 0.05
"""Shares of an update's step: how coarse a new value may be, and how far off by rounding on the way."""


class Truth(Struct, frozen=True):
    """The true numbers, rows×columns; ``exact`` the same as fractions where they exist, ``step`` how far
    each lies from its value before the update, where it is a value after one. ``seen`` gives what is asked
    from a value of the whole quantity, samples×rows×columns, as the course's notation has it."""

    values: Array
    exact: Array | None = None
    step: Array | None = None
    seen: Callable[[Array], Array] = lambda value: value


def right(typed: TypedMatrix, truth: Truth, tolerance: Tolerance) -> Array:
    """For each entry whether it is right: within what the part allows, or rounded rightly to enough digits.

    Where the true numbers are no fractions, intermediate values may have been rounded.
    """
    distance, size = np.abs(typed.values - truth.values), np.abs(truth.values)
    if tolerance != Tolerance():
        return np.asarray(same(typed, truth) | _within(tolerance, distance, size))
    rounded = as_shown(typed, truth) & _enough_digits(typed, truth)
    if truth.exact is not None:
        return np.asarray(same(typed, truth) | rounded)
    slack = ROUNDED_ON_THE_WAY * size
    if truth.step is not None:
        slack = np.minimum(slack, ROUNDED_STEP * truth.step)
    return np.asarray(same(typed, truth) | rounded | (distance <= slack))


def same(typed: TypedMatrix, truth: Truth) -> Array:
    """For each entry whether it is the true value itself."""
    return np.asarray(np.abs(typed.values - truth.values) <= NOISE * np.abs(truth.values))


def as_shown(typed: TypedMatrix, truth: Truth) -> Array:
    """For each entry whether it is the true value, rounded or cut to the digits it shows."""
    distance = np.abs(typed.values - truth.values)
    return np.asarray(distance <= typed.half_units * (1 + NOISE) + NOISE * np.abs(truth.values))


def _within(tolerance: Tolerance, distance: Array, size: Array) -> Array:
    near = np.zeros(distance.shape, dtype=bool)
    if tolerance.absolute is not None:
        near |= distance <= tolerance.absolute * (1 + NOISE)
    if tolerance.relative is not None:
        near |= distance <= tolerance.relative * size * (1 + NOISE)
    if tolerance.digits is not None:
        magnitude = np.floor(np.log10(np.where(size > 0, size, 1))) + 1
        near |= distance <= 0.5 * 10.0 ** (magnitude - tolerance.digits) * (1 + NOISE)
    return near


def _enough_digits(typed: TypedMatrix, truth: Truth) -> Array:
    enough = typed.significant >= _needed(truth)
    if typed.values.size > 1 and truth.exact is None:
        size = np.abs(truth.values)
        small = size < 0.1 * size.max(axis=(-1, -2), keepdims=True)
        enough |= small & (typed.significant.max() >= SIGNIFICANT_IN_MATRIX)
    if truth.step is not None:
        enough &= typed.half_units <= OF_STEP * truth.step
    return np.asarray(enough)


def _needed(truth: Truth) -> Array:
    if truth.exact is None:
        return np.full(truth.values.shape, SIGNIFICANT)
    return np.array([[_digits_of(number) for number in row] for row in truth.exact])


def _digits_of(number: Fraction) -> int:
    """How many digits a fraction has to be given with."""
    denominator = number.denominator
    for factor in (2, 5):
        while denominator % factor == 0:
            denominator //= factor
    return SIGNIFICANT_OF_EXACT if denominator == 1 else SIGNIFICANT
