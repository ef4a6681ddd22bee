"""How long deriving and evaluating take, each beside the same work written by hand in one run.

Nothing here fails for being slow: times differ from machine to machine. Run with
``pytest tests/benchmarks --benchmark-only`` and read the ratios in the column of extra information.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from derive.derivation import derive_network
from derive.evaluate import Program, Values, solve
from derive.network import Network
from derive.quantities import Quantity


def seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratio(ours: Callable[[], Any], reference: Callable[[], Any], rounds: int = 7) -> float:
    """How many times longer ours takes: the quickest of several turns each, taken alternately."""
    turns = [(seconds(ours), seconds(reference)) for _ in range(rounds)]
    quickest = [min(column) for column in zip(*turns, strict=True)]
    return round(quickest[0] / quickest[1], 2)


@pytest.mark.parametrize("depth", [64, 256])
def test_deriving_every_formula(benchmark, depth: int) -> None:
    network, shallow = sigmoids(depth), sigmoids(64)
    benchmark.extra_info["times 64 layers"] = ratio(
        lambda: derive_network(network), lambda: derive_network(shallow)
    )
    assert len(benchmark(derive_network, network)) == 7 * depth + 1


def sigmoids(depth: int) -> Network:
    return Network([3] * (depth + 1), "sigmoid")


def test_lowering_every_formula_to_sympy(benchmark) -> None:
    derivation = derive_network(sigmoids(64))

    def lower() -> list[Any]:
        return [step.formula.sympy() for step in derivation]

    benchmark.extra_info["times deriving"] = ratio(lower, lambda: derive_network(sigmoids(64)))
    assert len(benchmark(lower)) == len(derivation)


CLASSIC = Network(
    [1000, 100, 10], ["relu", "identity"], "squared-error", bias=False, batch=64, reduction="sum"
)


def classic_numbers() -> Values:
    rng = np.random.default_rng(0)
    return {quantity: rng.normal(size=shape) for quantity, shape in CLASSIC.graph().inputs.items()}


def classic_by_hand(x: np.ndarray, y: np.ndarray, W1: np.ndarray, W2: np.ndarray) -> tuple[np.ndarray, ...]:
    hidden = W1 @ x
    active = np.maximum(hidden, 0)
    output = W2 @ active
    residual = output - y
    loss = (residual * residual).sum()
    delta2 = 2 * residual
    delta1 = (W2.T @ delta2) * (hidden > 0)
    return delta1 @ x.T, delta2 @ active.T, loss


def test_one_step_of_a_wide_network(benchmark) -> None:
    """64 examples, 1000 inputs, 100 ReLUs, 10 outputs: loss and both gradients."""
    program = Program([s.equation for s in derive_network(CLASSIC) if s.stage != "update"])
    numbers = classic_numbers()
    plain = [numbers[q] for q in (Quantity("a", 0), Quantity("y"), Quantity("W", 1), Quantity("W", 2))]
    benchmark.extra_info["times by hand"] = ratio(
        lambda: program.run(numbers), lambda: classic_by_hand(*plain), 100
    )
    values = benchmark(program.run, numbers)
    dW1, dW2, loss = classic_by_hand(*plain)
    np.testing.assert_allclose(values[Quantity("dW", 1)], dW1, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(values[Quantity("dW", 2)], dW2, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(values[Quantity("loss")], loss, rtol=1e-12)


SMALL = Network([2, 2, 2], "sigmoid", "half-squared-error", learning_rate=0.5, train_biases=False)
SMALL_GIVEN = {
    "x": [0.05, 0.10],
    "y": [0.01, 0.99],
    "W1": [[0.15, 0.20], [0.25, 0.30]],
    "b1": [0.35, 0.35],
    "W2": [[0.40, 0.45], [0.50, 0.55]],
    "b2": [0.60, 0.60],
}


def small_by_hand(rounds: int) -> float:
    x, y, W1, b1, W2, b2 = (np.array(value) for value in SMALL_GIVEN.values())
    for _ in range(rounds):
        a1 = 1 / (1 + np.exp(-(W1 @ x + b1)))
        a2 = 1 / (1 + np.exp(-(W2 @ a1 + b2)))
        delta2 = (a2 - y) * a2 * (1 - a2)
        delta1 = (W2.T @ delta2) * a1 * (1 - a1)
        W2 = W2 - 0.5 * np.outer(delta2, a1)
        W1 = W1 - 0.5 * np.outer(delta1, x)
    a2 = 1 / (1 + np.exp(-(W2 @ (1 / (1 + np.exp(-(W1 @ x + b1)))) + b2)))
    return float(((a2 - y) ** 2).sum() / 2)


def test_ten_thousand_updates_of_a_small_network(benchmark) -> None:
    """Every quantity of every round is kept; the loop by hand keeps the weights only."""
    benchmark.extra_info["times by hand"] = ratio(
        lambda: solve(SMALL, SMALL_GIVEN, steps=10000), lambda: small_by_hand(10000), 3
    )
    solution = benchmark.pedantic(solve, (SMALL, SMALL_GIVEN), {"steps": 10000}, rounds=2)
    final = solution.rounds[-1][Quantity("loss_new")].item()
    assert final == pytest.approx(small_by_hand(10000), rel=1e-9)
