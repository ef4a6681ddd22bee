"""Formulas by cases, functions that jump, and what a page takes a step to be at 0."""

from __future__ import annotations

import math

import pytest

from grader.chapter.intervals import Interval, maximum
from grader.chapter.jumps import STEP
from grader.chapter.operations import Undefined, slope
from grader.chapter.report import Report
from grader.proofread import verify


def words(text: str) -> list[tuple[str | None, str]]:
    """The printed numbers of a page with the verdicts on them."""
    return [(claim.printed, claim.verdict) for claim in verify(text).claims if claim.printed]


def zero(report: Report) -> str | None:
    return report.conventions.get("step at 0")


LEAKY = r"$$r(s) = \begin{cases} s & s > 0 \\ 0.1 s & \text{otherwise} \end{cases}$$" + "\n\n"
CLIPPED = r"$$c(s) = \begin{cases} 0 & s < -1 \\ s & -1 \le s \le 1 \\ 1 & s > 1 \end{cases}$$" + "\n\n"


@pytest.mark.parametrize(
    ("definition", "claim", "verdict"),
    [
        (LEAKY, "r(2.5) = 2.5", "confirmed"),
        (LEAKY, "r(-2.5) = -0.25", "confirmed"),
        (LEAKY, "r(-2.5) = -2.5", "contradicted"),
        (LEAKY, "r(-2.5) = 0.25", "contradicted"),
        (LEAKY, "r(1.5 - 4.5) + 1 = 0.7", "confirmed"),
        (CLIPPED, "c(0.4) = 0.4", "confirmed"),
        (CLIPPED, "c(1.75) = 1.00", "confirmed"),
        (CLIPPED, "c(1.75) = 1.75", "contradicted"),
        (CLIPPED, "c(-3.25) = 0.00", "confirmed"),
    ],
)
def test_the_case_that_holds_gives_the_value(definition: str, claim: str, verdict: str) -> None:
    assert words(f"{definition}Here ${claim}$.\n")[-1][1] == verdict


def test_where_no_case_holds_nothing_is_said() -> None:
    text = r"$$g(s) = \begin{cases} 1.5 & s > 0 \\ -1.5 & s < 0 \end{cases}$$" + "\n\nThen $g(0) = 7.25$.\n"
    assert words(text)[-1][1] == "unchecked"


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\operatorname{step}(0.3) = 1", "confirmed"),
        (r"\mathrm{step}(-0.3) = 0", "confirmed"),
        (r"\mathrm{step}(0.3) = 0", "contradicted"),
        (r"\operatorname{sgn}(-3) = -1", "confirmed"),
        (r"\operatorname{sign}(-3) = 1", "contradicted"),
        (r"\operatorname{sgn}(0) = 0", "confirmed"),
        (r"\mathrm{step}(0) = 1", "confirmed"),
        (r"\mathrm{step}(0) = 0", "confirmed"),
        (r"\mathrm{step}(0) = 0.5", "confirmed"),
        (r"\mathrm{step}(0) = 2", "contradicted"),
    ],
)
def test_functions_that_jump(claim: str, verdict: str) -> None:
    assert words(f"We see that ${claim}$.\n")[-1][1] == verdict


GATE = r"Since ${z}$ is reached, $\mathrm{step}({z}) = {y}$ here." + "\n\n"


def gates(*pairs: tuple[str, str]) -> str:
    return "".join(GATE.replace("{z}", z).replace("{y}", y) for z, y in pairs)


@pytest.mark.parametrize(
    ("pairs", "chosen"),
    [
        ([("1 - 1", "1"), ("-1", "0"), ("2", "1")], "1"),
        ([("1 - 1", "0"), ("-1", "0"), ("2", "1")], "0"),
        ([("1 - 1", "0.5"), ("2 - 2", "0.50")], "0.5"),
        ([("-1", "0"), ("2", "1")], None),
        ([("1 - 1", "1"), ("2 - 2", "0")], None),
    ],
)
def test_a_page_has_one_value_at_zero_and_says_it(pairs: list[tuple[str, str]], chosen: str | None) -> None:
    report = verify(gates(*pairs))
    assert zero(report) == chosen
    assert report.summary["contradicted"] == 0


def test_one_of_many_that_has_another_value_at_zero_is_found() -> None:
    report = verify(gates(("1 - 1", "1"), ("2 - 2", "1"), ("3 - 3", "1"), ("4 - 4", "0")))
    assert zero(report) == "1"
    (wrong,) = report.with_verdict("contradicted")
    assert (wrong.line, wrong.printed) == (7, "0")


def test_a_letter_may_be_called_the_step_function() -> None:
    text = "Here h is the step function.\n\nThen $h(-0.7) = 1$ and $h(0.7) = 1$.\n"
    assert words(text) == [("1", "contradicted"), ("1", "confirmed")]


def rectifier(value: Interval) -> Interval:
    return maximum(Interval.exactly(0), value)


def test_the_slope_at_a_kink_is_any_between_the_slopes_beside_it() -> None:
    found = slope(rectifier)(Interval.exactly(0))
    assert (found.low, found.high) == pytest.approx((0, 1))


@pytest.mark.parametrize(("at", "right"), [(-0.5, 0.0), (0.5, 1.0)])
def test_beside_a_kink_there_is_one_slope(at: float, right: float) -> None:
    found = slope(rectifier)(Interval.exactly(at))
    assert found.low == found.high == pytest.approx(right)


def test_a_curve_is_not_taken_for_a_kink() -> None:
    found = slope(lambda value: value.map(lambda number: math.exp(30 * number)))(Interval.exactly(0.1))
    assert found.half == 0 and found.middle == pytest.approx(30 * math.exp(3), rel=1e-6)


def test_a_jump_has_no_slope() -> None:
    with pytest.raises(Undefined, match="jumps"):
        slope(STEP.with_zero().apply)(Interval.exactly(0))
