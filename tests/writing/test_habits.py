"""What is said of a notation is what it does."""

from __future__ import annotations

import pytest

from derive import Network, derive
from derive.forms import written
from derive.general import derive_general
from derive.notation import NOTATIONS
from derive.writing.habits import habits, samples
from derive.writing.symbols import named

NUMBERED = [name for name, row in NOTATIONS.items() if not row.own]


def introduction(network: Network, notation: str, form: str = "matrix") -> str:
    return derive(network, notation, form).markdown().split("\n\n")[1]


@pytest.mark.parametrize("notation", NUMBERED)
def test_the_weighted_input_is_said_as_it_is_derived(notation: str) -> None:
    row = NOTATIONS[notation]
    product = written(derive_general(), notation)["z_l"].formula.args[0]
    factors = []
    for factor in product.args:
        inner = factor.args[0] if factor.op == "transpose" else factor
        assert inner.quantity is not None
        factors.append(named(row.letter(inner.quantity.kind)).character + "ᵀ" * (factor.op == "transpose"))
    assert habits(row)["weighted input"].split(" = ")[1].split(" + ")[0] == " ".join(factors)


@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_habit_and_sample_is_there(notation: str) -> None:
    said = habits(NOTATIONS[notation])
    assert all(said.values()) and len(said) == 13
    assert len(samples(NOTATIONS[notation])) == 2


@pytest.mark.parametrize("notation", NUMBERED)
def test_only_means_of_errors_are_divided_in_the_gradients(notation: str) -> None:
    row, gradient = NOTATIONS[notation], samples(NOTATIONS[notation])[1]
    assert (r"\frac{1}{m}" in gradient) == row.error_per_example
    assert ("1/m at the gradients" in habits(row)["batch"]) == row.error_per_example


@pytest.mark.parametrize("name", NOTATIONS)
def test_examples_stand_where_the_notation_has_them(name: str) -> None:
    text = introduction(Network([3, 4, 2], "sigmoid", batch=5), name)
    in_rows = NOTATIONS[name].examples == "rows"
    assert ("one row for each example" in text, "one in each column" in text) == (in_rows, not in_rows)


def test_neurons_numbered_through_the_network_are_explained_where_they_are_used() -> None:
    network = Network([3, 4, 2], "sigmoid")
    assert "$w_{14}$ leads from neuron 1" in introduction(network, "subscript", "scalar")
    assert "leads from" not in introduction(network, "subscript")
    assert "numbered through" not in introduction(network, "nielsen", "scalar")


def test_nothing_is_said_of_biases_that_are_not_there() -> None:
    with_biases, without = (
        introduction(Network([2, 1], "sigmoid", bias=bias), "ng") for bias in (True, False)
    )
    assert "Biases are column 0" in with_biases and "column 0" not in without
