"""Numbers in running text: what repeats a result must repeat it, and a share of change must be the change."""

from __future__ import annotations

import pytest

from grader.proofread import verify

NEURON = """The neuron gets $a = 0.4 \\cdot 1.1 - 0.2 = 0.24$ and answers $o = \\sigma(0.24) = 0.5597$.
%s
"""
COST = """Before the step the cost is $C = 0.5 (0.62 - 0.9)^2 = 0.0392$.
After it we have $C = 0.5 (0.731 - 0.9)^2 = 0.01428$.
%s
"""
TRUE = [
    (NEURON, "So it is 55.97% sure."),
    (NEURON, "So the chance of rain is about 56.0%, that of sun 44.0%."),
    (NEURON, "In the end 59.57% of the test pictures were recognised."),
    (NEURON, "Another network gives a probability of 38.12%."),
    (COST, "The cost went from 0.0392 down to 0.01428, that is by 63.6%."),
    (COST, "It falls from 0.0392 to 0.01428, a drop of almost 64 %."),
    (COST, "The cost went from 0.0392 to 0.014, by roughly 60%."),
    (COST, "Over all epochs it went from 0.0411 to 0.0007."),
    (COST, "The rate went from 0.05 to 0.01, which is 20% of what it was."),
    (COST, "Accuracy rose from 0.81 to 0.92, by 11%."),
]
FALSE = [
    (NEURON, "So it is 59.57% sure.", "59.57"),
    (NEURON, "So the chance of rain is about 55.79%.", "55.79"),
    (COST, "The cost went from 0.0329 down to 0.01428.", "0.0329"),
    (COST, "The cost is now 0.01428, down from 0.0329.", "0.0329"),
    (COST, "The cost went from 0.0392 to 0.01482.", "0.01482"),
    (COST, "It falls from 0.0392 to 0.01428, that is by 36.4%.", "36.4"),
    (COST, "It falls from 0.0392 to 0.01428, a drop of almost 50 %.", "50"),
]


@pytest.mark.parametrize(("page", "words"), TRUE)
def test_other_numbers_in_running_text_are_no_alarm(page: str, words: str) -> None:
    assert not verify(page % words).with_verdict("contradicted")


@pytest.mark.parametrize(("page", "words", "number"), FALSE)
def test_a_miscopied_result_is_found(page: str, words: str, number: str) -> None:
    assert [claim.printed for claim in verify(page % words).with_verdict("contradicted")] == [number]
