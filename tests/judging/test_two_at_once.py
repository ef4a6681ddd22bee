"""Two misconceptions in one answer: both are named where only these two explain it, and never by chance."""

from __future__ import annotations

import pytest

from derive import Network
from derive.problem import Part, Problem, Rubric
from grader.judge import check
from grader.misconceptions import MISCONCEPTIONS
from tests.judging.asking import judged

PLAIN = Network([3, 4, 2], "sigmoid", learning_rate=0.5)
DEEP = Network(
    [4, 5, 3, 2],
    ["tanh", "sigmoid", "softmax"],
    "cross-entropy",
    learning_rate=0.5,
    regularizer={"l2": 0.01},
    batch=8,
)

BOTH = [
    (PLAIN, "delta1", r"\delta_1 = -W_2^T \delta_2", ("sign-flipped", "missing-slope")),
    (PLAIN, "delta1", r"W_2 \delta_2", ("missing-transpose", "missing-slope")),
    (PLAIN, "delta1", r"-2 W_2^T \delta_2 \odot \sigma'(z_1)", ("sign-flipped", "factor-2")),
    (PLAIN, "delta2", r"y - x_2", ("target-minus-output", "missing-slope")),
    (PLAIN, "delta2", r"2 (y - x_2) \odot \sigma'(z_2)", ("target-minus-output", "factor-2")),
    (PLAIN, "dW1", r"-\delta_1 x_1^T", ("sign-flipped", "activation-of-this-layer")),
    (PLAIN, "dW2", r"2 x_1 \delta_2^T", ("factor-2", "outer-product-swapped")),
    (PLAIN, "W1_new", r"W_1 + \alpha x_0 \delta_1^T", ("gradient-added", "outer-product-swapped")),
    (PLAIN, "W1_new", r"W_1 + \delta_1 x_0^T", ("gradient-added", "learning-rate-omitted")),
    (PLAIN, "z2", "W_2 z_1", ("bias-omitted", "weighted-input-for-activation")),
    (PLAIN, "delta_l", r"-W_{l+1}^T \delta_{l+1}", ("sign-flipped", "missing-slope")),
    (DEEP, "delta2", r"-W_3^T \delta_3", ("sign-flipped", "missing-slope")),
    (DEEP, "dW2", r"-\delta_2 x_1^T", ("sign-flipped", "regularizer-omitted")),
]
"""A network, what is asked, an answer with two mistakes, and which."""


@pytest.mark.parametrize(
    ("network", "ask", "answer", "names"), BOTH, ids=[f"{ask}: {answer}" for _, ask, answer, _ in BOTH]
)
def test_both_are_named(network: Network, ask: str, answer: str, names: tuple[str, str]) -> None:
    verdict = judged(network, ask, answer)
    assert verdict.verdict == "wrong"
    assert sorted(verdict.misconceptions) == sorted(names), verdict
    assert len(verdict.misconceptions) == 2


@pytest.mark.parametrize(
    ("notation", "answer"),
    [
        ("nielsen", r"\delta^2 = -(w^3)^T \delta^3"),
        ("nielsen", r"\delta^2_j = -\sum_k w^3_{kj} \delta^3_k"),
        ("nielsen", "-w3.T @ delta3"),
    ],
)
def test_in_every_notation(notation: str, answer: str) -> None:
    assert set(judged(PLAIN, "delta1", answer, notation=notation).misconceptions) == {
        "sign-flipped",
        "missing-slope",
    }


def test_the_words_of_both_and_one_question() -> None:
    verdict = judged(PLAIN, "delta1", r"-W_2^T \delta_2")
    first, second = (MISCONCEPTIONS[name] for name in verdict.misconceptions)
    assert verdict.feedback[-3:] == (first.words, second.words, first.question)
    assert verdict.marks == pytest.approx(first.award * second.award)


def test_the_rubric_has_the_last_word() -> None:
    rubric = (Rubric("missing-slope", 0.8), Rubric("sign-flipped", 0.5))
    part = Part("part", "delta1", "formula", points=10, rubric=rubric)
    problem = Problem("rubric", "", "", "subscript", "", PLAIN, {}, (part,))
    assert check(problem, "part", r"-W_2^T \delta_2").marks == pytest.approx(4.0)
    assert check(problem, "part", r"W_2^T \delta_2").marks == pytest.approx(8.0)


@pytest.mark.parametrize(
    ("ask", "answer", "name"),
    [
        ("delta1", r"W_2^T \delta_2", "missing-slope"),
        ("delta1", r"-W_2^T \delta_2 \odot \sigma'(z_1)", "sign-flipped"),
        ("dW1", r"2 \delta_1 x_0^T", "factor-2"),
        ("z1", r"W_1 x_0", "bias-omitted"),
    ],
)
def test_one_alone_wins(ask: str, answer: str, name: str) -> None:
    assert judged(PLAIN, ask, answer).misconceptions == (name,)


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("delta1", "0 W_2^T \\delta_2"),
        ("delta1", r"W_2^T \delta_2 \odot z_1 + x_1"),
        ("delta1", r"W_2^T \delta_2 \odot W_2^T \delta_2"),
        ("delta1", r"3 W_2^T \delta_2"),
        ("dW1", "W_1"),
        ("loss", "1"),
        ("loss", "0"),
        ("loss", r"\|x_2\|^2"),
        ("W1_new", "W_1 - W_1"),
        ("a2", r"\sigma(z_2) + \sigma(z_2)"),
    ],
)
def test_nothing_is_named_by_chance(ask: str, answer: str) -> None:
    verdict = judged(PLAIN, ask, answer)
    assert verdict.verdict == "wrong"
    assert len(verdict.misconceptions) < 2, verdict


GIVEN = {
    "x": [1, 2],
    "y": [1],
    "W1": [[0.13, -0.27], [0.41, 0.38]],
    "b1": [0.11, -0.23],
    "W2": [[0.52, -0.31]],
    "b2": [0.17],
}
SMALL = Network([2, 2, 1], "sigmoid", learning_rate=0.5)


@pytest.mark.parametrize(
    ("ask", "answer", "names"),
    [
        # By hand: −W2ᵀ δ2 xᵀ, W1 + η W2ᵀ δ2 xᵀ, and W1 + dW1, which with η = ½ is also twice the step.
        ("dW1", "[[0.059121, 0.118242], [-0.035245, -0.070490]]", ("sign-flipped", "missing-slope")),
        ("W1_new", "[[0.10044, -0.32912], [0.42762, 0.41525]]", ("gradient-added", "missing-slope")),
        (
            "W1_new",
            "[[0.1155474, -0.2989052], [0.4171194, 0.3942387]]",
            ("gradient-added", "learning-rate-omitted"),
        ),
    ],
)
def test_numbers_show_both(ask: str, answer: str, names: tuple[str, str]) -> None:
    verdict = judged(SMALL, ask, answer, "number", given=GIVEN)
    assert verdict.verdict == "wrong"
    assert sorted(verdict.misconceptions) == sorted(names), verdict


@pytest.mark.parametrize(
    ("ask", "answer"),
    [("dW1", "[[0.06, 0.12], [-0.04, -0.07]]"), ("a2", "0.33"), ("loss", "0.41"), ("a2", "1")],
)
def test_few_digits_show_no_pair(ask: str, answer: str) -> None:
    verdict = judged(SMALL, ask, answer, "number", given=GIVEN)
    assert verdict.verdict == "wrong"
    assert len(verdict.misconceptions) < 2, verdict
