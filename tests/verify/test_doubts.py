"""Equations that are no claims: to be solved, or about a norm that is not said."""

from __future__ import annotations

import pytest

from grader.proofread import verify


def verdicts(text: str) -> list[str]:
    return [claim.verdict for claim in verify(text + "\n").claims]


@pytest.mark.parametrize(
    "line",
    [
        r"$x + 4y = 0$",
        r"$2(-4y) + y = 4$",
        r"$-7y = 4$",
        r"$\begin{bmatrix} 2x + y - 4 \\ x + 4y \end{bmatrix} = \begin{bmatrix} 0 \\ 0 \end{bmatrix}$",
        r"$\frac{dL}{dx} = 2(x - 3) = 0$",
        r"$\|u\| = \sqrt{15}$",
        r"$v = \frac{u}{\|u\|} = [0.1, 0.2]$",
    ],
)
def test_it_may_be_an_equation_to_be_solved(line: str) -> None:
    given = "Before, $x = 2$, $y = 1$ and $u = [1, 2]$. Now something else:\n\n"
    assert "contradicted" not in verdicts(given + line)


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("With $x = 2$ we get $3x + 1 = 8$.", "contradicted"),
        (r"For $x_{1} = 2$ and $x_2 = 1$ this gives: $3x_1 + x_2 = 8$.", "contradicted"),
        ("With $x = 2$ we get $3x + 1 = 7$.", "confirmed"),
        ("Now $x = 2$; after division by 2 we get $3x + y = 8$.", "unchecked"),
        ("Let $x = 2$. We look for the line $3x + 1 = 8$.", "unchecked"),
    ],
)
def test_what_follows_from_values_on_the_same_line_is_a_claim(line: str, verdict: str) -> None:
    assert verdicts("Let $y = 3$.\n\n" + line)[-1] == verdict


@pytest.mark.parametrize(
    "line",
    [r"$x + 4y = 0.25$", r"$z = x + 4y = 7$", r"$f(2) = 4$, where $f(x) = x^2 + 1$", r"$\|[3, 4]\| = 6.0$"],
)
def test_what_is_computed_is_a_claim(line: str) -> None:
    given = "Let $x = 2$ and $y = 1$, and $f(x) = x^2 + 1$.\n\n"
    assert "contradicted" in verdicts(given + line)


def test_errors_may_be_numbered_like_powers_of_e() -> None:
    assert verdicts(r"$h(1) = 0$. $e^{(1)} = h(1) - 2 = -2$ and $e^{(1)} + 1 = -1.0$.")[-1] == "confirmed"


def test_the_norm_of_a_matrix_may_be_meant_by_rows() -> None:
    page = r"$x = \begin{bmatrix} 0 & 3 & 4 \\ 2 & 6 & 4 \end{bmatrix}$, $\frac{x}{\|x\|} = "
    page += r"\begin{bmatrix} 0 & 0.6 & 0.8 \\ 0.2673 & 0.8018 & 0.5345 \end{bmatrix}$"
    assert "contradicted" not in verdicts(page)


def test_slopes_are_found_by_differences() -> None:
    assert verdicts(r"Let $g(x) = x^2 - 3x + 5$. $g'(1) = 2(1) - 3 = -1$")[-2:] == ["confirmed", "confirmed"]
