"""Where no misconception says why a formula is wrong: the piece to look at, numbers and a question."""

from __future__ import annotations

import re

import pytest

from derive import Network
from derive.problem import Part, Problem
from grader import check
from grader.judging.evidence.edits import EDITS
from grader.judging.evidence.of_formulas import explained, quoted
from grader.judging.formulas import claims_of
from grader.judging.question import question_of
from grader.judging.sides import understood
from grader.reading import read
from tests.judging.asking import judged

PLAIN = Network([3, 4, 2], "sigmoid", "half-squared-error", learning_rate=0.5)
SOFTMAX = Network([3, 4, 2], ["relu", "softmax"], "cross-entropy")
GENERIC = Network([3, 4, 2], "generic", "generic")

PIECES = [
    # ask, answer, kind of change, the piece that is named
    ("delta1", r"W2.T @ delta2 * sigma'(z1) * 3", "number", "3"),
    ("delta1", r"W_2^T \delta_2 \odot x_1 (1 - x_0)", "another", "x_0"),
    ("delta2", r"x_2 - y \odot \sigma'(z_2)", "brackets", r"x_2 - y \odot \sigma'(z_2)"),
    ("delta2", r"(x_2 - x_2^2) (x_2 - 2y)", "number", "2"),
    ("z1", "W_1 (x_0 + b_1)", "brackets", "W_1 (x_0 + b_1)"),
    ("z1", "x_0 W_1 + b_1", "swapped", "x_0 W_1"),
    ("loss", r"\frac12 (x_2 - y)^2", "summed", "(x_2 - y)^2"),
    ("dW1", r"W_1 \delta_1 x_0^T", "too-much", "W_1"),
    ("delta1", r"W_2 \delta_2 \odot \sigma'(z_1)", "turned", "W_2"),
    ("delta1", r"W_2^T \delta_2 \odot \sigma(z_1)", "order", r"\sigma(z_1)"),
    ("delta1", r"W_2^T \delta_2 \odot x_1 \odot (1 + x_1)", "sign", "1 + x_1"),
    ("delta1", r"\delta_{1,j} = \sum_k w_{2,jk} \delta_{2,k} \sigma'(z_{1,j})", "indices", "w_{2,jk}"),
]


def explanation(ask: str, answer: str) -> tuple[str, ...]:
    """What is said of an answer whatever misconceptions there are."""
    part = Part("part", ask, "formula")
    question = question_of(Problem("asked", "", "", "subscript", "", PLAIN, {}, (part,)), "part")
    sides = understood(question, read(answer).tree)
    return explained(question, claims_of(question, sides)[-1], sides.notation, answer, ("plain",))


@pytest.mark.parametrize(("ask", "answer", "kind", "piece"), PIECES)
def test_the_piece_to_look_at_is_quoted_as_it_was_typed(ask: str, answer: str, kind: str, piece: str) -> None:
    edit = next(row for row in EDITS if row.name == kind)
    start = answer.rindex(piece)
    first, *_, last = explanation(ask, answer)
    assert first == edit.words.format(piece=quoted(answer, (start, start + len(piece))))
    assert last == edit.question


def test_an_answer_without_a_misconception_is_explained() -> None:
    answer = r"W2.T @ delta2 * sigma'(z1) * 3"
    found = judged(PLAIN, "delta1", answer)
    assert found.verdict == "wrong" and not found.misconceptions
    assert found.feedback[0] == "All is right except the number `3`." and len(found.feedback) == 3


NUMBERS = [
    (PLAIN, "delta1", r"\sigma'(W_2^T \delta_2)"),
    (PLAIN, "W1_new", r"W_1 (1 - \alpha \delta_1 x_0^T)"),
    (PLAIN, "loss", r"\sum_k (x_{2,k} - y_k)^3"),
    (PLAIN, "dW1", r"\delta_1 x_0^T x_0 x_0^T"),
    (SOFTMAX, "delta2", r"y \log x_2"),
    (GENERIC, "delta1", r"W_2^T \delta_2 \odot \sigma'(z_1) \odot \sigma(z_1) \odot z_1"),
]


@pytest.mark.parametrize(("network", "ask", "answer"), NUMBERS)
def test_a_counterexample_has_small_numbers(network: Network, ask: str, answer: str) -> None:
    found = judged(network, ask, answer)
    (said,) = (sentence for sentence in found.feedback if sentence.startswith("Take "))
    mine, true = re.findall(r"gives (\S+?)(?: in|,).* is (-?[\d.]+?)(?: there)?\.$", said)[0]
    assert float(mine) != float(true)
    assert all(len(number) <= 8 for number in re.findall(r"-?\d[\d.]*", said))
    assert found.feedback[-1].endswith("?")


def test_the_numbers_of_a_counterexample_are_those_of_the_formulas() -> None:
    found = judged(PLAIN, "W1_new", r"W_1 (1 - \alpha \delta_1 x_0^T)")
    (said,) = (sentence for sentence in found.feedback if sentence.startswith("Take "))
    x, w, rate, delta, gradient = (float(number) for number in re.findall(r"= (-?[\d.]+)\$", said))
    assert gradient == delta * x and rate == 0.5
    assert f"gives {w * (1 - rate * delta * x):g}, but" in said
    assert said.endswith(f"is {w - rate * gradient:g}.")


def test_shapes_that_do_not_fit_are_told_of_what_was_typed() -> None:
    said = judged(PLAIN, "dW1", r"\delta_1 + x_0^T").feedback[0]
    assert r"At `x_0^T` your" in said and r"`\delta_1` is 4×1 and `x_0^T` is 1×3" in said


@pytest.mark.parametrize("row", EDITS, ids=lambda row: row.name)
def test_every_change_names_the_piece_and_asks_one_question(row) -> None:
    assert ("{piece}" in row.words) != row.outermost
    assert row.question.count("?") == 1 and row.words.endswith(".")


NUMBER_SLIPS = [
    ("[486, 679, 397, -397]", "the sign is the wrong one"),
    ("[486, 697, 397, 397]", "two neighbouring digits have changed places"),
    ("[486, 67.9, 397, 397]", "the decimal point has moved"),
    ("[486, 679, 397, 391]", "a single digit is wrong"),
    ("[243, 679, 397, 397]", "a factor 2 is missing or too much"),
]


@pytest.mark.parametrize(("answer", "slip"), NUMBER_SLIPS)
def test_a_slip_of_the_pen_is_guessed(answer: str, slip: str) -> None:
    found = check("linear-activation", "delta1-values", answer)
    assert found.verdict == "wrong" and found.feedback[-1] == f"It looks as if {slip}."
    assert "3 of 4 entries are right" in found.feedback[0]
    assert (
        check("linear-activation", "delta1-values", "[679, 486, 397, 397]")
        .feedback[0]
        .endswith("another order.")
    )


def test_entries_written_out_are_not_contradicted_by_a_network_of_another_size() -> None:
    first, second = (rf"w^3_{{1{k}}} \delta^3_1 \sigma'(z^2_1)" for k in (1, 2))
    answer = rf"\begin{{bmatrix}} {first} \\ {second} \end{{bmatrix}}"
    found = judged(Network([2, 2, 1]), "delta1", answer, notation="nielsen")
    assert "1 of 2 entries is right; look again at row 2." in found.feedback
    assert not any("row 1" in sentence for sentence in found.feedback)
