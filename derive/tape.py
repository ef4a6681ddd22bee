"""A calculation written down while it is done once, so that it can be done again quickly with other numbers.

The functions that do the calculation are ordinary NumPy functions. They are handed a `Traced` array that
notes every NumPy call made with it; whatever cannot be noted is kept as one call of the whole function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from operator import attrgetter, itemgetter
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.lib.mixins import NDArrayOperatorsMixin

from derive.functions import Array

ONLY_LIKE = {np.full_like, np.zeros_like, np.ones_like}
"""What these give depends on the shape and type of an array alone, never on its numbers."""

NO_PLACE_GIVEN = (np.maximum, np.minimum)
"""NumPy no longer lets these be told by position where to write; by name, it takes longer than it saves."""


class Unrecordable(TypeError):
    """Something was done with a traced array that is no plain NumPy call, such as asking if it is true."""


class Call(Struct, frozen=True):
    """One call: the slots of its arguments and of its result. A ``fresh`` result is an array of its own."""

    function: Callable[..., Array]
    arguments: tuple[int, ...]
    result: int
    fresh: bool = False

    @property
    def entrywise(self) -> bool:
        """Whether the result may be written over an argument: each entry is read before it is written."""
        ufunc = self.function if isinstance(self.function, np.ufunc) else None
        return self.fresh and ufunc is not None and not ufunc.signature and ufunc not in NO_PLACE_GIVEN


class Traced(NDArrayOperatorsMixin):
    """Stands for an array while a calculation is recorded: it has a shape and a type, but no numbers."""

    def __init__(self, tape: Tape, slot: int) -> None:
        self.tape, self.slot = tape, slot
        sample = tape.samples[slot]
        self.shape, self.dtype, self.ndim = sample.shape, sample.dtype, sample.ndim

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Traced:
        if method == "__call__" and not keywords and ufunc.nout == 1:
            return self.tape.ufunc(ufunc, inputs)
        return self.tape.call(partial(getattr(ufunc, method), **keywords), inputs)

    def __array_function__(
        self, function: Callable[..., Any], types: Iterable[type], inputs: Sequence[Any], keywords: Any
    ) -> Traced:
        if function is np.real and self.dtype.kind == "f":
            return self
        if function in ONLY_LIKE:
            return self.tape.constant(function(self.tape.samples[self.slot], *inputs[1:], **keywords))
        return self.tape.call(partial(function, **keywords), inputs)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Traced:
        return self.tape.call(partial(np.add.reduce, axis=axis, keepdims=keepdims), (self,))

    def __pow__(self, exponent: Any) -> Traced:
        known = POWERS.get(exponent)
        return self.tape.ufunc(known, (self,)) if known else self.tape.ufunc(np.power, (self, exponent))

    def swapaxes(self, one: int, other: int) -> Traced:
        plain = self.ndim == 2 and one != other
        turn = TURN if plain else partial(np.swapaxes, axis1=one, axis2=other)
        return self.tape.call(turn, (self,))

    def __bool__(self) -> bool:
        raise Unrecordable("what happens next must not depend on the numbers of a recorded calculation")

    def __array__(self, *_: Any, **__: Any) -> Array:
        raise Unrecordable("a recorded calculation must not look at its numbers")


DOT = np.ndarray.dot
"""The product of two matrices, without the time `numpy.matmul` takes to ask what else they might be."""
TURN = attrgetter("T")
"""The transpose of a matrix."""
POWERS = {2: np.square, 0.5: np.sqrt, -1: np.reciprocal}
"""What NumPy itself does for these exponents instead of taking a power."""


class Tape:
    """The calls of a calculation in order; equal calls are one. What does not vary is worked out at once."""

    def __init__(self) -> None:
        self.samples: list[Array] = []
        self.varying: set[int] = set()
        self._calls: list[Call] = []
        self._known: dict[Any, int] = {}

    def given(self, sample: Array) -> Traced:
        """An array that is another one in each run, always of this shape and type."""
        slot = self._place(sample)
        self.varying.add(slot)
        return Traced(self, slot)

    def constant(self, value: Array) -> Traced:
        """An array that is the same in all runs."""
        key = ("constant", value.shape, value.dtype, value.tobytes())
        if key not in self._known:
            self._known[key] = self._place(value)
        return Traced(self, self._known[key])

    def apply(self, function: Callable[..., Array], arguments: Sequence[Traced]) -> Traced:
        """What a function makes of arrays: the calls it consists of, or one call if these cannot be told."""
        try:
            result = function(*arguments)
            if isinstance(result, Traced):
                return result
        except (TypeError, AttributeError):
            pass
        return self.call(function, arguments)

    def ufunc(self, function: np.ufunc, inputs: Sequence[Any]) -> Traced:
        """An elementwise function, or the product of matrices."""
        traced = [item for item in inputs if isinstance(item, Traced)]
        if function is np.matmul:
            flat = all(item.ndim == 2 for item in traced) and len(traced) == 2
            return self.call(DOT if flat else np.matmul, inputs, fresh=True)
        floating = any(item.dtype.kind in "fc" for item in traced)
        rest = [float(item) if floating and isinstance(item, int) else item for item in inputs]
        return self.call(function, self._slim(rest), fresh=True)

    def call(self, function: Callable[..., Array], inputs: Sequence[Any], fresh: bool = False) -> Traced:
        """One call as it is."""
        arguments = tuple(self._slot(item) for item in inputs)
        key = (*_identity(function), arguments)
        if key not in self._known:
            value = function(*(self.samples[slot] for slot in arguments))
            if self.varying.isdisjoint(arguments):
                return self.constant(value)
            result = self._known[key] = self._place(value)
            self.varying.add(result)
            self._calls.append(Call(function, arguments, result, fresh))
        return Traced(self, self._known[key])

    def _slim(self, inputs: Sequence[Any]) -> list[Any]:
        """1×1 constants beside a matrix that varies lose their axes: NumPy is much quicker with these."""
        varying = [item for item in inputs if isinstance(item, Traced) and item.slot in self.varying]
        if not any(item.ndim == 2 for item in varying):
            return list(inputs)
        return [
            self.constant(self.samples[item.slot].reshape(()))
            if isinstance(item, Traced) and item.shape == (1, 1) and item.slot not in self.varying
            else item
            for item in inputs
        ]

    def _slot(self, item: Any) -> int:
        return item.slot if isinstance(item, Traced) else self.constant(np.asarray(item)).slot

    def _place(self, sample: Array) -> int:
        self.samples.append(sample)
        return len(self.samples) - 1

    def used(self, outputs: Iterable[int]) -> list[Call]:
        """The calls without which some output would be missing."""
        wanted, kept = set(outputs), []
        for call in reversed(self._calls):
            if call.result in wanted:
                wanted.update(call.arguments)
                kept.append(call)
        return kept[::-1]


def _identity(function: Callable[..., Array]) -> tuple[Any, ...]:
    if isinstance(function, partial):
        return (function.func, *sorted(function.keywords.items()))
    return (function,)


class Recording:
    """A recorded calculation: from the values of what varies to everything that was asked for.

    Nothing that is handed out is ever written again: each run makes new arrays, and within a run only those
    are written over that nobody will see or use any more.
    """

    def __init__(self, tape: Tape, results: Mapping[Any, int], varying: Mapping[Any, int]) -> None:
        self.names = tuple(results)
        self._collect = _getter(tuple(results.values()))
        self._varying = dict(varying)
        self._memory = [None if slot in tape.varying else sample for slot, sample in enumerate(tape.samples)]
        calls = tape.used(results.values())
        spare = _spare(calls, {*results.values(), *varying.values()}, tape)
        self._steps = [(call.result, call.function, _getter(call.arguments + spare[call])) for call in calls]

    def rows(
        self, values: Mapping[Any, Array], sources: Mapping[Any, Any], times: int
    ) -> list[tuple[Array, ...]]:
        """The results of so many runs, each in the order of ``names``. The first takes what varies from
        ``values``, every other takes it from the result before, under the name in ``sources``.
        """
        slots = tuple(self._varying.values())
        carried = [self.names.index(sources[name]) for name in self._varying]
        arrays = [values[name] for name in self._varying]
        rows = []
        with np.errstate(all="ignore"):
            for _ in range(times):
                row = self._row(zip(slots, arrays, strict=True))
                arrays = [row[place] for place in carried]
                rows.append(row)
        return rows

    def _row(self, given: Iterable[tuple[int, Array]]) -> tuple[Array, ...]:
        memory = self._memory.copy()
        for slot, array in given:
            memory[slot] = array
        for slot, function, arguments in self._steps:
            memory[slot] = function(*arguments(memory))
        return tuple(self._collect(memory))

    def run(self, values: Mapping[Any, Array]) -> dict[Any, Array]:
        """All results by name."""
        with np.errstate(all="ignore"):
            row = self._row((slot, values[name]) for name, slot in self._varying.items())
        return dict(zip(self.names, row, strict=True))


def _getter(slots: tuple[int, ...]) -> Callable[[list[Any]], Sequence[Any]]:
    """What stands in these slots, also for a single one as a sequence."""
    return itemgetter(*slots) if len(slots) > 1 else itemgetter(slice(slots[0], slots[0] + 1))


def _spare(calls: Sequence[Call], kept: set[int], tape: Tape) -> dict[Call, tuple[int, ...]]:
    """For each call the array its result may be written over: an argument, new in this run, needed by no
    later call, of the result's shape and type, and with no other array looking into it.
    """
    last = {slot: call.result for call in calls for slot in call.arguments}
    seen_into = {slot for call in calls if not call.fresh for slot in call.arguments}
    free = {call.result for call in calls if call.fresh} - kept - seen_into
    return {call: _fitting(call, free, last, tape)[:1] for call in calls}


def _fitting(call: Call, free: set[int], last: Mapping[int, int], tape: Tape) -> tuple[int, ...]:
    if not call.entrywise:
        return ()
    here = [slot for slot in call.arguments if slot in free and last[slot] == call.result]
    made = tape.samples[call.result]
    return tuple(
        slot
        for slot in here
        if (tape.samples[slot].shape, tape.samples[slot].dtype) == (made.shape, made.dtype)
    )
