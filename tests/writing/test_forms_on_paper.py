"""Every notation in every form: LaTeX that compiles, and MathML that is valid."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from derive import Network, derive
from derive.derivation import Derivation
from derive.forms import FORMS, written
from derive.general import derive_general
from derive.notation import NOTATIONS
from derive.teaching import detailed
from derive.writing import latex, mathml, writer_of
from derive.writing.boxes import chain
from derive.writing.document import derivation_latex, derivation_sections, lines_of
from derive.writing.page import Page
from derive.writing.printing import printed
from tests.networks import NETWORKS as MANY
from tests.networks import fits
from tests.writing.latexmk import compile_tex
from tests.writing.mathml_rules import assert_valid

NETWORKS = (
    Network([2, 3, 2], ["relu", "softmax"], "cross-entropy", regularizer={"l2": 0.1}),
    Network([3, 2, 2], ["tanh", "sigmoid"], "mean-squared-error", batch=2, update="momentum"),
)
FORMS_OF_NETWORKS = [name for name in FORMS if name != "batch"]


def derivations(notation: str) -> Iterator[Derivation]:
    """Derivations in one notation: each form, every line of it, and layers in general."""
    for network in NETWORKS:
        for form in FORMS_OF_NETWORKS:
            yield derive(network, notation, form, "every-line")
    yield derive(NETWORKS[0], notation, "batch")
    for form in ("matrix", "element"):
        yield written(detailed(derive_general(), "every-line"), notation, form)
        yield written(derive_general("sigmoid", "cross-entropy", "softmax", batch=True), notation, form)


@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_form_compiles(notation: str, tmp_path: Path) -> None:
    sections = tuple(
        section for derivation in derivations(notation) for section in derivation_sections(derivation)
    )
    compile_tex(printed("derivation", "tex", Page("Every form", sections)), tmp_path)


@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_formula_of_many_networks_compiles_and_is_valid_mathml(notation: str, tmp_path: Path) -> None:
    lines = []
    for derivation in brief(notation):
        by = writer_of(derivation)
        for step in derivation:
            box = chain(by.box(step.left_side), [("equals", by.box(step.formula))])
            assert_valid(mathml(box, display=True))
            lines.append(f"\\[ {latex(box)} \\]")
    preamble = "\\documentclass{article}\\usepackage{amsmath,amssymb}\\begin{document}"
    compile_tex("\n".join([preamble, *lines, "\\end{document}"]), tmp_path, wide=True)
    assert len(lines) > 500


def brief(notation: str) -> Iterator[Derivation]:
    """Every formula of twenty networks in each form."""
    for network in (network for network in MANY if fits(network, notation)):
        for form in FORMS:
            yield derive(network, notation, form, "brief")


@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_form_is_valid_mathml(notation: str) -> None:
    count = 0
    for derivation in derivations(notation):
        by = writer_of(derivation)
        for step in derivation:
            lines = [("equals", line) for line in lines_of(step, by)]
            assert_valid(mathml(chain(by.box(step.left_side), lines), display=True))
            count += 1
    assert count > 100


@pytest.mark.parametrize(
    "markup",
    [
        "<math><msub><mi>x</mi></msub></math>",
        "<math><mi>x</mi>y</math>",
        "<math><mtr><mtd/></mtr></math>",
        "<math><mi></mi></math>",
    ],
)
def test_invalid_mathml_is_seen(markup: str) -> None:
    with pytest.raises(AssertionError):
        assert_valid(markup)


def test_latex_of_a_derivation_is_that_of_its_notation() -> None:
    text = derivation_latex(derive(Network([2, 2], "sigmoid"), "cs182"))
    assert r"s^{(1)} = W^{(1) \top} x^{(0)} + b^{(1)}" in text
