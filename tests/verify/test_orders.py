"""Products of matrices: in which order, and with what transposed, the numbers of a page say they stand."""

from __future__ import annotations

import pytest

from grader.proofread import verify

GIVEN = r"""Let $A = \begin{bmatrix} 1.5 & -2 & 0.5 \\ 0.5 & 1 & 2.5 \end{bmatrix}$,
$R = \begin{bmatrix} 0.3 & 0.2 \\ -0.6 & 0.4 \end{bmatrix}$ and
$u = \begin{bmatrix} 0.7 \\ -0.2 \end{bmatrix}$.
"""
RTA = r"\begin{bmatrix} 0.15 & -1.2 & -1.35 \\ 0.5 & 0 & 1.1 \end{bmatrix}"
ATR = r"\begin{bmatrix} 0.15 & 0.5 \\ -1.2 & 0 \\ -1.35 & 1.1 \end{bmatrix}"
TRUE = [
    r"$M = R A$ and $M^T = A^T R^T$",
    rf"$\frac{{\partial C}}{{\partial V}} = R^T A$ where $R^T A = {RTA}$",
    r"$f'(A) = f(A) (1 - f(A))$",
    r"$B = A A$ for another $A = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}$",
    r"$S = u A$ with a row $u$",
    r"$N = R R^T$ and $K = R^T R$",
    rf"$J = A^T R = {ATR}$",
]
FALSE = [
    (r"$M = A R$", "a 2×3 matrix cannot be multiplied by a 2×2 matrix"),
    (r"$A \leftarrow A - \eta A R$", "a 2×3 matrix cannot be multiplied by a 2×2 matrix"),
    (rf"$J = A^T R = {RTA}$", "it gives the transpose of the matrix printed behind it"),
    (
        rf"The rule is $J = R A$. With the numbers, $J = R^T A = {RTA}$",
        "the numbers of the page are those of line 4, with the factors otherwise",
    ),
]


@pytest.mark.parametrize("text", TRUE)
def test_products_that_fit_are_no_alarm(text: str) -> None:
    found = verify(GIVEN + text + ".\n").with_verdict("contradicted")
    assert not [claim.reason for claim in found if claim.kind == "formula"]


@pytest.mark.parametrize(("text", "reason"), FALSE)
def test_a_product_that_cannot_be_meant_is_contradicted(text: str, reason: str) -> None:
    found = verify(GIVEN + text + ".\n").with_verdict("contradicted")
    assert reason in [claim.reason for claim in found]
