"""Expressions evaluated modulo a prime, with tangents, and with functions nobody knows.

Every function and every slope is an oracle: a random number for each argument, the same whenever it is asked
again. A formula that holds here holds for every function, but for a chance of about its degree over 2^61.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from derive.graph import Equation, Node
from derive.quantities import Quantity

PRIME = 2**61 - 1


def residues(array: Any) -> np.ndarray:
    return np.asarray(array, dtype=object) % PRIME


def inverse(array: np.ndarray) -> np.ndarray:
    return np.vectorize(lambda number: pow(number, -1, PRIME), otypes=[object])(array)


@dataclass(frozen=True)
class Dual:
    """A matrix of residues, and how fast it moves."""

    value: np.ndarray
    tangent: np.ndarray

    def __add__(self, other: Dual) -> Dual:
        return Dual(residues(self.value + other.value), residues(self.tangent + other.tangent))

    def __neg__(self) -> Dual:
        return Dual(residues(-self.value), residues(-self.tangent))

    def __mul__(self, other: Dual) -> Dual:
        return self._product(other, np.multiply)

    def __matmul__(self, other: Dual) -> Dual:
        return self._product(other, np.matmul)

    def _product(self, other: Dual, by: Callable[..., np.ndarray]) -> Dual:
        tangent = by(self.tangent, other.value) + by(self.value, other.tangent)
        return Dual(residues(by(self.value, other.value)), residues(tangent))

    def inverse(self) -> Dual:
        one_over = inverse(self.value)
        return Dual(one_over, residues(-self.tangent * one_over * one_over))

    def moved_by(self, linear: Callable[[np.ndarray], np.ndarray]) -> Dual:
        """The result of something linear, such as transposing or adding up."""
        return Dual(residues(linear(self.value)), residues(linear(self.tangent)))


def still(value: Any) -> Dual:
    """A constant matrix."""
    return Dual(residues(value), residues(np.zeros_like(residues(value))))


@dataclass
class Oracles:
    """Functions and their slopes as random numbers, remembered."""

    seed: int
    known: dict[tuple[str, int, int], int] = field(default_factory=dict)

    def __call__(self, name: str, order: int, array: np.ndarray) -> np.ndarray:
        if (name, order) in RELATIONS:
            return RELATIONS[name, order](self, array)
        return np.vectorize(lambda number: self._ask(name, order, number), otypes=[object])(array)

    def _ask(self, name: str, order: int, number: int) -> int:
        key = (name, order, number)
        if key not in self.known:
            self.known[key] = random.Random(f"{self.seed} {key}").randrange(PRIME)
        return self.known[key]

    def apply(self, name: str, order: int, body: Dual) -> Dual:
        return Dual(self(name, order, body.value), residues(self(name, order + 1, body.value) * body.tangent))

    def softmax(self, body: Dual) -> Dual:
        raised = self.apply("exp", 0, body)
        return (
            raised
            * raised.moved_by(lambda v: np.broadcast_to(v.sum(axis=0, keepdims=True), v.shape)).inverse()
        )


def _number(node: Node) -> np.ndarray:
    inverse_of = pow(node.data.denominator, -1, PRIME)
    return residues([[node.data.numerator * inverse_of]])


def _total(array: np.ndarray) -> np.ndarray:
    return np.array([[array.sum()]], dtype=object)


def _summed(node: Node) -> Callable[[np.ndarray], np.ndarray]:
    return lambda array: array.sum(axis=0 if node.data == "rows" else 1, keepdims=True)


RULES: dict[str, Callable[..., Dual]] = {
    "constant": lambda oracles, node: still(_number(node)),
    "ones": lambda oracles, node: still(np.ones(node.shape, dtype=object)),
    "add": lambda oracles, node, left, right: left + right,
    "subtract": lambda oracles, node, left, right: left + -right,
    "negate": lambda oracles, node, body: -body,
    "scale": lambda oracles, node, factor, body: factor * body,
    "matmul": lambda oracles, node, left, right: left @ right,
    "transpose": lambda oracles, node, body: body.moved_by(np.transpose),
    "hadamard": lambda oracles, node, left, right: left * right,
    "divide": lambda oracles, node, left, right: left * right.inverse(),
    "function": lambda oracles, node, body: oracles.apply(*node.data, body),
    "softmax": lambda oracles, node, body: oracles.softmax(body),
    "sum": lambda oracles, node, body: body.moved_by(_summed(node)),
    "inner": lambda oracles, node, left, right: (left * right).moved_by(_total),
    "norm2": lambda oracles, node, body: (body * body).moved_by(_total),
}
"""The operations that derivations of networks use, each from the definition of its value alone."""

RELATIONS: dict[tuple[str, int], Callable[[Oracles, np.ndarray], np.ndarray]] = {
    ("log", 1): lambda oracles, array: inverse(array),
    ("exp", 1): lambda oracles, array: oracles("exp", 0, array),
}
"""What is known of slopes: only what the derivations themselves rely on."""


def evaluate(
    equations: Iterable[Equation], known: dict[Quantity, Dual], oracles: Oracles
) -> dict[Quantity, Dual]:
    """All left sides, with their tangents."""
    values = dict(known)
    for equation in equations:
        done: dict[Node, Dual] = {}
        for node in equation.expression.walk():
            if node.quantity is not None:
                done[node] = values[node.quantity]
            else:
                done[node] = RULES[node.op](oracles, node, *(done[argument] for argument in node.args))
        values[equation.quantity] = done[equation.expression]
    return values
