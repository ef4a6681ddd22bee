"""What is done with values: products, quotients and powers of numbers and arrays, and slopes of functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from grader.chapter.functions import Value
from grader.chapter.intervals import Interval, absolute, interval

Applied = Callable[..., Value]
"""A function of values."""


class Undefined(ValueError):
    """A piece of mathematics without a value here; the message says in a sentence what is missing."""


def power(base: Value, exponent: Value) -> Value:
    if isinstance(exponent, np.ndarray):
        raise Undefined("the exponent is a matrix")
    if isinstance(base, np.ndarray):
        return np.frompyfunc(lambda entry: entry.power(exponent), 1, 1)(base)
    return base.power(exponent)


def entries(value: Value) -> Iterable[Interval]:
    """The entries of an array, row by row; of a number, itself."""
    return np.ravel(value) if isinstance(value, np.ndarray) else (value,)


def same_shape(first: Value, second: Value) -> None:
    if isinstance(first, Interval) or isinstance(second, Interval):
        return
    if np.shape(first) and np.shape(second) and np.shape(first) != np.shape(second):
        raise Undefined(f"the shapes {shape(first)} and {shape(second)} do not fit")


def check_fit(shapes: list[tuple[int, ...]]) -> None:
    """Equal shapes fit, and so does a row beside each row of a matrix, or a column beside each column.

    Raises `Undefined` for shapes that do not fit.
    """
    largest = max(shapes, key=lambda each: (len(each), np.prod(each)))
    for each in shapes:
        row = each in ((largest[-1],), (1, largest[-1])) and len(largest) == 2 and largest[-1] > 1
        column = each == (largest[0], 1) and len(largest) == 2
        if each != largest and not (row and largest[0] > 1) and not (column and largest[1] > 1):
            raise Undefined("the shapes do not fit")


def shape(value: Value) -> str:
    return "×".join(map(str, np.shape(value)))


def divided(above: Value, below: Value) -> Value:
    if isinstance(above, np.ndarray) and isinstance(below, np.ndarray):
        same_shape(above, below)
    return above / below


def norm(value: Value) -> Value:
    if not isinstance(value, np.ndarray):
        return absolute(value)
    if value.ndim == 2 and min(value.shape) > 1:
        raise Undefined("which norm of a matrix is meant, of all or of each row, is not said")
    squares = [entry.power(interval(2)) for entry in np.ravel(value)]
    return sum(squares[1:], squares[0]).power(interval(0.5))


def multiplied(first: Value, join: str, second: Value) -> Value:
    if join == "/":
        return divided(first, second)
    if not (isinstance(first, np.ndarray) and isinstance(second, np.ndarray)):
        return first * second
    if join in ("odot", "circ", "*", "broadcast") and first.shape == second.shape:
        return first * second
    if first.shape[-1] != second.shape[0]:
        raise Undefined(f"the shapes {shape(first)} and {shape(second)} do not fit")
    return first @ second


def slope(function: Applied) -> Applied:
    """The derivative by differences, at the ends and the middle of the argument; good to nine digits. At a
    kink it is whatever lies between the slopes on either side.

    Raises `Undefined` where the function jumps.
    """

    def apply(*values: Value) -> Value:
        if len(values) != 1 or not isinstance(values[0], Interval):
            raise Undefined("derivatives are only evaluated for functions of one number")
        points = (values[0].low, values[0].middle, values[0].high)
        slopes = [end for point in dict.fromkeys(points) for end in _slopes(function, point)]
        return Interval(min(slopes), max(slopes))

    return apply


STEP = 1e-4


STEEP = 1e3
"""A function that rises so many times faster at a point than beside it jumps there."""
BENT = 1e-2
"""So different are the slopes on the two sides of a kink, in units of the slope itself."""


def _slopes(function: Applied, point: float) -> tuple[float, ...]:
    """A fourth-order central difference; at a kink the slopes on either side."""
    step = STEP * max(1.0, abs(point))
    values = [_single(function(Interval.exactly(point + steps * step))) for steps in (-2, -1, 0, 1, 2)]
    left, before, behind, right = (float(rise) / step for rise in np.diff(values))
    if max(abs(before - left), abs(behind - right)) > STEEP * max(1.0, abs(left), abs(right)):
        raise Undefined("it jumps here, and has no slope")
    if abs(behind - before) > BENT * max(1.0, abs(left), abs(right)) and _straight(
        left, before, behind, right
    ):
        return left, right
    return (float((8 * (values[3] - values[1]) - (values[4] - values[0])) / (12 * step)),)


def _straight(left: float, before: float, behind: float, right: float) -> bool:
    """Whether a function hardly bends on either side of a point, beside what it does there."""
    bend = abs(behind - before)
    return max(abs(before - left), abs(right - behind)) < BENT * bend


def _single(value: Value) -> float:
    if not isinstance(value, Interval):
        raise Undefined("derivatives are only evaluated for single numbers")
    return value.middle
