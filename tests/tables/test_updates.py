"""Every row of UPDATES: what it gives for one number, and that its numbers and reasons are in order."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from derive.errors import Unusable
from derive.graph import symbol
from derive.network import Network
from derive.program import Program
from derive.quantities import KINDS, Quantity
from derive.updates import UPDATES, Update, states_of

each_row = pytest.mark.parametrize("row", UPDATES.values(), ids=lambda row: row.name)
W = symbol(Quantity("W", 1), (1, 1))

OLD, GRADIENT, RATE = 3.0, 0.5, 0.1
FIRST_ROUND = {
    "gradient-descent": 3 - 0.05,
    "minibatch": 3 - 0.05,
    "momentum": 3 - 0.05,
    "adagrad": 3 - 0.1 * 0.5 / (0.5 + 1e-8),
    "rmsprop": 3 - 0.1 * 0.5 / (0.1**0.5 * 0.5 + 1e-8),
    "adam": 3 - 0.1 * 0.5 / (0.5 + 1e-8),
}
"""What each rule makes of 3 with gradient ½ and rate 0.1 when nothing is remembered; worked out by hand."""


def in_the_first_round(row: Update) -> dict[Quantity, np.ndarray]:
    equations = row.equations(W)
    numbers = {Quantity("W", 1): OLD, Quantity("dW", 1): GRADIENT, Quantity("rate"): RATE}
    numbers[Quantity("round")] = 1
    numbers |= {Quantity(kind): float(usual) for kind, usual in row.settings.items()}
    numbers |= dict.fromkeys(states_of(equations), 0)
    return Program(equations).run({q: np.full((1, 1), float(number)) for q, number in numbers.items()})


@each_row
def test_a_row_stands_under_its_name_and_gives_the_parameter_last_with_reasons(row: Update) -> None:
    assert UPDATES[row.name] is row and row.words
    assert [change.letter for change in row.changes].index("") == len(row.changes) - 1
    assert all(change.because for change in row.changes)


@each_row
def test_the_first_round_is_what_a_person_computes(row: Update) -> None:
    new = in_the_first_round(row)[Quantity("W_new", 1)]
    assert new[0, 0] == pytest.approx(FIRST_ROUND[row.name], rel=1e-12)


@each_row
def test_its_numbers_are_settings_in_range_and_all_of_them_are_used(row: Update) -> None:
    used = {q.kind for equation in row.equations(W) for q in equation.expression.symbols}
    for kind, usual in row.settings.items():
        assert KINDS[kind].role == "setting" and KINDS[kind].low <= usual < KINDS[kind].below
    settings = {kind for kind in used if kind in KINDS and KINDS[kind].role == "setting"}
    assert settings - {"rate", "round"} == set(row.settings)
    assert Quantity("rate") in {q for e in row.equations(W) for q in e.expression.symbols}


@each_row
def test_what_is_remembered_is_renewed_in_the_same_round(row: Update) -> None:
    equations = row.equations(W)
    renewed = {equation.quantity for equation in equations}
    for state in states_of(equations):
        assert Quantity(state.kind + "_new", state.layer) in renewed
        assert KINDS[state.kind].role == "state"


@each_row
def test_a_network_takes_the_usual_values_and_others(row: Update) -> None:
    network = Network([2, 1], batch=4, update=row.name)
    assert dict(network.hyperparameters) == dict(row.settings)
    for kind in row.settings:
        other = Network([2, 1], batch=4, update=row.name, hyperparameters={kind: 0.125})
        assert other.settings[Quantity(kind)] == 0.125
        assert len(other.hyperparameters) == len(row.settings)


def test_momentum_is_what_the_lecture_writes() -> None:
    state, new = UPDATES["momentum"].equations(symbol(Quantity("W", 2), (2, 4)))
    assert state.expression.latex().startswith(r"-\alpha \frac{\partial E}{\partial W_2} + ")
    assert new.expression.latex().startswith("W_2 + ")


def test_a_running_mean_is_corrected_by_a_plain_power() -> None:
    *_, new = UPDATES["adam"].equations(symbol(Quantity("W", 2), (2, 4)))
    assert r"1 - \beta_1^{" in new.expression.latex() and "log" not in new.expression.latex()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"update": "momentun"}, "'momentun' is not an update rule .did you mean 'momentum'"),
        (
            {"update": "momentum", "hyperparameters": {"momentm": 0.9}},
            "'momentm' is not a number that gradient descent with momentum takes .did you mean 'momentum'",
        ),
        ({"update": "momentum", "hyperparameters": {"momentum": 1}}, "must be at least 0 and below 1"),
        ({"update": "adam", "hyperparameters": {"beta2": -0.1}}, "squared gradients must be at least 0"),
        ({"update": "adam", "hyperparameters": {"epsilon": "tiny"}}, "'tiny' is not a number"),
        ({"update": "adam", "hyperparameters": {"beta1": None}}, "None is not a number"),
        ({"hyperparameters": {"momentum": 0.9}}, "'momentum' is not a number that gradient descent takes"),
        ({"update": "minibatch"}, "minibatch gradient descent needs a batch"),
    ],
)
def test_what_is_no_update_is_refused(options, sentence: str) -> None:
    with pytest.raises(Unusable, match=sentence):
        Network([2, 1], **options)


def test_networks_with_updates_can_be_compared_and_kept_in_sets() -> None:
    one = Network([2, 1], update="momentum", hyperparameters={"momentum": Fraction(9, 10)})
    assert {one, Network([2, 1], update="momentum")} == {one}
    assert one.resized([3, 2]).hyperparameters == one.hyperparameters
