"""Every loss with every activation against an outside automatic differentiation, one example and a batch."""

from __future__ import annotations

import autograd.numpy
import numpy as np
import pytest
from autograd import grad

from derive.activations import GENERIC
from derive.evaluate import known_to
from derive.losses import LOSSES
from derive.network import Network
from tests.derive.witnesses import Case, forward_by_hand, has_a_slope, learnable, random_values
from tests.tables.test_regularizers import ALL, penalty_by_hand

ROWS = [row for row in LOSSES.values() if row.name != GENERIC]
LAST = [row.name for row in learnable()]
FITTING = [
    (loss.name, last.name)
    for loss in ROWS
    for last in learnable()
    if last.low >= loss.low and last.high <= loss.high
]


def case_of(network: Network) -> Case:
    """Numbers for a network, drawn until there is a slope."""
    for seed in range(1000):
        case = Case(network, random_values(np.random.default_rng(seed), network))
        if has_a_slope(case) and all(gradient.any() for gradient in case.gradients().values()):
            return case
    raise AssertionError(f"no numbers with a slope for {network}")


def assert_equal(outside: dict, case: Case) -> None:
    """Every gradient, to ten digits of its largest entry."""
    for key, gradient in case.gradients().items():
        assert np.all(np.abs(outside[key] - gradient) <= 1e-10 * np.abs(gradient).max()), key


def assert_agrees(network: Network) -> None:
    case = case_of(network)

    def loss(parameters):
        return forward_by_hand(autograd.numpy, network, parameters, case.x, case.y)[0]

    assert_equal(grad(loss)(case.parameters), case)


@pytest.mark.parametrize("batch", [None, 4])
@pytest.mark.parametrize(("loss", "last"), FITTING)
def test_every_loss_behind_every_activation(loss: str, last: str, batch: int | None) -> None:
    assert_agrees(Network([3, 4, 2], ["tanh", last], loss, batch=batch))


@pytest.mark.parametrize("batch", [None, 4])
@pytest.mark.parametrize("hidden", LAST)
@pytest.mark.parametrize("loss", [row.name for row in ROWS])
def test_every_activation_below_every_loss(loss: str, hidden: str, batch: int | None) -> None:
    last = next(name for row, name in FITTING if row == loss)
    assert_agrees(Network([3, 4, 2], [hidden, last], loss, batch=batch, reduction="sum"))


@pytest.mark.parametrize("batch", [None, 4])
@pytest.mark.parametrize("penalties", ALL, ids="+".join)
@pytest.mark.parametrize(("loss", "last"), FITTING)
def test_every_loss_and_activation_with_every_penalty(
    loss: str, last: str, penalties: dict, batch: int | None
) -> None:
    network = Network([3, 4, 2], ["tanh", last], loss, batch=batch, regularizer=penalties)
    case = case_of(network)
    penalised = Case(network, {**case.values, **known_to(network, {})})

    def whole(parameters):
        weights = [parameters["W", layer] for layer in (1, 2)]
        data = forward_by_hand(autograd.numpy, network, parameters, case.x, case.y)[0]
        return data + penalty_by_hand(autograd.numpy, penalties, weights)

    assert_equal(grad(whole)(penalised.parameters), penalised)


CUSTOM = {
    "custom(z / (1 + abs(z)))": lambda np, z: z / (1 + np.abs(z)),
    "custom(relu(2*z - 1) - z^3 / 10)": lambda np, z: np.where(2 * z > 1, 2 * z - 1, 0 * z) - z**3 / 10,
    "custom(log(1 + exp(z)) * tanh(z))": lambda np, z: np.log(1 + np.exp(z)) * np.tanh(z),
    "custom(sqrt(1 + z^2))": lambda np, z: np.sqrt(1 + z**2),
    "custom(sin(3*z) + cos(z) * leaky_relu(z))": lambda np, z: (
        np.sin(3 * z) + np.cos(z) * np.where(z > 0, z, z / 100)
    ),
}
"""Activations of one's own, and the same written by hand."""


@pytest.mark.parametrize("batch", [None, 4])
@pytest.mark.parametrize("name", CUSTOM)
def test_activations_of_ones_own(name: str, batch: int | None) -> None:
    network = Network([3, 4, 2], name, batch=batch)
    case = Case(network, random_values(np.random.default_rng(3), network))
    mean = batch or 1

    def loss(parameters):
        a = case.x
        for layer in (1, 2):
            z = autograd.numpy.dot(parameters["W", layer], a) + parameters["b", layer]
            a = CUSTOM[name](autograd.numpy, z)
        return autograd.numpy.sum((a - case.y) ** 2) / (2 * mean)

    assert_equal(grad(loss)(case.parameters), case)
