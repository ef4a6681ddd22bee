"""Losses: how far the output a is from the target y, one row each, and where the output error gets simple."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from msgspec import Struct, field

from derive import ops
from derive.activations import GENERIC
from derive.graph import SCALAR, Node, symbol
from derive.quantities import General, Quantity


class Collapse(Struct, frozen=True):
    """An output layer whose ∂loss/∂z is simpler than the chain rule lets one expect: ``formula(a, y)``, why,
    and what it assumes.
    """

    formula: Callable[[Node, Node], Node]
    because: str
    assumes: str | None = None


class Targets(Struct, frozen=True):
    """Which targets a loss takes: ``words`` for people; ``entry`` and ``total`` judge every entry, and the
    sum of the entries of every example.
    """

    name: str
    words: str
    entry: Callable[[Any], bool] = lambda number: True
    total: Callable[[Any], bool] = lambda number: True


TARGETS = {
    row.name: row
    for row in (
        Targets("real", "any targets"),
        Targets("unit", "targets from 0 to 1", lambda number: 0 <= number <= 1),
        Targets(
            "probability",
            "targets from 0 to 1 that add up to 1",
            lambda number: 0 <= number <= 1,
            lambda total: total == 1,
        ),
        Targets(
            "one-hot",
            "targets that are 1 for one class and 0 for all others",
            lambda number: number in (0, 1),
            lambda total: total == 1,
        ),
        Targets("sign", "targets that are -1 or 1", lambda number: number in (-1, 1)),
    )
}


class Loss(Struct, frozen=True):
    """A loss for one example. ``build(a, y)`` gives the scalar expression, for a and y of shape n×1 (n×N:
    summed over the batch).

    ``formula(a, y)`` is the same for one output as a SymPy expression, ``mean`` whether it is divided by the
    number of outputs. ``targets`` is the row of `TARGETS` that says which targets make sense. ``low`` and
    ``high`` bound the outputs it is defined for. ``collapses`` has a row for each activation of the output
    layer that simplifies it. ``bend(a, y)`` is 0 where there is no slope; ``bends`` says where that is, in
    words.
    """

    name: str
    words: str
    build: Callable[[Node, Node], Node]
    formula: Callable[[Any, Any], Any] | None = None
    mean: bool = False
    targets: str = "real"
    low: float = float("-inf")
    high: float = float("inf")
    collapses: Mapping[str, Collapse] = field(default_factory=dict)
    bend: Callable[[Any, Any], Any] | None = None
    bends: str = ""

    def of_batch(self, total: Node, share: Node) -> Node:
        """The loss of a batch, each example counting its share; one left open is that of the whole batch."""
        return total if self.formula is None else ops.scale(share, total)


def sympy_slope(row: Loss, a: Any, y: Any) -> Any:
    """∂loss/∂a for one output as SymPy's derivative of the row's formula, without the 1/n of a mean."""
    import sympy

    if row.formula is None:
        raise ValueError(f"{row.words} has no formula to differentiate")
    return sympy.diff(row.formula(a, y), a)


def _log(value: Any) -> Any:
    import sympy

    return sympy.log(value)


def _half(value: Any) -> Any:
    import sympy

    return sympy.Rational(1, 2) * value


def _squared(a: Node, y: Node) -> Node:
    return ops.norm2(ops.minus(a, y))


def _mean_squared(a: Node, y: Node) -> Node:
    size = a.shape[0]
    if isinstance(size, int):
        return ops.scale(Fraction(1, size), _squared(a, y))
    outputs = symbol(Quantity("n", General("L")), SCALAR)
    return ops.scale(ops.divide(ops.constant(1), outputs), _squared(a, y))


def _cross_entropy(a: Node, y: Node) -> Node:
    return ops.negate(ops.inner(y, ops.function("log", a)))


def _binary_cross_entropy(a: Node, y: Node) -> Node:
    one = ops.ones(a.shape)
    hit = ops.inner(y, ops.function("log", a))
    miss = ops.inner(ops.minus(one, y), ops.function("log", ops.minus(one, a)))
    return ops.negate(ops.add(hit, miss))


def _hinge(a: Node, y: Node) -> Node:
    return ops.total(ops.function("positive-part", ops.minus(ops.ones(a.shape), ops.times(y, a))))


def _positive(value: Any) -> Any:
    import sympy

    return sympy.Max(0, value)


def _generic(a: Node, y: Node) -> Node:
    if a.quantity is None:
        raise ValueError("a loss left open needs its output by name")
    return ops.cost(a, y, Quantity("da", a.quantity.layer))


LOSSES: dict[str, Loss] = {
    row.name: row
    for row in (
        Loss(
            "half-squared-error",
            "half the squared error",
            lambda a, y: ops.scale(Fraction(1, 2), _squared(a, y)),
            formula=lambda a, y: _half((a - y) ** 2),
        ),
        Loss("squared-error", "the squared error", _squared, formula=lambda a, y: (a - y) ** 2),
        Loss(
            "mean-squared-error",
            "the mean squared error",
            _mean_squared,
            formula=lambda a, y: (a - y) ** 2,
            mean=True,
        ),
        Loss(
            "cross-entropy",
            "the cross-entropy",
            _cross_entropy,
            formula=lambda a, y: -y * _log(a),
            targets="probability",
            low=0,
            high=1,
            collapses={
                "softmax": Collapse(
                    ops.minus,
                    "softmax followed by the cross-entropy: the denominators cancel, "
                    "and what remains is output minus target",
                    r"the entries of the target sum to 1",
                )
            },
        ),
        Loss(
            "negative-log-likelihood",
            "the negative log-likelihood",
            _cross_entropy,
            formula=lambda a, y: -y * _log(a),
            targets="one-hot",
            low=0,
            high=1,
            collapses={
                "softmax": Collapse(
                    ops.minus,
                    "softmax followed by the negative log-likelihood: the denominators cancel, "
                    "and what remains is output minus target",
                    "the target is one-hot: 1 for the true class, 0 for all others",
                )
            },
        ),
        Loss(
            "hinge",
            "the hinge loss",
            _hinge,
            formula=lambda a, y: _positive(1 - y * a),
            targets="sign",
            bend=lambda a, y: 1 - y * a,
            bends="where target times output is 1",
        ),
        Loss(
            "binary-cross-entropy",
            "the binary cross-entropy",
            _binary_cross_entropy,
            formula=lambda a, y: -(y * _log(a) + (1 - y) * _log(1 - a)),
            targets="unit",
            low=0,
            high=1,
            collapses={
                "sigmoid": Collapse(
                    ops.minus,
                    "sigmoid followed by the binary cross-entropy: the slope of the sigmoid cancels the "
                    "denominators, and what remains is output minus target",
                )
            },
        ),
        Loss(GENERIC, "a loss left open", _generic),
    )
}
