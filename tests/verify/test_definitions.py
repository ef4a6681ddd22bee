"""Definitions: confirmed where a page keeps to them, contradicted where a term or factor comes and goes."""

from __future__ import annotations

import pytest

from grader.chapter.claims import ClaimVerdict
from grader.proofread import verify

SIGMOID = r"$$f(w, x) = \frac{1}{1 + e^{-(w_0 x_0 + w_1 x_1 + w_2)}}$$"
STRAY = SIGMOID.replace("w_2)", "w_2 x_2)")


def formulas(*lines: str) -> list[ClaimVerdict]:
    page = "\n\nOnce more, in other words:\n\n".join(lines) + "\n"
    return [claim for claim in verify(page).claims if claim.kind == "formula"]


def test_a_definition_that_is_used_is_confirmed() -> None:
    found = formulas("$q = x + y$", "$f = q z$", "$h = f + 1$")
    assert [claim.verdict for claim in found] == ["confirmed", "confirmed", "unchecked"]


@pytest.mark.parametrize(
    "line",
    [
        r"$\sigma(x) = \frac{1}{1 + e^{-x}}$",
        r"$\tanh(z) = \frac{e^z - e^{-z}}{e^z + e^{-z}}$",
        r"$\text{ReLU}(z) = \max(0, z)$",
    ],
)
def test_functions_with_a_name_are_what_it_says(line: str) -> None:
    (claim,) = formulas(line)
    assert claim.verdict == "confirmed"


def test_another_function_of_that_name_is_the_authors_own() -> None:
    (claim,) = formulas(r"$\sigma(x) = \frac{1}{1 + e^{-2x}}$")
    assert claim.verdict != "contradicted"


@pytest.mark.parametrize(
    ("stray", "word"),
    [
        (STRAY, "a factor is added"),
        (SIGMOID.replace(" + w_2)", ")"), "a term is missing"),
        (SIGMOID.replace("w_0 x_0 +", "w_0 x_0 -"), "a sign is another"),
    ],
)
def test_what_comes_and_goes_is_contradicted(stray: str, word: str) -> None:
    found = formulas(SIGMOID, stray, SIGMOID)
    assert [claim.verdict == "contradicted" for claim in found] == [False, True, False]
    assert word in found[1].reason


def test_what_changes_once_may_be_meant() -> None:
    assert [claim.verdict for claim in formulas(SIGMOID, STRAY)] == ["confirmed", "unchecked"]


def test_another_function_under_the_same_letter_is_no_slip() -> None:
    found = formulas("$f(x) = e^x$", r"$f(x) = \frac{1}{x}$", "$f(x) = e^x$")
    assert not [claim for claim in found if claim.verdict == "contradicted"]


def test_a_function_made_of_itself_is_another_one() -> None:
    found = formulas("$f(x) = 2x + 1$", "$g(x) = 3x - 2$", "$f(x) = g(f(x))$")
    assert [claim.verdict == "contradicted" for claim in found] == [False, False, True]
