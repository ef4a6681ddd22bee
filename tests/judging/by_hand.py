"""Networks as several courses write them, with every quantity computed by hand in plain NumPy: nothing here
is shared with the package but the question that is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from derive import Network

Known = dict[str, Any]
"""The value of every quantity by its name: x0, y, W1, b1, z1, x1, delta1, dW1, …"""


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


ACTIVATIONS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
}
"""Each activation and its slope."""


@dataclass(frozen=True)
class Course:
    """One network in one notation.

    ``layout`` says what the matrices are: weights lead ``to`` their rows (z = W x), ``from`` them (z = Wᵀ x),
    or examples are ``rows`` (Z = X W). ``letters`` are LaTeX by kind where they are not the names used here,
    ``code`` the names in programs and ``plain`` those in Unicode; ``layer`` is how LaTeX prints a layer's
    number, ``plain_layer`` how Unicode does, ``first`` the number of the input. ``per_example`` says that in
    a batch δ is of one example's loss, without the 1/N.
    """

    name: str
    notation: str
    sizes: tuple[int, ...]
    act: str
    softmax: bool = False
    batch: int | None = None
    layout: str = "to"
    per_example: bool = False
    letters: Mapping[str, str] = field(default_factory=dict)
    code: Mapping[str, str] = field(default_factory=dict)
    plain: Mapping[str, str] = field(default_factory=dict)
    layer: str = "_{{{}}}"
    plain_layer: str = "₀₁₂₃₄"
    first: int = 0

    def __hash__(self) -> int:
        return hash(self.name)

    @cached_property
    def network(self) -> Network:
        """What the question is about."""
        last = "softmax" if self.softmax else self.act
        loss = "cross-entropy" if self.softmax else "half-squared-error"
        acts = [self.act] * (len(self.sizes) - 2) + [last]
        return Network(self.sizes, acts, loss, learning_rate=0.1, batch=self.batch)

    @property
    def last(self) -> int:
        return len(self.sizes) - 1


@lru_cache(maxsize=64)
def values(course: Course, seed: int = 5) -> Known:
    """Every quantity at one random point, in the course's own layout."""
    rng = np.random.default_rng(seed)
    columns, last, sizes = course.batch or 1, course.last, course.sizes
    act, slope = ACTIVATIONS[course.act]
    v: Known = {"x0": rng.normal(size=(sizes[0], columns)), "y": _target(course, rng, columns)}
    for layer in range(1, last + 1):
        v[f"W{layer}"] = rng.normal(size=(sizes[layer], sizes[layer - 1]))
        v[f"b{layer}"] = rng.normal(size=(sizes[layer], 1))
        v[f"z{layer}"] = v[f"W{layer}"] @ v[f"x{layer - 1}"] + v[f"b{layer}"]
        is_softmax = course.softmax and layer == last
        v[f"x{layer}"] = _softmax(v[f"z{layer}"]) if is_softmax else act(v[f"z{layer}"])
    share = 1 if course.per_example else 1 / columns
    for layer in range(last, 0, -1):
        above = v[f"x{last}"] - v["y"] if layer == last else v[f"W{layer + 1}"].T @ v[f"delta{layer + 1}"]
        bends = 1 if course.softmax and layer == last else slope(v[f"z{layer}"])
        v[f"delta{layer}"] = above * bends * (share if layer == last else 1)
        mean = 1 / columns if course.per_example else 1
        v[f"dW{layer}"] = mean * v[f"delta{layer}"] @ v[f"x{layer - 1}"].T
        v[f"W{layer}_new"] = v[f"W{layer}"] - 0.1 * v[f"dW{layer}"]
    return {name: _laid_out(name, value, course.layout) for name, value in v.items()}


def _target(course: Course, rng: np.random.Generator, columns: int) -> Any:
    """A target; that of softmax has ones."""
    size = course.sizes[-1]
    return np.eye(size)[:, [0] * columns] if course.softmax else rng.normal(size=(size, columns))


def _softmax(z: Any) -> Any:
    return np.exp(z) / np.exp(z).sum(axis=0)


def _laid_out(name: str, value: Any, layout: str) -> Any:
    is_weights = "W" in name
    return value.T if layout == "rows" or (layout == "from" and is_weights) else value


_GREEK = {"delta": r"\delta"}
_DELTA = {"delta": "δ"}

COURSES = (
    Course("subscript", "subscript", (3, 4, 2), "sigmoid", letters=_GREEK, plain=_DELTA),
    Course(
        "nielsen",
        "nielsen",
        (2, 3, 4, 2),
        "tanh",
        letters={**_GREEK, "x": "a", "W": "w", "loss": "C"},
        code={"x": "a", "W": "w"},
        plain={**_DELTA, "x": "a", "W": "w", "loss": "C"},
        layer="^{{{}}}",
        plain_layer="⁰¹²³⁴",
        first=1,
    ),
    Course(
        "bergsoe",
        "bergsoe",
        (4, 2, 3),
        "sigmoid",
        softmax=True,
        letters={**_GREEK, "x": "a", "loss": "C"},
        code={"x": "a"},
        plain={**_DELTA, "x": "a", "loss": "C"},
        layer="^{{{}}}",
        plain_layer="⁰¹²³⁴",
    ),
    Course(
        "cs182",
        "cs182",
        (3, 2, 4),
        "tanh",
        layout="from",
        letters={**_GREEK, "z": "s", "y": "t", "loss": r"\mathcal{L}"},
        code={"z": "s", "y": "t"},
        plain={**_DELTA, "z": "s", "y": "t", "loss": "L"},
        layer="^{{({})}}",
        plain_layer="⁰¹²³⁴",
    ),
    Course(
        "brackets",
        "brackets",
        (3, 4, 2),
        "tanh",
        batch=5,
        per_example=True,
        letters={"x": "A", "z": "Z", "y": "Y", "delta": "dZ", "loss": "J", "N": "m"},
        code={"x": "A", "z": "Z", "y": "Y", "delta": "dZ", "N": "m"},
        plain={"x": "A", "z": "Z", "y": "Y", "delta": "dZ", "N": "m"},
        layer="^{{[{}]}}",
        plain_layer="⁰¹²³⁴",
    ),
    Course(
        "rows",
        "rows",
        (3, 4, 2),
        "sigmoid",
        batch=5,
        layout="rows",
        letters={"x": "H", "z": "Z", "y": "Y", "delta": r"\nabla_{{Z_{{{}}}}} E"},
        code={"x": "h", "W": "w", "delta": "grad_z"},
        plain={"x": "H", "z": "Z", "y": "Y", "delta": "∇_{{Z{}}}E"},
    ),
)
