"""Derivations: rows are found where they stand, every link counts, and nothing makes a wrong one right."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from derive import Network
from derive.problem import Part, Problem, Rubric
from grader.judge import check
from grader.judging.derivations.lines import row_numbers, rows
from grader.judging.derivations.prose import stretches
from grader.verdicts import Verdict
from tests.answers.test_answers import VERDICTS
from tests.judging.asking import judged

NETWORK = Network([3, 4, 2], "sigmoid", "half-squared-error")


def derived(ask: str, *lines: str, notation: str = "subscript", network: Network = NETWORK) -> Verdict:
    return judged(network, ask, "\n".join(lines), "derivation", notation=notation)


# -- rows ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a = b   (a1 = c)\n  = d1   (sigmoid)", ["a = b", "a1 = c", "d1"]),
        (r"First, $a = b$ and then \[ c &= d \\ &= e \]", ["a = b", "c  = d", "e"]),
        ("so we get a = b (chain rule), hence c = d.", ["a = b", "c = d"]),
        ("1) a = b => c = d\n2. e = f", ["a = b", "c = d", "e = f"]),
        (r"a = b \\ = c \text{ by the chain rule} \\ \therefore d = e", ["a = b", "c", "d = e"]),
        ("a_1 = b_1 +\n  c_1\nd = (e\n  + f)", ["a_1 = b_1 +\n  c_1", "d = (e\n  + f)"]),
        ("a_1 = b_1 +\nd_1 = e_1", ["a_1 = b_1 +", "d_1 = e_1"]),
        (r"\begin{align*} a &= b \\ &\quad + c \end{align*}", [r"a = b \quad + c"]),
        ("wobei g = h ist", ["g = h"]),
        ("nothing here", []),
        ("**Step 2:** x1 = y", ["x1 = y"]),
        (
            r"$A = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}$",
            [r"A = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}"],
        ),
    ],
)
def test_mathematics_is_found_between_words(text: str, found: list[str]) -> None:
    parts = [row.text for row in rows(text)]
    assert ["".join(part.split()) for part in parts] == ["".join(part.split()) for part in found]
    for row in rows(text):
        assert text[row.start : row.start + 1] == row.text[:1]


def test_every_row_stands_where_it_is_said_to_stand() -> None:
    for page in yaml.safe_load_all(_bank().read_text(encoding="utf-8")):
        for answer in page["answers"]:
            (text,) = (answer[word] for word in VERDICTS if word in answer)
            for row in rows(text):
                same = zip(text[row.start :], row.text, strict=False)
                assert all(there in (here, " ") for here, there in same)


def _bank() -> Path:
    return Path(__file__).parents[1] / "answers" / "derivations.yaml"


def test_lines_are_counted_where_mathematics_stands() -> None:
    text = "a = b\n\nof course\n= f \\\\ = d"
    assert row_numbers(text, [0, text.index("= f"), text.index("d")]) == [1, 2, 3]


def test_functions_and_greek_letters_are_no_words() -> None:
    assert [part for _, part, _ in stretches("delta1 = tanh(net) softmax(z) sum_k")] == [
        "delta1 = tanh(net) softmax(z) sum_k"
    ]


# -- what is right -------------------------------------------------------------------------------------------


def test_steps_may_stand_in_any_order_and_be_left_out() -> None:
    lines = (
        "dE/dW1 = delta1 x0^T",
        "delta1 = W2^T delta2 * sigma'(z1)",
        "delta2 = (x2 - y) * sigma'(z2)",
    )
    assert derived("dW1", *lines).verdict == derived("dW1", *reversed(lines)).verdict == "right"
    assert derived("dW1", *lines[:2]).verdict == "right"


def test_names_of_ones_own() -> None:
    assert (
        derived("delta2", "e_j = x_{2,j} - y_j", "dE/dx2 = e", "delta2 = e * sigma'(z2)").verdict == "right"
    )
    assert derived("delta2", "p = q", "q = p", "dE/dx2 = p").verdict == "unreadable"
    again = derived("delta2", "e = x2 - y", "e = y - x2", "dE/dx2 = x2 - y", "delta2 = e * sigma'(z2)")
    assert again.verdict == "wrong" and "Line 2" in " ".join(again.feedback)


def test_what_is_understood_is_shown() -> None:
    shown = derived("delta2", "dE/dx2 = x2 - y", "delta2 = (x2 - y) * sigma'(z2)").read_as
    assert shown is not None and shown.startswith("\\begin{aligned}") and "\\odot" in shown


# -- what is wrong -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["E = (x2 - y)^T (x2 - y)", "x_1 = z_1", "dE/db2 = delta1", "x2 = W2 x1"])
def test_a_false_line_anywhere_is_found(line: str) -> None:
    good = ("dE/dx1 = W2^T delta2", "delta1 = W2^T delta2 * sigma'(z1)")
    for place in range(3):
        verdict = derived("delta1", *good[:place], line, *good[place:])
        assert verdict.verdict == "wrong"
        assert f"Line {place + 1} is the first that does not hold" in " ".join(verdict.feedback)
        assert 0 < (verdict.marks or 0) < 1


def test_two_errors_that_cancel_do_not_make_a_derivation_right() -> None:
    verdict = derived("delta2", "dE/dx2 = y - x2", "dx2/dz2 = -x2*(1-x2)", "delta2 = (x2-y)*x2*(1-x2)")
    assert verdict.verdict == "wrong"
    assert "is right in itself, but the way to it is not" in " ".join(verdict.feedback)


def test_a_slip_in_the_middle_of_a_chain_that_ends_right() -> None:
    verdict = derived(
        "delta1", "delta1 = dE/dx1 * sigma'(z1) = W2 delta2 * sigma'(z1) = W2^T delta2 * sigma'(z1)"
    )
    assert verdict.verdict == "wrong"
    assert verdict.misconceptions == ("missing-transpose",)


def test_what_follows_from_a_wrong_line_counts() -> None:
    verdict = derived("dW1", "delta2 = x2 - y", "delta1 = W2^T (x2 - y) * sigma'(z1)", "dE/dW1 = delta1 x0^T")
    assert verdict.marks == 0.67
    assert "Line 2 follows rightly from your line 1" in " ".join(verdict.feedback)


@pytest.mark.parametrize("value", ["0 * y", "y - y", "[1, 1]"])
def test_a_value_that_makes_the_rest_easy_is_not_followed(value: str) -> None:
    verdict = derived("dW1", f"delta2 = {value}", f"delta1 = W2^T ({value}) * sigma'(z1)")
    assert verdict.marks == 0


def test_a_rubric_decides_about_a_misconception() -> None:
    part = Part("part", "delta1", "derivation", rubric=(Rubric("missing-slope", 0.25),))
    problem = Problem("asked", "", "", "subscript", "", NETWORK, {}, (part,))
    assert check(problem, "part", "dE/dx1 = W2^T delta2\ndelta1 = W2^T delta2").marks == 0.25


# -- what cannot be read -------------------------------------------------------------------------------------


def test_a_line_that_is_not_read_is_never_passed_over() -> None:
    good = ("dE/dx1 = W2^T delta2", "delta1 = W2^T delta2 * sigma'(z1)")
    assert derived("delta1", *good, "dE/dx1 = W2^T ((").verdict == "undecided"
    assert derived("delta1", good[0], "delta1 = W2^T ((").verdict == "unreadable"
    assert derived("delta1", *good, "dE/dx1 = blub delta2").verdict != "right"


@pytest.mark.parametrize(
    "text",
    [
        "= = =",
        "a" * 5000,
        "delta1 = " * 300,
        "\n".join(["delta1 = delta1"] * 70),
        "\n".join(f"e_{{{n}}} = e_{{{n + 1}}} + e_{{{n + 1}}}" for n in range(50)),
        "$" * 200,
        r"\begin{align}" * 50,
        "&= x \\\\ " * 100,
        "(" * 300,
        "delta1 = W2^T delta2 * sigma'(z1) " + "=> " * 50,
    ],
)
def test_nothing_breaks_the_judge(text: str) -> None:
    verdict = derived("delta1", text)
    assert verdict.verdict in ("wrong", "unreadable", "undecided")
    assert not any("failed" in sentence for sentence in verdict.feedback)
