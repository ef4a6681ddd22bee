"""Handouts in every notation: given matrices, formulas and numbers are the notation's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

import problems
from derive.derivation import derive_graph, derive_network
from derive.handout import Sheet, handout, handout_page
from derive.network import Network
from derive.notation import NOTATIONS
from derive.problem import Problem
from derive.worked import arithmetic_of, node_values, worked_values
from derive.writing.latex import latex
from derive.writing.page import Paragraph
from tests.jobs.test_handout import formulas
from tests.writing.latexmk import compile_tex

NUMBERED = [name for name, row in NOTATIONS.items() if not row.own]
"""Notations for any number of layers."""


def in_notation(name: str, notation: str) -> Problem:
    return replace(problems.load(name), notation=notation)


@pytest.mark.parametrize("notation", NUMBERED)
@pytest.mark.parametrize("name", problems.names())
def test_each_formula_gives_the_number_printed_beside_it(name: str, notation: str) -> None:
    sheet = Sheet(in_notation(name, notation))
    arithmetic = arithmetic_of(sheet.derivation)
    steps = [step for step in sheet.derivation if step.quantity in sheet.values]
    assert {step.stage for step in sheet.derivation if step not in steps} <= {"update"}
    for step in steps:
        value = sheet.values[step.quantity].astype(float)
        found = node_values(step.formula, sheet.values, arithmetic)[step.formula].astype(float)
        np.testing.assert_allclose(found, value, rtol=1e-12)


@pytest.mark.parametrize("notation", NUMBERED)
@pytest.mark.parametrize("name", ["linear-activation", "xor-relu"])
def test_values_are_those_promised_seen_as_the_notation_sees_them(name: str, notation: str) -> None:
    problem = in_notation(name, notation)
    sheet, model = Sheet(problem), problem.model
    derived = derive_network(model) if isinstance(model, Network) else derive_graph(model)
    share = sheet.derivation.perspective.share.data
    for quantity, value in worked_values(derived, problem.given).items():
        own = sheet.derivation.perspective.value(quantity, value, share)
        assert (sheet.values[quantity] == own).all()


def displayed(problem: Problem) -> list[str]:
    return [latex(box) for box in formulas(handout_page(problem).blocks)]


def test_given_matrices_lie_as_the_notation_has_them() -> None:
    upright, turned = (displayed(in_notation("linear-activation", name)) for name in ("subscript", "cs182"))
    assert any(text.startswith(r"\underset{4 \times 3}{W_1} = \begin{bmatrix} 2 & 3 & 4") for text in upright)
    assert any(
        text.startswith(r"\underset{3 \times 4}{W^{(1)}} = \begin{bmatrix} 2 & 2 & 3 & 2") for text in turned
    )


def test_an_entry_is_asked_for_where_the_notation_has_it() -> None:
    plain = problems.load("linear-activation")
    part = replace(plain.parts[0], id="entry", ask="W1_new[1,3]", answer="number")
    asked = [
        displayed(replace(plain, notation=name, parts=(part,))) for name in ("bergsoe", "cs182", "subscript")
    ]
    assert any(text.startswith(r"W_{13}^{1,\mathrm{new}} =") for text in asked[0])
    assert any(text.startswith(r"w_{31}^{(1),\mathrm{new}} =") for text in asked[1])
    values = {
        next(text.split("=")[1] for text in texts if "_{13}" in text or "_{31}" in text) for texts in asked
    }
    assert len(values) == 1


UNUSUAL = {
    "subscript": (),
    "nielsen": ("Layers are counted from 1, the input.",),
    "ng": (
        "Layers are counted from 1",
        "Weights carry the number of the layer they come from",
        "Biases are column 0",
    ),
    "cs182": ("A matrix of weights has a column for each neuron of the layer it leads to",),
    "rows": ("The numbers of a layer stand in a row", "A matrix of weights has a column for each neuron"),
    "brackets": ("holds the error of each example by itself",),
}


@pytest.mark.parametrize("notation", UNUSUAL)
def test_what_is_unusual_about_a_notation_is_said_once(notation: str) -> None:
    problem = in_notation("xor-relu" if notation == "brackets" else "mazur", notation)
    (given,) = [b for b in handout_page(problem).blocks if getattr(b, "title", ()) == ("Given",)]
    about = given.blocks[0]  # type: ignore[union-attr]
    assert isinstance(about, Paragraph)
    words = "".join(item if isinstance(item, str) else "…" for item in about.items)
    every = {sentence for sentences in UNUSUAL.values() for sentence in sentences}
    assert {sentence for sentence in every if sentence in words} >= set(UNUSUAL[notation])
    assert len([s for s in every if s in words]) - len(UNUSUAL[notation]) in (0, 1)


@pytest.mark.parametrize("notation", ["cs182", "rows", "brackets", "ng"])
def test_the_latex_of_every_turned_notation_compiles(notation: str, tmp_path: Path) -> None:
    compile_tex(handout(in_notation("xor-relu", notation), "tex"), tmp_path)


def test_general_formulas_are_asked_and_answered_in_the_notation() -> None:
    plain = problems.load("mazur")
    part = replace(
        plain.parts[0], id="general", ask="dW_l", answer="formula", tolerance=plain.parts[0].tolerance
    )
    texts = displayed(replace(plain, notation="cs182", parts=(part,)))
    assert any(
        r"\frac{\partial \mathcal{L}}{\partial W^{(l)}} = x^{(l-1)} \delta^{(l) \top}" in t for t in texts
    )
    texts = displayed(replace(plain, notation="ng", parts=(part,)))
    assert any(r"\frac{\partial E}{\partial w^{(l)}} = \delta^{(l+1)} a^{(l) \top}" in t for t in texts)
