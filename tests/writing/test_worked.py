"""Formulas worked out with numbers: the same values as the evaluator's, and lines a person would write."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import problems
from derive import Network, derive, solve
from derive.worked import arithmetic_of, worked_values, working
from derive.writing import latex, writer


@pytest.mark.parametrize("name", problems.names())
def test_every_value_is_the_evaluators(name: str) -> None:
    problem = problems.load(name)
    worked, solved = worked_values(derive(problem), problem.given), solve(problem).rounds[0]
    assert solved.keys() <= worked.keys()
    for quantity, value in solved.items():
        np.testing.assert_allclose(worked[quantity].astype(float), value, rtol=1e-12)


def test_values_stay_exact_until_a_function_has_no_fractions() -> None:
    given = {"x": Fraction(1, 3), "W1": 2, "b1": 0, "y": 1}
    values = {q.address: v[0, 0] for q, v in worked_values(derive(Network([1, 1], "sigmoid")), given).items()}
    assert values["z1"] == Fraction(2, 3) and isinstance(values["z1"], Fraction)
    assert isinstance(values["a1"], float)


def test_what_is_not_given_is_left_out() -> None:
    values = worked_values(derive(Network([1, 1], "identity")), {"x": 2, "W1": 3, "b1": 1})
    assert {q.address for q in values} == {"x", "W1", "b1", "z1", "a1"}


def lines(quantity: str, given: dict[str, object], network: Network) -> list[str]:
    derivation, by = derive(network), writer("subscript")
    steps = working(
        derivation[quantity].formula, worked_values(derivation, given), by, arithmetic_of(derivation)
    )
    return [f"{relation} {latex(box)}" for relation, box in steps]


def test_a_weighted_input_takes_three_lines() -> None:
    given = {"x": [2, -1], "W1": [[3, 4]], "b1": -5, "y": 0}
    assert lines("z1", given, Network([2, 1], "identity")) == [
        r"equals \begin{bmatrix} 3 & 4 \end{bmatrix} \begin{bmatrix} 2 \\ -1 \end{bmatrix} + (-5)",
        "equals 2 + (-5)",
        "equals -3",
    ]


def test_a_rounded_line_says_approximately() -> None:
    given = {"x": 1, "W1": 1, "b1": 0, "y": 0}
    written = lines("a1", given, Network([1, 1], "sigmoid"))
    assert written == [r"equals \sigma(1)", "approx 0.731059"]


def test_minus_zero_is_no_step() -> None:
    given = {"x": 1, "W1": 3, "b1": 0, "y": 1}
    network = Network([1, 1], "identity", "hinge")
    assert lines("delta1", given, network)[-2:] == [r"equals -0 \cdot 1", "equals 0"]


def test_a_norm_is_worked_out_in_one_go() -> None:
    given = {"x": [1, 2], "W1": [[-3, 1]], "b1": 0, "y": 0}
    written = lines("loss", given, Network([2, 1], "identity", regularizer={"l1": 2}))
    assert r"\left\lVert \begin{bmatrix} -3 & 1 \end{bmatrix} \right\rVert_1" in written[0]
    assert not any("mathbf{1}" in line for line in written)
