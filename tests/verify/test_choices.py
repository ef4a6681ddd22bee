"""Which printed operands are exact, and what is not held against a value that is wrong itself."""

from __future__ import annotations

import pytest

from grader.chapter.claims import ClaimVerdict
from grader.proofread import verify


def contradicted(text: str) -> list[ClaimVerdict]:
    return list(verify(text).with_verdict("contradicted"))


@pytest.mark.parametrize(
    "text",
    [
        "A sum: $0.7 + 0.1 = 0.9$.",
        r"A product: $0.7 \cdot 0.5 = 0.45$.",
    ],
)
def test_short_numbers_that_stand_nowhere_else_are_exact(text: str) -> None:
    assert len(contradicted(text + "\n")) == 1


@pytest.mark.parametrize(
    "text",
    [
        r"$\sigma(0.8) = 0.7$ and $\sigma(-2) = 0.1$, together $0.7 + 0.1 = 0.8$, or $0.7 + 0.1 = 0.9$.",
        r"$0.95 \cdot (1 - 0.95) = 0.0452$ and $0.9 \cdot (1 - 0.9) = 0.081$",
        "The activations are 0.7 and 0.1. Their sum is $0.7 + 0.1 = 0.9$.",
        "| neuron | output |\n|---|---|\n| the first | 0.7 |\n| the second | 0.1 |\n\n$0.7 + 0.1 = 0.9$",
    ],
)
def test_short_numbers_that_may_be_rounded_have_room(text: str) -> None:
    assert contradicted(text + "\n") == []


WRONG_ABOVE = r"""
Let $x = 0.4$, $w = 0.5$, $v = 0.7$.

$$h = \sigma(w x) = 0.4502$$

$$y = v h = 0.7 \cdot 0.5498 = 0.3849$$
"""


def test_what_is_right_is_not_held_against_a_value_that_is_wrong() -> None:
    assert [claim.printed for claim in contradicted(WRONG_ABOVE)] == ["0.4502"]
    assert contradicted(WRONG_ABOVE.replace("0.4502", "0.5498")) == []
    slip = WRONG_ABOVE.replace("0.4502", "0.5498").replace("0.7 \\cdot 0.5498", "0.7 \\cdot 0.5948")
    assert contradicted(slip)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (r"$-0.1 \cdot 0.05 = -0.05$", "-0.05 should be -0.005:"),
        (r"$0.11 \cdot 0.14 = 0.15$", "0.15 should be 0.0154:"),
        (r"$0.4123 \cdot 0.2317 = 0.0965$", "0.0965 should be 0.0955:"),
    ],
)
def test_the_true_value_is_named_with_enough_digits(text: str, said: str) -> None:
    assert said in verify(text + "\n").as_text()


@pytest.mark.parametrize(
    ("text", "diagnosis"),
    [
        (r"$\max(0, -0.1) = 0.1$", "other-arithmetic"),
        (r"$0.00123 \cdot 0.00456 = 0.0000$ and $12.3 \cdot 4.56 = 0.0000$", "other-arithmetic"),
        (r"$0.0407 \cdot 0.6803 = 0.2769$", "decimal-point"),
    ],
)
def test_a_diagnosis_leaves_a_trace_in_the_digits(text: str, diagnosis: str) -> None:
    assert [claim.diagnosis for claim in contradicted(text + "\n")] == [diagnosis]
