"""Which shapes an operation takes and gives: one rule each, with a sentence for shapes that do not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.graph import SCALAR, Shape, ShapeError


def show(shape: Shape) -> str:
    """A shape for people: ``(4, 1)`` gives ``4×1``."""
    return f"{shape[0]}×{shape[1]}"


def same(what: str) -> Callable[..., Shape]:
    def rule(data: Any, left: Shape, right: Shape) -> Shape:
        if left != right:
            raise ShapeError(f"{what} needs equal shapes, but these are {show(left)} and {show(right)}")
        return left

    return rule


def matmul(data: Any, left: Shape, right: Shape) -> Shape:
    if left[1] != right[0]:
        raise ShapeError(
            "a matrix product needs as many columns on the left as rows on the right, "
            f"but these are {show(left)} and {show(right)}"
        )
    return (left[0], right[1])


def scale(data: Any, factor: Shape, body: Shape) -> Shape:
    if factor != SCALAR:
        raise ShapeError(f"only a number can scale a {show(body)} matrix, but the factor is {show(factor)}")
    return body


def square(data: Any, body: Shape) -> Shape:
    if 1 not in body:
        raise ShapeError(f"diag takes a column or a row, but this is {show(body)}")
    size = body[0] if body[1] == 1 else body[1]
    return (size, size)


def inner(data: Any, left: Shape, right: Shape) -> Shape:
    same("an inner product")(data, left, right)
    return SCALAR


def summed(data: Any, body: Shape) -> Shape:
    return (1, body[1]) if data == "rows" else (body[0], 1)


def entry(data: Any, body: Shape) -> Shape:
    for index, size, what in zip(data, body, ("row", "column"), strict=True):
        if isinstance(size, int) and not 1 <= index <= size:
            raise ShapeError(f"there is no {what} {index} in a {show(body)} matrix")
    return SCALAR


def placed(data: Any, number: Shape) -> Shape:
    row, column, (rows, columns) = data
    if number != SCALAR:
        raise ShapeError(f"only a number fits in one place of a {rows}×{columns} matrix, not {show(number)}")
    entry((row, column), (rows, columns))
    return (rows, columns)


def stack(data: Shape, *entries: Shape) -> Shape:
    for entry in entries:
        if entry != SCALAR:
            raise ShapeError(f"the entries of a matrix are numbers, but one is {show(entry)}")
    return data
