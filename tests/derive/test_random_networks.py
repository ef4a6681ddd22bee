"""Gradients by our formulas against witnesses that know nothing of them, on 200 networks drawn at random."""

from __future__ import annotations

import autograd.numpy
import numpy as np
import pytest
from autograd import grad

from derive.activations import GENERIC
from derive.losses import LOSSES
from tests.derive.witnesses import Case, forward_by_hand, learnable, random_case

SEEDS = range(200)
DIRECTIONS = 3


def inner(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return (left * right).sum(axis=(-1, -2))


def along(case: Case, step: complex | float, directions: dict) -> np.ndarray:
    """The losses a step away from the parameters, one for each direction."""
    moved = {key: value + step * directions[key] for key, value in case.parameters.items()}
    return case.loss_by_hand(moved)


def random_directions(case: Case, seed: int) -> dict:
    rng = np.random.default_rng(seed)
    return {key: rng.normal(size=(DIRECTIONS, *value.shape)) for key, value in case.parameters.items()}


def predicted(case: Case, directions: dict) -> tuple[np.ndarray, np.ndarray]:
    """The slopes our gradients say, and the sizes of what they are summed from."""
    gradients = case.gradients()
    parts = np.array([inner(gradients[key], directions[key]) for key in directions])
    return parts.sum(axis=0), np.abs(parts).sum(axis=0)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_complex_step_through_a_forward_pass_written_by_hand_agrees(seed: int) -> None:
    case = random_case(seed)
    directions = random_directions(case, seed)
    slopes, size = predicted(case, directions)
    seen = along(case, 1e-30j, directions).imag / 1e-30
    assert np.all(np.abs(seen - slopes) <= 1e-12 * size)


@pytest.mark.parametrize("seed", SEEDS)
def test_finite_differences_agree(seed: int) -> None:
    case = random_case(seed)
    directions = random_directions(case, seed)
    slopes, size = predicted(case, directions)
    h = 2e-4
    near, far = (along(case, k * h, directions) - along(case, -k * h, directions) for k in (1, 2))
    seen = (8 * near - far) / (12 * h)
    assert np.all(np.abs(seen - slopes) <= 1e-7 * size)


@pytest.mark.parametrize("seed", range(20))
def test_finite_differences_agree_entry_by_entry(seed: int) -> None:
    case = random_case(seed)
    gradients = case.gradients()
    largest = max(np.abs(gradient).max() for gradient in gradients.values())
    for key, gradient in gradients.items():
        unit = np.eye(gradient.size).reshape(gradient.size, *gradient.shape)
        one = {other: unit if other == key else 0 * value for other, value in case.parameters.items()}
        h = 1e-3
        near, far = (along(case, k * h, one) - along(case, -k * h, one) for k in (1, 2))
        seen = ((8 * near - far) / (12 * h)).reshape(gradient.shape)
        assert np.all(np.abs(seen - gradient) <= 1e-7 * largest), key


@pytest.mark.parametrize("seed", SEEDS)
def test_an_outside_autodiff_agrees(seed: int) -> None:
    case = random_case(seed)

    def loss(parameters):
        return forward_by_hand(autograd.numpy, case.network, parameters, case.x, case.y)[0]

    outside = grad(loss)(case.parameters)
    for key, gradient in case.gradients().items():
        # Where ours is exactly 0 (one softmax neuron, a dead ReLU), the outside one is what rounding left.
        allowed = 1e-10 * np.abs(gradient).max() if gradient.any() else 1e-14
        assert np.all(np.abs(outside[key] - gradient) <= allowed), key


def test_the_networks_drawn_cover_the_tables() -> None:
    networks = [random_case(seed).network for seed in SEEDS]
    assert {name for n in networks for name in n.activation} == {row.name for row in learnable()}
    assert {n.loss for n in networks} == LOSSES.keys() - {GENERIC}
    collapsing = {(n.loss, n.activation[-1]) for n in networks}
    assert {(row.name, last) for row in LOSSES.values() for last in row.collapses} <= collapsing
    assert {n.bias for n in networks} == {True, False}
    assert {n.batch for n in networks} == {None, 1, 2, 3, 4}
    assert {n.depth for n in networks} == {1, 2, 3, 4, 5}
