"""Activations of one's own: value, slope, kinks and exact numbers, against SymPy and by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
import sympy

from derive import Network, derive, solve
from derive.activations import activation_named
from derive.custom import custom_function, custom_name
from derive.errors import Unusable
from derive.functions import Function, NotExact, sympy_slope
from derive.problem import ProblemFault
from derive.problem.file import read_problem

HALF = Fraction(1, 2)
POINTS = np.array([[-2.3, -0.7], [0.4, 1.9]])

EXPRESSIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "z / (1 + abs(z))": lambda z: z / (1 + np.abs(z)),
    "z": lambda z: z,
    "z^3 - 2*z": lambda z: z**3 - 2 * z,
    "log(1 + exp(z))": lambda z: np.log(1 + np.exp(z)),
    "z * sigmoid(z)": lambda z: z / (1 + np.exp(-z)),
    "relu(2*z - 1) + relu(-z)": lambda z: np.maximum(2 * z - 1, 0) + np.maximum(-z, 0),
    "leaky_relu(z + 1/3)": lambda z: np.where(z > -1 / 3, z + 1 / 3, (z + 1 / 3) / 100),
    "abs(sin(z)) / 2": lambda z: np.abs(np.sin(z)) / 2,
    "exp(-z^2)": lambda z: np.exp(-(z**2)),
    "z * tanh(log(1 + exp(z)))": lambda z: z * np.tanh(np.log(1 + np.exp(z))),
    "positive_part(1 - z) / 7": lambda z: np.maximum(1 - z, 0) / 7,
}


def row_of(expression: str) -> Function:
    return custom_function(custom_name(expression))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_the_value_is_that_of_the_expression(expression: str) -> None:
    np.testing.assert_allclose(row_of(expression).apply(POINTS), EXPRESSIONS[expression](POINTS), rtol=1e-14)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_formula_and_slope_are_sympys(expression: str) -> None:
    row, z = row_of(expression), sympy.Symbol("z", real=True)
    for mine, theirs in (
        (row.apply(POINTS), row.formula(z)),
        (row.apply(POINTS, 1), sympy_slope(row, z)),
    ):
        seen = [float(theirs.subs(z, sympy.Rational(point)).evalf(30)) for point in POINTS.flat]
        np.testing.assert_allclose(mine.flat, seen, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_the_slope_agrees_with_the_complex_step(expression: str) -> None:
    row = row_of(expression)
    np.testing.assert_allclose(row.slope(POINTS), row.value(POINTS + 1e-30j).imag / 1e-30, rtol=1e-12)


KINKS = {
    "z / (1 + abs(z))": (),
    "z * abs(z)": (),
    "abs(z)": (0,),
    "relu(2*z - 1) + relu(-z)": (0, HALF),
    "relu(z) - relu(-z)": (),
    "leaky_relu(3 - z) / 2": (3,),
    "tanh(abs(z + 1/3))": (Fraction(-1, 3),),
    "z^2": (),
}


@pytest.mark.parametrize("expression", KINKS)
def test_kinks_are_where_the_slope_jumps(expression: str) -> None:
    row = row_of(expression)
    assert row.kinks == KINKS[expression]
    for kink in row.kinks:
        below, above = row.slope(float(kink) + np.array([-1e-9, 1e-9]))
        for share in (0, HALF, 1):
            at = row.with_kink_slope(Fraction(share)).slope(np.array([float(kink)]))
            np.testing.assert_allclose(at, below + float(share) * (above - below), rtol=1e-7)


def test_a_kink_around_a_curve_is_not_claimed() -> None:
    assert row_of("abs(sin(z))").kinks == ()
    assert row_of("abs(sin(z))").has_hidden_kinks and not row_of("abs(2 * z - 1)").has_hidden_kinks
    (said,) = derive(Network([1, 1], "custom(abs(sin(z)))", "squared-error"))["delta1"].assumptions
    assert said.startswith("where a part of the function abs(sin(z)) has no slope")


def test_fractions_stay_exact() -> None:
    row = row_of("relu(2*z - 1) + z / (1 + abs(z))").with_kink_slope(HALF)
    at = np.array([[Fraction(1, 2)], [Fraction(-2, 3)]], dtype=object)
    assert row.apply(at).tolist() == [[Fraction(1, 3)], [Fraction(-2, 5)]]
    assert row.apply(at, 1).tolist() == [[Fraction(13, 9)], [Fraction(9, 25)]]
    with pytest.raises(NotExact, match="the function exp"):
        row_of("exp(z)").apply(at)


def test_the_activation_is_known_by_what_it_says() -> None:
    activation = activation_named("custom(tanh(z) / 2)")
    assert (activation.low, activation.high) == pytest.approx((-0.5, 0.5))
    assert activation_named("custom(tanh(z) / 2)").function is activation.function


def test_a_network_prints_its_letter_and_its_slope() -> None:
    text = derive(Network([2, 2], "custom(z / (1 + abs(z)))")).markdown()
    assert r"\delta_1" in text and r"(x_1 - y) \odot \phi'(z_1)" in text
    assert r"\phi(z) = \frac{z}{\lvert z \rvert + 1}" in text
    assert r"\phi'(z) = \frac{1}{\lvert z \rvert + 1} - \frac{z \operatorname{sign}(z)}{(" in text


def test_a_network_is_solved_exactly() -> None:
    network = Network([1, 1], "custom(z / (1 + abs(z)))", learning_rate=1)
    solution = solve(network, {"x": 1, "y": 0, "W1": 2, "b1": 1}, steps=12, exact=False)
    assert solution["delta1"][0, 0] == pytest.approx(3 / 4 / 16)
    exact = solve(network, {"x": 1, "y": 0, "W1": 2, "b1": 1}, exact=True)
    assert exact["delta1"][0, 0] == Fraction(3, 64)


BAD = {
    "max(z)": "'max' is not a function of the graph language",
    "z + w": "'w' is not an input",
    "z +": "'z +' is no expression",
    "z) + (z": "is no expression",
    "2": "the same at every z",
    "z - z": "the same at every z",
    "log(-1 - z^2)": "no value at any z",
    "((z^50)^50)^2": "powers of powers",
    "__import__('os').system('true')": "is not a function",
    "z if z else 1": "is not of the graph language",
}


@pytest.mark.parametrize("expression", BAD)
def test_what_is_no_function_of_z_is_refused(expression: str) -> None:
    for make in (row_of, lambda text: Network([2, 2], custom_name(text))):
        with pytest.raises(Unusable, match=re.escape(BAD[expression])) as error:
            make(expression)
        assert f"custom({expression})" in str(error.value)


def test_an_unknown_name_still_gets_its_nearest_one() -> None:
    with pytest.raises(Unusable, match=r"'sofplus' is not an activation \(did you mean 'softplus'"):
        Network([2, 2], "sofplus")
    with pytest.raises(Unusable, match="'exp' is not an activation"):
        Network([2, 2], "exp")


FILE = """\
title: An activation of one's own
network:
  layers: [2, 3, 1]
  activation: [{custom: "z / (1 + abs(z))"}, identity]
  loss: squared-error
parts:
  - {id: d, ask: delta1, answer: formula}
"""


def test_a_problem_gives_the_expression() -> None:
    network = read_problem(FILE, "mine.yaml", "mine").model
    assert network.activation == ("custom(z / (1 + abs(z)))", "identity")
    alone = FILE.replace('[{custom: "z / (1 + abs(z))"}, identity]', "{custom: z^2}")
    assert read_problem(alone, "mine.yaml", "mine").model.activation == ("custom(z^2)", "custom(z^2)")


@pytest.mark.parametrize(
    ("was", "now", "sentence"),
    [
        (
            "(1 + abs(z))",
            "(1 + sqr(z))",
            "'sqr' is not a function of the graph language (did you mean 'sqrt'?",
        ),
        ("{custom:", "{costum:", "an activation is a name, or {custom: 'an expression in z'}"),
        ('"z / (1 + abs(z))"', "[z]", "custom takes an expression in z as text"),
    ],
)
def test_a_bad_expression_in_a_problem_has_its_place(was: str, now: str, sentence: str) -> None:
    with pytest.raises(ProblemFault) as error:
        read_problem(FILE.replace(was, now), "mine.yaml", "mine")
    (fault,) = str(error.value).splitlines()
    assert fault.startswith("mine.yaml:4:15: network.activation: ") and sentence in fault
