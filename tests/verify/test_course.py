"""Formulas about layers: judged in the notation that makes most of a page true, in the kinds of network that
its formulas are about.

Every page here is written for the test, in the notation of some course.
"""

from __future__ import annotations

import pytest

from grader.chapter.claims import ClaimVerdict
from grader.chapter.report import Report
from grader.proofread import verify

NIELSEN = r"""
$$z^l = w^l a^{l-1} + b^l, \qquad a^l = \sigma(z^l)$$
$$\delta^L = \nabla_a C \odot \sigma'(z^L)$$
$$\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)$$
$$\frac{\partial C}{\partial b^l} = \delta^l$$
$$\frac{\partial C}{\partial w^l} = \delta^l (a^{l-1})^T$$
$$w^l = w^l - \eta \frac{\partial C}{\partial w^l}$$
"""
SUBSCRIPT = r"""
Ignoring biases, $x_1 = \sigma(W_1 x_0)$ and $x_2 = \sigma(W_2 x_1)$, with $E = \frac{1}{2}\|x_2 - y\|^2$.
$$\delta_2 = (x_2 - y) \odot \sigma'(W_2 x_1)$$
$$\frac{\partial E}{\partial W_2} = \delta_2 x_1^T$$
$$\delta_1 = W_2^T \delta_2 \odot \sigma'(W_1 x_0)$$
$$\frac{\partial E}{\partial W_1} = \delta_1 x_0^T$$
"""
ENTRIES = r"""
\[ z_j^{(l)} = \sum_i W_{ji}^{(l)} a_i^{(l-1)} + b_j^{(l)}, \quad a_j^{(l)} = \sigma(z_j^{(l)}) \]
\[ \delta_j^{(l)} = \frac{\partial J}{\partial z_j^{(l)}} \]
\[ \delta_j^{(l)} = \sum_k W_{kj}^{(l+1)} \delta_k^{(l+1)} \sigma'(z_j^{(l)}) \]
\[ \frac{\partial J}{\partial W_{ji}^{(l)}} = \delta_j^{(l)} a_i^{(l-1)} \]
\[ \frac{\partial J}{\partial b_j^{(l)}} = \delta_j^{(l)} \]
"""


def formulas(report: Report) -> list[ClaimVerdict]:
    return [claim for claim in report.claims if claim.kind == "formula"]


@pytest.mark.parametrize("page", [NIELSEN, SUBSCRIPT, ENTRIES])
def test_the_formulas_of_a_course_are_confirmed(page: str) -> None:
    found = formulas(verify(page))
    assert len(found) >= 6
    assert [claim for claim in found if claim.verdict != "confirmed"] == []


def test_the_notation_and_what_it_holds_of_are_said() -> None:
    report = verify(SUBSCRIPT)
    assert report.conventions["notation"].startswith("subscript, in which")
    assert any("without biases" in claim.reason for claim in formulas(report))


SLIPS = [
    (NIELSEN, r"(w^{l+1})^T \delta^{l+1}", r"(w^{l})^T \delta^{l+1}", "index-shifted"),
    (NIELSEN, r"\delta^l (a^{l-1})^T", r"\delta^l (a^{l})^T", "index-shifted"),
    (NIELSEN, r"\delta^l (a^{l-1})^T", r"a^{l-1} \delta^l", "transposed"),
    (NIELSEN, r"\delta^{l+1}) \odot \sigma'(z^l)", r"\delta^{l+1})", "slope-omitted"),
    (SUBSCRIPT, r"\delta_1 x_0^T", r"\delta_1 x_1^T", "index-shifted"),
    (SUBSCRIPT, r"\delta_1 = W_2^T", r"\delta_1 = W_1^T", "index-shifted"),
    (ENTRIES, r"\sum_k W_{kj}^{(l+1)}", r"\sum_k W_{jk}^{(l+1)}", "transposed"),
    (ENTRIES, r"\delta_j^{(l)} a_i^{(l-1)}", r"\delta_j^{(l)} a_i^{(l)}", "index-shifted"),
]


@pytest.mark.parametrize(("page", "right", "wrong", "diagnosis"), SLIPS)
def test_one_slip_is_contradicted_and_named(page: str, right: str, wrong: str, diagnosis: str) -> None:
    assert page.count(right) == 1
    found = [claim for claim in verify(page.replace(right, wrong)).claims if claim.verdict == "contradicted"]
    assert [claim.diagnosis for claim in found] == [diagnosis]


def test_a_sign_is_wrong_only_where_the_page_has_shown_the_other() -> None:
    flipped = SUBSCRIPT.replace("(x_2 - y)", "(y - x_2)")
    assert verify(flipped).summary["contradicted"] == 0
    report = verify(SUBSCRIPT + "\n$$\\delta_2 = (y - x_2) \\odot \\sigma'(W_2 x_1)$$\n")
    assert [claim.diagnosis for claim in report.with_verdict("contradicted")] == ["sign-flipped"]


@pytest.mark.parametrize(
    "line",
    [
        r"$$\delta^l = (w^{l+1})^T \cdot \delta^{l+1} \cdot \frac{\partial a^l}{\partial z^l}$$",
        r"$$\partial C / \partial w^l = \frac{\partial z^l}{\partial w^l} \frac{\partial C}{\partial z^l}$$",
        r"$$s = wx + b$$",
        r"$$f(x) = x^2$$",
        r"$$a = 3b$$",
    ],
)
def test_what_authors_write_loosely_is_not_contradicted(line: str) -> None:
    assert verify(NIELSEN + line + "\n").summary["contradicted"] == 0


def test_a_page_in_a_notation_of_its_own_is_left_alone() -> None:
    """Weights numbered by the layer they come from, without brackets: most lines would be off by one."""
    page = NIELSEN.replace("w^{l+1}", "w^{l}").replace("w^l a^{l-1}", "w^{l-1} a^{l-1}")
    assert verify(page.replace("{\\partial w^l}", "{\\partial w^{l-1}}")).summary["contradicted"] == 0


def test_a_given_notation_is_taken() -> None:
    report = verify(ENTRIES, notation="nielsen")
    assert report.conventions["notation"].startswith("nielsen")


def test_the_conventions_of_a_page_are_said() -> None:
    said = verify(NIELSEN).conventions
    assert said["layers"] == "the input is layer 1, weights have the number of the layer they lead into"
    assert said["weights"].endswith("z = W a")
    assert "half the squared error" in verify(SUBSCRIPT).conventions["formulas"]
