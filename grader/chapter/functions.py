"""FUNCTIONS: one row for each function a chapter may use without defining it, evaluated on intervals."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.chapter.intervals import Interval, absolute, interval, maximum, minimum

Value = Any
"""An `Interval`, or an array of them with one or two axes."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function by name: how it is spelled on pages, and what it does to values."""

    name: str
    spellings: tuple[str, ...]
    apply: Callable[..., Value]
    arguments: int | None = 1
    """How many it takes; None for any number."""


def elementwise(function: Callable[[Interval], Interval]) -> Callable[[Value], Value]:
    """A function of one number, applied to every entry."""
    every = np.frompyfunc(function, 1, 1)
    return lambda value: every(value) if isinstance(value, np.ndarray) else function(value)


def _monotone(function: Callable[[float], float]) -> Callable[[Value], Value]:
    return elementwise(lambda number: number.map(function))


def _sigmoid(number: float) -> float:
    if number >= 0:
        return 1 / (1 + math.exp(-number))
    return math.exp(number) / (1 + math.exp(number))


def _several(pick: Callable[..., Interval]) -> Callable[..., Value]:
    """Maximum or minimum: of all entries of one array, else entry by entry."""

    def apply(*values: Value) -> Value:
        if len(values) == 1:
            return pick(*np.ravel(values[0])) if isinstance(values[0], np.ndarray) else values[0]
        return _fold(pick, values)

    return apply


def _fold(pick: Callable[..., Interval], values: tuple[Value, ...]) -> Value:
    if not any(isinstance(value, np.ndarray) for value in values):
        return pick(*values)
    return np.frompyfunc(pick, len(values), 1)(*values)


def _softmax(values: Value) -> Value:
    """Of a vector, however it lies, or of each row of a matrix."""
    powers = EXP(values)
    if not isinstance(powers, np.ndarray) or powers.size == max(powers.shape):
        return powers / interval(_total(powers))
    return powers / powers.sum(axis=1, keepdims=True)


def _softmax_of_columns(values: Value) -> Value:
    return np.transpose(_softmax(np.transpose(values)))


def _total(values: Value) -> Value:
    entries = np.ravel(values)
    return sum(entries[1:], entries[0])


EXP = _monotone(math.exp)
COMMON_LOG = _monotone(math.log10)

FUNCTIONS = (
    Function("exp", ("exp",), EXP),
    Function("log", ("log", "ln"), _monotone(math.log)),
    Function("log base 10", ("lg", "log_10"), COMMON_LOG),
    Function("sigmoid", ("sigma", "sigmoid", "Sigmoid", "sig", "Sig", "logistic"), _monotone(_sigmoid)),
    Function("tanh", ("tanh", "Tanh", "tanH"), _monotone(math.tanh)),
    Function("relu", ("relu", "ReLU", "Relu", "RELU"), _monotone(lambda number: max(0.0, number))),
    Function("sqrt", ("sqrt",), _monotone(math.sqrt)),
    Function("abs", ("abs",), elementwise(absolute)),
    Function("max", ("max", "maximum"), _several(maximum), None),
    Function("min", ("min", "minimum"), _several(minimum), None),
    Function("softmax", ("softmax", "Softmax"), _softmax),
    Function("sum", ("sum",), _total),
)

NORMALISED = Function(
    "normalised values",
    ("normalize", "normalise", "normalized", "normalised"),
    lambda values: values / _total(values),
)
ARROWS = tuple(row for row in FUNCTIONS if row.name in ("exp", "softmax")) + (NORMALISED,)
"""What an arrow between two lists of numbers may mean."""

BY_SPELLING = {spelling: row for row in FUNCTIONS for spelling in row.spellings}
LOG_TEN = next(row for row in FUNCTIONS if row.name == "log base 10")
COLUMNS = Function("softmax of columns", BY_SPELLING["softmax"].spellings, _softmax_of_columns)
