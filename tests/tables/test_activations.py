"""Every row of ACTIVATIONS: bounds, shapes, and the row of functions behind it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from derive.activations import ACTIVATIONS, GENERIC, Activation
from derive.evaluate import Program
from derive.functions import FUNCTIONS
from derive.graph import Equation, symbol
from derive.quantities import Quantity

ROWS = [row for row in ACTIVATIONS.values() if row.name != GENERIC]
Z, A = Quantity("z", 1), Quantity("a", 1)


def outputs(row: Activation, z: np.ndarray) -> np.ndarray:
    shape = z.shape[-2:]
    return Program([Equation(A, row.apply(symbol(Z, shape)))]).run({Z: z})[A]


def extreme_inputs() -> np.ndarray:
    """Columns in which one neuron is far above or below the others."""
    rng = np.random.default_rng(0)
    return np.concatenate([rng.normal(scale=scale, size=(4, 50)) for scale in (1, 30, 700)], axis=1)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_row_stands_under_its_name(name: str) -> None:
    assert ACTIVATIONS[name].name == name


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_outputs_stay_within_the_bounds_and_fill_them(row: Activation) -> None:
    a = outputs(row, extreme_inputs())
    assert np.isfinite(a).all() and a.min() >= row.low and a.max() <= row.high
    assert a.min() < row.low + 1e-3 if math.isfinite(row.low) else a.min() < -1
    assert a.max() > row.high - 1e-3 if math.isfinite(row.high) else a.max() > 1


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
@pytest.mark.parametrize("shape", [(1, 1), (3, 1), (1, 4), (3, 4), (5, 3, 4)], ids=str)
def test_a_layer_keeps_its_shape(row: Activation, shape: tuple[int, ...]) -> None:
    assert outputs(row, np.ones(shape)).shape == shape


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_columns_are_examples_that_do_not_see_each_other(row: Activation) -> None:
    z = np.random.default_rng(1).normal(size=(3, 2))
    np.testing.assert_array_equal(outputs(row, z)[:, :1], outputs(row, z[:, :1]))


@pytest.mark.parametrize("row", [row for row in ROWS if row.function], ids=lambda row: row.name)
def test_an_elementwise_row_is_the_function_of_its_name(row: Activation) -> None:
    assert row.function is FUNCTIONS[row.name] and row.kinks == row.function.kinks
    assert row.function.is_activation and row.words == row.function.words
    z = extreme_inputs()
    np.testing.assert_array_equal(outputs(row, z), row.function.value(z))


@pytest.mark.parametrize("row", [row for row in ROWS if row.function is None], ids=lambda row: row.name)
def test_a_row_without_a_function_mixes_the_neurons_of_a_layer(row: Activation) -> None:
    z = np.array([[0.5], [-0.25], [1.0]])
    assert not np.allclose(outputs(row, z)[2], outputs(row, z + np.array([[0], [2], [0]]))[2])


def test_every_function_that_is_an_activation_is_offered() -> None:
    assert {row.name for row in FUNCTIONS.values() if row.is_activation} <= ACTIVATIONS.keys()


def test_softmax_is_a_share_and_does_not_overflow() -> None:
    a = outputs(ACTIVATIONS["softmax"], np.array([[1000.0, 0], [999.0, math.log(3)]]))
    np.testing.assert_allclose(a.sum(axis=0), 1, rtol=1e-15)
    np.testing.assert_allclose(a[:, 1], [0.25, 0.75], rtol=1e-15)
    assert a[0, 0] == pytest.approx(math.e / (1 + math.e), rel=1e-14)
