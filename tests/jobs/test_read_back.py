"""What derive prints, the grader reads: every line of every notation and form, read back and true in the
worlds."""

from __future__ import annotations

import pytest

from derive import Network, derive, jacobian
from derive.derivation import Derivation
from derive.forms import FORMS, written
from derive.general import derive_general
from derive.notation import NOTATIONS
from derive.teaching import detailed
from grader.proof import false_lines, reads_back
from tests.networks import NETWORKS, fits, name


def assert_true(derivation: Derivation) -> None:
    assert not list(false_lines(derivation))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("network", NETWORKS, ids=name)
def test_every_line(network: Network, notation: str, form: str) -> None:
    if fits(network, notation):
        assert_true(derive(network, notation, form))


@pytest.mark.parametrize("form", ("matrix", "element", "scalar"))
@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_line_of_the_chain_rule(notation: str, form: str) -> None:
    for activation in ("sigmoid", "softmax"):
        network = Network([2, 3, 2], ["tanh", activation], "half-squared-error")
        assert_true(derive(network, notation, form, "every-line"))


@pytest.mark.parametrize("form", ("matrix", "element"))
@pytest.mark.parametrize("notation", [name for name, row in NOTATIONS.items() if not row.own])
def test_layers_in_general(notation: str, form: str) -> None:
    assert_true(written(detailed(derive_general(), "every-line"), notation, form))
    assert_true(written(derive_general("sigmoid", "cross-entropy", "softmax", batch=True), notation, form))


PAIRS = [("z3", "z2"), ("z3", "z1"), ("a3", "z3"), ("a3", "x"), ("z2", "b2"), ("a3", "b1")]
PAIRS += [("loss", "a3"), ("loss", "z2"), ("loss", "W2")]


@pytest.mark.parametrize("form", ("matrix", "element"))
@pytest.mark.parametrize("notation", [name for name, row in NOTATIONS.items() if not row.own])
@pytest.mark.parametrize(("of", "wrt"), PAIRS)
def test_derivatives_on_request(of: str, wrt: str, notation: str, form: str) -> None:
    network = Network([2, 4, 3, 2], ["sigmoid", "tanh", "softmax"], "cross-entropy")
    assert_true(jacobian(network, of, wrt, notation, form))


@pytest.mark.parametrize("notation", [name for name, row in NOTATIONS.items() if not row.own])
@pytest.mark.parametrize(("of", "wrt"), [("z2", "W2"), ("z3", "W2"), ("a3", "W2")])
def test_derivatives_by_weights_have_three_indices(of: str, wrt: str, notation: str) -> None:
    network = Network([2, 4, 3, 2], ["sigmoid", "tanh", "softmax"], "cross-entropy")
    assert_true(jacobian(network, of, wrt, notation, "element"))


@pytest.mark.parametrize(
    ("notation", "equation"),
    [
        ("nielsen", r"\delta_j^2 = \sum_{k=1}^2 w_{jk}^3 \delta_k^3 \sigma'(z_j^2)"),
        ("nielsen", r"\frac{\partial C}{\partial w_{jk}^2} = \delta_k^2 a_j^1"),
        ("cs182", r"s^{(1)} = W^{(1)} x^{(0)} + b^{(1)}"),
        ("ng", r"\frac{\partial E}{\partial w_{ij}^{(1)}} = \delta_i^{(1)} a_j^{(1)}"),
        ("rows", r"\mathrm{grad}_{W_1} = \mathrm{grad}_{Z_1}^{\top} H_0"),
        ("brackets", r"d W^{[1]} = d Z^{[1]} A^{[1] \top}"),
    ],
)
def test_a_false_line_is_seen(notation: str, equation: str) -> None:
    assert not reads_back(equation, Network([3, 4, 2], "sigmoid"), notation)
