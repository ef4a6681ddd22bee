"""With a wrong answer in hand, what is right given that answer keeps its marks, unless it was made easy."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

import problems
from derive import Network, solve
from derive.problem import Part, Problem
from derive.quantities import Quantity
from grader import check
from grader.verdicts import Verdict

MAZUR = problems.load("mazur")
TRUE = solve(MAZUR).rounds[0]
X, Y, W1, W2, A1, A2, D2, DW2 = (
    TRUE[Quantity(kind, layer)]
    for kind, layer in (
        ("a", 0), ("y", None), ("W", 1), ("W", 2), ("a", 1), ("a", 2), ("delta", 2), ("dW", 2),
    )
)  # fmt: skip
BAD_D2 = 2.5 * D2
FOLLOWING_D1 = W2.T @ BAD_D2 * A1 * (1 - A1)
F = "delta3-formula"
SIGN = r"(y - a^3) \odot \sigma'(z^3)"


def typed(matrix: np.ndarray, digits: int = 8) -> str:
    return "[" + "; ".join(" ".join(f"{x:.{digits}g}" for x in row) for row in matrix) + "]"


def judged(part: str, answer: str, **earlier: str) -> Verdict:
    return check(
        MAZUR, part, answer, earlier={name.replace("_", "-"): text for name, text in earlier.items()}
    )


def updated(delta1: np.ndarray) -> str:
    return typed(W1 - 0.5 * delta1 @ X.T, 10)


BAD_Z1 = np.array([[0.5], [0.7]])


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


BAD_A1 = sigmoid(BAD_Z1)
BY_BAD_SLOPE = typed(W2.T @ D2 * BAD_A1 * (1 - BAD_A1))
FOLLOWS = [
    ("delta2", typed(FOLLOWING_D1), {"delta3": typed(BAD_D2)}, ("delta3",)),
    # Rounded to the digits that the part asks for, from an earlier answer that was typed with few digits.
    ("delta2", typed(FOLLOWING_D1, 3), {"delta3": typed(BAD_D2, 4)}, ("delta3",)),
    # Two parts further on.
    ("w2-new", updated(FOLLOWING_D1), {"delta3": typed(BAD_D2)}, ("delta3",)),
    # The answer in between follows from the one before, and counts as an earlier one.
    ("w2-new", updated(FOLLOWING_D1), {"delta3": typed(BAD_D2), "delta2": typed(FOLLOWING_D1)}, ("delta2",)),
    # Others are wrong as well, but were not used.
    ("w2-new", updated(FOLLOWING_D1), {"net": "[1, 2]", "delta2": typed(FOLLOWING_D1)}, ("delta2",)),
    ("dw3-entry", f"{(BAD_D2 @ A1.T)[0, 0]:.6f}", {"delta3": typed(BAD_D2)}, ("delta3",)),
    ("hidden", typed(BAD_A1), {"net": typed(BAD_Z1)}, ("net",)),
    # The hidden outputs are wrong, the error above was answered rightly; slopes come from outputs or inputs.
    ("delta2", BY_BAD_SLOPE, {"hidden": typed(BAD_A1), "delta3": typed(D2)}, ("hidden",)),
    ("delta2", BY_BAD_SLOPE, {"net": typed(BAD_Z1), "delta3": typed(D2)}, ("net",)),
    # Formulas: their values are put in, for a formula and for numbers.
    ("delta2-formula", rf"(w^3)^T ({SIGN}) \odot \sigma'(z^2)", {F: SIGN}, (F,)),
    ("delta2-formula", r"(w^3)^T (a^3 - y) \odot \sigma'(z^2)", {F: "a^3 - y"}, (F,)),
    ("delta2", typed(W2.T @ (A2 - Y) * A1 * (1 - A1)), {F: "a^3 - y"}, (F,)),
]  # fmt: skip


@pytest.mark.parametrize(("part", "answer", "earlier", "parts"), FOLLOWS)
def test_what_is_right_given_an_earlier_answer_keeps_its_marks(
    part: str, answer: str, earlier: dict[str, str], parts: tuple[str, ...]
) -> None:
    alone, beside = judged(part, answer), judged(part, answer, **earlier)
    assert alone.verdict == beside.verdict == "wrong" and alone.marks < alone.out_of
    assert beside.marks == beside.out_of and beside.follows_from == parts
    assert not alone.follows_from and not beside.misconceptions
    assert f"follows rightly from your answer to {' and '.join(parts)}" in beside.feedback[0]
    assert beside.as_json()["follows_from"] == list(parts)


def test_only_the_entry_that_was_asked_for_is_put_in() -> None:
    gradient = DW2.copy()
    gradient[0, 0] = 0.2
    found = judged("w3-new", typed(W2 - 0.5 * gradient, 10), dw3_entry="0.2")
    assert found.follows_from == ("dw3-entry",) and found.marks == 2


D1 = FOLLOWING_D1 / 2.5
FOLLOWS_NOT = [
    ("delta2", typed(FOLLOWING_D1), {"delta3": typed(D2)}),  # the earlier answer is right
    ("delta2", "[0, 0]", {"delta3": "[0, 0]"}),
    ("delta2", typed(W2.T @ np.ones((2, 1)) * A1 * (1 - A1)), {"delta3": "[1, 1]"}),
    ("delta2", typed(BAD_D2), {"delta3": typed(BAD_D2)}),  # says the same again
    ("delta2", typed(FOLLOWING_D1), {"delta3": "[2.5, 3 4"}),  # not readable
    ("delta2", typed(FOLLOWING_D1), {"delta3": typed(np.vstack([BAD_D2, BAD_D2]))}),  # another shape
    ("delta2", typed(FOLLOWING_D1), {"w3-new": typed(2 * W2)}),  # does not lead there
    ("hidden", "[1, 1]", {"net": "[1000, 1000]"}),  # follows, but from whatever large numbers
    ("w2-new", typed(W1), {"delta2": "[0.0, 0.0]"}),
    # One number of two is zero: half of what follows is no work.
    ("w3-new", typed(W2 - 0.5 * np.array([[0], [0.3]]) @ A1.T), {"delta3": "[0, 0.3]"}),
    ("delta2-formula", "0 a^2", {"delta3-formula": "0 a^3"}),
    ("delta2-formula", r"\delta^2 = \delta^2", {"delta3-formula": "a^3 - y"}),
    ("dw3-formula", r"(a^3 - y) (a^2)^T", {"delta3-formula": "a^3 - y"}),  # to be in terms of δ and a
]  # fmt: skip


@pytest.mark.parametrize(("part", "answer", "earlier"), FOLLOWS_NOT)
def test_nothing_is_kept_for_what_was_made_easy(part: str, answer: str, earlier: dict[str, str]) -> None:
    alone, beside = judged(part, answer), judged(part, answer, **earlier)
    assert beside == alone and beside.verdict == "wrong" and beside.marks < beside.out_of


def test_a_part_may_not_follow_through() -> None:
    parts = tuple(
        replace(part, follow_through=False) if part.id == "delta2" else part for part in MAZUR.parts
    )
    strict = replace(MAZUR, parts=parts)
    found = check(strict, "delta2", typed(FOLLOWING_D1), earlier={"delta3": typed(BAD_D2)})
    assert found.marks == 0 and not found.follows_from


def test_a_right_answer_stays_right_whatever_came_before() -> None:
    found = judged("delta2", typed(D1), delta3=typed(BAD_D2))
    assert (found.verdict, found.follows_from) == ("right", ())


KINKED = Problem(
    "kinked", "", "", "subscript", "",
    Network([2, 3, 1], ["relu", "identity"], bias=False),
    {"x": [1, 2], "y": [1], "W1": [[1, 1], [2, -3], [3, 1]], "W2": [[1, 2, 3]]},
    (Part("z1", "z1", "number"), Part("a1", "a1", "number"), Part("z2", "z2", "number")),
)  # fmt: skip


def test_a_negative_sum_may_follow_into_a_zero() -> None:
    assert check(KINKED, "a1", "[2, 0, 4]", earlier={"z1": "[2, -4, 4]"}).verdict == "wrong"
    found = check(KINKED, "a1", "[2, 0, 4]", earlier={"z1": "[2, -7, 4]"})
    assert found.follows_from == ("z1",)
    assert not check(KINKED, "a1", "[0, 0, 0]", earlier={"z1": "[-2, -7, -4]"}).follows_from


def test_matrices_may_be_the_transposes_of_ours() -> None:
    bad = 3 * DW2
    answer = typed((W2 - 0.5 * bad).T, 10)
    parts = (Part("dW2", "dW2", "number"), Part("new", "W2_new", "number"))
    problem = replace(MAZUR, notation="cs182", parts=parts, checks=())
    found = check(problem, "new", answer, earlier={"dW2": typed(bad.T, 10)})
    assert found.follows_from == ("dW2",)


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(Exception, match="delta9"):
        judged("delta2", "[1, 2]", delta9="[1, 2]")
