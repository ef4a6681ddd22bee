"""Wrong worlds: what a quantity would be if one misconception were true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache

import numpy as np
from msgspec.structs import replace

from derive.derivation import after_update, derive_network
from derive.functions import Array
from derive.graph import Equation
from derive.network import Network
from derive.program import Program
from grader.misconceptions import Misconception
from grader.worlds.path import Path
from grader.worlds.slips import Blamed, Twins, believed, stones

SAME = 1e-7
"""Two values are the same if they differ by at most this share."""


def twins(rows: Iterable[Misconception], path: Path) -> tuple[Twins, ...]:
    """Every value that believing one of these can give the quantity, one stack for each shape.

    A value that equals the true one is left out: there the misconception does no harm, and cannot be seen.
    So is one that is not finite.
    """
    rows = tuple(rows)
    return gathered((stack for way in WAYS for stack in way(rows, path)), path)


def gathered(wrong: Iterable[tuple[Sequence[Blamed], Array]], path: Path) -> tuple[Twins, ...]:
    """Stacks of wrong values, put together by their shapes."""
    by_shape: dict[tuple[int, ...], list[tuple[Sequence[Blamed], Array]]] = {}
    for blamed, values in wrong:
        by_shape.setdefault(values.shape[-2:], []).append((blamed, values))
    stacks = (
        _telling([b for blamed, _ in some for b in blamed], np.concatenate([v for _, v in some]), path)
        for some in by_shape.values()
    )
    return tuple(stack for stack in stacks if stack.blamed)


def _telling(blamed: Sequence[Blamed], values: Array, path: Path) -> Twins:
    """Those that differ from the truth."""
    inner = tuple(range(1, values.ndim))
    telling = np.isfinite(values).all(axis=inner)
    if values.shape[1:] == path.true.shape:
        with np.errstate(all="ignore"):
            telling &= (np.abs(values - path.true) > SAME * np.abs(path.true)).any(axis=inner)
    return Twins(tuple(b for b, kept in zip(blamed, telling, strict=True) if kept), values[telling])


def _by_one_slip(rows: Blamed, path: Path) -> Iterator[tuple[Sequence[Blamed], Array]]:
    """One step on the way went wrong, the last one first; everything after it was computed rightly from
    there."""
    for step in reversed(path.steps):
        laid = stones(rows, step, path)
        for wrong in laid.stumbled(path.values, path.true.shape[:1]) if laid else ():
            yield wrong.blamed, path.follow(step.quantity, wrong.values)[path.quantity]


def _by_arithmetic(rows: Blamed, path: Path) -> Iterator[tuple[Sequence[Blamed], Array]]:
    """One step was computed with wrong functions."""
    for row in rows:
        for step in path.steps if row.arithmetic else ():
            assert row.arithmetic is not None
            program = Program([step], row.arithmetic(path.world.arithmetic))
            wrong = path.filled(program.run(path.values)[step.quantity])
            if not np.allclose(wrong, path.values[step.quantity], rtol=SAME, atol=0, equal_nan=True):
                yield [(row,)], path.follow(step.quantity, wrong)[path.quantity][None]


def _held(rows: Blamed, path: Path) -> Iterator[tuple[Sequence[Blamed], Array]]:
    """The belief was held from the start."""
    for row in rows:
        for whole in HELD:
            for value in whole(row, path):
                yield [(row,)], path.filled(value)[None]


def _everywhere(row: Misconception, path: Path) -> Iterator[Array]:
    theory = believed(row, path.world)
    if theory:
        yield from _from_the_start(lambda step: theory.get(step.quantity, step), path)
    if row.rewrite is not None and row.everywhere:
        yield from _from_the_start(lambda step: _rewritten(row, step, path), path)


def _from_the_start(wrongly: Callable[[Equation], Equation], path: Path) -> Iterator[Array]:
    """Nothing where on the way only the quantity's own equation is wrong: that is one slip."""
    if any(wrongly(step).expression is not step.expression for step in path.steps[:-1]):
        yield from _computed([wrongly(step) for step in path.world.equations], path)


def _rewritten(row: Misconception, step: Equation, path: Path) -> Equation:
    """The equation as the misconception has it, if it has it in one way only."""
    assert row.rewrite is not None
    others = list(row.rewrite(step, path.world.derivation))
    return replace(step, expression=others[0]) if len(others) == 1 else step


def _by_network(row: Misconception, path: Path) -> Iterator[Array]:
    if row.network is None or not isinstance(path.world.model, Network):
        return
    other = row.network(path.world.model)
    if other is not None:
        yield from _computed(_equations_of(other), path)


@lru_cache(maxsize=64)
def _equations_of(network: Network) -> tuple[Equation, ...]:
    derivation = derive_network(network)
    return (*(step.equation for step in derivation), *after_update(derivation))


def _wholly_by_arithmetic(row: Misconception, path: Path) -> Iterator[Array]:
    if row.arithmetic is not None:
        program = Program(path.steps, row.arithmetic(path.world.arithmetic))
        yield program.run(path.given)[path.quantity]


HELD = (_everywhere, _by_network, _wholly_by_arithmetic)
"""The ways in which a belief can have been held from the start."""


def _by_rounding(rows: Blamed, path: Path) -> Iterator[tuple[Sequence[Blamed], Array]]:
    """Every value on the way was rounded before it was used on; looked for in a problem's own numbers. The
    misconception then says what was left of the values."""
    for row in rows if len(path.true) == 1 else ():
        for left, rounding in row.roundings.items():
            telling = replace(row, words=f"{row.words} With {left} on the way, this is what comes out.")
            yield [(telling,)], path.filled(_rounded(rounding, path))[None]


def _rounded(rounding: Callable[[Array], Array], path: Path) -> Array:
    values = dict(path.given)
    for step in path.steps:
        exact = Program([step], path.world.arithmetic).run(values)[step.quantity]
        values[step.quantity] = exact if step.quantity == path.quantity else rounding(exact)
    return values[path.quantity]


def _computed(equations: Sequence[Equation], path: Path) -> Iterator[Array]:
    """The quantity after equations of which some are wrong, from what is given."""
    ordered = path.ordered(equations)
    if ordered is not None:
        with suppress(ValueError):  # what is believed need not have a value, as the slope of a step
            yield Program(ordered, path.world.arithmetic).run(path.given)[path.quantity]


WAYS = (_by_one_slip, _by_arithmetic, _held, _by_rounding)
"""The ways in which a belief can have been acted on."""
