"""Formulas for entries stay right in every equivalent form and spelling; an edit that changes the value makes
them wrong."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import numpy as np
import pytest

from derive import Network
from tests.judging.asking import judged
from tests.judging.entrywise import (
    RIGHT,
    STYLES,
    differs,
    edited,
    entries,
    left_side,
    rewritten,
    spelled,
    true_entries,
)
from tests.judging.expressions import Expression, places, values

NETWORK = Network([3, 4, 2], "sigmoid", "half-squared-error", learning_rate=0.1)
EACH = 105
"""Cases for each quantity in each style; at least 2,500 in all, as many as for whole matrices."""
WAYS = [pytest.param(ask, style, id=f"{ask} {style}") for ask in RIGHT for style in STYLES]


def drawn(ask: str, style: str) -> Iterator[tuple[tuple[str, ...], Expression, Random]]:
    for seed in range(EACH):
        random = Random(f"{ask} {style} {seed}")
        yield (*rewritten(ask, random.randint(0, 4), random), random)


def answer(ask: str, letters: tuple[str, ...], expression: Expression, style: str, random: Random) -> str:
    text = spelled(expression, style, random)
    return f"{left_side(ask, letters, style)} = {text}" if letters else text


def notation(style: str) -> str:
    return style if style == "nielsen" else "subscript"


@pytest.mark.parametrize(("ask", "style"), WAYS)
def test_equivalent_forms_stay_right(ask: str, style: str) -> None:
    known = values()
    for letters, expression, random in drawn(ask, style):
        np.testing.assert_allclose(entries(expression, letters, ask, known), true_entries(ask, known))
        text = answer(ask, letters, expression, style, random)
        verdict = judged(NETWORK, ask, text, notation=notation(style))
        assert verdict.verdict == "right", (text, verdict)


@pytest.mark.parametrize(("ask", "style"), WAYS)
def test_an_edit_that_changes_the_value_makes_an_answer_wrong(ask: str, style: str) -> None:
    wrong = 0
    for letters, expression, random in drawn(ask, style):
        other = edited(expression, random)
        while any(part[:2] == ("e", ask) for _, part in places(other)) or not differs(other, letters, ask):
            other = edited(expression, random)
        text = answer(ask, letters, other, style, random)
        verdict = judged(NETWORK, ask, text, notation=notation(style))
        assert verdict.verdict == "wrong", (text, verdict)
        wrong += 1
    assert wrong == EACH
