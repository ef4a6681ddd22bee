"""Every formula of backpropagation in the given lecture texts is derived, in the text's own notation.

The formulas are taken out of the texts at test time; ``seeds_derived.yaml`` says where they stand. Each must
be true in the worlds, and the derivation must hold a line with the same left side and the same value there,
as a rule even of the very same quantities (see `tests.jobs.seed_comparison`).

Skipped where the texts are absent; they are not part of the project.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest

from derive.quantities import Quantity
from derive.writing.script import script
from tests.jobs.seed_comparison import Derived, is_true
from tests.jobs.seed_formulas import NOT_READ, Formula, Setting
from tests.jobs.seed_programs import Space, assigned, computed
from tests.jobs.seed_table import SHARED, Row, controls, derivation, derived, rows, table, text_of, truth

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the lecture texts are not here")

TEXTS = range(5)
DERIVED = [row for number in TEXTS for row in rows(number)]
MISSING = [row for number in TEXTS for row in rows(number, "missing")]


def section(number: int, name: str) -> Any:
    """A part of what the table holds for a text."""
    return table()[f"seed_{number:03}"].get(name) or {}


# -- the table is complete -----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", TEXTS)
def test_every_right_formula_of_a_text_is_derived_or_has_its_reason(number: int) -> None:
    right = {c["line"] for c in truth(number) if c["kind"] == "formula" and c["verdict"] == "ok"}
    accounted = {
        entry for name in ("derived", "programs", "missing", "outside") for entry in section(number, name)
    }
    assert right <= accounted


@pytest.mark.parametrize("number", TEXTS)
def test_nothing_stands_in_the_table_that_is_no_formula_of_a_text(number: int) -> None:
    known = {claim["line"] for claim in truth(number) if claim["kind"] == "formula"}
    known |= {359} if number == 1 else set()  # annotated together with line 351
    for name in ("derived", "programs", "missing", "outside"):
        assert set(section(number, name)) <= known, name
    excused = section(number, "outside").keys()
    assert not excused & {
        entry for name in ("derived", "programs", "missing") for entry in section(number, name)
    }


# -- the formulas --------------------------------------------------------------------------------------------


def read(row: Row) -> tuple[Setting, tuple[Formula, ...]]:
    setting = derived(row.setting).setting
    return setting, setting.read(row.passage.text)


@pytest.mark.parametrize("row", DERIVED, ids=str)
def test_a_formula_is_true_and_has_its_line_in_the_derivation(row: Row) -> None:
    setting, formulas = read(row)
    for formula in formulas:
        assert is_true(formula, setting.places), row.passage.text
        same, equal = derived(row.setting).like(formula, setting.places)
        assert equal is not None, f"no line says what {row.passage.text} is"
        assert row.ours is not None or same is not None, (
            f"{equal}\nsays it otherwise than\n{row.passage.text}"
        )


@pytest.mark.parametrize("row", [row for row in DERIVED if row.ours], ids=str)
def test_what_is_said_otherwise_is_not_said_alike_as_well(row: Row) -> None:
    setting, formulas = read(row)
    found = [derived(row.setting).like(formula, setting.places)[0] for formula in formulas]
    assert not all(found), f"the derivation says it alike now, so take `ours` out of the table: {found}"


@pytest.mark.parametrize("row", MISSING, ids=str)
def test_what_is_missing_is_still_missing(row: Row) -> None:
    try:
        setting, formulas = read(row)
    except NOT_READ:
        return
    found = [derived(row.setting).like(formula, setting.places)[1] for formula in formulas]
    assert not all(found), (
        f"the derivation has a line for it now, so take it for derived in the table: {found}"
    )


# -- the programs --------------------------------------------------------------------------------------------


@cache
def of_the_text(first: int, last: int) -> Space:
    """What the program between two lines of text 1 leaves behind."""
    code = (line.strip() for line in text_of(1)[first - 1 : last])
    return computed([line for line in code if " = " in line or " -= " in line], given())


@cache
def of_ours() -> Space:
    """What our program for the same network leaves behind."""
    program = derivation("rows").python()
    space: Space = dict(given())
    exec(program, space)
    return {name: value for name, value in space.items() if f"\n{name} = " in program}


@cache
def given() -> Space:
    """Random numbers for what both programs start with."""
    names, rng = script(derivation("rows")).names, np.random.default_rng(5)
    inputs: Any = derivation("rows").graph.inputs.items()
    numbers = {names[quantity]: rng.normal(size=shape[::-1]) for quantity, shape in inputs}
    return {**numbers, "learning_rate": 0.01}


def value_of_line(line: int) -> Any:
    """What a line of text 1 computes."""
    (block,) = ((first, last) for first, last in section(1, "blocks") if first <= line <= last)
    return of_the_text(*block)[assigned(text_of(1)[line - 1])]


PROGRAMS = [row for found in section(1, "programs").values() for row in found]


@pytest.mark.parametrize("row", [row for row in PROGRAMS if "is" in row], ids=lambda row: str(row["line"]))
def test_a_line_of_a_program_computes_what_ours_computes(row: Mapping[str, Any]) -> None:
    np.testing.assert_allclose(value_of_line(row["line"]), of_ours()[row["is"]], rtol=1e-12)


@pytest.mark.parametrize("row", [row for row in PROGRAMS if "ours" in row], ids=lambda row: str(row["line"]))
def test_what_has_no_line_in_our_program_still_has_none(row: Mapping[str, Any]) -> None:
    value = value_of_line(row["line"])
    alike = (other for other in of_ours().values() if np.shape(other) == np.shape(value))
    assert not any(np.allclose(other, value) for other in alike)


# -- the comparison can fail ---------------------------------------------------------------------------------


@pytest.mark.parametrize("row", controls(), ids=str)
def test_a_wrong_formula_is_false_and_has_no_line(row: Row) -> None:
    setting, (formula,) = read(row)
    assert not is_true(formula, setting.places)
    assert derived(row.setting).like(formula, setting.places) == (None, None)


MISTAKES = {
    r"\sigma'": r"\sigma",
    "{l+1}": "l",
    r"^{\top}": "",
    r"- \eta": r"+ \eta",
    r"a_k^{l-1}": r"a_k^l",
    r"\sum_k": "",
    "w_{kj}": "w_{jk}",
    r"\odot": "",
}


@pytest.mark.parametrize("right", MISTAKES)
def test_a_derivation_with_a_mistake_has_no_line(right: str) -> None:
    whole = derived("nielsen")
    mistaken = Derived(whole.setting, tuple(line.replace(right, MISTAKES[right]) for line in whole.lines))
    lost = [
        formula
        for row in rows(2)
        if row.setting == "nielsen"
        for formula in read(row)[1]
        if mistaken.like(formula, whole.setting.places)[0] is None
    ]
    assert lost


def test_a_true_formula_of_other_quantities_is_only_equal_in_the_worlds() -> None:
    nielsen = derived("nielsen")
    (other,) = nielsen.setting.read(
        r"\delta^l = \left( (w^{l+1})^T \frac{\partial C}{\partial z^{l+1}} \right) \odot \sigma'(z^l)"
    )
    assert is_true(other, nielsen.setting.places)
    same, equal = nielsen.like(other, nielsen.setting.places)
    assert same is None and equal is not None


def test_a_formula_about_something_else_has_no_line() -> None:
    nielsen = derived("nielsen")
    (other,) = nielsen.setting.read(
        r"\frac{\partial C}{\partial b^l} \odot \sigma'(z^l) = \delta^l \odot \sigma'(z^l)"
    )
    assert is_true(other, nielsen.setting.places)
    assert nielsen.like(other, nielsen.setting.places) == (None, None)


def test_a_line_is_compared_with_its_own_quantities() -> None:
    """δ^l is a quantity of its own with free values, not what it is in the worlds."""
    (place, *_) = derived("nielsen").setting.places
    delta = Quantity("delta", 1)
    assert not np.allclose(place.values[delta], place.free[delta])
