"""LaTeX from outside becomes MathML and nothing else, or nothing at all."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from derive.writing.from_latex import MAX_LENGTH, latex_to_mathml
from templates import _MATH_ELEMENTS

HARMLESS = [
    r"\delta_1 = W_2^T \delta_2 \odot \sigma'(z_1)",
    r"\frac{\partial E}{\partial w_{13}}",
    r"\begin{aligned} z &= Wx + b \\ a &= \sigma(z) \end{aligned}",
    r"\sigma \Bigg( \begin{bmatrix} 1 \\ 2 \end{bmatrix} \Bigg)",
    r"f(z) = \begin{cases} z & z > 0 \\ 0 & \text{otherwise} \end{cases}",
    r"x \lt y",
]
HOSTILE = [
    r"\textbf{</math><script>alert(1)</script>}",
    r"\text{<img src=x onerror=alert(1)>}",
    r"\input{/etc/passwd}",
    r"\unknowncommand{x}",
    r"\frac{1}",
    "{" * 600 + "x" + "}" * 600,
    "x" * (MAX_LENGTH + 1),
    "",
]


def tree(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(markup)


@pytest.mark.parametrize("latex", HARMLESS)
def test_mathematics_becomes_mathml_that_carries_its_latex(latex: str) -> None:
    markup = latex_to_mathml(latex)
    assert markup is not None
    names = {element.tag for element in tree(markup).iter()}
    assert names <= _MATH_ELEMENTS | {"annotation"}
    assert tree(markup).findtext(".//annotation") == latex


@pytest.mark.parametrize("latex", HOSTILE)
def test_everything_else_becomes_nothing_or_plain_text(latex: str) -> None:
    markup = latex_to_mathml(latex)
    if markup is not None:
        assert {element.tag for element in tree(markup).iter()} <= _MATH_ELEMENTS | {"annotation"}
        assert not any(name.startswith("on") for element in tree(markup).iter() for name in element.attrib)


@pytest.mark.parametrize("latex", HOSTILE[2:])
def test_what_cannot_be_converted_is_none(latex: str) -> None:
    assert latex_to_mathml(latex) is None


def test_two_ampersands_are_one_column() -> None:
    markup = latex_to_mathml(r"\begin{bmatrix} 2 && 3 && 4 \\ 2 && 1 && 2 \\ \end{bmatrix}")
    assert markup is not None
    assert [len(row) for row in tree(markup).iter("mtr") if len(row)] == [3, 3]


def test_aligned_has_two_columns_set_to_each_other() -> None:
    markup = latex_to_mathml(r"\begin{aligned} z &= Wx \\ a &= z \end{aligned}", display=True)
    assert markup is not None
    styles = [cell.get("style", "") for cell in tree(markup).iter("mtd")]
    assert ["right" in style for style in styles] == [True, False, True, False]


def test_brackets_of_a_matrix_do_not_grow_with_their_neighbours() -> None:
    markup = latex_to_mathml(r"a = \begin{bmatrix} 1 \\ 2 \end{bmatrix} + b")
    assert markup is not None
    parents = [element for element in tree(markup).iter() if element.find("mtable") is not None]
    assert [[child.tag for child in parent] for parent in parents] == [["mo", "mtable", "mo"]]


def test_formulas_of_a_real_lecture() -> None:
    lectures = Path(__file__).parents[3] / "shared" / "seeds"
    if not lectures.exists():
        pytest.skip("the lectures are not on this machine")
    import re

    formulas = [
        formula
        for path in lectures.glob("*.txt")
        for formula in re.findall(r"\$\$?([^$\n]+)\$\$?", path.read_text("utf-8"))
    ]
    unread = [formula for formula in formulas if latex_to_mathml(formula) is None]
    assert len(unread) <= len(formulas) // 100, unread


@pytest.mark.parametrize("name", [r"\ln", r"\log", r"\operatorname{ReLU}"])
def test_the_name_of_a_function_keeps_its_distance(name: str) -> None:
    word = name.removeprefix(r"\operatorname").strip("\\{}")
    apart = latex_to_mathml(rf"y {name} a^2")
    assert f'<mo lspace="0.1667em" rspace="0.1667em">{word}</mo>' in apart
    assert f'<mo lspace="0.1667em" rspace="0">{word}</mo>' in latex_to_mathml(rf"y {name}(a)")
