"""Regularizers: what the loss adds so that weights stay small, one row each. Biases are never penalised."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

from msgspec import Struct

from derive import ops
from derive.graph import SCALAR, Node, symbol
from derive.quantities import Quantity

Number = Fraction | float | None
"""The value of a strength; None where it stays a letter."""
Chosen = tuple[tuple[str, tuple[tuple[str, Number], ...]], ...]
"""Regularizers with their strengths: ``(("l2", (("strength", 0.01),)),)``."""


class Regularizer(Struct, frozen=True):
    """A penalty. ``build(weights, *strengths)`` gives it as a scalar for the weights of all layers.

    ``strengths`` are the names of its numbers in a problem file, each with the kind of quantity it is;
    ``formula(w, *strengths)`` is the penalty of one weight as a SymPy expression. ``index`` is put behind the
    letter of the first strength where several penalties are added up; a row without one stands alone.
    ``kinks`` are the weights at which it has no slope, ``assumes`` says what is taken there.
    """

    name: str
    words: str
    build: Callable[..., Node]
    formula: Callable[..., Any]
    because: str
    strengths: Mapping[str, str]
    index: str = ""
    kinks: tuple[float, ...] = ()
    assumes: str | None = None


def _summed(measure: Callable[[Node], Node], weights: Sequence[Node]) -> Node:
    return reduce(ops.add, map(measure, weights))


def _squares(weights: Sequence[Node]) -> Node:
    return _summed(ops.norm2, weights)


def _sizes(weights: Sequence[Node]) -> Node:
    return _summed(lambda W: ops.total(ops.function("abs", W)), weights)


def _size(w: Any) -> Any:
    import sympy

    return sympy.Abs(w)


def _half(value: Any) -> Any:
    import sympy

    return sympy.Rational(1, 2) * value


_ONE = {"strength": "lambda"}
_SLOPE_AT_0 = "the absolute value has no slope at 0; 0 is taken there"

REGULARIZERS: dict[str, Regularizer] = {
    row.name: row
    for row in (
        Regularizer(
            "l2",
            "the sum of the squared weights",
            lambda weights, strength: ops.scale(strength, _squares(weights)),
            lambda w, strength: strength * w**2,
            "large weights cost more than small ones, so learning shrinks the weights as well",
            _ONE,
            index="2",
        ),
        Regularizer(
            "half-l2",
            "half the sum of the squared weights",
            lambda weights, strength: ops.scale(Fraction(1, 2), ops.scale(strength, _squares(weights))),
            lambda w, strength: _half(strength * w**2),
            "large weights cost more than small ones; the ½ cancels the 2 of the slope",
            _ONE,
            index="2",
        ),
        Regularizer(
            "l1",
            "the sum of the absolute values of the weights",
            lambda weights, strength: ops.scale(strength, _sizes(weights)),
            lambda w, strength: strength * _size(w),
            "every weight costs its distance from 0, so those that are of no use become 0",
            _ONE,
            index="1",
            kinks=(0.0,),
            assumes=_SLOPE_AT_0,
        ),
        Regularizer(
            "elastic-net",
            "the absolute values of the weights and a share of their squares",
            lambda weights, strength, mix: ops.scale(
                strength, ops.add(ops.scale(mix, _squares(weights)), _sizes(weights))
            ),
            lambda w, strength, mix: strength * (mix * w**2 + _size(w)),
            "the absolute values make useless weights 0, the squares keep the others small",
            {"strength": "lambda", "mix": "mix"},
            kinks=(0.0,),
            assumes=_SLOPE_AT_0,
        ),
    )
}


# -- a network's choice --------------------------------------------------------------------------------------


def chosen(written: Any) -> Chosen:
    """What a network says of its regularizers in one form, whether they are known or not.

    >>> chosen("l2"), chosen({"l1": 0.5})
    ((('l2', (('strength', None),)),), (('l1', (('strength', 0.5),)),))
    """
    if isinstance(written, str):
        written = {written: None}
    pairs = written.items() if isinstance(written, Mapping) else written or ()
    return tuple((name, _strengths(name, given)) for name, given in pairs)


def _strengths(name: str, given: Any) -> tuple[tuple[str, Number], ...]:
    if not isinstance(given, Mapping | tuple):
        given = {"strength": given}
    known = dict.fromkeys(REGULARIZERS[name].strengths) if name in REGULARIZERS else {}
    return tuple({**known, **dict(given)}.items())


def strength_of(regularizers: Chosen) -> dict[Quantity, Number]:
    """The quantities of all strengths, with their values."""
    several = len(regularizers) > 1
    found: dict[Quantity, Number] = {}
    for name, strengths in regularizers:
        row, values = REGULARIZERS[name], dict(strengths)
        for quantity, strength in zip(_quantities(row, several), row.strengths, strict=True):
            found[quantity] = values[strength]
    return found


def _quantities(row: Regularizer, several: bool) -> list[Quantity]:
    first, *others = row.strengths.values()
    return [Quantity(first + row.index * several), *map(Quantity, others)]


def penalty_kinks(regularizers: Chosen) -> set[float]:
    """The weights at which some penalty has no slope."""
    return {kink for name, _ in regularizers for kink in REGULARIZERS[name].kinks}


def penalty_words(regularizers: Chosen) -> str:
    """What a sentence about the loss ends with: `` plus a penalty …``, or nothing."""
    rows = (REGULARIZERS[name] for name, _ in regularizers)
    return "".join(f", plus a penalty proportional to {row.words}" for row in rows)


def penalties(regularizers: Chosen, weights: Sequence[Node]) -> list[Node]:
    """One scalar for each regularizer."""
    several = len(regularizers) > 1
    rows = [REGULARIZERS[name] for name, _ in regularizers]
    return [
        row.build(weights, *(symbol(quantity, SCALAR) for quantity in _quantities(row, several)))
        for row in rows
    ]
