"""Values on the way are rounded, or cut off, so early that the result is off."""

from collections.abc import Callable

import numpy as np

from derive.functions import Array
from derive.network import Network
from grader.misconceptions.row import Example, Misconception

DECIMALS, SIGNIFICANT = (1, 2, 3), (2, 3)
"""How many decimals, and how many digits, people keep on the way."""

Rounding = Callable[[Array], Array]


def _nearest(counted: Array) -> Array:
    """The nearest whole numbers, halves away from 0 as on paper."""
    return np.copysign(np.floor(np.abs(counted) + 0.5), counted)


def _below(counted: Array) -> Array:
    """The whole numbers before the point. What is whole but for its binary form stays what it is."""
    return np.copysign(np.floor(np.abs(counted) + 1e-9), counted)


def to_decimals(decimals: int, whole: Rounding) -> Rounding:
    """Every number to so many decimals."""
    return lambda values: _unless_nothing_is_left(whole(values * 10.0**decimals) / 10.0**decimals, values)


def to_digits(digits: int, whole: Rounding) -> Rounding:
    """Every number to so many digits, the first that is not 0 included."""

    def rounded(values: Array) -> Array:
        size = np.abs(values)
        unit = 10.0 ** (np.floor(np.log10(np.where(size > 0, size, 1))) + 1 - digits)
        return whole(values / unit) * unit

    return rounded


def _unless_nothing_is_left(rounded: Array, values: Array) -> Array:
    """No value where all of it becomes 0: nobody goes on with that."""
    return rounded if rounded.any() or not values.any() else np.full_like(rounded, np.nan)


def _roundings(whole: Rounding) -> dict[str, Rounding]:
    decimals = {_counted(count, "decimal"): to_decimals(count, whole) for count in DECIMALS}
    return decimals | {_counted(count, "digit"): to_digits(count, whole) for count in SIGNIFICANT}


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count > 1 else ''}"


NEURONS = Network([2, 2, 1], "sigmoid", learning_rate=0.5)
GIVEN = {
    "x": [1, 2],
    "y": [1],
    "W1": [[0.13, -0.27], [0.41, 0.38]],
    "b1": [0.11, -0.23],
    "W2": [[0.77, -0.59]],
    "b2": [0.31],
}
SPARES = (
    Example("a2", "0.5532", NEURONS, GIVEN),
    Example("a2", "0.55", NEURONS, GIVEN),
    Example("delta2", "-0.1104", NEURONS, GIVEN),
    Example("loss", "0.0999", NEURONS, GIVEN),
)

ROUNDED = Misconception(
    name="rounded-too-early",
    words="Values on the way were rounded, and the result is off: keep more digits until the end.",
    question="How many digits do your intermediate values need so that the last one is right?",
    award=0.75,
    roundings=_roundings(_nearest),
    catches=(
        Example("a2", "0.5548", NEURONS, GIVEN),
        Example("a2", "0.5498", NEURONS, GIVEN),
        Example("delta2", "-0.11115", NEURONS, GIVEN),
        Example("loss", "0.10125", NEURONS, GIVEN),
    ),
    spares=SPARES,
)

CUT = Misconception(
    name="cut-off-too-early",
    words="Digits were cut off on the way, and the result is off: keep more of them, and round at the end.",
    question="How far can a number be off of which all digits behind the second decimal are cut off?",
    award=0.75,
    roundings=_roundings(_below),
    catches=(
        Example("a2", "0.5523", NEURONS, GIVEN),
        Example("delta2", "-0.11127", NEURONS, GIVEN),
        Example("W2_new", "[0.79, -0.555]", NEURONS, GIVEN),
    ),
    spares=SPARES,
)
