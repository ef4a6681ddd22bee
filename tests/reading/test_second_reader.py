"""An independent reader of LaTeX must give scalar expressions the same values as ours does.

Where latex2sympy2 reads otherwise, a row below says why, and every expression it disagrees on must show that
row's reason; how many that are is said by ``pytest -s``.
"""

from __future__ import annotations

import math
import random
import re
import sys
import types
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from derive.graph import Equation
from derive.graph_language import graph_from
from derive.program import Program
from derive.quantities import Quantity
from grader.meaning.lowering import PLANS, Frame, lower
from grader.meaning.names import Namer
from grader.meaning.vocabulary import GraphVocabulary
from grader.reading import read

EXPRESSIONS = 520
POINTS = 2
NAMES = ("x", "y", "z", r"\alpha", r"\beta", "p_1", "p_2", r"\theta_1", r"\gamma")
"""Plain letters, Greek ones, and both with a number below, as a computation graph may call its nodes."""
KEYS = {name: re.sub(r"[\\{}]", "", name) for name in NAMES}

KNOWN: dict[str, str] = {
    "a logarithm without a base is taken to base ten": r"\\log(?!_)",
    "the e of 2.5e-1 is Euler's number": r"[0-9]e-[0-9]",
    "a function without brackets takes the whole product": r"\\sin x y",
}
"""Reasons for which latex2sympy2 reads otherwise, each with what an expression must hold."""


@pytest.fixture(scope="module")
def latex2sympy() -> Any:
    # antlr4 4.7.2 asks for typing.io, which Python 3.13 no longer has.
    sys.modules.setdefault("typing.io", types.SimpleNamespace(TextIO=None))  # type: ignore[arg-type]
    return pytest.importorskip("latex2sympy2").latex2sympy


def expression(rng: random.Random, depth: int) -> str:
    """A random scalar expression as LaTeX, of the fragment that both readers know."""
    if depth == 0:
        numbers = (str(rng.randint(1, 9)), f"{rng.uniform(0.1, 3):.2f}")
        return rng.choice([*NAMES, *numbers])
    left, right = expression(rng, depth - 1), expression(rng, rng.randint(0, depth - 1))
    return rng.choice(WRITTEN)(left, right)


WRITTEN: tuple[Callable[[str, str], str], ...] = (
    lambda left, right: f"{left} + {right}",
    lambda left, right: rf"{left} - \left({right}\right)",
    lambda left, right: f"-({left}) + {right}",
    lambda left, right: rf"\left({left}\right) \cdot \left({right}\right)",
    lambda left, right: f"({left})({right})",
    lambda left, right: rf"\frac{{{left}}}{{2 + \left({right}\right)^2}}",
    lambda left, right: rf"\dfrac{{{left}}}{{3}} {right}" if right[0] == "\\" else rf"\frac{{{left}}}{{3}}",
    lambda left, right: rf"\left({left}\right)^{{2}}",
    lambda left, right: rf"({left})^3 + {right}",
    lambda left, right: rf"e^{{-\left({left}\right)^2}}",
    lambda left, right: (
        rf"\exp\left(-({left})^2\right) {right}" if right[0] == "\\" else rf"\exp(-({left})^2)"
    ),
    lambda left, right: rf"\sin\left({left}\right)",
    lambda left, right: rf"\cos({left})",
    lambda left, right: rf"\tanh\left({left}\right)",
    lambda left, right: rf"\sqrt{{1 + \left({left}\right)^2}}",
    lambda left, right: rf"\ln(1 + ({left})^2)",
    lambda left, right: rf"\log(2 + ({left})^2)",
    lambda left, right: rf"\log_{{2}}(1 + ({left})^2)",
    lambda left, right: rf"\frac{{1}}{{1 + e^{{-\tanh({left})}}}}",
    lambda left, right: f"2.5e-1({left})",
    lambda left, right: rf"\sin x y + {left}",
)


def drawn() -> list[str]:
    """Different expressions, always the same ones."""
    rng = random.Random(4)
    found: dict[str, None] = {}
    while len(found) < EXPRESSIONS:
        found[expression(rng, rng.choice([1, 1, 1, 2]))] = None
    return list(found)


def points() -> list[dict[str, float]]:
    rng = random.Random(5)
    return [{name: rng.uniform(-1.5, 1.5) for name in NAMES} for _ in range(POINTS)]


def ours(text: str) -> list[float]:
    """The value at every point as the grader has it."""
    keys = {KEYS[name]: value for name, value in points()[0].items()}
    graph = graph_from(keys, {"f": " + ".join(keys)}, "f")
    term = Namer(GraphVocabulary(graph)).term(read(text).tree)
    node = lower(term, Frame(graph.shapes, lambda layer: None), PLANS[0])
    answer = Quantity("answer")
    program = Program([Equation(answer, node)])
    return [
        float(
            program.run({Quantity(KEYS[name]): np.array([[value]]) for name, value in point.items()})[answer][
                0, 0
            ]
        )
        for point in points()
    ]


def theirs(latex2sympy: Any, text: str) -> list[complex]:
    """The value at every point as latex2sympy2 has it."""
    found = latex2sympy(text)
    values = [{KEYS[name]: value for name, value in point.items()} for point in points()]
    return [
        complex(
            found.subs(
                {symbol: value[re.sub(r"[{}]", "", str(symbol))] for symbol in found.free_symbols}
            ).evalf()
        )
        for value in values
    ]


def same(mine: list[float], other: list[complex]) -> bool:
    return all(
        b.imag == 0 and math.isclose(a, b.real, rel_tol=1e-9, abs_tol=1e-12)
        for a, b in zip(mine, other, strict=True)
    )


def test_both_readers_give_the_same_values(latex2sympy: Any) -> None:
    reasons: Counter[str] = Counter()
    unexplained = []
    for text in drawn():
        mine = ours(text)
        if same(mine, theirs(latex2sympy, text)):
            continue
        reason = next((name for name, sign in KNOWN.items() if re.search(sign, text)), None)
        reasons[reason or "?"] += 1
        if reason is None:
            unexplained.append(text)
    print(f"\n{EXPRESSIONS} expressions; the second reader reads otherwise: {dict(reasons)}")
    assert unexplained == []
    assert set(reasons) == set(KNOWN)
