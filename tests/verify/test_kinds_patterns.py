"""The ways in which people write numbers down: in words, in tables, worked out in place, damaged."""

from __future__ import annotations

import pytest

from grader.documents import Document
from grader.proofread import verify


def regions(text: str) -> list[str]:
    return [region.text for region in Document(text, "page.txt").regions]


def verdicts(text: str) -> dict[str, str]:
    """The last verdict on each printed number."""
    return {claim.printed: claim.verdict for claim in verify(text + "\n").claims if claim.printed}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("So we get net_h1 = 0.15*0.05 + 0.2 = 0.2075 and then σ(0.3) = 0.57.", 2),
        ("The error (E = 1/2(1-0.5)^2 = 0.125) is small", 1),
        ("Thus, ∂E/∂w₁ = 0.3 × 0.5 = 0.15.", 1),
        ("Accuracy was 95% (19/20 = 0.95).", 1),
        ("The output is y = 0.5 and a w = 3.", 2),
        ("dE/dw5 = 0.7414 * 0.1868 * 0.5933 = 0.0822", 1),
        ("w_{1} = 0.2", 1),
        ("| 4 | 0.2 - 0.4 = -0.2 |", 1),
        ("the `loss = 1 - 0.25 = 0.75` is", 1),
    ],
)
def test_equations_between_words_are_read(text: str, expected: int) -> None:
    assert len(regions(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "bias 1 = 0.5 there",
        "es x = 3 y w = 2 es",
        "y = 0.7 times 0.5",
        "if y = 1 the loss is",
        "width = 70% of it",
        "O1 = 0.5 + bias = 3",
        "http://x.y/a?b=3&c=4",
        "version==3.4 or x += 3",
        '<img width="3">',
    ],
)
def test_what_may_belong_to_something_else_is_left_alone(text: str) -> None:
    assert regions(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"$p = \frac{1}{1+e^{-0.82}} = \frac{1}{1+0.4404} = 0.6943$", {"0.4404": "confirmed"}),
        (r"$p = \frac{1}{1+e^{-0.82}} = \frac{1}{1+0.4504}$", {"0.4504": "contradicted"}),
        (r"$0.5 \cdot 0.4 + 2 \cdot 0.3 = 0.6 + 0.2 = 0.8$", {"0.8": "confirmed"}),
        ("$p = 0.5 \\cdot 0.8214 = 0.4107$.\n\nIt predicts 41.07% of it.", {"41.07": "confirmed"}),
        ("$p = 0.5 \\cdot 0.8214 = 0.4107$.\n\nThe value of 0.411 is low.", {"0.411": "confirmed"}),
    ],
)
def test_numbers_put_in_place_and_said_again(text: str, expected: dict[str, str]) -> None:
    assert expected.items() <= verdicts(text).items()


def test_a_table_names_its_cells() -> None:
    report = verify(
        "| Unit j | Net input I_j | Output $O_j$ |\n|---|---|---|\n"
        "| 4 | 0.2 - 0.5 - 0.4 = -0.7 | $\\frac{1}{1+e^{0.7}} = 0.332$ |\n\nThen $I_4 + 1 = 5.0$.\n"
    )
    assert {"I_4", "O_4"} <= {entry.name for entry in report.ledger}
    assert [claim.printed for claim in report.with_verdict("contradicted")] == ["5.0"]


def test_rows_of_names_and_weights_are_givens() -> None:
    report = verify(
        "| Name | Value |\n|---|---|\n| w1 | 0.15 |\n| $\\eta$ | 0.5 |\n| Epochs | 10 |\n\n"
        "| from \\ to | h1 |\n|---|---|\n| x1 | 0.2 |\n"
    )
    assert {entry.name for entry in report.ledger} == {"w_1", "eta", "w_x1,h1"}


def test_a_rate_said_in_words_has_the_letter_of_the_page() -> None:
    report = verify(r"With a learning rate of 0.5 we get $\alpha \cdot 0.4 = 0.3$." + "\n")
    assert [claim.printed for claim in report.with_verdict("contradicted")] == ["0.3"]


@pytest.mark.parametrize(
    "formula",
    ["11+e0.415", "1/(1+e-0.415)", "0.150.200 + 1", r"x^\tau y", "0.0.7626852"],
)
def test_damaged_text_is_never_judged(formula: str) -> None:
    report = verify(f"$y = {formula} = 0.7$ and $y + 1 = 9$\n")
    assert not report.with_verdict("contradicted") and not report.ledger
    assert any(claim.reason.startswith("damaged:") for claim in report.claims)


def test_of_a_formula_shown_twice_the_latex_is_read() -> None:
    text = r"y=11+e−0.415=0.702y = \frac{1}{1+e^{-0.415}} = 0.702"
    (wrong,) = verify(text + "\n").with_verdict("contradicted")
    assert (wrong.printed, wrong.column) == ("0.702", len(text) - 4)
