"""Numbers are gathered in front of expressions; what these are worth stays the same, exactly."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from derive import ops
from derive.functions import Array
from derive.graph import SCALAR, Equation, Node, Shape, symbol
from derive.kernels import Arithmetic
from derive.program import Program
from derive.quantities import Quantity

MATRIX: Shape = (2, 3)
N, S, X, Y = (
    symbol(Quantity(name), shape) for name, shape in zip("NsXY", [SCALAR] * 2 + [MATRIX] * 2, strict=True)
)
NUMBERS = [Fraction(text) for text in ("1", "-1", "2", "1/2", "-3", "5/3", "0")]
Both = tuple[Node, Node]
"""An expression as the builders make it, and as it was asked for."""


def leaf(rng: random.Random, shape: Shape) -> Both:
    if shape == SCALAR and rng.random() < 0.3:
        number = ops.constant(rng.choice(NUMBERS))
        return ops.divide(number, N), ops.apply("divide", number, N)
    known = (S, N, ops.constant(rng.choice(NUMBERS))) if shape == SCALAR else (X, Y, ops.ones(shape))
    found = rng.choice(known)
    return found, found


def expression(rng: random.Random, depth: int, shape: Shape) -> Both:
    if depth == 0:
        return leaf(rng, shape)
    build, name, shapes = rng.choice(
        (
            (ops.negate, "negate", (shape,)),
            (ops.scale, "scale", (SCALAR, shape)),
            (ops.times, "hadamard", (shape, shape)),
            (ops.add, "add", (shape, shape)),
            (ops.minus, "subtract", (shape, shape)),
        )
    )
    parts = [expression(rng, rng.randrange(depth), part) for part in shapes]
    built, plain = build(*(p[0] for p in parts)), ops.apply(name, *(p[1] for p in parts))
    below = N if shape == SCALAR else X
    return (
        (ops.divide(built, below), ops.apply("divide", plain, below))
        if rng.random() < 0.2
        else (built, plain)
    )


def exact(rows: list[list[object]]) -> Array:
    return np.array([[Fraction(str(number)) for number in row] for row in rows], dtype=object)


GIVEN = {
    Quantity("N"): exact([[7]]),
    Quantity("s"): exact([["3/2"]]),
    Quantity("X"): exact([[1, 2, -3], [4, "1/5", 6]]),
    Quantity("Y"): exact([[2, -1, 3], ["7/2", 5, -2]]),
}


@pytest.mark.parametrize("seed", range(8))
def test_gathering_numbers_changes_no_value(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(150):
        shape = rng.choice((SCALAR, MATRIX))
        built, plain = expression(rng, rng.randrange(1, 5), shape)
        sides = [Equation(Quantity("built"), built), Equation(Quantity("plain"), plain)]
        found = Program(sides, Arithmetic(exact=True)).run(GIVEN)
        assert built.shape == plain.shape == shape
        same = found[Quantity("built")] == found[Quantity("plain")]
        assert np.broadcast_to(same, shape).all(), f"{built.latex()} for {plain.latex()}"
