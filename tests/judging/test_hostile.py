"""No answer hangs, crashes or fools the grader, and none leaves anything behind for the next."""

from __future__ import annotations

import random

import pytest

import problems
from derive import Network
from grader.judge import JUDGES, check
from tests.judging.asking import judged
from tests.judging.hostile import HOSTILE

PARTS = [
    ("linear-activation", "delta1"),
    ("linear-activation", "delta1-values"),
    ("mazur", "cost"),
    ("circuit-product", "df-dx"),
]
LOADED = {name: problems.load(name) for name, _ in PARTS}


@pytest.mark.parametrize(("problem", "part"), PARTS)
@pytest.mark.parametrize("answer", HOSTILE, ids=lambda answer: ascii(answer[:30]))
def test_hostile_answers_are_never_right(problem: str, part: str, answer: str) -> None:
    verdict = check(LOADED[problem], part, answer)
    assert verdict.verdict in ("wrong", "unreadable", "undecided"), verdict
    assert not verdict.marks or verdict.misconceptions
    assert 0 < sum(map(len, verdict.feedback)) < 700
    assert "The grader failed" not in verdict.feedback[0]


SMALL = Network([2, 3, 2], "sigmoid")
ORDINARY = [
    r"W_2^T \delta_2 \odot \sigma'(z_1)",
    r"W_2^T \delta_2",
    r"\delta_1",
    "(",
    "k = 7",
    "dw = 3",
    r"\sigma = 2",
    "W_2 = 1",
    r"\sigma(x) = x",
    r"e = 2",
    r"W_2^T\delta_2\odot x_1(1-x_1)",
]


def test_nothing_passes_from_one_answer_to_the_next() -> None:
    first = {answer: judged(SMALL, "delta1", answer) for answer in ORDINARY}
    shuffled = ORDINARY * 5
    random.Random(0).shuffle(shuffled)
    for answer in shuffled:
        assert judged(SMALL, "delta1", answer) == first[answer]


@pytest.mark.parametrize("name", ["x_1^{(4)}", "a_1^{(4)}", "W_2^{(1)}", "x_1^{[2]}"])
def test_a_bracketed_layer_is_never_a_power(name: str) -> None:
    verdict = judged(SMALL, "delta1", rf"{name} \odot W_2^T \delta_2")
    assert verdict.verdict == "unreadable"
    assert "power" in verdict.feedback[0]


def test_a_bracketed_layer_is_a_layer_where_layers_stand_above() -> None:
    right = r"(w^{(3)})^T \delta^{(3)} \odot a^{(2)} \odot (1 - a^{(2)})"
    assert judged(SMALL, "delta1", right, notation="nielsen").verdict == "right"
    power = r"(w^{(3)})^T \delta^{(3)} \odot (a^{(2)} - (a^{(2)})^{2})"
    assert judged(SMALL, "delta1", power, notation="nielsen").verdict == "right"
    entry = r"a_1^{(4)}"
    assert judged(SMALL, "delta1", entry, notation="nielsen").verdict == "unreadable"


def test_a_failure_of_the_grader_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setitem(JUDGES, "formula", fails)
    verdict = judged(SMALL, "delta1", r"\delta_2")
    assert verdict.verdict == "undecided" and verdict.marks is None
