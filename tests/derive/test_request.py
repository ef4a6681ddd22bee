"""Derivatives on request: by itself, by the target, between single neurons, and between nodes of any name."""

from __future__ import annotations

import pytest

from derive import Network, derive, jacobian
from derive.errors import Unusable
from derive.graph_language import graph_from
from derive.notation import NOTATIONS
from grader.proof import false_lines

NETWORK = Network([2, 3, 2], "sigmoid")


def asked(of: str, by: str, notation: str = "nielsen", form: str = "matrix") -> str:
    (step,) = jacobian(NETWORK, of, by, notation, form)
    return step.latex()


def test_by_itself_it_is_the_unit_matrix() -> None:
    """It was said that z1 does not depend on z1."""
    assert asked("z1", "z1") == r"\frac{\partial z^2}{\partial z^2} = \operatorname{diag}(\mathbf{1})"
    assert asked("z1", "z1", form="element") == r"\frac{\partial z_j^2}{\partial z_i^2} = \delta_{ji}"
    assert asked("loss", "loss") == r"\frac{\partial C}{\partial C} = 1"


def test_by_the_target_it_is_written_as_a_derivative() -> None:
    assert asked("loss", "y") == r"\frac{\partial C}{\partial y} = -(a^3 - y)"
    assert asked("loss", "y", "rows", "element") == r"\frac{\partial E}{\partial Y_j} = -((H_2)_j - Y_j)"


@pytest.mark.parametrize(
    ("of", "by", "sentence"),
    [
        ("dW1", "W1", r"'dW1' is not a quantity of the forward pass \(did you mean 'W1'"),
        ("W1", "W1", "W1 by itself has four indices"),
        ("z1", "z2", "z1 does not depend on z2: its derivative is 0"),
        ("z2", "W1", "three indices"),
        ("z2[1]", "z1", "ask for the whole quantity, z2"),
    ],
)
def test_what_cannot_be_asked_is_said(of: str, by: str, sentence: str) -> None:
    with pytest.raises(Unusable, match=sentence):
        jacobian(NETWORK, of, by)


@pytest.mark.parametrize(("of", "by", "form"), [("z2", "z1", "matrix"), ("z2", "W1", "element")])
def test_a_batch_has_a_derivative_for_each_example(of: str, by: str, form: str) -> None:
    with pytest.raises(Unusable, match="every example of a batch has one of its own"):
        jacobian(Network([2, 3, 2], "sigmoid", batch=4), of, by, form=form)


SINGLE = [Network([1, 1, 1], "tanh"), Network([1, 2, 1], "tanh"), Network([2, 1, 1], ["softmax", "tanh"])]
PAIRS = [("z2", "z1"), ("a2", "z1"), ("z2", "x"), ("loss", "x"), ("a2", "a1"), ("a2", "b1"), ("z2", "z2")]


@pytest.mark.parametrize("notation", [name for name in NOTATIONS if not NOTATIONS[name].own])
@pytest.mark.parametrize("form", ["element", "scalar"])
@pytest.mark.parametrize("network", SINGLE, ids=lambda network: str(network.layers))
def test_layers_of_one_neuron_have_their_indices(network: Network, form: str, notation: str) -> None:
    """Factors that are 1×1 lost theirs, or got those of another layer."""
    for of, by in PAIRS:
        assert list(false_lines(jacobian(network, of, by, notation, form))) == []
    every = derive(network, notation, form, "every-line")
    assert list(false_lines(every)) == []


@pytest.mark.parametrize(
    ("given", "node"), [("W", "y"), ("y", "z"), ("b", "W"), ("a", "loss"), ("N", "delta")]
)
def test_nodes_of_a_graph_are_numbers_whatever_they_are_called(given: str, node: str) -> None:
    """A node called y was written with an index, and a derivative by one called W was refused."""
    graph = graph_from([given, "u"], {node: f"{given} * u + {given}", "f": f"{node} ^ 2"}, "f")
    plain = graph_from(["p", "u"], {"q": "p * u + p", "f": "q ^ 2"}, "f")
    assert jacobian(graph, node, given).steps[0].formula is jacobian(plain, "q", "p").steps[0].formula
    for form in ("element", "scalar"):
        for step in derive(graph, "nielsen", form=form):
            assert "_" not in step.latex()
