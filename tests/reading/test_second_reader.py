"""An independent reader of LaTeX must give scalar expressions the same values as ours does."""

from __future__ import annotations

import math
import random
import sys
import types

import numpy as np
import pytest

from derive.evaluate import Program
from derive.graph import Equation
from derive.graph_language import graph_from
from derive.quantities import Quantity
from grader.meaning.lowering import PLANS, Frame, lower
from grader.meaning.names import Namer
from grader.meaning.vocabulary import GraphVocabulary
from grader.reading import read

POINT = {"x": 0.7, "y": 1.3, "z": -0.4}
GRAPH = graph_from(POINT, {"f": "x + y + z"}, "f")


@pytest.fixture(scope="module")
def latex2sympy():
    # antlr4 4.7.2 asks for typing.io, which Python 3.13 no longer has.
    sys.modules.setdefault("typing.io", types.SimpleNamespace(TextIO=None))
    return pytest.importorskip("latex2sympy2").latex2sympy


def expression(rng: random.Random, depth: int) -> str:
    """A random scalar expression as LaTeX, of the fragment that both readers know."""
    if depth == 0:
        return rng.choice(["x", "y", "z", str(rng.randint(1, 9)), f"{rng.uniform(0.1, 3):.2f}"])
    left, right = expression(rng, depth - 1), expression(rng, depth - 1)
    return rng.choice(
        [
            f"{left} + {right}",
            f"{left} - \\left({right}\\right)",
            f"\\left({left}\\right) \\cdot \\left({right}\\right)",
            f"\\frac{{{left}}}{{2 + \\left({right}\\right)^2}}",
            f"\\left({left}\\right)^{{2}}",
            f"e^{{-\\left({left}\\right)^2}}",
            f"\\sin\\left({left}\\right)",
            f"\\tanh\\left({left}\\right)",
            f"\\sqrt{{1 + \\left({left}\\right)^2}}",
        ]
    )


def ours(text: str) -> float:
    term = Namer(GraphVocabulary(GRAPH)).term(read(text).tree)
    node = lower(term, Frame(GRAPH.shapes, lambda layer: None), PLANS[0])
    given = {Quantity(name): np.array([[value]]) for name, value in POINT.items()}
    answer = Quantity("answer")
    return float(Program([Equation(answer, node)]).run(given)[answer][0, 0])


@pytest.mark.parametrize("seed", range(100))
def test_both_readers_give_the_same_value(latex2sympy, seed: int) -> None:
    text = expression(random.Random(seed), 3)
    theirs = latex2sympy(text)
    value = complex(theirs.subs({symbol: POINT[str(symbol)] for symbol in theirs.free_symbols}).evalf())
    assert value.imag == 0
    assert math.isclose(ours(text), value.real, rel_tol=1e-9, abs_tol=1e-12), text
