"""Update rules: how a parameter changes once its gradient is known, one row each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from msgspec import Struct, field

from derive import ops
from derive.graph import SCALAR, Equation, Node, symbol
from derive.quantities import KINDS, Quantity


class Parameter(Struct, frozen=True):
    """One parameter in the hands of an update rule: everything the rule can speak of, as expressions."""

    value: Node

    @property
    def quantity(self) -> Quantity:
        assert self.value.quantity is not None
        return self.value.quantity

    @property
    def gradient(self) -> Node:
        """∂loss/∂parameter, which has the parameter's shape."""
        return self._beside("d" + self.quantity.kind)

    def state(self, letter: str) -> Node:
        """What was remembered in the last round under a letter; 0 in the first."""
        return self._beside(letter + self.quantity.kind)

    def new(self, letter: str) -> Node:
        """The same after this round's update."""
        return self._beside(letter + self.quantity.kind + "_new")

    def setting(self, kind: str) -> Node:
        """A number that was chosen, such as the learning ``rate``."""
        return symbol(Quantity(kind), SCALAR)

    def _beside(self, kind: str) -> Node:
        return symbol(Quantity(kind, self.quantity.layer), self.value.shape)


class Change(Struct, frozen=True):
    """One equation of an update: what is remembered under ``letter``, or for no letter the parameter, becomes
    ``build(parameter)``.
    """

    letter: str
    build: Callable[[Parameter], Node]
    because: str


class Update(Struct, frozen=True):
    """A rule: its ``changes``, in the order in which they are computed.

    ``settings`` are the kinds of numbers it takes besides the learning rate, with their usual values;
    ``of_a_batch`` says that it makes sense only for a batch of examples. A rule whose changes use the setting
    ``round`` counts the rounds from 1.
    """

    name: str
    words: str
    changes: tuple[Change, ...]
    settings: Mapping[str, Fraction] = field(default_factory=dict)
    of_a_batch: bool = False

    def equations(self, parameter: Node) -> list[Equation]:
        """The changes for one parameter, each with its reason."""
        slots = Parameter(parameter)
        kind, layer = slots.quantity.kind, slots.quantity.layer
        return [
            Equation(Quantity(f"{change.letter}{kind}_new", layer), change.build(slots), change.because)
            for change in self.changes
        ]


def states_of(equations: Iterable[Equation]) -> dict[Quantity, Node]:
    """What these equations of updates carry over from the round before, besides parameters."""
    used = {node.quantity: node for equation in equations for node in equation.expression.walk()}
    return {q: node for q, node in used.items() if q and q.kind in KINDS and KINDS[q.kind].role == "state"}


# -- what the rules are made of ------------------------------------------------------------------------------


def _against(p: Parameter, direction: Node) -> Node:
    return ops.minus(p.value, ops.scale(p.setting("rate"), direction))


def _downhill(p: Parameter) -> Node:
    return _against(p, p.gradient)


def _mean(old: Node, fresh: Node, decay: Node) -> Node:
    """The running mean: decay of the old one, the rest of what is fresh."""
    rest = ops.minus(ops.constant(1), decay)
    return ops.add(ops.scale(decay, old), ops.scale(rest, fresh))


def _squared(p: Parameter) -> Node:
    return ops.times(p.gradient, p.gradient)


def _length(p: Parameter, squares: Node) -> Node:
    """The root of the squares, entry by entry, kept away from 0."""
    small = ops.scale(p.setting("epsilon"), ops.ones(squares.shape))
    return ops.add(ops.function("sqrt", squares), small)


def _by_length(p: Parameter) -> Node:
    return _against(p, ops.divide(p.gradient, _length(p, p.new("s"))))


def _unbiased(p: Parameter, letter: str, decay: str) -> Node:
    """A running mean that began at 0, over the share 1 − decayᵗ that it has seen of the whole."""
    # decayᵗ as e^(t log decay), which the table of operations has.
    power = ops.function("exp", ops.scale(p.setting("round"), ops.function("log", p.setting(decay))))
    return ops.scale(ops.divide(ops.constant(1), ops.minus(ops.constant(1), power)), p.new(letter))


def _adam_step(p: Parameter) -> Node:
    return _against(p, ops.divide(_unbiased(p, "m", "beta1"), _length(p, _unbiased(p, "s", "beta2"))))


_UPHILL = "the gradient points uphill, so the step goes against it; the learning rate says how far"
_OWN_RATE = (
    "each entry's step is divided by the usual size of its gradient, so that all of them move at a like "
    "pace; the small number in the divisor keeps it from 0"
)
_TINY = Fraction(1, 10**8)

UPDATES: dict[str, Update] = {
    row.name: row
    for row in (
        Update("gradient-descent", "gradient descent", (Change("", _downhill, _UPHILL),)),
        Update(
            "minibatch",
            "minibatch gradient descent",
            (
                Change(
                    "", _downhill, f"{_UPHILL}; the gradient is that of the minibatch, not of all examples"
                ),
            ),
            of_a_batch=True,
        ),
        Update(
            "momentum",
            "gradient descent with momentum",
            (
                Change(
                    "v",
                    lambda p: ops.add(
                        ops.negate(ops.scale(p.setting("rate"), p.gradient)),
                        ops.scale(p.setting("momentum"), p.state("v")),
                    ),
                    "the change is a step against the gradient, plus a share of the last change: "
                    "what has been going in one direction keeps going",
                ),
                Change("", lambda p: ops.add(p.value, p.new("v")), "the change is added"),
            ),
            {"momentum": Fraction(9, 10)},
        ),
        Update(
            "adagrad",
            "Adagrad",
            (
                Change("s", lambda p: ops.add(p.state("s"), _squared(p)), "squared gradients are added up"),
                Change("", _by_length, _OWN_RATE),
            ),
            {"epsilon": _TINY},
        ),
        Update(
            "rmsprop",
            "RMSProp",
            (
                Change(
                    "s",
                    lambda p: _mean(p.state("s"), _squared(p), p.setting("decay")),
                    "the running mean of the squared gradients: old ones count less and less",
                ),
                Change("", _by_length, _OWN_RATE),
            ),
            {"decay": Fraction(9, 10), "epsilon": _TINY},
        ),
        Update(
            "adam",
            "Adam",
            (
                Change(
                    "m",
                    lambda p: _mean(p.state("m"), p.gradient, p.setting("beta1")),
                    "the running mean of the gradients: old ones count less and less",
                ),
                Change(
                    "s",
                    lambda p: _mean(p.state("s"), _squared(p), p.setting("beta2")),
                    "the running mean of the squared gradients",
                ),
                Change(
                    "",
                    _adam_step,
                    "running means that begin at 0 are too small at first, so each is divided by the share "
                    f"it has seen; {_OWN_RATE}",
                ),
            ),
            {"beta1": Fraction(9, 10), "beta2": Fraction(999, 1000), "epsilon": _TINY},
        ),
    )
}


def with_usual(rule: str, given: Any) -> tuple[tuple[str, Any], ...]:
    """The hyperparameters of an update rule, the usual values for those that are not given."""
    usual = UPDATES[rule].settings if rule in UPDATES else {}
    return tuple({**usual, **dict(given)}.items())
