"""A derivation on paper: the same steps in every format, with reasons, shapes and slopes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from derive import Network, derive
from derive.activations import ACTIVATIONS
from derive.derivation import Derivation
from derive.functions import ACTIVATIONS_ELEMENTWISE, Function
from derive.general import derive_general
from derive.graph_language import graph_from
from derive.notation import NOTATIONS
from derive.writing import to_latex, writer
from derive.writing.document import derivation_document
from derive.writing.latex import latex
from derive.writing.slopes import slope_box
from tests.writing.latexmk import compile_tex

SOURCES = {
    "linear": Network([3, 4, 2], "identity", learning_rate=0.1),
    "softmax": Network([2, 3, 3], ["tanh", "softmax"], "cross-entropy"),
    "batch": Network([2, 3, 1], ["relu", "sigmoid"], "binary-cross-entropy", batch=4),
    "gates": graph_from(["x", "y", "z"], {"q": "x + y", "f": "q * z"}, "f"),
}


@pytest.fixture(params=SOURCES)
def derivation(request: pytest.FixtureRequest) -> Derivation:
    return derive(SOURCES[request.param])


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("source", SOURCES)
def test_every_formula_stands_in_every_format(source: str, notation: str) -> None:
    derivation = derive(SOURCES[source], notation)
    tex, markdown, page = derivation.latex(), derivation.markdown(), derivation_document(derivation)
    for step in derivation:
        formula = to_latex(step.formula, notation, derivation.graph.output)
        assert formula in tex
        assert formula in markdown
        assert formula.replace("&", "&amp;").replace("<", "&lt;") in page


def test_json_has_the_promised_fields(derivation: Derivation) -> None:
    data = derivation.as_json()
    assert [step["quantity"] for step in data["steps"]] == [step.quantity.address for step in derivation]
    for step in data["steps"]:
        assert {"quantity", "latex", "because", "shape", "lines", "assumptions"} <= step.keys()
        assert " = " in step["latex"] and len(step["shape"]) == 2


def test_json_of_layers_in_general_has_letters_for_sizes() -> None:
    steps = derive_general("sigmoid", "half-squared-error").as_json()["steps"]
    assert next(step for step in steps if step["quantity"] == "z_l")["shape"] == ["n_l", 1]


def test_steps_say_their_reason_shape_and_assumptions() -> None:
    text = derive(SOURCES["softmax"]).markdown()
    assert "In a matrix product each factor gets the gradient times the other factor, transposed." in text
    assert r"Shape: $3 \times 2 = (3 \times 1) (1 \times 2)$" in text
    assert "Assumed: the entries of the target sum to 1." in text


@pytest.mark.parametrize(
    "loss, options, slope",
    [
        ("half-squared-error", {}, "x - y"),
        ("half-squared-error", {"batch": 8}, r"\frac{1}{8} (x - y)"),
        ("half-squared-error", {"batch": 8, "reduction": "sum"}, "x - y"),
        ("mean-squared-error", {"batch": 4}, r"\frac{1}{4} (x - y)"),
    ],
)
def test_the_slope_of_the_loss_counts_the_share_of_a_mean(loss: str, options: dict, slope: str) -> None:
    text = derive(Network([3, 2], "identity", loss, **options)).markdown()
    assert rf"\frac{{\partial E}}{{\partial x}} = {slope}" + "\n" in text


def test_ones_show_their_shape_also_where_they_sum() -> None:
    text = derive(Network([3, 2], "softmax")).markdown()
    shapes = next(line for line in text.splitlines() if line.startswith("Shape") and "odot" in line)
    assert r"(2 \times 1) (1 \times 2) ((2 \times 1)" in shapes and "mathbf" not in shapes


def test_a_gate_is_its_own_explanation() -> None:
    derivation = derive(SOURCES["gates"])
    assert derivation["q"].because == "by definition"
    assert "q = x + y\n$$\n\n$$" in re.sub(r"\n\n+", "\n\n", derivation.markdown())


def test_the_chain_rule_is_shown_as_it_is_applied() -> None:
    text = derive(SOURCES["softmax"]).latex()
    assert r"\delta_1 & = \frac{\partial E}{\partial z_1} \\" in text


SLOPED = [row for row in ACTIVATIONS_ELEMENTWISE if not row.forward_only]


@pytest.mark.parametrize("function", SLOPED, ids=lambda row: row.name)
def test_every_activation_prints_its_slope(function: Function) -> None:
    written = latex(slope_box(function, writer("subscript")))
    assert "'(z)" in written and "Heaviside" not in written
    name = next(name for name, row in ACTIVATIONS.items() if row.function is function)
    is_named = name != "identity"  # a = z needs no name for what is done to z
    assert (written.splitlines()[-1] in derive(Network([2, 2], name)).latex()) == is_named


def test_the_sigmoids_slope_is_differentiated_and_as_courses_print_it() -> None:
    text = derive(Network([2, 2], "sigmoid")).markdown()
    assert r"\frac{e^{-z}}{(1 + e^{-z})^2}" in text
    assert r"\sigma(z) (1 - \sigma(z))" in text


def test_nothing_in_the_page_is_fetched_or_run(derivation: Derivation) -> None:
    page = derivation_document(derivation)
    assert not re.search(r"<script|\bsrc=|url\(|@import|<link|\bon\w+=", page)


@pytest.mark.parametrize("source", SOURCES)
def test_the_latex_file_compiles(source: str, tmp_path: Path) -> None:
    compile_tex(derive(SOURCES[source], "nielsen").latex(document=True), tmp_path)
