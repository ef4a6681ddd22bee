"""Equations as a straight line of NumPy calls: run once, or recorded and then run many times."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.functions import Array
from derive.graph import Equation, Node
from derive.kernels import Arithmetic
from derive.ops import OPS
from derive.quantities import Quantity
from derive.tape import Recording, Tape

Values = dict[Quantity, Array]
FEW = 10
"""Recording a calculation pays from about this number of runs."""


@dataclass(frozen=True)
class Rounds(Sequence[Values]):
    """The numbers of round after round, each kept as a row; a round asked for comes as a mapping."""

    names: tuple[Quantity, ...]
    rows: Sequence[tuple[Array, ...]]

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return Rounds(self.names, self.rows[index])
        return dict(zip(self.names, self.rows[index], strict=True))

    def __len__(self) -> int:
        return len(self.rows)

    def without(self, name: Quantity) -> Rounds:
        """The rounds with one quantity left out."""
        if name not in self.names:
            return self
        place = self.names.index(name)
        names, *rows = ((*row[:place], *row[place + 1 :]) for row in (self.names, *self.rows))
        return Rounds(names, rows)

    def looking_ahead(self, name: Quantity, source: Quantity, last: Array) -> Rounds:
        """The rounds with one quantity more: ``source`` of the next round, and in the last one ``last``."""
        place = self.names.index(source)
        following = [*(row[place] for row in self.rows[1:]), last]
        rows = [(*row, array) for row, array in zip(self.rows, following, strict=True)]
        return Rounds((*self.names, name), rows)


def value_of(
    expression: Node,
    values: Mapping[Quantity, Array],
    arithmetic: Arithmetic,
    memory: dict[Node, Array] | None = None,
    changed: Callable[[Array], Array] | None = None,
) -> Array:
    """What one expression is worth; undefined is NaN or infinite. ``memory`` has what is known of other
    expressions at the same values, and what is found out is added; ``changed`` is done to the result of
    every operation.

    Raises KeyError for a quantity that is not given.
    """
    memory = {} if memory is None else memory
    waiting = [expression]
    with np.errstate(all="ignore"):
        while waiting:
            node = waiting[-1]
            if node in memory:
                waiting.pop()
            elif unknown := [argument for argument in node.args if argument not in memory]:
                waiting += unknown
            elif (quantity := node.quantity) is not None:
                memory[node] = values[quantity]
            else:
                call = OPS[node.op].bind(node.data, arithmetic)
                found = call(*[memory[argument] for argument in node.args])
                memory[node] = found if changed is None else changed(found)
    return memory[expression]


class Program:
    """Equations compiled to a straight line of NumPy calls. Shared sub-expressions are computed once.

    ``run(values)`` takes arrays whose last two axes are rows and columns and gives the same mapping with
    every left side added.
    """

    def __init__(self, equations: Iterable[Equation], arithmetic: Arithmetic | None = None) -> None:
        self._arithmetic = arithmetic or Arithmetic()
        self._slots: dict[Node | Quantity, int] = {}
        self._inputs: dict[Quantity, int] = {}
        self._calls: list[tuple[int, Callable[..., Array], tuple[int, ...]]] = []
        self._outputs: dict[Quantity, int] = {}
        for equation in equations:
            slot = self._compile(equation.expression)
            self._outputs[equation.quantity] = self._slots[equation.quantity] = slot

    def _compile(self, expression: Node) -> int:
        for node in expression.walk():
            if node not in self._slots:
                self._slots[node] = self._place(node)
        return self._slots[expression]

    def _place(self, node: Node) -> int:
        if (quantity := node.quantity) is not None:
            if quantity not in self._slots:
                self._slots[quantity] = self._inputs[quantity] = self._fresh()
            return self._slots[quantity]
        arguments = tuple(self._slots[argument] for argument in node.args)
        slot = self._fresh()
        self._calls.append((slot, OPS[node.op].bind(node.data, self._arithmetic), arguments))
        return slot

    def _fresh(self) -> int:
        return len(self._inputs) + len(self._calls)

    @property
    def needs(self) -> frozenset[Quantity]:
        """The quantities that must be given."""
        return frozenset(self._inputs)

    def run(self, values: Mapping[Quantity, Array]) -> Values:
        """All values, given and computed; undefined ones are NaN or infinite.

        Raises KeyError for a quantity that is not given.
        """
        memory: list[Any] = [None] * self._fresh()
        for quantity, slot in self._inputs.items():
            memory[slot] = values[quantity]
        with np.errstate(all="ignore"):
            for slot, call, arguments in self._calls:
                memory[slot] = call(*[memory[argument] for argument in arguments])
        return {**values, **{quantity: memory[slot] for quantity, slot in self._outputs.items()}}

    def rounds(self, values: Values, sources: Mapping[Quantity, Quantity], times: int) -> Rounds:
        """What `run` gives, so many times over: from the second on, everything given takes the value that its
        source had the time before.
        """
        if times >= FEW and not self._arithmetic.exact:
            recording = self.recorded(values, {q for q, source in sources.items() if q != source})
            return Rounds(recording.names, recording.rows(values, sources, times))
        rows = []
        for _ in range(times):
            results = self.run(values)
            values = {quantity: results[source] for quantity, source in sources.items()}
            rows.append(tuple(results.values()))
        return Rounds(tuple(results), rows)

    def recorded(self, values: Mapping[Quantity, Array], varying: Collection[Quantity]) -> Recording:
        """The same calculation for many runs in which only the ``varying`` quantities get other numbers, of
        the shape and type they have in ``values``. It gives what `run` gives.
        """
        tape = Tape()
        given = {q: (tape.given if q in varying else tape.constant)(value) for q, value in values.items()}
        memory: list[Any] = [None] * self._fresh()
        for quantity, slot in self._inputs.items():
            memory[slot] = given[quantity]
        with np.errstate(all="ignore"):
            for slot, call, arguments in self._calls:
                memory[slot] = tape.apply(call, [memory[argument] for argument in arguments])
        computed = {quantity: memory[slot].slot for quantity, slot in self._outputs.items()}
        results = {**{q: array.slot for q, array in given.items()}, **computed}
        return Recording(tape, results, {q: given[q].slot for q in given if q in varying})
