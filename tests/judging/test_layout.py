"""Where a course allows either layout, a transposed gradient is right, with a remark; else it is wrong."""

from __future__ import annotations

import pytest

from derive import Network
from derive.problem import Part, Problem
from derive.problem.file import read_problem
from grader.judge import check
from grader.verdicts import Verdict

SIGMOID = "{layers: [3, 4, 2], activation: sigmoid, loss: half-squared-error}"
NETWORK = Network([3, 4, 2], "sigmoid", learning_rate=0.1)
SMALL = Network([2, 2, 1], "identity", learning_rate=1)
GIVEN = {"x": [1, 3], "y": [3], "W1": [[1, 0], [2, -1]], "b1": [0, 0], "W2": [[1, 2]], "b2": [1]}


def asked(layout: str, ask: str, answer: str, kind: str = "formula") -> Verdict:
    network, given = (NETWORK, {}) if kind == "formula" else (SMALL, GIVEN)
    part = Part("part", ask, kind, layout=layout)
    return check(Problem("asked", "", "", "subscript", "", network, given, (part,)), "part", answer)


TURNED = [
    ("dW1", r"x_0 \delta_1^T", "formula"),
    ("dW2", r"\frac{\partial E}{\partial W_2} = x_1 \delta_2^T", "formula"),
    ("delta1", r"\delta_2^T W_2 \odot \sigma'(z_1)^T", "formula"),
    ("dW1", "[[-3, -6], [-9, -18]]", "number"),
]


@pytest.mark.parametrize(("ask", "answer", "kind"), TURNED)
def test_the_transpose_counts_where_either_layout_is_allowed(ask: str, answer: str, kind: str) -> None:
    either, strict = asked("either", ask, answer, kind), asked("strict", ask, answer, kind)
    assert (either.verdict, strict.verdict) == ("right", "wrong")
    assert "other layout" in either.feedback[0]


@pytest.mark.parametrize("answer", [r"x_1 \delta_1^T", r"-x_0 \delta_1^T", r"\delta_1 x_1^T"])
def test_what_is_wrong_stays_wrong_in_either_layout(answer: str) -> None:
    assert asked("either", "dW1", answer).verdict == "wrong"


def test_numbers_of_neither_layout_stay_wrong() -> None:
    assert asked("either", "dW1", "[[-3, -6], [-9, 18]]", "number").verdict == "wrong"


def test_a_problem_file_may_allow_either_layout() -> None:
    text = "{title: t, source: s, notation: subscript, statement: s, network: %s, parts: [%s]}"
    part = "{id: g, ask: dW1, answer: formula, layout: either}"
    assert read_problem(text % (SIGMOID, part), "t.yaml", "t").part("g").layout == "either"


def test_a_right_answer_gets_no_remark() -> None:
    assert asked("either", "dW1", r"\delta_1 x_0^T").feedback == ()
    assert asked("either", "dW1", "[[-3, -9], [-6, -18]]", "number").feedback == ()
