"""How long an answer takes to judge, beside Math-Verify 0.9 on the same 25 answers in one run.

Math-Verify is found in the environment variable DELTAGRADE_PEERS (its Python) or in ``.peers`` below the
project; without it the comparison is skipped. mitx-grading-library cannot be compared: it does not install
from the package index. Nothing here fails for being slow.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import pytest

from derive import Network
from derive.problem import Part, Problem
from grader.judge import check
from tests.benchmarks.measuring import note, seconds
from tests.benchmarks.test_judge_speed import distinct, in_turn

ROOT = Path(__file__).parents[2]
PEER = Path(os.environ.get("DELTAGRADE_PEERS", ROOT / ".peers" / "bin" / "python"))
TURNS = 5

ANSWERS = [
    # what is asked, a right answer, an answer as students write it; of numbers, which Math-Verify reads best
    ("delta2", r"(x_2 - y) x_2 (1 - x_2)", r"(x_2-y)x_2(1-x_2)"),
    ("delta2", r"(x_2 - y) x_2 (1 - x_2)", r"-(y-x_2)x_2(1-x_2)"),
    ("delta2", r"(x_2 - y) x_2 (1 - x_2)", r"(x_2-y)(x_2-x_2^{2})"),
    ("delta2", r"(x_2 - y) x_2 (1 - x_2)", r"x_2(1-x_2)(x_2-y)"),
    ("delta2", r"(x_2 - y) x_2 (1 - x_2)", r"(x_2-y)\frac{e^{-z_2}}{(1+e^{-z_2})^{2}}"),
    ("delta2", r"(x_2 - y) x_2 (1 - x_2)", r"(y-x_2)x_2(1-x_2)"),
    ("delta2", r"(x_2 - y) x_2 (1 - x_2)", r"2(x_2-y)x_2(1-x_2)"),
    ("delta2", r"(x_2 - y) x_2 (1 - x_2)", r"(x_2-y)"),
    ("delta2", r"(x_2 - y) x_2 (1 - x_2)", r"\frac{1}{2}(x_2-y)x_2(1-x_2)"),
    ("delta1", r"W_2 \delta_2 x_1 (1 - x_1)", r"x_1(1-x_1)W_2\delta_2"),
    ("delta1", r"W_2 \delta_2 x_1 (1 - x_1)", r"W_2(x_2-y)x_2(1-x_2)x_1(1-x_1)"),
    ("delta1", r"W_2 \delta_2 x_1 (1 - x_1)", r"W_2\delta_2(x_1-x_1^{2})"),
    ("delta1", r"W_2 \delta_2 x_1 (1 - x_1)", r"W_2\delta_2"),
    ("delta1", r"W_2 \delta_2 x_1 (1 - x_1)", r"W_1\delta_2x_1(1-x_1)"),
    ("delta1", r"W_2 \delta_2 x_1 (1 - x_1)", r"W_2\delta_2\frac{e^{-z_1}}{(1+e^{-z_1})^{2}}"),
    ("dW2", r"\delta_2 x_1", r"x_1\delta_2"),
    ("dW2", r"\delta_2 x_1", r"(x_2-y)x_2(1-x_2)x_1"),
    ("dW2", r"\delta_2 x_1", r"\delta_2x_0"),
    ("db1", r"\delta_1", r"W_2 \delta_2x_1(1-x_1)"),
    ("z2", r"W_2 x_1 + b_2", r"b_2+x_1W_2"),
    ("a2", r"\frac{1}{1 + e^{-z_2}}", r"\frac{e^{z_2}}{1+e^{z_2}}"),
    ("loss", r"\frac{1}{2} (x_2 - y)^2", r"\frac{(y-x_2)^2}{2}"),
    ("loss", r"\frac{1}{2} (x_2 - y)^2", r"\frac{1}{2}(x_2^{2}-2x_2y+y^{2})"),
    ("W2_new", r"W_2 - \alpha \delta_2 x_1", r"W_2-\alpha\delta_2x_1"),
    ("W2_new", r"W_2 - \alpha \delta_2 x_1", r"W_2+\alpha\delta_2x_1"),
]
NETWORK = Network([1, 1, 1], "sigmoid", learning_rate=0.1)
ASKED = Problem(
    "peers",
    "",
    "",
    "subscript",
    "",
    NETWORK,
    {},
    tuple(Part(ask, ask, "formula") for ask in dict.fromkeys(ask for ask, _, _ in ANSWERS)),
)


WARMING = {
    "delta2": (r"(x_2-y)x_2", r"x_2(1-x_2)", r"(x_2-y)(1-x_2)x_2", r"(y-x_2)(1-x_2)x_2"),
    "delta1": (r"W_2x_1(1-x_1)", r"\delta_2x_1(1-x_1)W_2"),
    "dW2": (r"(x_2-y)x_1", r"\delta_2 x_1"),
    "db1": (r"\delta_1", r"\delta_2"),
    "z2": (r"W_2x_1", r"W_2x_1+b_2"),
    "a2": (r"\frac{1}{1+e^{-z_2}}", r"\frac{1}{1+e^{z_2}}"),
    "loss": (r"(y-x_2)^2", r"\frac{1}{2}(y-x_2)^2"),
    "W2_new": (r"W_2-\alpha x_1\delta_2", r"W_2-\delta_2x_1"),
}
"""Answers to the same questions, right and wrong, that are judged first."""


def seconds_each() -> list[float]:
    """The time of judging each answer once, after others to the same questions."""
    for ask, texts in WARMING.items():
        for text in texts:
            check(ASKED, ask, text)
    return [seconds(partial(check, ASKED, ask, answer)) for ask, _, answer in ANSWERS]


def ours(turns: int = TURNS) -> list[float]:
    """The median time of judging each answer. What was judged is remembered, here as there, so that every
    turn has a process of its own."""
    columns = [_run([sys.executable, "-m", __name__], "") for _ in range(turns)]
    return [median(column) for column in zip(*columns, strict=True)]


def theirs(turns: int = TURNS) -> list[float]:
    """The same by Math-Verify."""
    pairs = json.dumps([(answer, right) for _, right, answer in ANSWERS])
    columns = [_run([str(PEER), str(Path(__file__).with_name("peers.py"))], pairs) for _ in range(turns)]
    return [median(column) for column in zip(*columns, strict=True)]


def _run(command: list[str], given: str) -> list[float]:
    done = subprocess.run(command, cwd=ROOT, input=given, capture_output=True, text=True, check=True)
    times: list[float] = json.loads(done.stdout)
    return times


@pytest.mark.skipif(not PEER.exists(), reason="Math-Verify 0.9 is not installed (see `.ci/run`)")
def test_beside_math_verify(benchmark: Any) -> None:
    benchmark.pedantic(lambda: _run([sys.executable, "-m", __name__], ""), rounds=1)
    mine, other = median(ours()), median(theirs())
    note(benchmark, round(1000 * mine, 2), "ours, ms an answer", "less than 1")
    note(benchmark, round(1000 * other, 1), "Math-Verify, ms an answer", "none")
    note(benchmark, round(other / mine, 1), "Math-Verify over ours", "at least 40")


# -- how many a second ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "kind"), [("right", "formula"), ("wrong", "formula"), ("right", "number")])
def test_distinct_answers_a_second(benchmark: Any, word: str, kind: str) -> None:
    answers = distinct(word, kind)
    judge = in_turn(answers)
    for _ in answers:
        judge()
    benchmark.pedantic(judge, rounds=len(answers), iterations=1)
    each = median(seconds(judge) for _ in range(2 * len(answers)))
    note(benchmark, round(1 / each), f"{kind} answers a second, {word} (median)", "at least 1000")


def test_identical_answers_a_second(benchmark: Any) -> None:
    """One answer again and again, as `check` is asked; in a class such answers are judged once."""
    ask, _, answer = ANSWERS[0]
    check(ASKED, ask, answer)
    benchmark(lambda: check(ASKED, ask, answer))
    each = median(seconds(lambda: check(ASKED, ask, answer)) for _ in range(200))
    note(benchmark, round(1 / each), "identical answers a second", "at least 10000")


def test_import_to_first_verdict(benchmark: Any) -> None:
    """A fresh process with modules that are compiled, as installed ones are; Python itself is taken off."""
    program = "from grader import check; check('linear-activation', 'delta1', 'W_2^T \\\\delta_2')"

    compiling = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run(text: str) -> float:
        start = perf_counter()
        subprocess.run([sys.executable, "-c", text], cwd=ROOT, check=True, env=compiling)
        return perf_counter() - start

    benchmark.pedantic(run, (program,), rounds=3)
    spent = min(run(program) for _ in range(3)) - min(run("pass") for _ in range(3))
    note(benchmark, round(spent, 2), "seconds from import to first verdict", "less than 0.5")


if __name__ == "__main__":
    json.dump(seconds_each(), sys.stdout)
