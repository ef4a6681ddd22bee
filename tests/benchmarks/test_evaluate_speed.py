"""How long the numbers take, beside the same work written by hand in NumPy in one run.

Nothing here fails for being slow. Run with ``pytest tests/benchmarks --benchmark-only -s``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import problems
from derive.derivation import derive_network
from derive.evaluate import Program, Values, solve
from derive.network import Network
from derive.quantities import Quantity
from tests.benchmarks.measuring import note, ratio

Arrays = tuple[np.ndarray, ...]
RATE = 1e-6
CLASSIC = Network(
    [1000, 100, 10],
    ["relu", "identity"],
    "squared-error",
    bias=False,
    batch=64,
    reduction="sum",
    learning_rate=RATE,
)
WEIGHTS = (Quantity("W", 1), Quantity("W", 2))


def classic_numbers() -> Values:
    rng = np.random.default_rng(0)
    numbers = {quantity: rng.normal(size=shape) for quantity, shape in CLASSIC.graph().inputs.items()}
    return {**numbers, Quantity("rate"): np.array([[RATE]])}


def classic_by_hand(x: np.ndarray, y: np.ndarray, W1: np.ndarray, W2: np.ndarray) -> Arrays:
    """One step as a course writes it, examples in columns. Both weights change in place."""
    hidden = W1 @ x
    active = np.maximum(hidden, 0)
    output = W2 @ active
    residual = output - y
    loss = np.square(residual).sum()
    delta2 = 2.0 * residual
    dW2 = delta2 @ active.T
    delta1 = W2.T @ delta2
    delta1[hidden < 0] = 0
    dW1 = delta1 @ x.T
    W1 -= RATE * dW1
    W2 -= RATE * dW2
    return dW1, dW2, loss


def test_one_step_of_a_wide_network(benchmark: Any) -> None:
    """64 examples, 1000 inputs, 100 ReLUs, 10 outputs: forward, backward and update, as `solve` does it when
    there are many updates. Every quantity is kept, also the old weights.
    """
    program, numbers = Program(step.equation for step in derive_network(CLASSIC)), classic_numbers()
    step = program.recorded(numbers, WEIGHTS)
    plain = [numbers[q].copy() for q in (Quantity("a", 0), Quantity("y"), *WEIGHTS)]
    measured = ratio(lambda: step.run(numbers), lambda: classic_by_hand(*plain), turns=200)
    note(benchmark, measured, "one step over NumPy by hand", "at most 1.15")
    benchmark.extra_info["the same, not recorded"] = ratio(
        lambda: program.run(numbers), lambda: classic_by_hand(*plain), turns=200
    )
    values = benchmark(step.run, numbers)
    W1, W2 = (numbers[q].copy() for q in WEIGHTS)
    dW1, dW2, loss = classic_by_hand(*plain[:2], W1, W2)
    wanted = {("dW", 1): dW1, ("dW", 2): dW2, ("loss", None): loss, ("W_new", 1): W1, ("W_new", 2): W2}
    for name, value in wanted.items():
        np.testing.assert_allclose(values[Quantity(*name)], np.atleast_2d(value), rtol=1e-9, atol=1e-9)


def small_by_hand(rounds: int, given: dict[str, Any]) -> float:
    """The loop a good engineer writes for a network of two sigmoid layers. Biases stay as they are."""
    x, y, W1, b1, W2, b2 = (np.array(given[name]) for name in ("x", "y", "W1", "b1", "W2", "b2"))
    for _ in range(rounds):
        a1 = 1 / (1 + np.exp(-(W1 @ x + b1)))
        a2 = 1 / (1 + np.exp(-(W2 @ a1 + b2)))
        delta2 = (a2 - y) * a2 * (1 - a2)
        delta1 = (delta2 @ W2) * a1 * (1 - a1)
        W2 -= 0.5 * delta2[:, None] * a1
        W1 -= 0.5 * delta1[:, None] * x
    a2 = 1 / (1 + np.exp(-(W2 @ (1 / (1 + np.exp(-(W1 @ x + b1)))) + b2)))
    return float(((a2 - y) ** 2).sum() / 2)


def test_ten_thousand_updates_of_a_small_network(benchmark: Any) -> None:
    """Every quantity of every round is kept, the loss too; the loop by hand keeps the weights only."""
    problem = problems.load("mazur")
    given = {name: np.asarray(numbers, dtype=float) for name, numbers in problem.given.items()}
    measured = ratio(lambda: solve(problem, steps=10000), lambda: small_by_hand(10000, given), turns=4)
    note(benchmark, measured, "10,000 updates of mazur over NumPy by hand", "at most 2")
    solution = benchmark.pedantic(solve, (problem,), {"steps": 10000}, rounds=2)
    final = solution.rounds[-1][Quantity("loss_new")].item()
    assert final == pytest.approx(small_by_hand(10000, given), rel=1e-9)
