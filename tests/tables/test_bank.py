"""Every problem of the bank: its published numbers and its statement against what is calculated and given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import problems
from derive.errors import Unusable
from derive.evaluate import Solution, solve, to_array
from derive.network import Network
from derive.problem import Check, Part, Problem, Tolerance
from grader.judge import check
from grader.reading import read
from grader.reading.tree import Group, Matrix, Negate, Number, Relation, Tree

BANK = {name: problems.load(name) for name in problems.names()}
CHECKS = [
    pytest.param(problem, problem.part(row.part), row, id=f"{name}-{row.part}-{index}")
    for name, problem in BANK.items()
    for index, row in enumerate(problem.checks)
    if problem.part(row.part).answer == "number"
]

Printed = tuple[Fraction, Fraction]
"""A number as printed and half a unit of its last digit."""


def printed(tree: Tree) -> list[list[Printed]]:
    """The rows of the numbers an answer ends in."""
    if isinstance(tree, Relation):
        return printed(tree.sides[-1])
    if isinstance(tree, Matrix):
        return [[one(entry) for entry in row] for row in tree.rows]
    if isinstance(tree, Group):
        return [[one(item)] for item in tree.items]
    return [[one(tree)]]


def one(tree: Tree) -> Printed:
    if isinstance(tree, Negate):
        value, half = one(tree.body)
        return -value, half
    assert isinstance(tree, Number), tree
    return tree.value, tree.half_unit


def true_value(solution: Solution, ask: str) -> Any:
    by_address = {quantity.address: value for quantity, value in solution.rounds[0].items()}
    value = by_address[ask] if ask in by_address else solution[ask]
    return np.atleast_2d(np.asarray(value, dtype=float))


def allowed(tolerance: Tolerance, true: float, half_unit: Fraction) -> float:
    """How far a printed number may be off: by its last digit, or by what the part allows."""
    digits = 0.5 * 10.0 ** (1 - tolerance.digits) * abs(true) if tolerance.digits else 0.0
    return max(float(half_unit) * (1 + 1e-9), digits, tolerance.absolute or 0.0)


def agrees(part: Part, answer: str, true: Any) -> bool:
    rows = printed(read(answer).tree)
    if (len(rows), len(rows[0])) == true.shape[::-1] and 1 in true.shape:
        true = true.T
    if (len(rows), len(rows[0])) != true.shape:
        return False
    return all(
        abs(float(value) - true[i, j]) <= allowed(part.tolerance, true[i, j], half)
        for i, row in enumerate(rows)
        for j, (value, half) in enumerate(row)
    )


@pytest.mark.parametrize(("problem", "part", "expected"), CHECKS)
def test_a_number_is_right_exactly_when_its_check_says_so(
    problem: Problem, part: Part, expected: Check
) -> None:
    assert agrees(part, expected.answer, true_value(solve(problem), part.ask)) == (
        expected.verdict == "right"
    )


@pytest.mark.parametrize("problem", BANK.values(), ids=BANK)
def test_the_grader_says_what_every_check_expects(problem: Problem) -> None:
    for expected in problem.checks:
        verdict = check(problem, expected.part, expected.answer)
        assert verdict.verdict == expected.verdict, (expected, verdict)
        assert expected.marks in (None, verdict.marks), (expected, verdict)
        assert expected.note is None or expected.note in verdict.misconceptions, (expected, verdict)


@pytest.mark.parametrize("problem", BANK.values(), ids=BANK)
def test_checks_are_of_every_kind(problem: Problem) -> None:
    right = {row.part for row in problem.checks if row.verdict == "right"}
    assert right == {part.id for part in problem.parts}, "every part shows a right answer"
    assert {part.answer for part in problem.parts} >= {"number", "formula"}
    wrong = [row for row in problem.checks if row.verdict == "wrong"]
    assert any(row.note for row in wrong), "a misconception is caught"
    assert all(row.marks == problem.part(row.part).points for row in problem.checks if row.verdict == "right")
    assert problem.source and problem.statement and problem.points > 0


def matrices(statement: str) -> Iterator[tuple[tuple[Fraction, ...], ...]]:
    """Every matrix and every single number that the statement sets equal to something."""
    for body in re.findall(r"\\begin{bmatrix}(.*?)\\end{bmatrix}", statement, re.DOTALL):
        cells = [[cell.strip() for cell in row.split("&")] for row in body.split(r"\\")]
        if all(re.fullmatch(r"-?[\d.]+", cell) for row in cells for cell in row):
            yield tuple(tuple(Fraction(cell) for cell in row) for row in cells)
    for number in re.findall(r"= (-?\d+(?:\.\d+)?)", statement):
        yield ((Fraction(number),),)


@pytest.mark.parametrize("problem", BANK.values(), ids=BANK)
def test_the_statement_shows_the_numbers_that_are_given(problem: Problem) -> None:
    shown = list(matrices(problem.statement))
    entries = {entry for matrix in shown for row in matrix for entry in row}
    for address, value in problem.given.items():
        if isinstance(problem.model, Network):
            assert tuple(map(tuple, to_array(value, exact=True))) in shown, address
        else:
            assert value in entries, address
    if isinstance(problem.model, Network) and problem.model.learning_rate is not None:
        assert problem.model.learning_rate in entries


def test_the_linear_example_is_exact() -> None:
    solution = solve(BANK["linear-activation"], exact=True)
    assert solution["loss"][0, 0] == 16553
    assert solution["delta1"].ravel().tolist() == [486, 679, 397, 397]
    assert solution["b2_new"].ravel().tolist() == [Fraction(-19, 2), Fraction(-111, 10)]
    assert solution["W1_new"][1].tolist() == [Fraction(-669, 5), Fraction(-669, 10), Fraction(-2017, 10)]
    assert solution["loss_new"][0, 0] == Fraction("391591816900.145")


def test_the_error_mazur_printed_after_the_update_is_not_the_true_one() -> None:
    """It follows when the hidden layer is reached through the updated weights."""
    problem = BANK["mazur"]
    solution = solve(problem)
    x, y = solution["x"], solution["y"]
    slope = solution["a1"] * (1 - solution["a1"])
    too_early = solution["W2_new"].T @ solution["delta2"] * slope
    W1 = solution["W1"] - 0.5 * too_early @ x.T
    hidden = 1 / (1 + np.exp(-(W1 @ x + solution["b1"])))
    output = 1 / (1 + np.exp(-(solution["W2_new"] @ hidden + solution["b2"])))
    assert 0.5 * ((output - y) ** 2).sum() == pytest.approx(0.291027924, abs=5e-10)
    assert solution["loss_new"][0, 0] == pytest.approx(0.291027773694, abs=5e-13)


def test_names_texts_and_files(tmp_path: Path) -> None:
    expected = {"linear-activation", "mazur", "xor-relu", "and-gate", "circuit-product", "circuit-sigmoid"}
    assert expected <= set(problems.names())
    copy = tmp_path / "copy.yaml"
    copy.write_text(problems.text("mazur"), encoding="utf-8")
    own, built_in = problems.load(copy), problems.load("mazur")
    assert (own.name, own.parts, own.given) == ("copy", built_in.parts, built_in.given)
    assert problems.load(str(copy)).title == built_in.title
    for wrong in (problems.load, problems.text):
        with pytest.raises(Unusable, match=r"did you mean 'mazur'\? known: and-gate, "):
            wrong("mazzur")
