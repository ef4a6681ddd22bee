"""The values of operations: NumPy functions of arrays whose last two axes are rows and columns.

Each is made for what the operation carries and for an `Arithmetic`, float64 or exact fractions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from msgspec import Struct, field

from derive.errors import Unusable, unknown
from derive.functions import FUNCTIONS, Array, Function, NotExact, function_named


class Arithmetic(Struct, frozen=True):
    """What numbers are: the functions by name, whether values are exact fractions instead of float64, and
    which slope is taken at a kink: so far from the one below it (0) to the one above it (1).
    """

    functions: Mapping[str, Function] = field(default_factory=lambda: FUNCTIONS)
    exact: bool = False
    kink_slope: Fraction = Fraction(0)

    def function(self, name: str) -> Function:
        """The function of one number of a name. Raises `Unusable` for what is none."""
        row = self.functions.get(name) or function_named(name)
        if row is None:
            what = "a function of one number, with a slope entry by entry"
            raise Unusable(unknown(name, what, self.functions))
        return row.with_kink_slope(self.kink_slope)

    def knows(self, name: str) -> bool:
        """Whether a name is of a function that has values here; one that is left open has none."""
        return name in self.functions or function_named(name) is not None

    def array(self, number: Fraction, shape: tuple[int, int] = (1, 1)) -> Array:
        """A matrix full of one number."""
        return np.full(shape, number, dtype=object) if self.exact else np.full(shape, float(number))


def plain(function: Callable[..., Array]) -> Callable[[Any, Arithmetic], Callable[..., Array]]:
    return lambda data, arithmetic: function


def transposed(body: Array) -> Array:
    return body.swapaxes(-1, -2)


def constant(data: Any, arithmetic: Arithmetic) -> Callable[..., Array]:
    number = arithmetic.array(data)
    return lambda: number


def ones(data: Any, arithmetic: Arithmetic) -> Callable[..., Array]:
    ones = arithmetic.array(Fraction(1), data)
    return lambda: ones


def function(data: Any, arithmetic: Arithmetic) -> Callable[..., Array]:
    name, order = data
    row = arithmetic.function(name)
    return lambda z: row.apply(z, order)


def power(data: Any, arithmetic: Arithmetic) -> Callable[..., Array]:
    if data.denominator == 1:
        return lambda body: body ** int(data)
    if arithmetic.exact:
        raise NotExact(f"a power of {data} has no exact fractions as values: drop --exact, or use float64")
    return lambda body: body ** float(data)


def softmax(data: Any, arithmetic: Arithmetic) -> Callable[..., Array]:
    if arithmetic.exact:
        raise NotExact("softmax has no exact fractions as values: drop --exact, or use float64")
    return softmax_of if data is None else softmax_of_rows


def softmax_of(z: Array, axis: int = -2) -> Array:
    """e^z over the sum of e^z, in each column."""
    raised = np.exp(z - np.max(np.real(z), axis=axis, keepdims=True))
    return raised / raised.sum(axis=axis, keepdims=True)


def softmax_of_rows(z: Array) -> Array:
    """e^z over the sum of e^z, in each row."""
    return softmax_of(z, axis=-1)


def winner(data: Any, arithmetic: Arithmetic) -> Callable[..., Array]:
    return winner_of if data is None else lambda z: transposed(winner_of(transposed(z)))


def winner_of(z: Array) -> Array:
    """1 at the largest entry of each column, at the first of several that are equally large, 0 elsewhere."""
    rows = np.arange(z.shape[-2])[:, None]
    first = np.expand_dims(np.argmax(np.real(z), axis=-2), -2)
    one, none = (Fraction(number) if z.dtype == object else float(number) for number in (1, 0))
    return np.where(rows == first, np.full_like(z, one), np.full_like(z, none))


def diag(body: Array) -> Array:
    return body * np.eye(max(body.shape[-2:]), dtype=int)


def total(body: Array) -> Array:
    return body.sum(axis=(-1, -2), keepdims=True)


def norm2(body: Array) -> Array:
    """The sum of the squares; of a column as a product, which is one call less."""
    return transposed(body) @ body if body.shape[-1] == 1 else total(body * body)


def inner(left: Array, right: Array) -> Array:
    # y log a is 0 for y = 0, also where a has been rounded to 0 and its logarithm is infinite.
    return total(np.where(left == 0, left, left * right))


def summed(data: Any, arithmetic: Arithmetic) -> Callable[..., Array]:
    axis = -2 if data == "rows" else -1
    return lambda body: body.sum(axis=axis, keepdims=True)


def entry(data: Any, arithmetic: Arithmetic) -> Callable[..., Array]:
    row, column = data
    return lambda body: body[..., row - 1 : row, column - 1 : column]


def stack(data: Any, arithmetic: Arithmetic) -> Callable[..., Array]:
    rows, columns = data

    def stack(*entries: Array) -> Array:
        flat = np.concatenate(np.broadcast_arrays(*entries), axis=-1)
        return flat.reshape(*flat.shape[:-2], rows, columns)

    return stack


def unit(data: Any, arithmetic: Arithmetic) -> Callable[..., Array]:
    row, column, shape = data

    def place(number: Array) -> Array:
        out = np.zeros((*number.shape[:-2], *shape), dtype=number.dtype)
        out[..., row - 1, column - 1] = number[..., 0, 0]
        return out

    return place
