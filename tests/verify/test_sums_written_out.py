"""Sums over an index between two numbers, and numbers with a decimal comma."""

from __future__ import annotations

import pytest

from grader.documents.decimals import with_points
from grader.proofread import verify

SUM = r"""
Let $d_1 = 0.31$, $d_2 = -0.17$, $h_0 = 1.4$, $h_1 = 0.53$, $h_2 = 0.9$.

$$g = \sum_{k=1}^{2} d_k h_{k-1} = 0.31 \cdot 1.4 + (-0.17) \cdot 0.53 = 0.3439$$
"""


def contradicted(text: str) -> list[str]:
    return [claim.text for claim in verify(text).with_verdict("contradicted")]


def test_a_sum_is_held_against_its_numbers() -> None:
    assert contradicted(SUM) == []
    assert contradicted(
        SUM.replace("0.31 \\cdot 1.4 + (-0.17) \\cdot 0.53 = 0.3439", "0.31 \\cdot 1.4 = 0.434")
    )
    assert contradicted(SUM.replace("h_{k-1}", "h_k"))


@pytest.mark.parametrize(
    "sum_", [r"\sum_{k=1}^{n} d_k", r"\sum_k d_k", r"\sum_{k=1}^{900} d_k", r"\sum_{k=2}^{1} d_k"]
)
def test_other_sums_stay_as_they_are(sum_: str) -> None:
    assert contradicted(f"Let $d_1 = 0.31$, $d_2 = -0.17$.\n\n$$g = {sum_} = 7.5$$\n") == []


COMMAS = r"""
Gegeben: $x_1 = 2{,}0$, $x_2 = 0,5$.

| Gewicht | Wert |
|---|---|
| $w_1$ | 0,3 |
| $w_2$ | -0,7 |

$$z = w_1 x_1 + w_2 x_2 = 0{,}3 \cdot 2{,}0 + (-0{,}7) \cdot 0{,}5 = 0{,}25$$

Also ist z = 0,3 · 2,0 - 0,7 · 0,5 = 0,25.
"""


def test_decimal_commas_are_read_where_all_numbers_have_them() -> None:
    report = verify(COMMAS)
    assert not report.with_verdict("contradicted")
    assert report.conventions["numbers"] == "with a decimal comma"
    assert contradicted(COMMAS.replace("-0,7 |", "0,7 |"))
    assert contradicted(COMMAS.replace("0,5 = 0,25", "0,5 = 0,35"))


@pytest.mark.parametrize(
    "text",
    [
        "1,000 + 2,000 = 3,000 and 4,000 + 5,000 = 9,000 or 7,500",
        "w = 0.5, v = 0.25, u = 0.1; points (1,2), (3,4), (5,6), (7,8), (9,1)",
        "0,5 und 0,25",
        "the corners (0,0), (0,1), (1,0), (1,1), [0,1], {1,0}",
    ],
)
def test_other_commas_stay(text: str) -> None:
    assert with_points(text) == text


def test_an_index_keeps_its_comma() -> None:
    text = "0,5 0,4 0,3 0,2 0,1 $w_{1,2}$ $a_1,2$ $x^{1,5}$"
    assert with_points(text).endswith("0.1 $w_{1,2}$ $a_1,2$ $x^{1,5}$")
