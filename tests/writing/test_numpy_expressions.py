"""NumPy's spelling of any expression: brackets where they are needed, a rule for each operation."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from derive import ops
from derive.functions import Array
from derive.graph import Node, Shape, symbol
from derive.kernels import Arithmetic
from derive.notation import NOTATIONS
from derive.ops import OPS
from derive.quantities import Quantity
from derive.worked import node_values
from derive.writing.pieces import NUMBER
from derive.writing.python import RULES, NumpyWriter

NAMES = ("p", "q", "r", "s", "t")
SIZES = (1, 2, 3)


def test_every_operation_with_a_value_has_a_rule() -> None:
    assert set(OPS) - set(RULES) == {"at", "over", "kronecker", "gather"}


def leaf(name: str, shape: Shape) -> Node:
    return symbol(Quantity(f"{name}{shape[0]}{shape[1]}"), shape)


def written(node: Node) -> str:
    names = {quantity: quantity.kind for quantity in node.symbols}
    return NumpyWriter(names, NOTATIONS["subscript"]).whole(node).text


def known(node: Node, seed: int = 0) -> dict[Quantity, Array]:
    rng = np.random.default_rng(seed)
    shapes = {inner.quantity: inner.shape for inner in node.walk() if inner.quantity}
    return {q: rng.uniform(0.5, 1.5, shapes[q]) for q in sorted(shapes, key=str)}


def softmax(z: Array, axis: int = 0) -> Array:
    raised = np.exp(z)
    return raised / raised.sum(axis=axis, keepdims=True)


def holds(node: Node, seed: int = 0) -> None:
    values = known(node, seed)
    expected = node_values(node, values, Arithmetic())[node].astype(float)
    text = written(node)
    space = {q.kind: value for q, value in values.items()}
    found = np.asarray(eval(text, {"np": np, "softmax": softmax, **space}), dtype=float)
    assert found.shape == expected.shape or found.size == expected.size == 1, (text, found.shape)
    np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=1e-9, err_msg=text)


# -- random expressions --------------------------------------------------------------------------------------


def grown(draw: random.Random, shape: Shape, depth: int) -> Node:
    """A random expression of a shape."""
    if depth == 0 or draw.random() < 0.15:
        return draw.choice(
            [leaf(draw.choice(NAMES), shape), ops.ones(shape), leaf(draw.choice(NAMES), shape)]
        )
    return draw.choice(GROWING)(draw, shape, depth - 1)


def _pair(build: Callable[[Node, Node], Node]) -> Callable[[random.Random, Shape, int], Node]:
    return lambda draw, shape, depth: build(grown(draw, shape, depth), grown(draw, shape, depth))


def _alone(build: Callable[[Node], Node]) -> Callable[[random.Random, Shape, int], Node]:
    return lambda draw, shape, depth: build(grown(draw, shape, depth))


def _matmul(draw: random.Random, shape: Shape, depth: int) -> Node:
    inner = draw.choice(SIZES)
    return ops.matmul(grown(draw, (shape[0], inner), depth), grown(draw, (inner, shape[1]), depth))


def _transpose(draw: random.Random, shape: Shape, depth: int) -> Node:
    return ops.transpose(grown(draw, shape[::-1], depth))


def _summed(draw: random.Random, shape: Shape, depth: int) -> Node:
    if shape == (1, 1):
        body = grown(draw, (draw.choice(SIZES), draw.choice(SIZES)), depth)
        return draw.choice([ops.total, ops.norm2, lambda b: ops.inner(b, b)])(body)
    if shape[0] == 1:
        return ops.sum_over("rows", grown(draw, (draw.choice(SIZES), shape[1]), depth))
    if shape[1] == 1:
        return ops.sum_over("columns", grown(draw, (shape[0], draw.choice(SIZES)), depth))
    return ops.diag(grown(draw, (shape[0], 1), depth)) if shape[0] == shape[1] else leaf("p", shape)


def _scaled(draw: random.Random, shape: Shape, depth: int) -> Node:
    number = Fraction(draw.choice([-3, -1, 2, 1]), draw.choice([1, 2, 3, 1000]))
    factor = draw.choice([ops.constant(number), grown(draw, (1, 1), depth)])
    factor = ops.divide(ops.constant(1), leaf("n", (1, 1))) if draw.random() < 0.2 else factor
    return ops.scale(factor, grown(draw, shape, depth))


GROWING = (
    _pair(ops.add),
    _pair(ops.minus),
    _pair(ops.times),
    _matmul,
    _matmul,
    _transpose,
    _summed,
    _scaled,
    _alone(ops.negate),
    _alone(lambda body: ops.power(body, 2)),
    _alone(lambda body: ops.function("relu", body)),
    _alone(lambda body: ops.function("relu", body, 1)),
    _alone(lambda body: ops.function("leaky-relu", body)),
    _alone(lambda body: ops.function("leaky-relu", body, 1)),
    _alone(lambda body: ops.function("tanh", body)),
    _alone(lambda body: ops.function("sigmoid", body, 1)),
    _alone(lambda body: ops.divide(body, ops.add(ops.ones(body.shape), ops.power(body, 2)))),
)


@pytest.mark.parametrize("seed", range(400))
def test_random_expressions_have_the_same_value(seed: int) -> None:
    draw = random.Random(seed)
    holds(grown(draw, (draw.choice(SIZES), draw.choice(SIZES)), draw.randint(1, 5)), seed)


# -- single spellings ----------------------------------------------------------------------------------------

W, x, y, g = leaf("W", (2, 3)), leaf("x", (3, 1)), leaf("y", (2, 1)), leaf("g", (2, 1))
n = leaf("n", (1, 1))


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (ops.add(ops.matmul(W, x), y), "W23 @ x31 + y21"),
        (ops.times(ops.matmul(W, x), y), "(W23 @ x31) * y21"),
        (ops.matmul(ops.times(g, y), ops.transpose(x)), "(g21 * y21) @ x31.T"),
        (ops.scale(Fraction(1, 2), ops.matmul(W, x)), "W23 @ x31 / 2"),
        (ops.minus(y, ops.minus(g, y)), "y21 - (g21 - y21)"),
        (ops.minus(y, ops.negate(g)), "y21 + g21"),
        (ops.add(y, ops.negate(g)), "y21 - g21"),
        (ops.negate(ops.add(y, g)), "-(y21 + g21)"),
        (ops.power(ops.negate(y), 2), "(-y21) ** 2"),
        (ops.matmul(g, ops.ones((1, 4))), "np.broadcast_to(g21, (2, 4))"),
        (ops.matmul(W, ops.ones((3, 1))), "W23.sum(axis=1, keepdims=True)"),
        (ops.times(y, ops.function("relu", g, 1)), "y21 * (g21 > 0)"),
        (ops.times(ops.function("relu", g, 1), y), "y21 * (g21 > 0)"),
        (ops.minus(ops.ones((2, 1)), y), "1 - y21"),
        (ops.times(y, y), "y21 ** 2"),
        (ops.function("exp", ops.scale(n, ops.function("log", leaf("b", (1, 1))))), "b11 ** n11"),
        (ops.scale(ops.divide(ops.constant(1), n), y), "y21 / n11"),
    ],
)
def test_spelling(node: Node, text: str) -> None:
    assert written(node) == text
    holds(node)


@pytest.mark.parametrize(
    "node",
    [
        ops.entry(W, 2, 3),
        ops.apply("place", n, data=(2, 1, (2, 3))),
        ops.apply("place", n, data=(1, 1, (2, 1))),
        ops.stack(((n, ops.entry(W, 1, 2)), (ops.constant(2), ops.negate(n)))),
        ops.diag(y),
        ops.winner_take_all(W),
        ops.apply("winner-take-all", W, data="rows"),
        ops.softmax(W),
        ops.ones((2, 3)),
        ops.constant(Fraction(-1, 3)),
    ],
)
def test_operations_that_derivations_seldom_need(node: Node) -> None:
    holds(node)


def test_a_plain_number_is_no_array() -> None:
    names = {q: q.kind for q in y.symbols}
    assert NumpyWriter(names, NOTATIONS["subscript"]).piece(ops.norm2(y)).shape is NUMBER
