"""Numbers that are chosen and what updates remember: their values in worlds, and answers that use them."""

from __future__ import annotations

import numpy as np
import pytest

from derive.network import Network
from derive.problem import load
from derive.quantities import KINDS, Quantity
from derive.updates import UPDATES
from grader import check
from grader.judging.question import question_of
from grader.worlds.world import at_a_kink, given_world, worlds_of

NUMBERS = {"x": [1, 2], "y": 1, "W1": [[3, -1]], "b1": 0}


def network_with(rule: str, regularizer) -> Network:
    return Network([2, 1], "tanh", learning_rate=0.5, update=rule, regularizer=regularizer)


RULES = [rule for rule in UPDATES if not UPDATES[rule].of_a_batch]


@pytest.mark.parametrize("rule", RULES)
def test_numbers_that_are_chosen_keep_their_value_in_the_own_world_only(rule: str) -> None:
    network = network_with(rule, {"l2": 0.25})
    own, *others = worlds_of(network)
    for quantity, number in network.settings.items():
        assert np.all(own.values[quantity] == float(number))
        for other in others:
            values = other.values[quantity]
            assert np.all((values > 0.05) & (values < 0.95)) and len(np.unique(values)) > 1


@pytest.mark.parametrize("rule", RULES)
def test_what_is_remembered_is_random_and_squares_are_positive(rule: str) -> None:
    network = network_with(rule, ())
    for world in worlds_of(network):
        assert isinstance(world.model, Network)
        for state in world.model.states:
            values = world.values[state]
            assert len(np.unique(values)) == values.size
            assert values.min() > KINDS[state.kind].low
        if network.counts_rounds:
            rounds = world.values[Quantity("round")]
            assert rounds.min() >= 1 and np.all(rounds == np.round(rounds))


@pytest.mark.parametrize("rule", RULES)
def test_the_problem_begins_in_round_1_with_nothing_remembered_unless_it_is_given(rule: str) -> None:
    network = network_with(rule, {"l1": 0.25})
    world = given_world(network, NUMBERS)
    assert all(not world.values[state].any() for state in network.states)
    assert network.counts_rounds == (Quantity("round") in world.values)
    if network.counts_rounds:
        assert world.values[Quantity("round")] == 1
    for state in network.states:
        given = {state.address: np.full(network.states[state], 2.0)}
        assert np.all(given_world(network, NUMBERS | given).values[state] == 2)


def test_a_weight_of_0_is_a_kink_of_absolute_values_only() -> None:
    numbers = NUMBERS | {"W1": [[3, 0]]}
    assert at_a_kink(given_world(network_with("momentum", {"l1": 0.1}), numbers))
    assert not at_a_kink(given_world(network_with("momentum", {"l2": 0.1}), numbers))
    for world in worlds_of(network_with("momentum", {"l1": 0.1})):
        assert np.abs(world.values[Quantity("W", 1)]).min() > 1e-3


# -- answers -------------------------------------------------------------------------------------------------

FILE = """title: t
network:
  layers: [3, 4, 2]
  activation: sigmoid
  loss: half-squared-error
  learning_rate: 0.1
  regularizer: {l2: 0.01}
  update: momentum
parts:
  - {id: free, ask: dW1, answer: formula}
  - {id: few, ask: dW1, answer: formula, in_terms_of: [delta1, x, W1]}
  - {id: general, ask: dW_l, answer: formula}
  - {id: new, ask: W1_new, answer: formula, in_terms_of: [W1, dW1, vW1]}
  - {id: change, ask: vW1_new, answer: formula}
  - {id: loss, ask: loss, answer: formula}
"""


@pytest.mark.parametrize(
    ("part", "answer", "verdict"),
    [
        ("free", r"\delta_1 x_0^T + 2 \lambda W_1", "right"),
        ("free", r"\delta_1 x_0^T + \lambda W_1", "wrong"),
        ("free", r"\delta_1 x_0^T", "wrong"),
        ("few", r"2 \lambda W_1 + \delta_1 x_0^T", "right"),
        ("general", r"\delta_i x_{i-1}^T + 2 \lambda W_i", "right"),
        ("general", r"\delta_i x_{i-1}^T + 2 \lambda W_{i+1}", "wrong"),
        ("loss", r"\frac{1}{2} \|x_2 - y\|^2 + \lambda (\|W_1\|^2 + \|W_2\|^2)", "right"),
        ("loss", r"\frac{1}{2} \|x_2 - y\|^2", "wrong"),
    ],
)
def test_a_penalty_is_part_of_what_is_asked(part: str, answer: str, verdict: str) -> None:
    assert check(load(FILE), part, answer).verdict == verdict


def test_numbers_that_are_chosen_may_always_be_used_and_what_is_remembered_where_it_is_allowed() -> None:
    problem = load(FILE)
    for part in ("free", "few", "new", "change"):
        question = question_of(problem, part)
        assert all(question.may_use(Quantity(kind)) for kind in ("lambda", "momentum", "rate"))
    assert question_of(problem, "new").may_use(Quantity("vW", 1))
    assert question_of(problem, "change").may_use(Quantity("vW", 1))
    assert not question_of(problem, "few").may_use(Quantity("vW", 1))
    assert not question_of(problem, "change").may_use(Quantity("W_new", 1))
