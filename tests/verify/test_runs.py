"""Weights printed round by round: what gradient descent from plain numbers comes to."""

from __future__ import annotations

import math

import pytest

from grader.proofread import verify

Weights = tuple[float, float, float]


def run(start: Weights, inputs: tuple[float, float], target: float, rate: float, steps: int) -> list[Weights]:
    """The weights of a sigmoid neuron after every step for half the squared error."""
    found = [start]
    for _ in range(steps):
        one, other, bias = found[-1]
        out = output(found[-1], inputs)
        pull = rate * (out - target) * out * (1 - out)
        found.append((one - pull * inputs[0], other - pull * inputs[1], bias - pull))
    return found


def output(weights: Weights, inputs: tuple[float, float]) -> float:
    return 1 / (1 + math.exp(-(weights[0] * inputs[0] + weights[1] * inputs[1] + weights[2])))


INPUTS = (3.0, -2.0)
RUN = run((0.5, -0.4, 0.2), INPUTS, 0.15, 0.5, 6)
ROUND = "Epoch {}: $w_1 = {:.3f}$, $w_2 = {:.3f}$, $b = {:.3f}$, output {:.3f}"
HEAD = """The neuron is $$f = \\frac{1}{1 + e^{-(w_1 x_1 + w_2 x_2 + b)}}$$

The desired output is 0.15, but it gives FIRST at the start (the loss is LOSS).
"""


def page(loss: float) -> str:
    first = output(RUN[0], INPUTS)
    lines = [ROUND.format(at, *RUN[at], output(RUN[at], INPUTS)) for at in (1, 2, 3, 6)]
    head = HEAD.replace("FIRST", f"{first:.3f}").replace("LOSS", f"{loss:.3f}")
    return "\n\n".join([head.strip(), *lines]) + "\n"


ERROR = output(RUN[0], INPUTS) - 0.15


def verdicts(text: str) -> list[tuple[int, str]]:
    return [(c.line, c.verdict) for c in verify(text).claims if c.printed and c.verdict != "unchecked"]


def test_a_run_is_worked_out_again() -> None:
    found = verdicts(page(ERROR**2 / 2))
    assert len(found) == 18 and {verdict for _, verdict in found} == {"confirmed"}


def test_one_number_of_a_run_that_is_cut_off_is_found() -> None:
    right = page(ERROR**2 / 2)
    (number,) = {f"{RUN[3][0]:.3f}"}
    wrong = right.replace(f"w_1 = {number}", f"w_1 = {RUN[3][0] - 0.004:.3f}")
    assert [line for line, verdict in verdicts(wrong) if verdict == "contradicted"] == [9]


def test_a_distance_is_no_squared_error() -> None:
    assert (3, "contradicted") in verdicts(page(ERROR))


@pytest.mark.parametrize("change", [("desired", "funny"), ("Epoch", "Car"), ("x_1", "w_1")])
def test_runs_that_cannot_be_told_are_left_alone(change: tuple[str, str]) -> None:
    assert not [each for each in verdicts(page(ERROR**2 / 2).replace(*change)) if each[0] > 4]


def test_numbers_that_do_not_belong_together_are_left_alone() -> None:
    text = page(ERROR**2 / 2).replace("$w_2 = -0", "$w_2 = -3")
    assert not [each for each in verdicts(text) if each[0] > 4]
