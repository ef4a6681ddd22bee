"""Formulas between numbers that the network behind a page reproduces."""

from __future__ import annotations

from grader.chapter.claims import ClaimVerdict
from grader.proofread import verify

PAGE = r"""
Let $x_1 = 0.5$, $x_2 = 0.3$, $w_1 = 0.3$, $w_2 = 0.2$, $w_3 = 0.2$, $w_4 = 0.3$.

$z_1 = w_1 x_1 + w_3 x_2 = 0.21$ and $z_2 = w_2 x_1 + w_4 x_2 = 0.19$.

$a_1 = \sigma(z_1) = 0.5523$

In the same way

$a_2 = \sigma(z_2) = 0.5474$
"""


def formulas(page: str) -> list[ClaimVerdict]:
    return [claim for claim in verify(page).claims if claim.kind == "formula"]


def test_formulas_with_the_printed_values_are_confirmed() -> None:
    assert "contradicted" not in {claim.verdict for claim in verify(PAGE).claims}
    assert formulas(PAGE)[-1].verdict == "confirmed"


def test_a_formula_with_a_wrong_label_is_contradicted_though_its_number_is_right() -> None:
    page = PAGE.replace(r"a_2 = \sigma(z_2) = 0.5474", r"a_2 = \sigma(z_1) = \frac{1}{1 + e^{-z_2}} = 0.5474")
    wrong = [claim for claim in verify(page).claims if claim.verdict == "contradicted"]
    assert wrong[0].text == r"a_2 = \sigma(z_1)" and {claim.kind for claim in wrong} == {"formula"}
