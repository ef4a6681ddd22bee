"""Tables of names, their formulas and what comes out, and formulas behind lines of numbers."""

from __future__ import annotations

from grader.proofread import verify

TABLE = """\
Let $x = 0.6$, $h = 0.54$ and $d = -0.23$.

| derivative | formula | value |
|---|---|---|
| $g_1$ | $d \\cdot h$ | -0.1242 |
| $g_2$ | $d \\cdot x$ | -0.138 |
"""


def contradicted(text: str) -> list[str | None]:
    return [claim.printed for claim in verify(text).with_verdict("contradicted")]


def test_a_row_is_a_chain() -> None:
    report = verify(TABLE)
    assert {"-0.1242", "-0.138"} <= {claim.printed for claim in report.with_verdict("confirmed")}
    assert contradicted(TABLE.replace("-0.1242", "0.1242")) == ["0.1242"]


def test_a_row_of_something_else_is_none() -> None:
    assert contradicted("| a | b | c |\n|---|---|---|\n| $u$ | $v$ | 7.5 |\n| $u$ | 2 | 7.5 |\n") == []


LINES = r"""
Let $x = 0.6$, $w = 0.7$, $b = 0.15$ and $t = 1$; the rate is $\eta = 0.5$,
$L = \frac{1}{2}(y - t)^2$.

$$n = w x + b = 0.7 \cdot 0.6 + 0.15 = 0.57, \qquad y = \sigma(0.570) = 0.6388$$
$$\frac{\partial L}{\partial w} = -0.0500, \qquad \frac{\partial L}{\partial b} = -0.0834$$
"""


def test_a_result_that_stands_in_a_line_of_numbers_stands_for_its_name() -> None:
    lines = LINES.replace("0.15 = 0.57,", "0.15 = 0.570,")
    report = verify(lines)
    assert not report.with_verdict("contradicted")
    assert {"-0.0500", "-0.0834"} <= {claim.printed for claim in report.with_verdict("confirmed")}
