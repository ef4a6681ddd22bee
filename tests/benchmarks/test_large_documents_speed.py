"""How the time of proof-reading grows with a document: twice the text over the text, in one run."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from grader.proofread import verify
from tests.benchmarks.measuring import note, ratio

SMALL = 150


def numbers(count: int) -> str:
    return "\n\n".join(f"We get ${n} \\cdot 2 = {2 * n}$." for n in range(count))


def formulas(count: int) -> str:
    line = r"Then $y_{{{}}} = {}.5 \cdot x_{{{}}} + 0.25 = {}.75$ follows."
    return "\n\n".join(line.format(n, n, n % 5, 2 * n) for n in range(count))


def one_name_again(count: int) -> str:
    return "\n\n".join(f"Let $w = 0.{n % 9 + 1}$. Then $2 w = {(n % 9 + 1) / 5:.1f}$." for n in range(count))


def names_by_each_other(count: int) -> str:
    return "Let $a_0 = 1$.\n\n" + "\n\n".join(f"$$a_{{{n + 1}}} = a_{{{n}}} + 1$$" for n in range(count))


def rows(count: int) -> str:
    return "| $x$ | $y$ |\n|---|---|\n" + "\n".join(f"| {n / 8} | {n / 4} |" for n in range(10 * count))


def equalities(count: int) -> str:
    return "$$y = " + " = ".join(f"{n} - {n} + 1" for n in range(count)) + "$$\n"


def code(count: int) -> str:
    return "\n\n".join(f"```python\nx = {n}.0\ny = x * 2  # {2 * n}.0\n```" for n in range(count))


def cells(count: int) -> str:
    found: list[dict[str, Any]] = [
        {"cell_type": "markdown", "source": [f"Then ${n} \\cdot 2 = {2 * n}$."]} for n in range(count)
    ]
    return json.dumps({"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def without_ends(count: int) -> str:
    return "\\[ x = y_1\n\n$$ x = y_1\n\n\\begin{align} x &= y_1\n\n" * count


@pytest.mark.parametrize(
    "page",
    [numbers, formulas, one_name_again, names_by_each_other, rows, equalities, code, cells, without_ends],
)
def test_twice_the_document(benchmark: Any, page: Callable[[int], str]) -> None:
    name = "page.ipynb" if page is cells else "page.md"
    single, double = page(SMALL), page(2 * SMALL)
    verify(single, name=name)
    benchmark.pedantic(lambda: verify(single, name=name), rounds=1)
    grown = ratio(lambda: verify(double, name=name), lambda: verify(single, name=name), turns=2)
    note(benchmark, grown, f"twice {page.__name__.replace('_', ' ')}", "about 2")
