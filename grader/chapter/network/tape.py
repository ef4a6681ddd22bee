"""A calculation with single numbers, written down so that it can be differentiated and repeated."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

Slopes = Callable[..., tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its value from its arguments, and its slopes from its value and its arguments."""

    name: str
    value: Callable[..., float]
    slopes: Slopes


def _logistic(z: float) -> float:
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def _power_slopes(result: float, base: float, exponent: float) -> tuple[float, float]:
    by_exponent = result * math.log(base) if base > 0 else 0.0
    return exponent * base ** (exponent - 1) if exponent else 0.0, by_exponent


OPERATIONS = {
    row.name: row
    for row in (
        Operation("add", lambda a, b: a + b, lambda y, a, b: (1.0, 1.0)),
        Operation("subtract", lambda a, b: a - b, lambda y, a, b: (1.0, -1.0)),
        Operation("multiply", lambda a, b: a * b, lambda y, a, b: (b, a)),
        Operation("divide", lambda a, b: a / b, lambda y, a, b: (1 / b, -y / b)),
        Operation("negate", lambda a: -a, lambda y, a: (-1.0,)),
        Operation("power", math.pow, _power_slopes),
        Operation("exp", math.exp, lambda y, a: (y,)),
        Operation("log", math.log, lambda y, a: (1 / a,)),
        Operation("log base 10", math.log10, lambda y, a: (1 / (a * math.log(10)),)),
        Operation("sigmoid", _logistic, lambda y, a: (y * (1 - y),)),
        Operation("tanh", math.tanh, lambda y, a: (1 - y * y,)),
        Operation("relu", lambda a: max(0.0, a), lambda y, a: (float(a > 0),)),
        Operation("sqrt", math.sqrt, lambda y, a: (0.5 / y,)),
        Operation("abs", abs, lambda y, a: (math.copysign(1.0, a),)),
        Operation("max", lambda a, b: max(a, b), lambda y, a, b: (float(a >= b), float(a < b))),
        Operation("min", lambda a, b: min(a, b), lambda y, a, b: (float(a <= b), float(a > b))),
    )
}

MAX_STEPS = 2000
"""A page whose formulas unfold into more steps is not recomputed."""

Values = list[float]


class TooLong(ValueError):
    """More steps than `MAX_STEPS`."""


@dataclass
class Tape:
    """Leaves, constants and operations in the order in which they can be computed, one slot each."""

    steps: list[tuple[Operation | None, tuple[int, ...]]] = field(default_factory=list)
    start: Values = field(default_factory=list)
    leaves: dict[str, int] = field(default_factory=dict)
    _known: dict[object, int] = field(default_factory=dict)

    def _new(self, key: object, operation: Operation | None, arguments: tuple[int, ...], value: float) -> int:
        if key not in self._known:
            if len(self.steps) >= MAX_STEPS:
                raise TooLong("the formulas of the page unfold into too many steps")
            self._known[key] = len(self.steps)
            self.steps.append((operation, arguments))
            self.start.append(value)
        return self._known[key]

    def leaf(self, name: str) -> int:
        """The slot of a name that is computed from nothing."""
        self.leaves[name] = self._new(("leaf", name), None, (), math.nan)
        return self.leaves[name]

    def constant(self, value: float) -> int:
        return self._new(("constant", value), None, (), value)

    def apply(self, operation: str, *arguments: int) -> int:
        argument = self._of_logistic(operation, arguments)
        if argument is not None:
            return self.apply("sigmoid", argument)
        if operation == "multiply" and self._is_one(arguments[1]):
            return arguments[0]
        return self._new((operation, arguments), OPERATIONS[operation], arguments, 0.0)

    def _is_one(self, slot: int) -> bool:
        return self.start[slot] == 1.0 and self.steps[slot][0] is None

    def _of_logistic(self, operation: str, arguments: tuple[int, ...]) -> int | None:
        """The x of 1 / (1 + exp(-x)), which is one step instead of four."""
        if operation != "divide" or not self._is_one(arguments[0]):
            return None
        below, terms = self.steps[arguments[1]]
        if below is None or below.name != "add" or not self._is_one(terms[0]):
            return None
        power, exponent = self.steps[terms[1]]
        minus, inner = self.steps[exponent[0]] if power is not None and power.name == "exp" else (None, ())
        return inner[0] if minus is not None and minus.name == "negate" else None

    def forward(
        self,
        leaves: Mapping[str, float],
        moved: Mapping[int, float] | None = None,
        known: Sequence[float] = (),
    ) -> Values:
        """The value in every slot; NaN where it cannot be computed or a leaf has no value.

        ``moved`` holds slots to whose value something is added; ``known`` are the values in the first slots,
        from a time when there were no more.
        """
        values = [*known, *self.start[len(known) :]]
        for name, slot in self.leaves.items():
            values[slot] = leaves.get(name, math.nan)
        for slot in range(len(known), len(values)):
            operation, arguments = self.steps[slot]
            if operation is not None:
                try:
                    values[slot] = operation.value(*[values[argument] for argument in arguments])
                except (ArithmeticError, ValueError):
                    values[slot] = math.nan
            if moved and slot in moved:
                values[slot] += moved[slot]
        return values

    def below(self, target: int) -> set[int]:
        """All slots that a slot is computed from, itself among them."""
        found, waiting = {target}, [target]
        while waiting:
            for argument in self.steps[waiting.pop()][1]:
                if argument not in found:
                    found.add(argument)
                    waiting.append(argument)
        return found

    def backward(
        self,
        values: Values,
        target: int,
        flat: int | None = None,
        without: tuple[int, int] | None = None,
    ) -> Values:
        """The derivative of one slot by every slot.

        For hypotheses about slips, the slope of one step may be taken for 1 (``flat``), and one use of a
        slot be forgotten (``without``: the step that uses it, and the slot).
        """
        slopes = [0.0] * len(values)
        slopes[target] = 1.0
        for slot in range(target, -1, -1):
            operation, arguments = self.steps[slot]
            if operation is None or slopes[slot] == 0.0:
                continue
            here = (1.0,) * len(arguments) if slot == flat else self.slopes(values, slot)
            for argument, slope in zip(arguments, here, strict=True):
                if (slot, argument) != without:
                    slopes[argument] += slopes[slot] * slope
        return slopes

    def slopes(self, values: Values, slot: int) -> tuple[float, ...]:
        """The derivatives of one slot by its arguments; NaN where there is none."""
        operation, arguments = self.steps[slot]
        assert operation is not None
        try:
            return operation.slopes(values[slot], *[values[argument] for argument in arguments])
        except (ArithmeticError, ValueError):
            return (math.nan,) * len(arguments)


@dataclass(frozen=True)
class Part:
    """What some slots are computed from, made ready for being worked out again and again."""

    tape: Tape
    slots: tuple[int, ...]

    @classmethod
    def below(cls, tape: Tape, targets: Iterable[int]) -> Part:
        """All that these slots are computed from, themselves among them."""
        slots: set[int] = set()
        for target in targets:
            slots |= tape.below(target)
        return cls(tape, tuple(sorted(slots)))

    @cached_property
    def _leaves(self) -> list[tuple[str, int]]:
        inside = set(self.slots)
        return [(name, slot) for name, slot in self.tape.leaves.items() if slot in inside]

    @cached_property
    def _steps(self) -> list[tuple[int, Callable[..., float], tuple[int, ...]]]:
        steps = ((slot, *self.tape.steps[slot]) for slot in self.slots)
        return [(slot, step.value, arguments) for slot, step, arguments in steps if step is not None]

    def forward(self, leaves: Mapping[str, float]) -> Values:
        """The values as `Tape.forward` gives them; in all other slots there is nothing to rely on."""
        values = self.tape.start.copy()
        for name, slot in self._leaves:
            values[slot] = leaves.get(name, math.nan)
        for slot, value, arguments in self._steps:
            try:
                values[slot] = value(*[values[argument] for argument in arguments])
            except (ArithmeticError, ValueError):
                values[slot] = math.nan
        return values


@dataclass
class Training:
    """Repeated updates of some leaves so that one slot, the loss, falls; ``rate`` times its slope each time.

    With ``early`` a leaf changes as soon as its own slope is known, and what lies further back meets its new
    value; without, all leaves change together at the end.
    """

    tape: Tape
    loss: int
    leaves: tuple[str, ...]
    rate: float
    early: bool = False

    @cached_property
    def _moving(self) -> tuple[int, ...]:
        return tuple(self.tape.leaves[name] for name in self.leaves if name in self.tape.leaves)

    @cached_property
    def _order(self) -> list[_Step]:
        """The steps below the loss; of the leaves that move, each has its last use in one of them."""
        found, waiting = [], set(self._moving) if self.early else set()
        for slot in sorted(self.tape.below(self.loss)):
            operation, arguments = self.tape.steps[slot]
            if operation is not None:
                last = tuple(waiting.intersection(arguments))
                waiting.difference_update(arguments)
                found.append(_Step(slot, operation.value, operation.slopes, arguments, last))
        return found

    def after(self, leaves: Mapping[str, float], rounds: int) -> dict[str, float]:
        """The leaves after so many updates.

        Raises ArithmeticError or ValueError where something on the way cannot be computed.
        """
        now = self.tape.start.copy()
        for name, slot in self.tape.leaves.items():
            now[slot] = leaves.get(name, math.nan)
        order, backwards = self._order, self._order[::-1]
        for _ in range(rounds):
            for slot, value, _slopes, arguments, _last in order:
                if len(arguments) == 2:
                    now[slot] = value(now[arguments[0]], now[arguments[1]])
                else:
                    now[slot] = value(now[arguments[0]])
            self._update(now, backwards)
        return {**leaves, **{name: now[self.tape.leaves[name]] for name in self.leaves}}

    def _update(self, now: Values, backwards: list[_Step]) -> None:
        slopes = [0.0] * (self.loss + 1)
        slopes[self.loss] = 1.0
        for slot, _value, by, arguments, last in backwards:
            above = slopes[slot]
            if last:
                self._change_early(
                    now, slopes, arguments, last, above, by(now[slot], *[now[a] for a in arguments])
                )
                here = by(now[slot], *[now[argument] for argument in arguments])
                for argument, slope in zip(arguments, here, strict=True):
                    slopes[argument] += 0.0 if argument in last else above * slope
            elif len(arguments) == 2:
                first, second = arguments
                one, other = by(now[slot], now[first], now[second])
                slopes[first] += above * one
                slopes[second] += above * other
            else:
                slopes[arguments[0]] += above * by(now[slot], now[arguments[0]])[0]
        if not self.early:
            for leaf in self._moving:
                now[leaf] -= self.rate * slopes[leaf]

    def _change_early(
        self,
        now: Values,
        slopes: Values,
        arguments: tuple[int, ...],
        last: tuple[int, ...],
        above: float,
        here: tuple[float, ...],
    ) -> None:
        """Changes the leaves of which this step was the last to say how the loss depends on them."""
        for argument, slope in zip(arguments, here, strict=True):
            slopes[argument] += above * slope if argument in last else 0.0
        for leaf in last:
            now[leaf] -= self.rate * slopes[leaf]


class _Step(NamedTuple):
    """A step made ready for being done thousands of times."""

    slot: int
    value: Callable[..., float]
    slopes: Slopes
    arguments: tuple[int, ...]
    last: tuple[int, ...]
    """The leaves that change here, on the way back."""
