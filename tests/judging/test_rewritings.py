"""Right answers stay right in every form and spelling; an edit that changes the value makes them wrong."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import Network
from tests.judging.asking import judged
from tests.judging.expressions import STYLES, Expression, edited, rewritten, spelled, value, values

NETWORK = Network([3, 4, 2], "sigmoid", "half-squared-error", learning_rate=0.1)
RIGHT: dict[str, Expression] = {
    "delta2": ("⊙", ("-", ("x2",), ("y",)), ("slope", ("z2",))),
    "delta1": ("⊙", ("·", ("T", ("W2",)), ("delta2",)), ("slope", ("z1",))),
    "dW2": ("·", ("delta2",), ("T", ("x1",))),
    "dW1": ("·", ("delta1",), ("T", ("x0",))),
    "z2": ("+", ("·", ("W2",), ("x1",)), ("b2",)),
}
QUICK = settings(max_examples=1500, deadline=None, derandomize=True)
EDITED = settings(max_examples=300, deadline=None, derandomize=True)


def used(expression: Expression) -> set[str]:
    parts = [part for part in expression[1:] if isinstance(part, tuple)]
    return {expression[0]} if len(expression) == 1 else set().union(*map(used, parts))


@QUICK
@given(
    ask=st.sampled_from(sorted(RIGHT)),
    style=st.sampled_from(sorted(STYLES)),
    steps=st.integers(0, 5),
    random=st.randoms(use_true_random=False),
)
def test_equivalent_forms_stay_right(ask: str, style: str, steps: int, random: Random) -> None:
    expression = rewritten(RIGHT[ask], steps, random)
    np.testing.assert_allclose(value(expression, values()), values()[ask])
    text = spelled(expression, style, random)
    verdict = judged(NETWORK, ask, text)
    assert verdict.verdict == "right", (text, verdict)


@EDITED
@given(
    ask=st.sampled_from(sorted(RIGHT)),
    style=st.sampled_from(sorted(STYLES)),
    steps=st.integers(0, 3),
    random=st.randoms(use_true_random=False),
)
def test_an_edit_that_changes_the_value_makes_an_answer_wrong(
    ask: str, style: str, steps: int, random: Random
) -> None:
    expression = edited(rewritten(RIGHT[ask], steps, random), random)
    if ask in used(expression) or not differs(expression, ask):
        return
    text = spelled(expression, style, random)
    verdict = judged(NETWORK, ask, text)
    assert verdict.verdict == "wrong", (text, verdict)


def differs(expression: Expression, ask: str) -> bool:
    """Whether an expression has another value than what is asked, or none."""
    for seed in (5, 6):
        known = values(seed)
        try:
            found = value(expression, known)
        except ValueError:
            return True
        if found.shape != known[ask].shape or not np.allclose(found, known[ask], rtol=1e-6, atol=1e-12):
            return True
    return False


@pytest.mark.parametrize("ask", sorted(RIGHT))
def test_the_starting_forms_are_right(ask: str) -> None:
    np.testing.assert_allclose(value(RIGHT[ask], values()), values()[ask])
