"""Slips that a person sees through: what they are repaired to, and that nothing is ever left out."""

from __future__ import annotations

import re

import pytest

from grader.reading import Unreadable, read
from grader.reading.repairs import REPAIRS, Repair, repairs

OFFERED = [
    (r"W_2 T \delta_2", r"W_2^{\top} \delta_2"),
    (r"W_{2} T \delta_2", r"W_{2}^{\top} \delta_2"),
    (r"W^{(2)} T \delta", r"W^{(2)}^{\top} \delta"),
    ("W2T d", r"W2^{\top} d"),
    ("W₂T δ₂", r"W₂^{\top} δ₂"),
    (r"\delta_2 a_1 T", r"\delta_2 a_1^{\top}"),
    (r"W_2^\tau x", r"W_2^{\top} x"),
    (r"W_2^{\tau} x", r"W_2^{\top} x"),
    ("W_2^τ x", r"W_2^{\top} x"),
    ("W₂ᵗ x", r"W₂^{\top} x"),
    ("W_2^t x", r"W_2^{\top} x"),
    (r"W_2^{\mathrm{tr}} x", r"W_2^{\top} x"),
    ("W_2^{tr} x", r"W_2^{\top} x"),
    ("W^T2 x", r"W_2^{\top} x"),
    ("t(W2) %*% x", r"(W2)^{\top} %*% x"),
    ("z_l", "z_1"),
    ("z_{l}", "z_{1}"),
    ("z^{(l)}", "z^{(1)}"),
    ("(l - a)", "(1 - a)"),
    ("x_O", "x_0"),
    ("a_1 o b", "a_1 ∘ b"),
    (r"\exp^{-z}", "e^{-z}"),
    ("exp^-z", "e^-z"),
    (r"\sum_k W_2^{kj} d_k", r"\sum_k (W_{2})_{kj} d_k"),
    (r"\delta_ij", r"\delta_{ij}"),
    ("0.5O3", "0.503"),
    ("frac{1}{2} x", r"\frac{1}{2} x"),
    (r"\sum_{k \in K} w_k", r"\sum_{k} w_k"),
    (r"\sum_{k \in \text{out}} w_k", r"\sum_{k} w_k"),
]


@pytest.mark.parametrize(("text", "meant"), OFFERED)
def test_what_may_be_meant_is_offered(text: str, meant: str) -> None:
    offered = dict(repairs(text))
    assert meant in offered
    assert offered[meant].endswith(".")


def test_several_slips_are_repaired_together() -> None:
    offered = dict(repairs(r"W_2 T \delta_2 \odot a_l (l - a_l)"))
    assert r"W_2^{\top} \delta_2 \odot a_1 (1 - a_1)" in offered


UNTOUCHED = [
    r"W_2^T \delta_2 \odot \sigma'(z_1)",
    r"\delta_j^l = \sum_k w_{kj}^{l+1} \delta_k^{l+1} \sigma'(z_j^l)",
    "W2.T @ delta2 * a1*(1-a1)",
    r"W_2^{l-1}",
    r"W_2^{kT}",
    "T_2 x",
    "T(x)",
    "x_1 Tx",
    r"\tau_1",
    "a_{l+1}",
    r"a^{l-1}",
    "0.5 * x_10",
    r"\exp(-z)",
]


@pytest.mark.parametrize("text", UNTOUCHED)
def test_what_is_no_slip_is_left_alone(text: str) -> None:
    assert repairs(text) == ()


@pytest.mark.parametrize("repair", REPAIRS, ids=lambda repair: repair.name)
def test_every_row_is_shown_by_an_example(repair: Repair) -> None:
    assert any(repair.pattern.search(text) for text, _ in OFFERED)


@pytest.mark.parametrize(("text", "_"), OFFERED)
def test_nothing_but_the_slip_changes(text: str, _: str) -> None:
    """Every letter and digit outside the slips is still there, in its order."""
    for changed, _sentence in repairs(text):
        kept = re.sub(r"top|[^A-Za-z0-9]", "", changed)
        slips = re.sub(r"tau|τ|tr|exp|mathrm|text|in|out|[^A-Za-z0-9]", "", text)
        assert len(kept) >= len(slips) - 2


def test_repairing_a_long_text_takes_no_time() -> None:
    for text in ("a_" * 2000, "t(" * 2000, "_{" * 2000, "^{" * 2000, "W_2 " * 1000, "{ " * 2000):
        repairs(text)
        with pytest.raises(Unreadable):
            read(text + "(")
