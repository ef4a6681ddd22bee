"""Activations: what a layer does to its weighted input, one row each."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from msgspec import Struct

from derive import ops
from derive.errors import Unusable, unknown
from derive.functions import FLAT, FUNCTIONS, Function, function_named
from derive.graph import Node

GENERIC = "generic"
"""The activation, or loss, that a course leaves open: σ and C."""


class Activation(Struct, frozen=True):
    """Layer in, layer out: ``apply(z)`` builds a from z, both n×1 (n×N with a batch).

    ``function`` is the function of one number behind it, None where outputs depend on several inputs
    (softmax) or the function is left open. ``low`` and ``high`` bound the outputs. ``forward_only`` says why
    no gradient passes through, if none does.
    """

    name: str
    words: str
    apply: Callable[[Node], Node]
    function: Function | None = None
    low: float = float("-inf")
    high: float = float("inf")
    forward_only: str | None = None

    @property
    def kinks(self) -> tuple[float | Fraction, ...]:
        """Weighted inputs at which there is no slope."""
        return self.function.kinks if self.function else ()


def _of(row: Function, low: float = float("-inf"), high: float = float("inf")) -> Activation:
    def apply(z: Node) -> Node:
        return ops.function(row.name, z)

    return Activation(row.name, row.words, apply, row, low, high, row.forward_only)


def _elementwise(name: str, low: float = float("-inf"), high: float = float("inf")) -> Activation:
    return _of(FUNCTIONS[name], low, high)


ACTIVATIONS: dict[str, Activation] = {
    row.name: row
    for row in (
        Activation("identity", "the identity", lambda z: z, FUNCTIONS["identity"]),
        _elementwise("sigmoid", 0, 1),
        _elementwise("tanh", -1, 1),
        _elementwise("relu", low=0),
        _elementwise("leaky-relu"),
        _elementwise("softplus", low=0),
        _elementwise("sign", -1, 1),
        _elementwise("step", 0, 1),
        Activation("softmax", "softmax", ops.softmax, None, 0, 1),
        Activation("winner-take-all", "winner-take-all", ops.winner_take_all, None, 0, 1, FLAT),
        Activation(GENERIC, "an activation left open", lambda z: ops.function(GENERIC, z)),
    )
}


CUSTOM = "custom(z / (1 + abs(z)))"
"""How an activation of one's own is written: an expression in z."""


def activation_named(name: str) -> Activation:
    """The row of a name, or the activation that ``custom(…)`` spells out.

    >>> activation_named("custom(z / (1 + abs(z)))").words
    'the function z / (1 + abs(z))'

    Raises `Unusable` for a name that is in no table, and for an expression that cannot be read.
    """
    if name in ACTIVATIONS:
        return ACTIVATIONS[name]
    row = function_named(name)
    if row is None or not row.is_activation:
        raise Unusable(unknown(name, "an activation", (*ACTIVATIONS, CUSTOM)))
    return _of(row, *row.bounds)
