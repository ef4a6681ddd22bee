"""A wrong matrix with right entries earns their share of the marks, where they took work."""

from __future__ import annotations

from fractions import Fraction

import pytest
from msgspec.structs import replace

import problems
from derive import Network
from derive.problem import Part, Problem, Rubric
from grader import check
from tests.judging.asking import judged

LINEAR = problems.load("linear-activation")
"""W1 is 4×3, b1 has 4 entries, δ_1 = (486, 679, 397, 397), δ_2 = (115, 141)."""

NUMBERS = [
    # part, answer, marks; out of 2 but for b2-new (1)
    ("delta1-values", "[486, 679, 397, 398]", 1.5),
    ("delta1-values", "[486, 679, 1, 2]", 1),
    ("delta1-values", "[486, 1, 2, 3]", 0.5),
    ("delta1-values", "[1, 2, 3, 4]", 0),
    ("delta1-values", "[397, 397, 397, 397]", 0),  # one number throughout
    ("delta2", "[115, 5]", 1),
    ("b2-new", "[-9.5, 7]", 0.5),
    ("output", "[0, 146]", 1),
    ("dW2", "[2645 1380 1725 2415; 1 2 3 4]", 1),
    ("dW2", "[2645 1380 1725 2415; 3243 1692 2115 1]", 1.75),
    ("dW2", "[2645 1 1 1; 1 1 1 1]", 0.25),  # ⅛ of 2
    ("dW2", "[2645 1 1; 1 1 1]", 0),  # another shape
    ("dW2", "2645", 0),
]


@pytest.mark.parametrize(("part", "answer", "marks"), NUMBERS)
def test_right_numbers_earn_their_share(part: str, answer: str, marks: float) -> None:
    found = check(LINEAR, part, answer)
    assert (found.verdict, found.marks) == ("wrong", marks), found.feedback


ZEROS = Problem(
    "zeros", "", "", "subscript", "",
    Network([2, 4, 1], ["relu", "identity"], bias=False, learning_rate=Fraction(1)),
    {"x": [1, 2], "y": [0], "W1": [[1, 1], [-2, -3], [3, 1], [-1, -1]], "W2": [[1, 2, 3, 4]]},
    (Part("a1", "a1", "number", 4), Part("new", "W2_new", "number", 4)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("part", "answer", "marks"),
    [
        ("a1", "[0, 0, 0, 0]", 0),  # two are right, but so they would be without any work
        ("a1", "[3, 0, 7, 0]", 2),
        ("a1", "[3, 1, 5, 1]", 2),  # what took work is right; of all entries half are
        ("a1", "[3, 1, 5, 0]", 3),
        ("new", "[5, 2, 6, 4]", 0),  # the weights that do not change
        ("new", "[-53, 2, 1, 4]", 2),
    ],
)
def test_zeros_and_what_is_given_earn_nothing(part: str, answer: str, marks: float) -> None:
    found = check(ZEROS, part, answer)
    assert (found.verdict, found.marks) == ("wrong", marks), found.feedback


def test_marks_go_down_to_quarters() -> None:
    for points, marks in ((1.0, 0.75), (3.0, 2.25), (0.5, 0.25), (10.0, 7.5)):
        parts = (Part("delta1", "delta1", "number", points),)
        found = check(replace(LINEAR, parts=parts), "delta1", "[486, 679, 397, 1]")
        assert found.marks == marks


def test_a_misconception_earns_its_own_award_where_that_is_more_and_a_rubric_decides() -> None:
    # Half of the hidden neurons have slope 1, so a missing slope leaves their entries right.
    parts = (Part("delta1", "delta1", "number", 4),)
    missing = check(replace(ZEROS, parts=parts), "delta1", "[18, 36, 54, 72]")
    assert missing.misconceptions == ("missing-slope",) and missing.marks == 2
    ruled = (Part("delta1", "delta1", "number", 4, rubric=(Rubric("missing-slope", 0.0),)),)
    assert check(replace(ZEROS, parts=ruled), "delta1", "[18, 36, 54, 72]").marks == 0


NETWORK = Network([2, 2, 1], "sigmoid")
ENTRIES = [
    (r"w^3_{11} \delta^3_1 \sigma'(z^2_1)", r"w^3_{12} \delta^3_1 \sigma'(z^2_1)", 0.5),
    (r"w^3_{12} \delta^3_1 \sigma'(z^2_1)", r"w^3_{11} \delta^3_1 \sigma'(z^2_1)", 0),
    (r"w^3_{11} \delta^3_1 \sigma'(z^2_1)", "0", 0.5),
    ("0", "0", 0),
    ("x_1", "x_2", 0),
]


@pytest.mark.parametrize(("first", "second", "marks"), ENTRIES)
def test_right_formulas_for_entries_earn_their_share(first: str, second: str, marks: float) -> None:
    answer = rf"\begin{{bmatrix}} {first} \\ {second} \end{{bmatrix}}"
    found = judged(NETWORK, "delta1", answer, notation="nielsen")
    assert (found.verdict, found.marks) == ("wrong", marks), found.feedback


def test_full_marks_do_not_need_the_form_of_the_key() -> None:
    for answer in (
        "[486; 679; 397; 397]",
        "[486, 679, 397, 397]",
        "(486, 679, 397, 397)^T",
        "[972/2, 679, 397, 397]",
    ):
        assert check(LINEAR, "delta1-values", answer).marks == 2
