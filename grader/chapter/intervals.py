"""Numbers that are only known up to rounding: an interval for each, carried through every operation."""

from __future__ import annotations

import math
from collections.abc import Callable

from msgspec import Struct

SLACK = 4e-15
"""Relative room for the rounding of float64 itself, allowed wherever two values are compared."""


class Interval(Struct, frozen=True):
    """All numbers from ``low`` to ``high``; a number that is known exactly has both ends equal.

    >>> Interval.around(0.5, 0.25) * 2
    Interval(low=0.5, high=1.5)
    """

    low: float
    high: float

    @classmethod
    def exactly(cls, value: float) -> Interval:
        return cls(value, value)

    @classmethod
    def around(cls, value: float, half: float) -> Interval:
        return cls(value - half, value + half)

    @property
    def middle(self) -> float:
        return self.low / 2 + self.high / 2

    @property
    def half(self) -> float:
        """Half the width."""
        return (self.high - self.low) / 2

    @property
    def finite(self) -> bool:
        return math.isfinite(self.low) and math.isfinite(self.high)

    def meets(self, other: Interval) -> bool:
        """Whether one number could be in both."""
        slack = SLACK * max(abs(self.low), abs(self.high), abs(other.low), abs(other.high))
        return self.low <= other.high + slack and other.low <= self.high + slack

    def map(self, function: Callable[[float], float]) -> Interval:
        """The image under a function that only rises or only falls."""
        ends = function(self.low), function(self.high)
        return Interval(min(ends), max(ends))

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __add__(self, other: object) -> Interval:
        if not isinstance(other, Interval | int | float):
            return NotImplemented
        more = interval(other)
        return Interval(self.low + more.low, self.high + more.high)

    __radd__ = __add__

    def __sub__(self, other: object) -> Interval:
        return self + -interval(other) if isinstance(other, Interval | int | float) else NotImplemented

    def __rsub__(self, other: object) -> Interval:
        return interval(other) - self if isinstance(other, int | float) else NotImplemented

    def __mul__(self, other: object) -> Interval:
        if not isinstance(other, Interval | int | float):
            return NotImplemented
        by = interval(other)
        ends = self.low * by.low, self.low * by.high, self.high * by.low, self.high * by.high
        return Interval(min(ends), max(ends))

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Interval:
        """Raises ZeroDivisionError if the divisor may be zero."""
        if not isinstance(other, Interval | int | float):
            return NotImplemented
        by = interval(other)
        if by.low <= 0 <= by.high:
            raise ZeroDivisionError("the divisor may be zero")
        return self * Interval(1 / by.high, 1 / by.low)

    def __rtruediv__(self, other: object) -> Interval:
        return interval(other) / self if isinstance(other, int | float) else NotImplemented

    def power(self, exponent: Interval) -> Interval:
        """``self ** exponent`` for a whole exponent, or for a positive base; ValueError otherwise."""
        whole = exponent.low == exponent.high and exponent.low == round(exponent.low)
        if whole:
            return self._whole_power(int(exponent.low))
        if self.low <= 0:
            raise ValueError("a power of a number that may be negative")
        return (self.map(math.log) * exponent).map(math.exp)

    def _whole_power(self, exponent: int) -> Interval:
        if abs(exponent) > 1000:
            raise OverflowError("the exponent is too large")
        if exponent < 0:
            return 1 / self._whole_power(-exponent)
        if exponent % 2 == 0 and self.low < 0 < self.high:
            return Interval(0.0 if exponent else 1.0, max(self.low**exponent, self.high**exponent))
        return self.map(lambda number: number**exponent)


def interval(number: Interval | float) -> Interval:
    """A plain number as an interval of no width."""
    return number if isinstance(number, Interval) else Interval.exactly(float(number))


def maximum(first: Interval, *others: Interval) -> Interval:
    """The largest of several numbers."""
    numbers = (first, *others)
    return Interval(max(number.low for number in numbers), max(number.high for number in numbers))


def minimum(first: Interval, *others: Interval) -> Interval:
    """The smallest of several numbers."""
    return -maximum(*(-number for number in (first, *others)))


def absolute(number: Interval) -> Interval:
    """|x|."""
    if number.low < 0 < number.high:
        return Interval(0.0, max(-number.low, number.high))
    return number.map(abs)
