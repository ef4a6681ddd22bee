"""Every activation and loss has worlds in which answers are judged; answers about the less usual rows."""

from __future__ import annotations

import numpy as np
import pytest

from derive.activations import ACTIVATIONS, GENERIC
from derive.losses import LOSSES, TARGETS
from derive.network import Network
from derive.problem import Problem
from derive.problem.file import read_problem
from derive.quantities import Quantity
from grader import check
from grader.worlds.sampling import KINK_DISTANCE
from grader.worlds.world import worlds_of

OWN = "custom(z / (1 + abs(z)))"
ROWS = [row for row in ACTIVATIONS.values() if row.name != GENERIC]
PAIRS = [
    (loss.name, last.name)
    for loss in LOSSES.values()
    for last in ROWS
    if loss.name != GENERIC and last.low >= loss.low and last.high <= loss.high and not last.forward_only
]


@pytest.mark.parametrize(("loss", "last"), PAIRS)
def test_every_pair_has_worlds_away_from_bends(loss: str, last: str) -> None:
    network = Network([3, 4, 2], ["tanh", last], loss)
    row = network.loss_row
    for world in worlds_of(network):
        y, a = world.values[Quantity("y")], world.values[Quantity("a", 2)]
        assert all(map(TARGETS[row.targets].entry, y.flat))
        assert row.bend is None or (np.abs(row.bend(a, y)) > KINK_DISTANCE).all()


@pytest.mark.parametrize(
    "name", [*(row.name for row in ROWS), OWN, "custom(relu(2*z - 1))", "custom(z*sign(z))"]
)
@pytest.mark.parametrize("batch", [None, 4])
def test_every_activation_has_worlds(name: str, batch: int | None) -> None:
    for world in worlds_of(Network([3, 4, 2], [name, "identity"], "hinge", batch=batch)):
        assert (Quantity("dW", 1) in world.values) == (world.derivation.forward_only is None)


def problem(network: str, parts: str) -> Problem:
    lines = "".join(f"  - {{id: {part}, ask: {part}, answer: formula}}\n" for part in parts.split())
    return read_problem(f"title: t\nnetwork: {network}\nparts:\n{lines}", "t.yaml", "t")


PERCEPTRON = "{layers: [2, 3, 2], activation: [step, winner-take-all], loss: half-squared-error}"
HINGE = "{layers: [2, 3, 2], activation: [softplus, identity], loss: hinge}"
LIKELIHOOD = "{layers: [2, 3, 4], activation: [relu, softmax], loss: negative-log-likelihood}"
OWN_NETWORK = "{layers: [2, 3, 2], activation: [{custom: 'z / (1 + abs(z))'}, tanh], loss: squared-error}"

ANSWERS = [
    (PERCEPTRON, "z1", "W_1 x_0 + b_1", "right"),
    (PERCEPTRON, "z1", "W_1 x_0 - b_1", "wrong"),
    (PERCEPTRON, "a1", r"\operatorname{step}(z_1)", "right"),
    (PERCEPTRON, "a1", r"\sigma(W_1 x_0 + b_1)", "right"),
    (PERCEPTRON, "a1", r"\operatorname{sign}(z_1)", "wrong"),
    (PERCEPTRON, "a1", r"\sigma'(z_1)", "wrong"),
    (PERCEPTRON, "a2", r"\operatorname{wta}(W_2 x_1 + b_2)", "right"),
    (PERCEPTRON, "a2", r"\operatorname{softmax}(z_2)", "wrong"),
    (HINGE, "delta2", r"-y \odot \operatorname{step}(1 - y \odot x_2)", "right"),
    (HINGE, "delta2", r"-y \odot \mathbf{1}[y \odot x_2 < 1]", "right"),
    (HINGE, "delta2", r"y \odot \operatorname{step}(1 - y \odot x_2)", "wrong"),
    (HINGE, "delta2", "-y", "wrong"),
    (HINGE, "delta1", r"W_2^T \delta_2 \odot \frac{1}{1 + e^{-z_1}}", "right"),
    (HINGE, "delta1", r"W_2^T \delta_2 \odot \operatorname{sigmoid}(z_1)", "right"),
    (LIKELIHOOD, "delta2", "x_2 - y", "right"),
    (LIKELIHOOD, "delta2", "y - x_2", "wrong"),
    (OWN_NETWORK, "delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)", "right"),
    (OWN_NETWORK, "delta1", r"W_2^T \delta_2 \odot (1 + \operatorname{abs}(z_1))^{-2}", "right"),
    (OWN_NETWORK, "delta1", r"W_2^T \delta_2", "wrong"),
]


@pytest.mark.parametrize(("network", "part", "answer", "verdict"), ANSWERS)
def test_answers_are_judged_by_their_values(network: str, part: str, answer: str, verdict: str) -> None:
    found = check(problem(network, part), part, answer)
    assert found.verdict == verdict, found.feedback


def test_a_forgotten_margin_is_not_taken_for_a_forgotten_activation() -> None:
    assert check(problem(HINGE, "delta2"), "delta2", "-y").misconceptions == ("margin-forgotten",)


def test_a_slope_that_is_of_no_use_is_said_to_be() -> None:
    said = " ".join(check(problem(PERCEPTRON, "a1"), "a1", r"\sigma'(z_1)").feedback)
    assert "the step function has no slope of use: its slope is 0 wherever there is one" in said
