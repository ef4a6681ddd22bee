"""SAMPLES: one row for each source of random numbers, and the numbers that stand for what it gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.chapter.programs.training.tape import plain
from grader.chapter.programs.values import Module, Unread

MAX_AXES, MAX_SAMPLE = 4, 2_000

Draw = Callable[..., Any]
"""Draws from a generator: it is given the generator and the arguments of the call."""


def shape_of(*sizes: Any) -> tuple[int, ...]:
    """A shape given as one tuple or as several numbers; raises `Unread` for a large one."""
    sizes = plain(sizes[0] if len(sizes) == 1 and isinstance(sizes[0], tuple | list) else sizes)
    sizes = tuple(size for size in sizes if size is not None)
    if not all(isinstance(size, int | np.integer) and 0 <= size <= MAX_SAMPLE for size in sizes):
        raise Unread("a shape is not known")
    if len(sizes) > MAX_AXES or np.prod(sizes, dtype=float) > MAX_SAMPLE:
        raise Unread("an array is too large to look at a sample of it")
    return tuple(map(int, sizes))


def _by_shape(draw: Draw) -> Draw:
    def apply(generator: np.random.Generator, *sizes: Any, size: Any = None, **named: Any) -> Any:
        sizes = sizes if size is None else (size,)
        return draw(generator, shape_of(*sizes))

    return apply


def _between(draw: Draw) -> Draw:
    """Two numbers, then the shape: ``uniform(low, high, size)``."""

    def apply(
        generator: np.random.Generator, a: Any = 0.0, b: Any = 1.0, size: Any = (), **named: Any
    ) -> Any:
        a, b = plain(named.get("low", named.get("loc", a))), plain(named.get("high", named.get("scale", b)))
        shape = shape_of(size) if size is not None else ()
        return draw(generator, a, b, shape)

    return apply


def _whole(generator: np.random.Generator, low: Any, high: Any = None, size: Any = (), **named: Any) -> Any:
    """Whole numbers, of which every one in the range occurs as soon as there is room."""
    low, high = plain(low), plain(high)
    low, high = (0, low) if high is None else (low, high)
    shape = shape_of(size) if size is not None else ()
    return low + generator.permutation(int(np.prod(shape))).reshape(shape) % max(int(high - low), 1)


def _any_of(generator: np.random.Generator, values: Any, size: Any = None, *more: Any, **named: Any) -> Any:
    whole = plain(values)
    if not isinstance(whole, int):
        raise Unread("it depends on random numbers")
    return generator.integers(0, whole, shape_of(size) if size is not None else ())


def _normal(generator: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return generator.standard_normal(shape)


def _uniform(generator: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return generator.uniform(0.1, 0.9, shape)


def _generator(generator: np.random.Generator, *seed: Any, **named: Any) -> Any:
    return Module("numpy.random")


SAMPLES: dict[str, Draw] = {
    "randn": _by_shape(_normal),
    "standard_normal": _by_shape(_normal),
    "rand": _by_shape(_uniform),
    "random": _by_shape(_uniform),
    "random_sample": _by_shape(_uniform),
    "uniform": _between(lambda generator, low, high, shape: generator.uniform(low, high, shape)),
    "normal": _between(lambda generator, mean, spread, shape: generator.normal(mean, spread, shape)),
    "randint": _whole,
    "integers": _whole,
    "permutation": _any_of,
    "choice": _any_of,
    "default_rng": _generator,
    "RandomState": _generator,
    "Generator": _generator,
}
LIBRARIES = ("numpy.random", "random", "torch")


def sample(path: str) -> Draw | None:
    """What draws the samples for a function by its full name; None if it is no source of random numbers."""
    library, _, name = path.rpartition(".")
    return (
        SAMPLES.get(name)
        if library in LIBRARIES and (library != "torch" or name[:4] in ("rand", "norm"))
        else None
    )
