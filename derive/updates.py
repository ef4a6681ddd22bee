"""Update rules: how a parameter changes once its gradient is known, one row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from derive import ops
from derive.graph import Node


@dataclass(frozen=True)
class Update:
    """``build(parameter, gradient, rate)`` gives the new value; ``because`` explains it."""

    name: str
    words: str
    build: Callable[[Node, Node, Node], Node]
    because: str


UPDATES: dict[str, Update] = {
    row.name: row
    for row in (
        Update(
            "gradient-descent",
            "gradient descent",
            lambda parameter, gradient, rate: ops.minus(parameter, ops.scale(rate, gradient)),
            "the gradient points uphill, so the step goes against it; the learning rate says how far",
        ),
    )
}
