"""Activations: what a layer does to its weighted input, one row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from derive import ops
from derive.functions import FUNCTIONS, Function
from derive.graph import Node

GENERIC = "generic"
"""The activation, or loss, that a course leaves open: σ and C."""


@dataclass(frozen=True)
class Activation:
    """Layer in, layer out: ``apply(z)`` builds a from z, both n×1 (n×N with a batch).

    ``function`` is the function of one number behind it, None where outputs depend on several inputs
    (softmax) or the function is left open. ``low`` and ``high`` bound the outputs.
    """

    name: str
    words: str
    apply: Callable[[Node], Node]
    function: Function | None = None
    low: float = float("-inf")
    high: float = float("inf")

    @property
    def kinks(self) -> tuple[float, ...]:
        """Weighted inputs at which there is no slope."""
        return self.function.kinks if self.function else ()


def _elementwise(name: str, low: float = float("-inf"), high: float = float("inf")) -> Activation:
    row = FUNCTIONS[name]
    return Activation(name, row.words, lambda z: ops.function(name, z), row, low, high)


ACTIVATIONS: dict[str, Activation] = {
    row.name: row
    for row in (
        Activation("identity", "the identity", lambda z: z, FUNCTIONS["identity"]),
        _elementwise("sigmoid", 0, 1),
        _elementwise("tanh", -1, 1),
        _elementwise("relu", low=0),
        _elementwise("leaky-relu"),
        Activation("softmax", "softmax", ops.softmax, None, 0, 1),
        Activation(GENERIC, "an activation left open", lambda z: ops.function(GENERIC, z)),
    )
}
