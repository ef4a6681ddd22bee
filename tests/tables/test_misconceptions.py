"""Every misconception catches its own examples and no other's, spares right answers, is skipped where it is
harmless, and speaks in sentences."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

from derive import Network
from derive.errors import Unusable
from derive.problem import Part, Problem
from grader.judge import check
from grader.judging.evidence.edits import CHANGES
from grader.judging.question import Question, question_of
from grader.judging.recognising.beliefs import EVERY
from grader.judging.recognising.lineup import recognised
from grader.misconceptions import MISCONCEPTIONS, Example
from grader.verdicts import Verdict
from tests.answers.test_answers import BANK

ROWS = [pytest.param(row, id=row.name) for row in MISCONCEPTIONS.values()]
CATCHES = [
    pytest.param(row.name, example, id=f"{row.name}: {example.answer}")
    for row in MISCONCEPTIONS.values()
    for example in row.catches
]
SPARES = [
    pytest.param(example, id=f"{row.name}: {example.answer}")
    for row in MISCONCEPTIONS.values()
    for example in row.spares
]


SIMPLE = [
    Network([3, 4, 2], "identity", learning_rate=0.5),
    Network([1, 1, 1], "tanh", learning_rate=0.5),
    Network([3, 2, 2], ["relu", "softmax"], "cross-entropy", bias=False, learning_rate=0.5),
]
"""Networks in which many beliefs do no harm."""

COPIED = ("W_1", "b_2", "[[1, 4]]")
"""Answers that are only copied from what is given, and earn nothing."""


def problem_of(example: Example) -> Problem:
    part = Part("part", example.ask, "number" if example.given else "formula")
    given = dict(example.given or {})
    return Problem("example", "", "", "subscript", "", example.network, given, (part,))


def judged(example: Example) -> Verdict:
    return check(problem_of(example), "part", example.answer)


@pytest.mark.parametrize(("name", "example"), CATCHES)
def test_a_row_catches_its_examples(name: str, example: Example) -> None:
    verdict = judged(example)
    assert verdict.verdict == "wrong"
    assert verdict.misconceptions == (name,)
    words, question = verdict.feedback[-2:]
    assert words.startswith(MISCONCEPTIONS[name].words) and question == MISCONCEPTIONS[name].question
    assert verdict.marks == (0 if example.answer in COPIED else MISCONCEPTIONS[name].award)


@pytest.mark.parametrize("example", SPARES)
def test_a_row_spares_right_answers(example: Example) -> None:
    verdict = judged(example)
    assert verdict.verdict == "right", verdict
    assert verdict.misconceptions == ()


@pytest.mark.parametrize("row", ROWS)
def test_a_row_says_what_it_is(row: Any) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row.name)
    assert row.words[0].isupper() and row.words.endswith(".")
    assert row.question[0].isupper() and row.question.endswith("?") and row.question.count("?") == 1
    assert all(20 <= len(said) <= 250 and "  " not in said for said in (row.words, row.question))
    assert 0 <= row.award < 1
    assert row.catches and row.spares
    assert row.theory or row.rewrite or row.network or row.repair or row.arithmetic or row.roundings


def test_every_row_says_something_of_its_own() -> None:
    rows = MISCONCEPTIONS.values()
    for said in ("words", "question"):
        assert len({getattr(row, said) for row in rows}) == len(rows) or said == "question"
    assert all(name == row.name for name, row in MISCONCEPTIONS.items())


# -- harmless ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS)
def test_no_wrong_value_is_the_truth(row: Any) -> None:
    """A belief that does no harm to what is asked gives no value at all."""
    networks = {repr(network): network for network in (*(e.network for e in row.catches), *SIMPLE)}
    asked = dict.fromkeys(example.ask for example in row.catches)
    for network, ask in itertools.product(networks.values(), asked):
        assert _known_to_nobody(question_of(problem_of(Example(ask, "", network)), "part"), (row,))


def test_no_right_answer_of_the_bank_is_among_the_wrong_ones() -> None:
    pages = (question_of(*row.values[:2]) for row in BANK)
    asked = {(repr(page.model), page.part.ask): page for page in pages if page.part.answer == "formula"}
    assert len(asked) >= 25
    for question in asked.values():
        assert _known_to_nobody(question, EVERY), question.part


def _known_to_nobody(question: Question, rows: tuple[Any, ...]) -> bool:
    """Whether no misconception gives the true value, where the network has what is asked."""
    try:
        case = question.cases[0]
        return recognised(case.expected, question.beliefs.alone(case, rows)) == ()
    except (KeyError, Unusable):
        return True


LINEAR = Network([3, 4, 2], "identity", learning_rate=0.5)
ONE_BY_ONE = Network([1, 1, 1], "tanh", learning_rate=0.5)
HARMLESS = [
    ("missing-slope", Example("delta1", r"W_2^T \delta_2", LINEAR)),
    ("missing-slope", Example("delta2", r"x_2 - y", LINEAR)),
    ("missing-slope", Example("delta2", "x_2 - y", Network([3, 2], "softmax", "cross-entropy"))),
    ("missing-slope", Example("delta2", "x_2 - y", Network([3, 4, 2], "sigmoid", "binary-cross-entropy"))),
    ("bias-omitted", Example("z1", "W_1 x_0", Network([3, 4, 2], "tanh", bias=False))),
    ("missing-transpose", Example("delta1", r"W_2 \delta_2 \sigma'(z_1)", ONE_BY_ONE)),
    ("outer-product-swapped", Example("dW1", r"x_0 \delta_1", ONE_BY_ONE)),
    (
        "factor-2",
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)", Network([3, 2, 2], "tanh", "mean-squared-error")),
    ),
    (
        "factor-half",
        Example("delta2", r"2 (x_2 - y) \odot \sigma'(z_2)", Network([3, 2, 2], "tanh", "squared-error")),
    ),
    ("updated-weight-used-early", Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)")),
    (
        "neighbouring-layer",
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(x_1)", Network([3, 4, 2], "relu")),
    ),
    ("sign-flipped", Example("loss", r"\frac{1}{2} \|y - x_2\|^2")),
]


@pytest.mark.parametrize(("name", "example"), HARMLESS, ids=lambda value: getattr(value, "answer", value))
def test_a_belief_that_does_no_harm_is_not_seen(name: str, example: Example) -> None:
    if example.ask == "delta2" and len(example.network.layers) == 2:
        example = Example("delta1", r"x_1 - y", example.network)
    verdict = judged(example)
    assert verdict.verdict == "right", verdict
    assert name in MISCONCEPTIONS and verdict.misconceptions == ()


GIVEN = {"x": [1, 2], "y": [3], "W1": [[1, 0], [2, -1]], "b1": [0, 0], "W2": [[1, 2]], "b2": [1]}
SMALL = Network([2, 2, 1], "identity", learning_rate=1)


@pytest.mark.parametrize(
    ("ask", "answer", "name"),
    [
        ("a2", "2", None),
        ("a2", "1", "bias-omitted"),
        ("delta2", "1", "target-minus-output"),
        ("loss", "1", "factor-2"),
        ("loss", "0.25", "factor-half"),
        ("z1", "[1, 0]", None),
        ("delta1", "[-1, -2]", None),
        ("delta1", "[1, 2]", "sign-flipped"),
        ("dW1", "[[-1, -2], [-2, -4]]", None),
        ("W2_new", "[[2, 2]]", None),
        ("W2_new", "[[0, 2]]", "gradient-added"),
        ("W2_new", "[[3, 2]]", "factor-2"),
    ],
)
def test_numbers_are_recognised_too(ask: str, answer: str, name: str | None) -> None:
    verdict = judged(Example(ask, answer, SMALL, GIVEN))
    assert verdict.verdict == ("wrong" if name else "right"), verdict
    assert verdict.misconceptions == ((name,) if name else ())


# -- where it happened ---------------------------------------------------------------------------------------

WITH_A_PLACE = [pytest.param(row, id=row.name) for row in MISCONCEPTIONS.values() if row.place]


@pytest.mark.parametrize("row", WITH_A_PLACE)
def test_the_place_is_quoted_in_the_answer(row: Any) -> None:
    assert row.place in CHANGES
    looked = [(e.answer, judged(e).feedback[0]) for e in row.catches if not e.given]
    quoted = [(answer, said) for answer, said in looked if said.startswith("Look at `")]
    assert quoted
    assert all(re.match(r"Look at `(.+?)`", said)[1] in answer for answer, said in quoted)
