"""Derivatives by names that a quantity depends on through others, in the ways people type them."""

from __future__ import annotations

import pytest

from grader.proofread import verify

CHAIN = r"""
$$z = w x + b$$ $$h = \tanh(z)$$ $$o = v h + c$$ $$J = \frac{1}{2} (o - y)^2 + \frac{k}{2} (w^2 + v^2)$$
"""


def last(text: str) -> tuple[str, str]:
    claim = verify(f"{CHAIN}\n${text}$\n").claims[-1]
    return claim.kind, claim.verdict


@pytest.mark.parametrize(
    "text",
    [
        "dJ/do = o - y",
        "dJ/dc = dJ/do",
        "dJ/dv = dJ/do * h + k*v",
        "dJ/dw = dJ/dz * x + k*w",
        r"\frac{dJ}{dw} = \frac{dJ}{do} v (1 - h^2) x + k w",
        "dJ/dv = k*v",  # with the rest held fast
    ],
)
def test_a_derivative_goes_through_everything_that_depends_on_its_name(text: str) -> None:
    assert last(text) == ("formula", "confirmed")


@pytest.mark.parametrize("text", ["dJ/do = y - o", "dJ/dv = dJ/do + k*v", "dJ/dw = dJ/dz * x + k*v"])
def test_a_wrong_derivative_is_contradicted(text: str) -> None:
    assert last(text) == ("formula", "contradicted")
