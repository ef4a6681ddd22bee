"""Neurons as logic gates: what is said of them, and truth tables."""

from __future__ import annotations

import pytest

from grader.chapter.observing.logic.gates import logic_of
from grader.proofread import verify

XOR_NETWORK = r"""The inputs are binary. The hidden neurons compute $p OR q$ and $p NAND q$, the output is
$h_1 AND h_2$, that is $p XOR q$.

| $p$ | $q$ | $h_1$ | $h_2$ | $o$ |
|---|---|---|---|---|
| 0 | 0 | 0 | 1 | 0 |
| 0 | 1 | 1 | 1 | 1 |
| 1 | 0 | 1 | 1 | 1 |
| 1 | 1 | 1 | 0 | 0 |

So the output $o$ computes the XOR of its inputs.
"""


def verdicts(text: str) -> list[tuple[int, str]]:
    return [(c.line, c.verdict) for c in verify(text + "\n").claims if c.verdict != "unchecked"]


def test_a_neuron_is_the_gate_that_the_page_says() -> None:
    found = verdicts("$$u(a, b) = \\sigma(5 - 10 a - 10 b)$$\n\nSo $u(a, b) \\approx a \\text{ NOR } b$.")
    assert found == [(1, "confirmed"), (3, "confirmed")]


def test_a_neuron_that_is_another_gate_is_contradicted() -> None:
    text = "$$u(a, b) = \\sigma(-15 + 10 a + 10 b)$$\n\nSo $u(a, b) \\approx a \\text{ OR } b$."
    (claim,) = [c for c in verify(text).claims if c.verdict == "contradicted"]
    assert claim.line == 3 and "(1, 1) only, which is AND" in claim.reason


def test_a_neuron_on_the_edge_or_of_another_shape_is_left_alone() -> None:
    assert not verdicts("$u = g(-10 + 10 a + 10 b)$. So $u \\approx a \\text{ OR } b$.")
    assert not verdicts("$u = \\tanh(-15 + 10 a + 10 b)$. So $u \\approx a \\text{ OR } b$.")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"$a \oplus b = (a \lor b) \land \lnot (a \land b)$", "confirmed"),
        (r"$a \text{ XOR } b = (a \text{ OR } b) \text{ AND } (a \text{ AND } b)$", "contradicted"),
        (r"$\text{NOT } (a \text{ AND } b) = \text{NOT } a \text{ AND NOT } b$", "contradicted"),
        (r"$a \text{ NAND } b = \text{NOT } a \text{ OR NOT } b$", "confirmed"),
    ],
)
def test_equations_of_gates(text: str, verdict: str) -> None:
    assert verdicts(text) == [(1, verdict)]


def test_a_truth_table_of_the_gates_of_a_page() -> None:
    found = verdicts(XOR_NETWORK)
    assert found == [(line, "confirmed") for line in (6, 7, 8, 9, 11)]


def test_a_column_that_is_not_what_is_said_of_it() -> None:
    wrong = XOR_NETWORK.replace("| 1 | 1 | 1 | 0 | 0 |", "| 1 | 1 | 1 | 0 | 1 |")
    assert (11, "contradicted") in verdicts(wrong)


def test_a_row_against_the_gate_at_the_head_of_its_column() -> None:
    table = "| p | q | p AND q |\n|---|---|---|\n| 0 | 0 | 0 |\n| 0 | 1 | 1 |\n| 1 | 0 | 0 |\n| 1 | 1 | 1 |\n"
    assert [pair for pair in verdicts(table) if pair[1] == "contradicted"] == [(4, "contradicted")]


def test_a_row_against_the_neuron_of_its_column() -> None:
    table = "| a | b | $u$ |\n|---|---|---|\n| 0 | 0 | 1 |\n| 0 | 1 | 0 |\n| 1 | 0 | 1 |\n| 1 | 1 | 0 |\n"
    assert (7, "contradicted") in verdicts("$u = g(5 - 10 a - 10 b)$\n\n" + table)


def test_values_under_conditions() -> None:
    right = "$y = 0$ if $a \\text{ XOR } b$, and $y = 1$ if $a \\text{ XNOR } b$."
    wrong = "$y = 0$ if $a \\text{ OR } b$, and $y = 1$ if $a \\text{ AND } b$."
    assert {verdict for _, verdict in verdicts(right)} == {"confirmed"}
    assert {verdict for _, verdict in verdicts(wrong)} == {"contradicted"}


@pytest.mark.parametrize(
    "text", ["a and b", "", "AND", "(a AND b", "a b", "a AND OR b", "x_1 + x_2", "(" * 200]
)
def test_what_is_no_expression_of_gates(text: str) -> None:
    assert logic_of(text) is None


def test_words_in_capitals_are_no_claims() -> None:
    assert not verdicts("READ THIS AND THAT.\n\nTHE XOR PROBLEM IS HARD. $y = 1$ if you like AND want it.")
