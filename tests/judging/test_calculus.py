"""Integrals, limits, factorials and binomial coefficients of numbers are worked out, in a process that can be
killed."""

from __future__ import annotations

import os

import pytest

from derive import Network
from grader.calculus.asking import Unsettled, _process, asked
from grader.calculus.plain import plain
from grader.reading import Unreadable, read
from tests.judging.asking import judged

ONE = Network([1, 1, 1], "identity")
SMALL = Network([2, 3, 2], "sigmoid")


@pytest.mark.parametrize(
    ("network", "answer"),
    [
        (ONE, r"\int_{y}^{x_2} (t - y) dt"),
        (ONE, r"\int_y^{x_2} (t-y)\,\mathrm{d}t"),
        (ONE, "∫_y^{x_2} (t-y) dt"),
        (ONE, r"\lim_{h \to 0} \frac{(x_2-y)^2+h}{2+h}"),
        (ONE, r"\frac{1}{2!} (x_2-y)^2"),
        (SMALL, r"\frac{1}{2!} \|x_2-y\|^2"),
        (SMALL, r"\frac{1}{\binom{2}{1}} \|x_2-y\|^2"),
        (SMALL, r"(\int_0^1 t dt) \|x_2-y\|^2"),
    ],
)
def test_is_worked_out(network: Network, answer: str) -> None:
    assert judged(network, "loss", answer).verdict == "right"


@pytest.mark.parametrize(
    "answer", [r"\int_0^1 t dt (x_2-y)^2", r"\int_{y}^{x_2} (t + y) dt", r"\frac{1}{3!}(x_2-y)^2"]
)
def test_another_value_is_not_right(answer: str) -> None:
    assert judged(ONE, "loss", answer).verdict in ("wrong", "unreadable")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (r"\int_0^1 t", "does not end in what it runs over"),
        (r"\int t dt", "both its bounds"),
        (r"\lim_{h} h", "what goes where"),
        (r"\int_0^1 [1,2] dt", "a list"),
        (r"\int_0^1 (t)_1 dt", "only powers"),
        (r"\int_0^1 \exp dt", "no argument"),
        (r"\int_0^1 t \odot t dt", "products of numbers"),
    ],
)
def test_what_is_incomplete_is_unreadable(answer: str, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence):
        plain(read(answer).tree)


def test_vectors_are_left_to_a_human() -> None:
    assert judged(SMALL, "delta2", r"\int_y^{x_2} 1 dt").verdict == "undecided"


def test_nothing_a_student_wrote_is_sent() -> None:
    asked_for = plain(read(r"\int_{\theta}^{q_1} (t \cdot W_2^T)^2 dt").tree)
    assert asked_for.symbols.keys() == {"a", "b", "c"}
    sent = str((asked_for.latex, asked_for.steps))
    assert not any(word in sent for word in ("q", "W", "theta", "_"))


def test_a_bomb_is_killed_and_the_next_question_answered() -> None:
    for bomb in ("9^{9^{9^{9}}}", "(99999999)!"):
        with pytest.raises(Unsettled):
            asked(bomb, (), (), 0.2)
    assert asked("(5)!", (), (), 5.0)[0] == ["number", "120", "1"]


def test_the_process_has_no_environment() -> None:
    child = _process(os.getpid()).child
    with open(f"/proc/{child.pid}/environ", "rb") as environment:
        assert environment.read() == b""
