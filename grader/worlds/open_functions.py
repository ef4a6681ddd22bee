"""A random smooth activation and loss, to stand for σ and C where a course leaves them open."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct

from derive.activations import GENERIC
from derive.functions import Array, Function


class OpenLoss(Struct, frozen=True):
    """A smooth loss that is none of the table's rows: Σ p·sin(q·a + r·y) + s·a²·y + t·a."""

    p: float
    q: float
    r: float
    s: float
    t: float

    def value(self, a: Array, y: Array) -> Array:
        """The loss, summed over all entries: samples×1×1."""
        entries = self.p * np.sin(self.q * a + self.r * y) + self.s * a * a * y + self.t * a
        return entries.sum(axis=(-1, -2), keepdims=True)

    def slope(self, a: Array, y: Array) -> Array:
        """∂loss/∂a, of a's shape."""
        return self.p * self.q * np.cos(self.q * a + self.r * y) + 2 * self.s * a * y + self.t


def generic_functions(rng: np.random.Generator) -> dict[str, Any]:
    """A random smooth activation and loss to stand for σ and C where a course leaves them open."""
    a, b, c, d = rng.uniform(0.4, 1.1, 4)
    open_activation = Function(
        GENERIC,
        "an activation left open",
        formula=lambda z: z,
        value=lambda z: a * np.tanh(b * z + 0.3) + 0.2 * np.sin(c * z) + 0.1 * d * z,
        slope=lambda z: a * b / np.cosh(b * z + 0.3) ** 2 + 0.2 * c * np.cos(c * z) + 0.1 * d,
        is_activation=True,
    )
    return {GENERIC: open_activation, "generic-loss": OpenLoss(*rng.uniform(0.5, 1.5, 5))}
