"""LOSSES: one row for each loss that textbooks know, so that a line that computes one can be confirmed."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from grader.chapter.programs.training.tape import same

MAX_NAMES = 6


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss by its words, as a sum over all entries of a guess and of what is wanted."""

    name: str
    total: Callable[[Any, Any], Any]


def _of_labels(guess: Any, wanted: Any) -> Any:
    """The cross-entropy where what is wanted is the number of a class, one for each row."""
    labels = np.asarray(wanted)
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or np.shape(guess)[0] != len(labels):
        raise ValueError("no labels of rows")
    return -np.sum(np.log(guess[np.arange(len(labels)), labels]))


LOSSES = (
    Loss("the squared error", lambda guess, wanted: np.sum((guess - wanted) ** 2)),
    Loss("the absolute error", lambda guess, wanted: np.sum(np.abs(guess - wanted))),
    Loss(
        "the binary cross-entropy",
        lambda guess, wanted: -np.sum(wanted * np.log(guess) + (1 - wanted) * np.log(1 - guess)),
    ),
    Loss("the cross-entropy", lambda guess, wanted: -np.sum(wanted * np.log(guess))),
    Loss("the cross-entropy", _of_labels),
)


@dataclass(frozen=True, slots=True)
class Share:
    """What a sum is multiplied by, from the shape of what is summed."""

    words: str
    factor: Callable[[tuple[int, ...]], float]


SHARES = (
    Share("summed", lambda shape: 1.0),
    Share("half the sum", lambda shape: 0.5),
    Share("the mean over all entries", lambda shape: 1 / float(np.prod(shape))),
    Share("half the mean over all entries", lambda shape: 0.5 / float(np.prod(shape))),
    *(
        Share(words, lambda shape, axis=axis, part=part: part / shape[axis])  # type: ignore[misc]
        for axis in (0, -1)
        for words, part in (("the mean over the samples", 1.0), ("half the mean over the samples", 0.5))
    ),
)


def loss_computed(value: Any, arrays: dict[str, Any]) -> str:
    """Which loss of which arrays a value is, in words; empty if none that is known.

    >>> loss_computed(12.5, {"y": np.array([1.0, 2.0]), "p": np.array([4.0, 6.0])})
    'the squared error of y and p, half the sum'
    """
    for first, second in permutations(list(arrays)[:MAX_NAMES], 2):
        for row in LOSSES:
            for words in _shares(row, value, arrays[first], arrays[second]):
                return f"{row.name} of {first} and {second}, {words}"
    return ""


def _shares(row: Loss, value: Any, guess: Any, wanted: Any) -> Iterator[str]:
    try:
        with np.errstate(all="ignore"):
            total = row.total(guess, wanted)
    except (ValueError, IndexError, TypeError):
        return
    shape = np.shape(wanted) if np.shape(wanted) == np.shape(guess) or np.ndim(wanted) == 1 else None
    for share in SHARES if shape is not None and np.isfinite(total) else ():
        if (shape or share.words in ("summed", "half the sum")) and same(
            value, total * share.factor(shape or (1,))
        ):
            yield share.words


def names_loaded(statement: ast.stmt) -> Iterator[str]:
    """The names that the value of a statement is made from, once each."""
    seen = set()
    for part in ast.walk(getattr(statement, "value", None) or ast.Pass()):
        name = part.id if isinstance(part, ast.Name) else part.attr if isinstance(part, ast.Attribute) else ""
        if name and name not in seen:
            seen.add(name)
            yield name
