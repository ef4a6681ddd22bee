"""Vectors and matrices on the tape: each entry is a slot of its own, to be named and differentiated."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from grader.chapter.network.tape import OPERATIONS, Tape
from grader.chapter.operations import Undefined, check_fit

Slots = Any
"""A slot of the tape, or an array of slots with one or two axes."""

MAX_ENTRIES = 200
"""Larger matrices are not unfolded into their entries."""


def entry_by_entry(tape: Tape, operation: str, *values: Slots) -> Slots:
    """An operation on numbers, or on the entries of arrays that fit.

    Raises `Undefined` for shapes that do not fit.
    """
    arrays = [value for value in values if isinstance(value, np.ndarray)]
    if not arrays:
        return tape.apply(operation, *values)
    check_fit([array.shape for array in arrays])
    every = np.frompyfunc(lambda *slots: tape.apply(operation, *slots), len(values), 1)
    return every(*values)


def product(tape: Tape, first: Slots, join: str, second: Slots) -> Slots:
    """A product as written: of numbers, entry by entry, or of matrices.

    Raises `Undefined` for shapes that do not fit.
    """
    if join == "/":
        return entry_by_entry(tape, "divide", first, second)
    arrays = isinstance(first, np.ndarray) and isinstance(second, np.ndarray)
    if not arrays or (join in ("odot", "circ", "*", "broadcast") and first.shape == second.shape):
        return entry_by_entry(tape, "multiply", first, second)
    if first.shape[-1] != second.shape[0] or max(first.size, second.size) > MAX_ENTRIES:
        raise Undefined("the shapes do not fit")
    left = first.reshape(-1, first.shape[-1])
    right = second.reshape(second.shape[0], -1)
    found = np.empty((left.shape[0], right.shape[1]), dtype=object)
    for place in np.ndindex(found.shape):
        pairs = zip(left[place[0]], right[:, place[1]], strict=True)
        found[place] = total(tape, [tape.apply("multiply", *pair) for pair in pairs])
    return single(found.reshape((*first.shape[:-1], *second.shape[1:])))


def total(tape: Tape, slots: Slots, operation: str = "add") -> int:
    """All entries added up, or folded by another operation."""
    slot: int = reduce(lambda one, other: tape.apply(operation, one, other), np.ravel(slots).tolist())
    return slot


def softmax(tape: Tape, values: Slots) -> Slots:
    """The softmax of a vector, however it lies, or of each row of a matrix."""
    if not isinstance(values, np.ndarray):
        raise Undefined("a softmax is taken of a vector or a matrix")
    if max(values.shape) != values.size:
        return np.stack([softmax(tape, row) for row in values])
    powers = entry_by_entry(tape, "exp", values)
    return entry_by_entry(tape, "divide", powers, total(tape, powers))


def softmax_of_columns(tape: Tape, values: Slots) -> Slots:
    return np.transpose(softmax(tape, np.transpose(values)))


def single(values: Slots) -> Slots:
    """An array with one entry is that number."""
    return values.item() if isinstance(values, np.ndarray) and values.size == 1 else values


WHOLE: dict[str, Callable[[Tape, Slots], Slots]] = {
    "softmax": softmax,
    "softmax of columns": softmax_of_columns,
    "sum": total,
}
"""The functions of a whole vector, by the names in FUNCTIONS."""


def called(tape: Tape, operation: str, values: list[Slots], foldable: bool) -> Slots:
    """A known function of values.

    Raises `Undefined` for a function that is no calculation with numbers.
    """
    if operation in WHOLE and len(values) == 1:
        return WHOLE[operation](tape, values[0])
    if operation not in OPERATIONS:
        raise Undefined(f"{operation} is no calculation with numbers")
    if foldable and len(values) > 1:
        return reduce(lambda one, other: entry_by_entry(tape, operation, one, other), values)
    if len(values) != 1:
        raise Undefined(f"{operation} takes one argument")
    return total(tape, values[0], operation) if foldable else entry_by_entry(tape, operation, values[0])
