"""Answers must use what they are asked in terms of; a chain may go on beyond that."""

from __future__ import annotations

import pytest

from grader import check


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (r"\delta_1 = W_2^T \delta_2 = W_2^T (x_2 - t)", "right"),
        (r"\delta_1 = W_2^T (x_2 - t) = W_2^T \delta_2", "right"),
        (r"\delta_1 = W_2^T (x_2 - t)", "wrong"),
        (r"\delta_1 = W_2^T (W_2 x_1 + b_2 - t) = W_2^T (x_2 - t)", "wrong"),
        (r"\delta_1 = W_2^T \delta_2 = W_2^T (t - x_2)", "wrong"),
    ],
)
def test_one_side_of_a_chain_in_the_asked_terms_is_enough(answer: str, verdict: str) -> None:
    assert check("linear-activation", "delta1", answer).verdict == verdict
