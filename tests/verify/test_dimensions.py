"""Rows and columns said in words, held against what is known of the names."""

from __future__ import annotations

import pytest

from grader.proofread import verify

GIVEN = r"Let $W$ be a $3 \times 2$ matrix and $x$ a $2 \times 1$ vector, with $z = Wx$. "


def shapes(text: str) -> list[tuple[str, str]]:
    return [(claim.text, claim.verdict) for claim in verify(text + "\n").claims if claim.kind == "shape"]


def test_the_first_time_it_is_given() -> None:
    assert shapes(GIVEN) == []


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"Then $z$ is a $3 \times 1$ vector.", "confirmed"),
        (r"Then $z$ is a $2 \times 1$ vector.", "contradicted"),
        (r"$W^T z$ is $2 \times 1$.", "confirmed"),
        (r"$z x^T$ has dimensions $3 \times 2$.", "confirmed"),
        (r"$x z^T$ has dimensions $3 \times 2$.", "contradicted"),
        (r"$Wz$ is a $3\times 1$ vector.", "contradicted"),
        (r"$2z$ is $3 \times 1$.", "confirmed"),
        (r"$\sigma(z)$ is $3 \times 1$.", "confirmed"),
        (r"$W$ has shape (3, 2).", "confirmed"),
    ],
)
def test_what_follows_from_shapes_that_are_known(text: str, verdict: str) -> None:
    assert [found for _, found in shapes(GIVEN + text)] == [verdict]


def test_a_matrix_that_stands_there_is_counted() -> None:
    matrix = r"$W = \begin{bmatrix} 1 & 2 \\ 3 & 4 \\ 5 & 6\end{bmatrix}$ (shape: {})"
    assert [found for _, found in shapes(matrix.replace("{}", "3×2"))] == ["confirmed"]
    assert [found for _, found in shapes(matrix.replace("{}", "2×3"))] == ["contradicted"]


def test_a_shape_that_a_formula_asks_for() -> None:
    page = r"$x_2 = \sigma(W_2 x_1)$ where $x_2$ is a $2 \times 1$ vector, $x_1$ is a $4 \times 1$ vector, "
    assert [found for _, found in shapes(page + r"so $W_2$ is a $2 \times 4$ matrix.")] == ["confirmed"]
    assert [found for _, found in shapes(page + r"so $W_2$ is a $4 \times 2$ matrix.")] == ["contradicted"]


def test_a_letter_that_is_used_for_something_else_from_here_on() -> None:
    assert shapes(GIVEN + r"Now let $W$ be a 2x3 matrix. Then $W^T$ is $3 \times 2$.") == [
        (r"W^T$ is $3 \times 2", "confirmed")
    ]


def test_several_names_at_once() -> None:
    text = r"Both $W$ and $z x^T$ are $3 \times 2$ matrices."
    assert [found for _, found in shapes(GIVEN + text)] == ["confirmed", "confirmed"]


@pytest.mark.parametrize(
    "text",
    [
        r"$z$ must be multiplied by a $1 \times 4$ vector to create a $3 \times 4$ matrix.",
        r"The picture shows $x$ in a box, 2 x 5 cm wide.",
        r"We have $x$ in 3 x 2 trials.",
    ],
)
def test_what_is_said_of_something_else(text: str) -> None:
    assert shapes(GIVEN + text) == []
