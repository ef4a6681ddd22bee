"""What a typed number claims, and how many digits it takes to be right."""

from __future__ import annotations

import numpy as np
import pytest

from derive import Network
from derive.problem import Tolerance
from grader.verdicts import Verdict
from tests.judging.asking import judged

EXACT = Network([1, 1], "identity", learning_rate=0.1)
NUMBERS = {"x": 3, "y": 1, "W1": "2.15", "b1": "0.005"}
"""z = a = 6.455, delta = 5.455, W_new = 0.5135, loss = 14.8785125"""
SMOOTH = Network([2, 2, 2], "sigmoid", learning_rate=0.5)
MAZUR = {
    "x": ["0.05", "0.10"],
    "y": ["0.01", "0.99"],
    "W1": [["0.15", "0.20"], ["0.25", "0.30"]],
    "b1": ["0.35", "0.35"],
    "W2": [["0.40", "0.45"], ["0.50", "0.55"]],
    "b2": ["0.60", "0.60"],
}
"""a1 = 0.593269992, 0.596884378; a2 = 0.751365070, 0.772928465; dW2[1,1] = 0.082167041"""


def exact(ask: str, answer: str, tolerance: Tolerance | None = None) -> Verdict:
    return judged(EXACT, ask, answer, "number", given=NUMBERS, tolerance=tolerance)


def smooth(ask: str, answer: str, tolerance: Tolerance | None = None) -> Verdict:
    return judged(SMOOTH, ask, answer, "number", given=MAZUR, tolerance=tolerance, notation="nielsen")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("6.455", "right"),
        ("6.4550", "right"),
        ("6.45500000", "right"),
        ("1291/200", "right"),
        (r"6\frac{91}{200}", "wrong"),
        ("645.5%", "right"),
        ("6.455e0", "right"),
        (r"64.55 \cdot 10^{-1}", "right"),
        ("6,455", "right"),
        ("6.46", "wrong"),
        ("6.45", "wrong"),
        ("6.4", "wrong"),
        ("6.4551", "wrong"),
        ("-6.455", "wrong"),
        ("0", "wrong"),
        ("6.455 + 0", "right"),
        ("z_1 = 2.15 * 3 + 0.005 = 6.455", "right"),
        ("[6.455]", "right"),
        ("(6.455)", "right"),
    ],
)
def test_exact_numbers_are_given_in_full(answer: str, verdict: str) -> None:
    assert exact("z1", answer).verdict == verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("14.8785125", "right"),
        ("14.88", "right"),
        ("14.8785", "right"),
        ("14.9", "wrong"),
        ("15", "wrong"),
        ("14.87", "wrong"),
    ],
)
def test_long_decimals_may_be_rounded_to_four_digits(answer: str, verdict: str) -> None:
    found = exact("loss", answer)
    assert found.verdict == verdict
    if answer in ("14.9", "15"):
        assert "more digits" in found.feedback[0]


@pytest.mark.parametrize(
    ("ask", "answer", "verdict"),
    [
        ("a1", "[0.593, 0.597]", "right"),
        ("a1", "[0.59, 0.60]", "right"),
        ("a1", "[0.6, 0.6]", "wrong"),
        ("a1", "[0.5934, 0.5968]", "right"),
        ("a1", "[0.5945, 0.5968]", "wrong"),
        ("dW2[1,1]", "0.0822", "right"),
        ("dW2[1,1]", "0.08222", "right"),
        ("dW2[1,1]", "0.0824", "wrong"),
        ("dW2[1,1]", "0.1", "wrong"),
        ("W1_new[1,1]", "0.1498", "right"),
        ("W1_new[1,1]", "0.149781", "right"),
        ("W1_new[1,1]", "0.15", "wrong"),
        ("W1_new[1,1]", "0.150", "wrong"),
        ("W1_new[1,1]", "0.1499", "wrong"),
        ("dW1", "[[0.000439, 0.000877], [0.000498, 0.000995]]", "right"),
        ("dW1", "[[0.0004, 0.0009], [0.0005, 0.0010]]", "wrong"),
        ("delta1", r"\begin{pmatrix}8.77\cdot 10^{-3}\\ 9.95\cdot 10^{-3}\end{pmatrix}", "right"),
    ],
)
def test_rounded_numbers_show_enough_digits(ask: str, answer: str, verdict: str) -> None:
    assert smooth(ask, answer).verdict == verdict, smooth(ask, answer)


@pytest.mark.parametrize(
    ("answer", "tolerance", "verdict"),
    [
        ("0.082", Tolerance(digits=2), "right"),
        ("0.083", Tolerance(digits=2), "wrong"),
        ("0.082", Tolerance(digits=3), "wrong"),
        ("0.0822", Tolerance(digits=3), "right"),
        ("0.09", Tolerance(absolute=0.01), "right"),
        ("0.093", Tolerance(absolute=0.01), "wrong"),
        ("0.083", Tolerance(relative=0.02), "right"),
        ("0.084", Tolerance(relative=0.02), "wrong"),
    ],
)
def test_a_tolerance_of_the_part_decides_alone(answer: str, tolerance: Tolerance, verdict: str) -> None:
    assert smooth("dW2[1,1]", answer, tolerance).verdict == verdict


def test_a_value_from_a_misconception_is_not_excused_by_rounding() -> None:
    assert smooth("loss_new", "0.280471447").verdict == "right"
    assert smooth("loss_new", "0.280470000").verdict == "right"
    early = smooth("loss_new", f"{updated_output_layer_first():.9f}")
    assert early.verdict == "wrong"
    assert early.misconceptions == ("updated-weight-used-early",)


def updated_output_layer_first() -> float:
    """The loss after an update in which the hidden layer is reached through the new weights, by hand."""
    x, y = np.array([0.05, 0.10]), np.array([0.01, 0.99])
    W1, W2 = np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([[0.40, 0.45], [0.50, 0.55]])
    b1, b2 = np.full(2, 0.35), np.full(2, 0.60)

    def sigmoid(z: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-z))

    a1 = sigmoid(W1 @ x + b1)
    a2 = sigmoid(W2 @ a1 + b2)
    delta2 = (a2 - y) * a2 * (1 - a2)
    W2, b2 = W2 - 0.5 * np.outer(delta2, a1), b2 - 0.5 * delta2
    delta1 = (W2.T @ delta2) * a1 * (1 - a1)
    W1, b1 = W1 - 0.5 * np.outer(delta1, x), b1 - 0.5 * delta1
    a2 = sigmoid(W2 @ sigmoid(W1 @ x + b1) + b2)
    return float(np.sum((a2 - y) ** 2) / 2)


def test_a_row_for_a_column_and_a_transpose_are_said() -> None:
    row = smooth("a1", r"\begin{bmatrix} 0.5933 & 0.5969 \end{bmatrix}")
    assert row.verdict == "right" and "column" in row.feedback[0]
    assert smooth("a1", "[0.5933, 0.5969]").feedback == ()
    turned = smooth("W2_new", "[[0.3589, 0.5113], [0.4087, 0.5614]]")
    assert turned.verdict == "wrong" and "transpose" in turned.feedback[0]
    wide = judged(Network([3, 2], "identity"), "dW1", "[[3, 3], [6, 6], [9, 9]]", "number", given=WIDE)
    assert wide.verdict == "wrong" and "transpose" in wide.feedback[0]


WIDE = {"x": [1, 2, 3], "y": [0, 0], "W1": [[1, 1, 0], [0, 0, 1]], "b1": [0, 0]}


def test_wrong_entries_are_named() -> None:
    found = smooth("dW1", "[[0.000439, 0.000877], [0.000498, 0.5]]")
    assert found.feedback[0] == "3 of 4 entries are right; look again at row 2 column 2."


def test_a_false_formula_before_right_numbers_is_remarked() -> None:
    right = exact("a1", "x_1 = W_1 x_0 + b_1 = 6.455")
    assert right.verdict == "right" and right.feedback == ()
    false = exact("a1", "x_1 = W_1 x_0 = 6.455")
    assert false.verdict == "right" and "formula" in false.feedback[0]


def test_a_saturated_slope_may_lose_its_digits() -> None:
    network = Network([1, 1], "sigmoid", learning_rate=0.1)
    given = {"x": 1, "y": 0, "W1": 36, "b1": 0}
    for answer in (r"(x_1 - y) \odot x_1 \odot (1 - x_1)", r"(x_1 - y) \odot \sigma'(z_1)"):
        assert judged(network, "delta1", answer, given=given).verdict == "right"
    assert judged(network, "delta1", r"(x_1 - y) \odot (1 - x_1^2)", given=given).verdict == "wrong"
