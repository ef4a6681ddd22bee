"""Indices: letters that run over the neurons of a layer or the examples of a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from msgspec import Struct

from derive.functions import Array
from derive.graph import SCALAR, Dim, Shape, ShapeError
from derive.kernels import Arithmetic


class Index(Struct, frozen=True):
    """A letter that counts from 1 to ``size``.

    ``axis`` is its place among the indices of one formula. An expression with indices has as its value
    an array indices…×samples×rows×columns: index axes stand before exactly one axis of samples, the first
    index nearest to it.
    """

    letter: str
    axis: int
    size: Dim

    @property
    def position(self) -> int:
        """The index's axis in an array, counted from the end."""
        return -4 - self.axis


WHOLE = "whole"
"""The coordinate that keeps all rows or columns."""
Place = Index | int | str | None
"""One coordinate of an entry: a letter, a number from 1, None where there is only one, or `WHOLE`."""
Places = tuple[Place, Place]


def _miscounted(place: Place, wanted: Dim, size: Dim, what: str) -> str:
    if not isinstance(place, Index):
        return f"one {what} is picked, but there are {size}"
    if wanted == 1:
        return f"nothing says which of the {size} {what}s {place.letter} picks; perhaps a sum is missing"
    return f"{place.letter} counts to {wanted} here, but there are {size} {what}s"


def picked(data: Places, body: Shape) -> Shape:
    """The shape of one entry, or of a whole row or column. Raises `ShapeError` for one that is not there."""
    for place, size, what in zip(data, body, ("row", "column"), strict=True):
        wanted = place.size if isinstance(place, Index) else 1 if place is None else size
        outside = isinstance(place, int) and isinstance(size, int) and not 1 <= place <= size
        if outside:
            raise ShapeError(f"there is no {what} {place} among {size}")
        if wanted != size:
            raise ShapeError(_miscounted(place, wanted, size, what))
    rows, columns = (size if place == WHOLE else 1 for place, size in zip(data, body, strict=True))
    return rows, columns


def scalar(data: Any, *bodies: Shape) -> Shape:
    """Entries are numbers."""
    for body in bodies:
        if body != SCALAR:
            raise ShapeError(f"an entry is a number, not a {body[0]}×{body[1]} matrix")
    return SCALAR


def gathered(data: Places, body: Shape) -> Shape:
    """The matrix that a formula for every entry, or for every row or column, makes."""
    if WHOLE not in data:
        scalar(data, body)
    rows, columns = (
        place.size if isinstance(place, Index) else size for place, size in zip(data, body, strict=True)
    )
    return (rows, columns)


def summed(data: Index, body: Shape) -> Shape:
    """A sum over an index has the shape of its terms."""
    return body


# -- values --------------------------------------------------------------------------------------------------


def at(data: Places, arithmetic: Arithmetic) -> Callable[[Array], Array]:
    """The entries that indices or numbers pick."""

    def pick(body: Array) -> Array:
        for axis, place in ((-2, data[0]), (-1, data[1])):
            if isinstance(place, Index):
                body = _along(body, axis, place)
            elif isinstance(place, int):
                body = np.take(body, [place - 1], axis=axis)
        return body

    return pick


def _along(body: Array, axis: int, index: Index) -> Array:
    """Rows or columns laid along the axis of an index."""
    body = _with_axis(body, index)
    if body.shape[index.position] == 1:
        return np.swapaxes(body, axis, index.position)
    order = [1] * body.ndim
    order[index.position] = body.shape[axis]
    return np.take_along_axis(body, np.arange(body.shape[axis]).reshape(order), axis=axis)


def _with_axis(body: Array, index: Index) -> Array:
    missing = -index.position - body.ndim
    return body.reshape((1,) * missing + body.shape) if missing > 0 else body


def over(data: Index, arithmetic: Arithmetic) -> Callable[[Array], Array]:
    """The sum over an index; a term without it counts once for each of its values."""

    def total(body: Array) -> Array:
        if body.ndim < -data.position or body.shape[data.position] == 1:
            return body * data.size
        return body.sum(axis=data.position, keepdims=True)

    return total


def kronecker(data: Places, arithmetic: Arithmetic) -> Callable[[], Array]:
    """1 where two indices are equal, else 0."""
    first, second = data
    if not isinstance(first, Index) or not isinstance(second, Index):
        raise TypeError("a Kronecker delta compares two indices")
    matrix = np.eye(int(first.size)) if first.size == second.size else np.zeros(())
    ones = _with_axis(matrix[None], max(first, second, key=lambda index: index.axis))
    value = np.swapaxes(_with_axis(np.swapaxes(ones, -2, first.position), second), -1, second.position)
    return lambda: value


def gather(data: Places, arithmetic: Arithmetic) -> Callable[[Array], Array]:
    """A formula for every entry as the matrix of its values, samples×rows×columns."""

    def matrix(body: Array) -> Array:
        for axis, place in ((-2, data[0]), (-1, data[1])):
            if isinstance(place, Index):
                body = np.swapaxes(_with_axis(body, place), axis, place.position)
                if body.shape[axis] == 1 and place.size != 1:
                    body = np.repeat(body, int(place.size), axis=axis)
        extra = body.ndim - 3
        return body.reshape(body.shape[extra:]) if extra > 0 else body

    return matrix
