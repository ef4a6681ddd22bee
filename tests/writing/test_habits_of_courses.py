"""Formulas are written as people write them: nothing that is only true, but that no course would print."""

from __future__ import annotations

import re
from typing import Any

import pytest

from derive import Derivation, Network, derive, jacobian
from derive.graph_language import graph_from
from grader.proof import proved

ONE_OUTPUT = Network([2, 2, 1], "sigmoid")


def of_graph(inputs: list[str], nodes: dict[str, str], output: str, notation: str = "nielsen") -> Derivation:
    return derive(graph_from(inputs, nodes, output), notation)


def written(derivation: Derivation) -> str:
    """What is printed, after all of it was read back and found true."""
    assert proved(derivation) == []
    return derivation.latex()


def test_a_sum_after_a_minus_sign_has_no_brackets() -> None:
    text = written(derive(Network([2, 2], batch=3), "nielsen", "element", "every-line"))
    assert r"w_{jk}^2 - \eta \sum_{n=1}^3 \delta_{jn}^2 a_{kn}^1" in text


@pytest.mark.parametrize("options", [{}, {"batch": 4}, {"regularizer": {"l2": None}}, {"update": "momentum"}])
@pytest.mark.parametrize("notation", ["nielsen", "subscript", "cs182", "brackets"])
def test_there_is_no_sum_over_one_neuron(notation: str, options: dict[str, Any]) -> None:
    network = Network([2, 2, 1], "sigmoid", **options)
    assert not re.search(r"\\sum_\{.=1\}\^1\b", written(derive(network, notation, "element")))


def test_a_layer_of_one_neuron_has_its_number_for_an_index() -> None:
    text = written(derive(ONE_OUTPUT, "nielsen", "element"))
    assert r"\delta_1^3 & = \frac{\partial C}{\partial z_1^3}" in text
    assert r"w_{1j}^3 \delta_1^3 \sigma'(z_j^2)" in text


def test_the_square_of_a_number_is_no_norm_and_no_product() -> None:
    text = written(derive(Network([2, 1], update="rmsprop"), "nielsen"))
    assert r"C = \frac{1}{2} (a^2 - y)^2" in text
    assert r"\left( \frac{\partial C}{\partial b^2} \right)^2" in text
    assert r"\lVert a^2 - y \rVert^2" in derive(Network([2, 2]), "nielsen").latex()


@pytest.mark.parametrize("layers", [[2, 1], [2, 2]])
def test_adam_divides_by_what_a_mean_has_seen(layers: list[int]) -> None:
    text = written(derive(Network(layers, update="adam"), "nielsen"))
    assert r"\frac{\frac{m_{b^2}^{\mathrm{new}}}{1 - \beta_1^{\tau}}}{" in text
    assert r"\sqrt{\frac{s_{b^2}^{\mathrm{new}}}{1 - \beta_2^{\tau}}} + \epsilon" in text


def test_a_factor_stands_over_what_divides_it() -> None:
    derivation = of_graph(["x", "y"], {"f": "x * x / (x + y)"}, "f")
    text = written(of_graph(["x", "y", "w"], {"f": "x * w / (x + y)"}, "f"))
    assert r"\frac{x^2}{x + y}" in written(derivation)
    assert r"\frac{\partial f}{\partial f} \, \frac{w}{x + y}" in text
    assert r"\frac{\partial f}{\partial f} \, \frac{x w}{(x + y)^2}" in text


def test_the_number_of_examples_divides_in_front() -> None:
    text = derive(Network([3, 2], batch="N"), "nielsen").latex()
    assert r"\frac{1}{N} (a^2 - y) \odot \sigma'(z^2)" in text


def test_a_node_called_e_is_not_eulers_number() -> None:
    text = written(of_graph(["u"], {"e": "exp(-u)", "f": "1 + e"}, "f"))
    assert r"e = \exp(-u)" in text and "e^" not in text
    assert "v = e^{-u}" in written(of_graph(["u"], {"v": "exp(-u)", "f": "1 + v"}, "f"))


def test_numbers_stand_before_exponentials() -> None:
    text = derive(Network([2, 2], "softplus")).latex()
    assert r"\log(1 + e^z)" in text and r"\frac{e^z}{1 + e^z}" in text


@pytest.mark.parametrize(
    ("options", "slope"),
    [
        ({}, "2 (x - y)"),
        ({"batch": 4}, r"\frac{1}{2} (x - y)"),
        ({"batch": "N"}, r"\frac{2}{N} (x - y)"),
    ],
)
def test_numbers_of_a_slope_stand_together_in_front(options: dict[str, Any], slope: str) -> None:
    text = derive(Network([2, 2], loss="squared-error", **options)).latex()
    assert rf"\frac{{\partial E}}{{\partial x}} = {slope}" in text


def test_what_is_not_applied_by_name_is_not_explained() -> None:
    assert r"\operatorname{id}" not in derive(Network([2, 2], "identity")).latex()


def test_a_row_of_outputs_is_multiplied_as_rows_are() -> None:
    network = Network([2, 1], loss="binary-cross-entropy", batch=3)
    text = written(derive(network, "brackets"))
    assert r"J = -\frac{1}{3} (Y (\log(A^{[1]}))^{\top} + (1 - Y) (\log(1 - A^{[1]}))^{\top})" in text
    assert r"J = -\frac{1}{3} (Y (\log(A^{[1]}))^{\top}" not in derive(network, "rows").latex()


def test_the_slope_of_the_loss_is_shown_where_it_is_used() -> None:
    network = Network([2, 2, 2])
    slope = r"\frac{\partial C}{\partial a} = a - y"
    assert slope in derive(network, "nielsen").latex()
    assert slope in jacobian(network, "loss", "z2", "nielsen").latex()
    assert slope not in jacobian(network, "loss", "W1", "nielsen").latex()


def test_rows_are_explained_once() -> None:
    text = derive(Network([2, 2], batch=4), "rows").markdown()
    assert "It is given 4 examples at once. " in text
    assert text.count("row for each example") == 1
