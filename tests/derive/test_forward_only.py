"""Activations without a slope of use: the forward pass as ever, and one clear error for gradients."""

from __future__ import annotations

import numpy as np
import pytest

from derive import Network, derive, ops, solve
from derive.activations import ACTIVATIONS
from derive.backprop import pass_back
from derive.derivation import derive_network
from derive.errors import Unusable
from derive.evaluate import Program
from derive.general import derive_general
from derive.graph import Equation, symbol
from derive.graph_language import graph_from
from derive.handout import handout
from derive.kernels import Arithmetic
from derive.problem import ProblemFault
from derive.problem.file import read_problem
from derive.quantities import Quantity

ROWS = [row for row in ACTIVATIONS.values() if row.forward_only]
NAMES = ["sign", "step", "winner-take-all", "custom(z * sign(z))"]
Z, A = Quantity("z"), Quantity("a")


def test_the_rows_are_these() -> None:
    assert [row.name for row in ROWS] == NAMES[:3]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("place", ["hidden", "output"])
def test_only_the_forward_pass_is_derived(name: str, place: str) -> None:
    names = [name, "tanh"] if place == "hidden" else ["tanh", name]
    network = Network([3, 4, 2], names)
    with pytest.raises(Unusable, match=r"no gradient passes through .*slope is 0 .*tanh.*forward=True"):
        derive(network)
    for derivation in (derive(network, forward=True), derive_network(network)):
        assert [step.quantity.address for step in derivation] == ["z1", "a1", "z2", "a2", "loss"]
        for gradient in ("delta2", "delta1", "dW1", "db2", "W1_new"):
            with pytest.raises(Unusable, match=f"there is no {gradient}: no gradient passes through"):
                derivation[gradient]
        with pytest.raises(KeyError, match="not a quantity of this derivation"):
            derivation["delat1"]
        assert "Backward pass" not in derivation.markdown()


def test_the_forward_pass_alone_can_be_asked_of_every_network() -> None:
    derivation = derive(Network([3, 2], "tanh"), forward=True)
    assert [step.quantity.address for step in derivation] == ["z1", "a1", "loss"]
    with pytest.raises(Unusable, match="only the forward pass was asked for"):
        derivation["dW1"]


@pytest.mark.parametrize("name", NAMES)
def test_layers_in_general_too(name: str) -> None:
    derivation = derive_general(name)
    assert [step.quantity.address for step in derivation] == ["z_l", "a_l"]
    with pytest.raises(Unusable, match="no gradient passes through"):
        derivation["delta_l"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_reverse_pass_gives_an_error_rather_than_a_number(row) -> None:
    z = symbol(Z, (3, 1))
    with pytest.raises(Unusable, match="no gradient passes through"):
        pass_back(Equation(A, row.apply(z)), ops.ones((3, 1)))


def test_a_graph_with_a_jump_is_refused_where_it_jumps() -> None:
    with pytest.raises(Unusable, match="no gradient passes through the sign"):
        derive(graph_from(["x"], {"f": "sign(x) * x"}, "f"))
    text = "title: g\ngraph: {inputs: {x: 1}, nodes: {q: 2*x, f: sign(q)}, output: f}\n"
    text += "parts: [{id: a, ask: f, answer: number}]\n"
    with pytest.raises(
        ProblemFault, match=r"g\.yaml:2:44: graph\.nodes\.f: no gradient passes through the sign"
    ):
        read_problem(text, "g.yaml", "g")


GIVEN = {
    "x": [1, 2],
    "y": [0, 1],
    "W1": [[1, -1], [0, 1], [2, 1]],
    "b1": [0, 0, -1],
    "W2": [[1, 0, 2], [0, 1, 1]],
}


def test_a_perceptron_is_solved_forward() -> None:
    network = Network([2, 3, 2], ["step", "sign"], learning_rate=1)
    given = {**GIVEN, "b2": [-3, 0]}
    solution = solve(network, given, exact=True)
    assert solution["a1"].ravel().tolist() == [0, 1, 1] and solution["a2"].ravel().tolist() == [-1, 1]
    assert {q.address for q in solution.quantities} == {*given, "z1", "a1", "z2", "a2", "loss"}
    with pytest.raises(Unusable, match="no gradient passes through"):
        solve(network, given, steps=2)


def test_the_first_of_several_winners_takes_all() -> None:
    z = np.array([[1.0, 5, 2], [3, 5, 2], [3, 2, 2]])
    values = Program([Equation(A, ops.winner_take_all(symbol(Z, (3, 3))))]).run({Z: z})
    assert values[A].tolist() == [[0, 1, 1], [1, 0, 0], [0, 0, 0]]


def test_softmax_has_no_slope_entry_by_entry() -> None:
    slope = ops.function("softmax", symbol(Z, (3, 1)), 1)
    with pytest.raises(
        Unusable, match="'softmax' is not a function of one number, with a slope entry by entry"
    ):
        Program([Equation(A, slope)], Arithmetic())


FILE = """\
title: A perceptron
network: {layers: [2, 3, 2], activation: [step, winner-take-all], loss: half-squared-error}
given: {x: [1, 2], y: [0, 1], W1: [[1, -1], [0, 1], [2, 1]], b1: [0, 0, -1]}
parts:
  - {id: values, ask: a1, answer: number}
  - {id: formula, ask: z2, answer: formula}
  - {id: general, ask: z_l, answer: formula}
  - {id: code, ask: forward, answer: code}
"""


def test_a_problem_asks_for_the_forward_pass() -> None:
    problem = read_problem(FILE, "p.yaml", "p")
    for format in ("html", "tex", "md"):
        assert "operatorname{step}" in handout(problem, format)


@pytest.mark.parametrize(
    ("was", "now", "field"),
    [
        ("ask: z2", "ask: dW1", "parts[2].ask"),
        ("ask: z2", "ask: 'delta2[1]'", "parts[2].ask"),
        ("ask: z2", "ask: loss_new", "parts[2].ask"),
        ("ask: z_l", "ask: delta_l", "parts[3].ask"),
        ("ask: forward", "ask: backward", "parts[4].ask"),
        ("answer: number", "answer: number, in_terms_of: [delta1]", "parts[1].in_terms_of[1]"),
    ],
)
def test_a_part_that_asks_a_gradient_is_a_fault_at_its_place(was: str, now: str, field: str) -> None:
    with pytest.raises(ProblemFault) as error:
        read_problem(FILE.replace(was, now), "p.yaml", "p")
    (fault,) = str(error.value).splitlines()
    assert f": {field}: " in fault and "no gradient passes through the step function" in fault
