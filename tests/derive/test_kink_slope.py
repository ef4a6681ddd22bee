"""The slope at a kink is a convention: computed with, said, printed and read from a problem."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from derive import Network, derive, solve
from derive.errors import Unusable
from derive.general import derive_general
from derive.problem import ProblemFault
from derive.problem.file import read_problem
from derive.quantities import Quantity
from derive.worked import worked_values
from grader.worlds.world import given_world

GIVEN = {"x": 1, "y": 1, "W1": 0, "b1": 0}
SHARES = [Fraction(0), Fraction(1, 2), Fraction(1)]
DELTA = Quantity("delta", 1)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize(
    ("name", "below"), [("relu", 0), ("leaky-relu", Fraction(1, 100)), ("custom(abs(z))", -1)]
)
def test_every_evaluation_takes_the_slope_of_the_convention(
    name: str, below: Fraction, share: Fraction
) -> None:
    network = Network([1, 1], name, kink_slope=share)
    wanted = -(below + share * (1 - below))
    assert solve(network, GIVEN, exact=True)["delta1"][0, 0] == wanted
    assert solve(network, GIVEN)["delta1"][0, 0] == pytest.approx(float(wanted), abs=1e-15)
    assert worked_values(derive(network), GIVEN)[DELTA][0, 0] == wanted
    np.testing.assert_allclose(given_world(network, GIVEN).values[DELTA], float(wanted))


def test_many_updates_keep_the_convention() -> None:
    network = Network([1, 1], "relu", learning_rate=1, kink_slope=0.5)
    rounds = solve(network, GIVEN, steps=12).rounds
    assert rounds[0][DELTA][0, 0] == -0.5 and rounds[1][Quantity("z", 1)][0, 0] == 1


SAID = {
    Fraction(0): "the slope from below, 0, is taken there",
    Fraction(1, 2): "the mean of the slopes from below and above, 1/2, is taken there",
    Fraction(1): "the slope from above, 1, is taken there",
}
PRINTED = {
    Fraction(0): r"1 & \text{if } z > 0 \\ 0 & \text{if } z \le 0",
    Fraction(1, 2): r"1 & \text{if } z > 0 \\ \frac{1}{2} & \text{if } z = 0 \\ 0 & \text{if } z < 0",
    Fraction(1): r"1 & \text{if } z \ge 0 \\ 0 & \text{if } z < 0",
}


@pytest.mark.parametrize("share", SHARES)
def test_the_convention_is_said_and_printed(share: Fraction) -> None:
    derivation = derive(Network([2, 2], "relu", kink_slope=share))
    assert derivation["delta1"].assumptions == (f"ReLU has no slope at 0; {SAID[share]}",)
    assert PRINTED[share] in derivation.markdown()
    assert SAID[share] in derive_general("relu", kink_slope=share)["delta_l"].assumptions[0]


FILE = """\
title: At the kink
network: {layers: [1, 1], activation: relu, loss: squared-error, slope_at_kink: 1/2}
given: {x: 1, y: 1, W1: 0, b1: 0}
parts: [{id: d, ask: delta1, answer: number}]
"""


def test_a_problem_carries_its_convention() -> None:
    problem = read_problem(FILE, "k.yaml", "k")
    assert problem.model.kink_slope == Fraction(1, 2)
    assert solve(problem, exact=True)["delta1"][0, 0] == -1
    assert read_problem(FILE.replace(", slope_at_kink: 1/2", ""), "k.yaml", "k").model.kink_slope == 0


def test_other_conventions_are_refused() -> None:
    with pytest.raises(Unusable, match=r"the slope at a kink is 0 .*1/2 .*1 .*not 2"):
        Network([1, 1], "relu", kink_slope=2)
    with pytest.raises(ProblemFault, match=r"k\.yaml:2:81: network\.slope_at_kink: .*not 1/3"):
        read_problem(FILE.replace("1/2", "1/3"), "k.yaml", "k")


def test_the_hinge_loss_says_where_it_has_no_slope() -> None:
    (said,) = derive(Network([2, 2], "identity", "hinge"))["delta1"].assumptions
    assert said == "the hinge loss has no slope where target times output is 1; 0 is taken there"
    (said,) = derive_general("sigmoid", "hinge", "tanh")["delta_L"].assumptions
    assert "hinge" in said
