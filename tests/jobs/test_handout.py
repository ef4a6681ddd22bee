"""Handouts as a lecturer gets them: three formats, with solutions or blank."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import problems
from derive.errors import Unusable
from derive.handout import WIDEST, handout, handout_page
from derive.problem import Problem, load
from derive.writing.boxes import Box
from derive.writing.latex import latex
from derive.writing.page import Block, Display, Side
from derive.writing.width import width
from tests.writing.latexmk import compile_tex

BANK = problems.names()
VOID = {"meta", "br", "hr", "img", "input", "link"}


class Checked(HTMLParser):
    """Counts elements and notes every tag that is closed in the wrong place."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def checked(page: str) -> Checked:
    parser = Checked()
    parser.feed(page)
    return parser


def formulas(blocks: tuple[Block, ...]) -> list[Box]:
    """Every formula of a page that stands in a line of its own."""
    found: list[Box] = []
    for block in blocks:
        found += [block.box] if isinstance(block, Display) else []
        found += block.boxes if isinstance(block, Side) else []
        found += formulas(getattr(block, "blocks", ()))
    return found


@pytest.mark.parametrize("solutions", [True, False])
@pytest.mark.parametrize("name", BANK)
def test_html_is_one_well_formed_file_that_fetches_and_runs_nothing(name: str, solutions: bool) -> None:
    page = handout(problems.load(name), "html", solutions)
    parsed = checked(page)
    assert not parsed.wrong and not parsed.open
    tags = {tag for tag, _ in parsed.seen}
    assert not tags & {"script", "link", "img", "iframe", "object", "base", "form"}
    assert not any(
        key.startswith("on") or key == "src" for _, attributes in parsed.seen for key in attributes
    )
    assert not re.search(r"url\(|@import|http://|https://", page)
    assert len(page) < 500_000


@pytest.mark.parametrize("name", BANK)
def test_every_formula_is_mathml_that_carries_its_latex(name: str) -> None:
    page = handout(problems.load(name), "html")
    tags = [tag for tag, _ in checked(page).seen]
    assert tags.count("math") == tags.count("semantics") == tags.count("annotation") > 0
    assert "$" not in page


@pytest.mark.parametrize("name", BANK)
def test_the_same_formulas_stand_in_all_formats(name: str) -> None:
    problem = problems.load(name)
    page, tex, markdown = (handout(problem, format) for format in ("html", "tex", "md"))
    boxes = formulas(handout_page(problem).blocks)
    assert boxes
    for written in map(latex, boxes):
        assert written in tex
        assert written in markdown
        assert written in html.unescape(page)


@pytest.mark.parametrize("solutions", [True, False])
@pytest.mark.parametrize("name", BANK)
def test_markdown_keeps_its_dollars_in_pairs(name: str, solutions: bool) -> None:
    text = handout(problems.load(name), "md", solutions)
    assert text.count("$$") % 2 == 0
    assert text.replace(r"\$", "").count("$") % 2 == 0
    for formula in re.findall(r"\$\$(.+?)\$\$", text, re.DOTALL):
        assert formula.count("{") == formula.count("}")


@pytest.mark.parametrize("format", ["html", "tex", "md"])
def test_a_blank_handout_holds_no_solution(format: str) -> None:
    blank = re.sub(  # colours in the style are no numbers of the problem
        "<style>.*?</style>",
        "",
        handout(problems.load("linear-activation"), format, solutions=False),
        flags=re.S,
    )
    full = handout(problems.load("linear-activation"), format)
    for number in ("119", "146", "16553", "115", "141", "486", "2645", "2961", "-261.5", "95.2", "37.7"):
        assert number.strip("-") in full
        assert number not in blank
    assert "Derivation" not in blank


def test_a_blank_html_handout_has_room_for_every_part() -> None:
    problem = problems.load("linear-activation")
    rooms = [a for tag, a in checked(handout(problem, "html", False)).seen if a.get("class") == "room"]
    assert len(rooms) == len(problem.parts)


def test_numbers_are_substituted_step_by_step() -> None:
    text = handout(problems.load("linear-activation"), "md")
    steps = [
        r"\underset{4 \times 1}{\delta_1} & = W_2^{\top} \delta_2",
        r"\begin{bmatrix} 3 & 1 \\ 1 & 4 \\ 1 & 2 \\ 1 & 2 \end{bmatrix}"
        r" \begin{bmatrix} 115 \\ 141 \end{bmatrix}",
        r"\begin{bmatrix} 486 \\ 679 \\ 397 \\ 397 \end{bmatrix}",
    ]
    positions = [text.rindex(steps[0])]
    for step in steps[1:]:
        positions.append(text.index(step, positions[-1]))
    assert positions == sorted(positions)
    assert r"\approx" not in text.replace("391591816900.145", "")


def test_a_line_that_only_a_magnifying_glass_could_read_is_left_out() -> None:
    boxes = formulas(handout_page(problems.load("and-gate")).blocks)
    assert max(map(width, boxes)) <= WIDEST + 10
    assert any(r"C & = -(" in line and line.count(r"\approx") > 2 for line in map(latex, boxes))


def test_a_formula_as_the_answer_shows_how_it_comes_about() -> None:
    questions = handout(problems.load("and-gate"), "md").partition("## Derivation")[0]
    assert r"& = \nabla_{a^2} C \odot \sigma'(z^2) \\" in questions
    assert r"& = a^2 - y" in questions


@pytest.mark.parametrize("name", BANK)
def test_the_source_that_students_see_names_no_wrong_answer(name: str) -> None:
    problem = problems.load(name)
    words = problem.source.replace(",", " ").split()
    assert not [check.answer for check in problem.checks if check.answer in words]


def test_rounded_numbers_say_so() -> None:
    text = handout(problems.load("mazur"), "md")
    assert r"& = \begin{bmatrix} 0.3775 \\ 0.3925 \end{bmatrix}" in text
    assert r"& \approx \begin{bmatrix} 0.593270 \\ 0.596884 \end{bmatrix}" in text
    assert "rounded to 6 significant digits" in text


def test_the_loss_after_the_update_is_exact_where_it_can_be() -> None:
    assert "391591816900.145" in handout(problems.load("linear-activation"), "md")
    assert "0.291028" in handout(problems.load("mazur"), "md")


def test_signs_in_a_computation_graph_are_bracketed() -> None:
    text = handout(problems.load("circuit-product"), "md")
    assert r"q = x + y = -2 + 5 = 3" in text
    assert r"f = q z = 3 \cdot (-4) = -12" in text


@pytest.mark.parametrize("solutions", [True, False])
@pytest.mark.parametrize("name", ["linear-activation", "circuit-sigmoid"])
def test_the_latex_file_compiles(name: str, solutions: bool, tmp_path: Path) -> None:
    compile_tex(handout(problems.load(name), "tex", solutions), tmp_path)


PROBLEM = """
title: '{title}'
source: a test
notation: subscript
statement: |
  {statement}
network: {{layers: [8, 9, 1], activation: sigmoid, loss: half-squared-error}}
given: {{}}
parts:
  - {{id: d, ask: delta1, answer: derivation, points: 2}}
  - {{id: g, ask: delta_l, answer: formula, points: 1}}
  - {{id: c, ask: backward, answer: code, points: 5, signature: 'backward(W, b, x, y)'}}
"""


def test_a_problem_without_numbers_has_no_section_of_numbers() -> None:
    problem = problems_text(title="Formulas", statement="Derive it.")
    text = handout(problem, "md")
    assert "The numbers, step by step" not in text
    assert "def backward(W, b, x, y):" in text
    assert r"\delta_{i+1}" in text


def test_what_authors_write_is_quoted_in_every_format() -> None:
    problem = problems_text(title="50% of <b> & {x_1} $", statement="Costs \\$5 <i>now</i>")
    assert "<title>50% of &lt;b&gt; &amp; {x_1} $</title>" in handout(problem, "html")
    assert "<i>" not in handout(problem, "html")
    assert r"50\% of \textless{}b\textgreater{} \& \{x\_1\} \$" in handout(problem, "tex")
    assert handout(problem, "md").splitlines()[0] == r"# 50% of &lt;b&gt; &amp; {x\_1} \$"


def test_a_dangerous_statement_is_refused_for_tex_only() -> None:
    problem = problems_text(title="x", statement=r"Show $\input{/etc/passwd}$.")
    with pytest.raises(Unusable, match=r"\\input"):
        handout(problem, "tex")
    assert "<code>" in handout(problem, "html")


def test_an_unknown_format_is_named_with_those_there_are() -> None:
    with pytest.raises(Unusable, match="html, tex, md"):
        handout(problems.load("mazur"), "docx")


def test_a_large_matrix_is_printed_with_dots() -> None:
    text = PROBLEM.format(title="x", statement="x").replace("given: {}", "given: {W1: " + str(W) + "}")
    page = handout(read(text), "md")
    assert r"\underset{9 \times 8}{W_1} = \begin{bmatrix} 0 & 1 & 2 & 3 & \cdots & 7 \\" in page
    assert r"\vdots & \vdots & \vdots & \vdots & \ddots & \vdots" in page


W = [[8 * row + column for column in range(8)] for row in range(9)]


def problems_text(title: str, statement: str) -> Problem:
    return read(PROBLEM.format(title=title, statement=statement))


def read(text: str) -> Problem:
    return load(text)


EULER = """
title: A node called e
source: our own
statement: Compute all.
graph:
  inputs: {u: 2}
  nodes: {e: exp(-u), f: 1 + e}
  output: f
parts:
  - {id: du, ask: d_u, answer: number, points: 1}
"""


def test_a_node_called_e_is_itself_everywhere_on_the_page() -> None:
    text = handout(read(EULER), "md")
    assert r"e = \exp(-u) = \exp(-2)" in text and "e^" not in text
