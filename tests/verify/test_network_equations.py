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


SLOPES = r"""
Let $x_1 = 0.5$, $x_2 = 0.3$, $w_1 = 0.3$, $w_2 = 0.2$, $w_3 = 0.7$, $t = 0.1$.

$z = w_1 x_1 + w_2 x_2 = 0.21$, $a = \frac{1}{1 + e^{-z}} = 0.552308$, $o = w_3 a = 0.386615$

$E = \frac{1}{2} (o - t)^2 = 0.041074$

$\frac{\partial E}{\partial o} = o - t = 0.286615$

$\frac{\partial E}{\partial w_1} = \frac{\partial E}{\partial o} \frac{\partial o}{\partial a}
\frac{\partial a}{\partial z} \frac{\partial z}{\partial w_1} = 0.286615 \cdot 0.7 \cdot 0.247264 \cdot 0.5
= 0.024804$
"""


def test_a_chain_of_derivatives_holds_in_the_network_of_the_page() -> None:
    found = verify(SLOPES).claims
    assert "contradicted" not in {claim.verdict for claim in found}
    chain = next(claim for claim in found if claim.text.count("partial") > 4 and claim.kind == "formula")
    assert chain.verdict == "confirmed"


def test_a_chain_by_another_path_than_its_weight_is_contradicted() -> None:
    page = SLOPES.replace(r"\frac{\partial z}{\partial w_1} =", r"\frac{\partial z}{\partial w_3} =")
    (wrong,) = (claim for claim in verify(page).claims if claim.verdict == "contradicted")
    assert wrong.reason.endswith("z does not depend on w_3")


def test_a_derivative_may_be_the_opposite_of_a_name() -> None:
    page = (
        SLOPES
        + "\n"
        + r"With $\delta = t - o = -0.286615$ we have $\frac{\partial E}{\partial o} = -\delta$."
    )
    assert "contradicted" not in {claim.verdict for claim in verify(page).claims}


def test_a_right_product_below_a_wrong_number_is_right() -> None:
    page = (
        SLOPES
        + "\n"
        + (
            r"Likewise $\frac{\partial E}{\partial z} = 0.049806$ and $\frac{\partial E}{\partial z}"
            r" \frac{\partial z}{\partial w_2} = 0.049608 \cdot 0.3 = 0.014882$."
        )
    )
    wrong, right = (
        claim for claim in verify(page).claims if claim.text.startswith(r"\frac{\partial E}{\partial z}")
    )
    assert wrong.verdict == "contradicted" and right.verdict == "confirmed"
    assert right.reason == "both sides are 0.0148826 in the network of the page, if not by the numbers above"
