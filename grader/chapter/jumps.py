"""Functions that jump at 0, and formulas by cases: which value holds, as far as that can be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grader.chapter.functions import Function, Value, elementwise
from grader.chapter.intervals import Interval
from grader.chapter.operations import Undefined
from grader.reading.tree import Cases, Relation, Tree


@dataclass(frozen=True, slots=True)
class Jump:
    """A function with one value below 0 and another above, by its spellings and the words for it."""

    name: str
    spellings: tuple[str, ...]
    words: tuple[str, ...]
    below: float
    above: float

    def with_zero(self, zero: Interval | None = None) -> Function:
        """The function with a value at 0 itself; without one, anything between its values holds there."""
        between = zero or Interval(self.below, self.above)
        return Function(self.name, self.spellings, elementwise(lambda number: self._of(number, between)))

    def _of(self, number: Interval, zero: Interval) -> Interval:
        if number.low == number.high == 0:
            return zero
        ends = [self.below] * (number.low < 0) + [self.above] * (number.high > 0)
        return Interval(min(ends), max(ends))


STEP = Jump(
    "step",
    ("step", "Step", "heaviside", "Heaviside", "hardlim", "Hardlim", "unitstep"),
    ("step function", "unit step function", "heaviside step function", "heaviside function"),
    0.0,
    1.0,
)
SIGN = Jump(
    "sign",
    ("sign", "Sign", "sgn", "signum", "hardlims"),
    ("sign function", "signum function"),
    -1.0,
    1.0,
)
JUMPS = (STEP, SIGN)
"""One row for each function that jumps."""


# -- by cases ------------------------------------------------------------------------------------------------


def chosen(tree: Cases, value: Callable[[Tree], Value], bound: Callable[[Tree], Value]) -> Value:
    """The value of a formula by cases; all that may hold together where rounding leaves open which does.
    ``bound`` gives the values of what the conditions compare.

    Raises `Undefined` where a condition is none of sizes, or no case holds.
    """
    possible: list[Value] = []
    for body, condition in tree.rows:
        holds = True if condition is None else _holds(condition, bound)
        if holds is not False:
            possible.append(value(body))
        if holds:
            break
    if not possible:
        raise Undefined("none of its cases holds")
    if len(possible) == 1:
        return possible[0]
    if not all(isinstance(one, Interval) for one in possible):
        raise Undefined("which of its cases holds cannot be told")
    return Interval(min(one.low for one in possible), max(one.high for one in possible))


def _holds(condition: Tree, value: Callable[[Tree], Value]) -> bool | None:
    """Whether a condition holds; None if rounding leaves that open."""
    if not isinstance(condition, Relation) or not set(condition.relations) <= set(_COMPARED):
        raise Undefined("one of its conditions is not evaluated")
    sides = [value(side) for side in condition.sides]
    if any(isinstance(side, np.ndarray) for side in sides):
        raise Undefined("one of its conditions compares matrices")
    found = [
        _COMPARED[relation](*pair)
        for relation, *pair in zip(condition.relations, sides, sides[1:], strict=False)
    ]
    return False if False in found else None if None in found else True


def _less(first: Interval, second: Interval) -> bool | None:
    return True if first.high < second.low else False if first.low >= second.high else None


def _at_most(first: Interval, second: Interval) -> bool | None:
    return True if first.high <= second.low else False if first.low > second.high else None


def _equal(first: Interval, second: Interval) -> bool | None:
    if first.high < second.low or second.high < first.low:
        return False
    return True if first.low == first.high == second.low == second.high else None


_COMPARED: dict[str, Callable[[Interval, Interval], bool | None]] = {
    "<": _less,
    "<=": _at_most,
    ">": lambda first, second: _less(second, first),
    ">=": lambda first, second: _at_most(second, first),
    "=": _equal,
}
