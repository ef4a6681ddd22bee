"""OPERATIONS: one row for each operation that gradients pass through, with all the names it has in code."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.chapter.programs.tracked import Operation
from grader.chapter.programs.values import MAX_BITS, MAX_ENTRIES, Unread, size_of


def _power(base: Any, exponent: Any) -> Any:
    """Raises `Unread` for whole powers that would be very long."""
    if isinstance(base, int) and isinstance(exponent, int) and abs(exponent) * base.bit_length() > MAX_BITS:
        raise Unread("a power is too large")
    return base**exponent


def _times(first: Any, second: Any) -> Any:
    """A product, or a list or text repeated."""
    for times, repeated in ((first, second), (second, first)):
        few = isinstance(times, int) and times * size_of(repeated) <= MAX_ENTRIES
        if isinstance(repeated, list | tuple | str) and not few:
            raise Unread("something is repeated too often")
    return first * second


def _matmul_pull(message: Any, result: Any, first: Any, second: Any) -> tuple[Any, ...]:
    first, second = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    rows = first[None, :] if first.ndim == 1 else first
    columns = second[:, None] if second.ndim == 1 else second
    message = np.reshape(message, (rows.shape[0], columns.shape[1]))
    return (message @ columns.T).reshape(first.shape), (rows.T @ message).reshape(second.shape)


def _matmul(first: Any, second: Any) -> Any:
    if np.ndim(first) > 2 or np.ndim(second) > 2:
        raise Unread("products of arrays with more than two axes are not read")
    return np.matmul(first, second)


def _dot(first: Any, second: Any) -> Any:
    return _matmul(first, second) if np.ndim(first) and np.ndim(second) else np.multiply(first, second)


def _dot_pull(message: Any, result: Any, first: Any, second: Any) -> tuple[Any, ...]:
    if np.ndim(first) and np.ndim(second):
        return _matmul_pull(message, result, first, second)
    return message * second, message * first


def _sigmoid(value: Any) -> Any:
    return 1 / (1 + np.exp(-np.asarray(value, dtype=float)))


def _all(name: str, *libraries: str) -> tuple[str, ...]:
    return tuple(f"{library}.{name}" for library in libraries)


BOTH, OURS = ("numpy", "torch", "Tracked"), ("torch", "Tracked")

OPERATIONS = (
    Operation("add", operator.add, lambda m, r, a, b: (m, m), _all("add", *BOTH)),
    Operation("subtract", operator.sub, lambda m, r, a, b: (m, -m), ("numpy.subtract", *_all("sub", *OURS))),
    Operation("multiply", _times, lambda m, r, a, b: (m * b, m * a), ("numpy.multiply", *_all("mul", *OURS))),
    Operation(
        "divide",
        operator.truediv,
        lambda m, r, a, b: (m / b, -m * a / b**2),
        ("numpy.divide", "numpy.true_divide", *_all("div", *OURS)),
    ),
    Operation(
        "power",
        _power,
        lambda m, r, a, b: (m * b * a ** (b - 1.0), m * r * np.log(np.abs(a) + (a == 0))),
        ("numpy.power", *_all("pow", *OURS)),
    ),
    Operation("negate", operator.neg, lambda m, r, a: (-m,), ("numpy.negative", *_all("neg", *OURS))),
    Operation(
        "matmul", _matmul, _matmul_pull, ("numpy.matmul", "torch.mm", "Tracked.mm", *_all("matmul", *OURS))
    ),
    Operation("dot", _dot, _dot_pull, ("numpy.dot", "Array.dot", "torch.dot", "Tracked.dot")),
    Operation("exp", np.exp, lambda m, r, a: (m * r,), _all("exp", *BOTH)),
    Operation("log", np.log, lambda m, r, a: (m / a,), _all("log", *BOTH)),
    Operation(
        "tanh", np.tanh, lambda m, r, a: (m * (1 - r * r),), _all("tanh", *BOTH, "torch.nn.functional")
    ),
    Operation(
        "sigmoid",
        _sigmoid,
        lambda m, r, a: (m * r * (1 - r),),
        ("scipy.special.expit", *_all("sigmoid", *OURS, "torch.nn.functional")),
    ),
    Operation(
        "relu",
        lambda a: np.maximum(a, 0),
        lambda m, r, a: (m * (np.asarray(a) > 0),),
        _all("relu", *OURS, "torch.nn.functional"),
    ),
    Operation("sqrt", np.sqrt, lambda m, r, a: (m / (2 * r),), _all("sqrt", *BOTH)),
    Operation("square", np.square, lambda m, r, a: (2 * m * a,), _all("square", *BOTH)),
    Operation("absolute", abs, lambda m, r, a: (m * np.sign(a),), ("numpy.absolute", *_all("abs", *BOTH))),
    Operation("sin", np.sin, lambda m, r, a: (m * np.cos(a),), _all("sin", *BOTH)),
    Operation("cos", np.cos, lambda m, r, a: (-m * np.sin(a),), _all("cos", *BOTH)),
    Operation(
        "maximum",
        np.maximum,
        lambda m, r, a, b: (m * (np.asarray(a) > b), m * (np.asarray(b) > a)),
        _all("maximum", *BOTH),
    ),
    Operation(
        "minimum",
        np.minimum,
        lambda m, r, a, b: (m * (np.asarray(a) < b), m * (np.asarray(b) < a)),
        _all("minimum", *BOTH),
    ),
    Operation(
        "transpose",
        np.transpose,
        lambda m, r, a: (np.transpose(m),),
        ("numpy.transpose", "Array.transpose", "Array.T", "Tracked.T", "Tracked.t", "torch.t"),
    ),
)
BY_NAME = {row.name: row for row in OPERATIONS}
BY_SPELLING = {spelling: row for row in OPERATIONS for spelling in row.spellings}


# ---- operations that need more than their arguments


def reduction(total: Callable[..., Any], axis: Any, keepdims: bool, mean: bool) -> Operation:
    """A sum or mean along axes, with the shape that it comes back in."""

    def pull(message: Any, result: Any, array: Any) -> tuple[Any, ...]:
        if axis is not None and not keepdims:
            message = np.expand_dims(message, axis)
        share = np.size(result) / np.size(array) if mean else 1.0
        return (np.broadcast_to(message, np.shape(array)) * share,)

    def apply(array: Any) -> Any:
        return total(array, axis=axis, keepdims=keepdims)

    return Operation("mean" if mean else "total", apply, pull)


def taken(key: Any) -> Operation:
    """What stands at an index."""

    def pull(message: Any, result: Any, array: Any) -> tuple[Any, ...]:
        whole = np.zeros(np.shape(array))
        np.add.at(whole, key, message)
        return (whole,)

    return Operation("index", lambda array: array[key], pull)


def reshaped(shape: tuple[int, ...]) -> Operation:
    """The same entries in another shape."""
    return Operation(
        "reshape", lambda array: np.reshape(array, shape), lambda m, r, a: (np.reshape(m, np.shape(a)),)
    )


def bounded(*arguments: Any) -> None:
    """Raises `Unread` if what is to be computed with is too large already."""
    if any(size_of(argument) > MAX_ENTRIES for argument in arguments):
        raise Unread(f"something has more than {MAX_ENTRIES} entries")
