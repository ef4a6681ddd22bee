"""Lists with dots: one that stands still and then goes on is a slip."""

from __future__ import annotations

import pytest

from grader.proofread import verify


def verdicts(text: str) -> list[tuple[str, str]]:
    return [(c.text, c.verdict) for c in verify(text + "\n").claims if c.kind == "shape"]


def test_a_list_that_stands_still_is_contradicted() -> None:
    found = verdicts(r"For all layers $l = L - 1, L - 1, \dots, 2$ compute the error.")
    assert found == [("L - 1, L - 1", "contradicted")]


@pytest.mark.parametrize(
    "text",
    [
        r"$l = L - 1, L - 2, \dots, 2$",
        r"$[0, 0, \dots, 1]$ and $(1, 1, \dots, 1)$",
        r"$n - 1, n - 1, \dots, n - 1$",
        r"$x_1, x_2, \dots, x_n$",
        r"$a, a, \dots, b$",
    ],
)
def test_other_lists_are_left_alone(text: str) -> None:
    assert verdicts(text) == []
