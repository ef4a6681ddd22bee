"""Formulas held against the numbers that a page works with."""

from __future__ import annotations

import pytest

from grader.chapter.report import Report
from grader.proofread import verify

LAYER = r"""
A layer has $V = \begin{pmatrix} 0.5 & -0.25 \\ 1.5 & 0.75 \end{pmatrix}$ and
$c = \begin{pmatrix} 0.1 \\ -0.2 \end{pmatrix}$; the input is
$u = \begin{pmatrix} 0.6 \\ 0.8 \end{pmatrix}$. It computes $s = V u + c$, that is
$$s = \begin{pmatrix} 0.20 \\ 1.30 \end{pmatrix}.$$
%s
"""
NEURON = """
The neuron adds up $%s$ with p = 0.45, q = -1.2, r = 0.35, u = 0.6 and v = 0.8. So

    n = %s = %s
"""


def formulas(report: Report) -> list[str]:
    return [claim.text for claim in report.with_verdict("contradicted") if claim.kind == "formula"]


@pytest.mark.parametrize(
    "words",
    [
        "In short: $s = V u + c$.",
        "Without its bias it would be $s = V u$.",
        "If we ignore the bias, $s = V u$.",
        r"Another input is $u = \begin{pmatrix} 1.5 \\ 0.4 \end{pmatrix}$, and for it $s = V u$.",
        r"Then $s = V u$, so $s = \begin{pmatrix} 0.10 \\ 1.50 \end{pmatrix}$.",
        "The next layer has $t = V u$.",
    ],
)
def test_a_formula_said_again_or_otherwise_on_purpose_is_no_alarm(words: str) -> None:
    assert not formulas(verify(LAYER % words))


def test_a_formula_that_loses_a_term_is_contradicted_by_the_numbers() -> None:
    (found,) = verify(LAYER % "To sum up, every layer does the same: $s = V u$.").with_verdict("contradicted")
    assert found.reason == "a term is missing: the numbers of the page are those of line 4"


@pytest.mark.parametrize(
    ("formula", "worked", "result"),
    [
        ("n = p*u + q*v + r", "0.45*0.6 + (-1.2)*0.8 + 0.35", "-0.34"),
        ("n = r + q*v + p*u", "0.45*0.6 - 1.2*0.8 + 0.35", "-0.34"),
        ("n = p*u + q*v + r", "0.45*0.6 + (-1.2)*0.5 + 0.35", "0.02"),
        ("n = p*u + q*v + r", "0.45*1.6 + (-1.2)*0.5 + 0.35", "0.47"),
        ("n = p*u + q*v", "0.45*0.6 + (-1.2)*0.8 + 0.7", "0.01"),
    ],
)
def test_other_numbers_put_in_are_no_alarm_for_the_formula(formula: str, worked: str, result: str) -> None:
    assert not formulas(verify(NEURON % (formula, worked, result)))


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("n = p*u + q*u + r", "the numbers put in for it are those of v, not of u"),
        ("n = p*u + p*v + r", "the numbers put in for it are those of q, not of p"),
        ("n = p*u + q*v", "the numbers put in for it have one term more, which is r"),
    ],
)
def test_a_letter_that_the_numbers_do_not_fit_is_contradicted(formula: str, reason: str) -> None:
    report = verify(NEURON % (formula, "0.45*0.6 + (-1.2)*0.8 + 0.35", "-0.34"))
    assert reason in [claim.reason for claim in report.with_verdict("contradicted")]
