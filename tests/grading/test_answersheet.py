"""Answers are found in what tired students type."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.classroom.answersheet import AnswerSheet
from grader.classroom.headings import names_of


@dataclass(frozen=True)
class Part:
    id: str
    ask: str
    answer: str = "formula"
    points: float = 1.0


PARTS = (Part("output", "a2", "number"), Part("delta1", "delta1"), Part("dW1", "dW1", "number"))


def which_part(formula: str) -> str | None:
    """A stand-in for the notation: the left sides of `PARTS` in LaTeX and plain spelling."""
    left = re.split(r"[=≈]", formula)[0].replace(" ", "").strip("{}")
    names = {"a2": "output", "a_2": "output", "delta1": "delta1", "\\delta_1": "delta1", "dW1": "dW1"}
    return names.get(left) or {"\\delta_2": "elsewhere"}.get(left)


def found(text: str, parts: tuple[Part, ...] = PARTS) -> dict[str, str]:
    return {answer.part: answer.text for answer in AnswerSheet(parts, which_part).find(text, "s.md")[0]}


def remarks(text: str) -> list[str]:
    return AnswerSheet(PARTS, which_part).find(text, "s.md")[1]


ANSWER = r"W_2^T \delta_2 \odot \sigma'(z_1)"


@pytest.mark.parametrize(
    "heading",
    [
        "## delta1\n",
        "# DELTA1\n",
        "## Part 2: delta1\n",
        "### Problem 3 (delta1)\n",
        "## 2. delta1\n",
        "##delta1 ##\n",
        "## delta1: the error of the hidden layer\n",
        "## The hidden error: delta1\n",
        "## **delta1**\n",
        "## `delta1`\n",
        "## Solution of part delta1 in short\n",
        "(delta1)\n",
        "(delta1) ",
        "delta1) ",
        "**delta1**:\n",
        "**delta1**: ",
        "**delta1:** ",
        "**(delta1)**\n",
        "__delta1__\n",
        "Part delta1\n",
        "Part delta1: ",
        "Part 2: delta1\n",
        "part (delta1) ",
        "delta1:\n",
        "delta1: ",
        "Delta1:",
        "- delta1: ",
        "2) delta1: ",
        "> delta1: ",
        "delta1\n",
        "delta1\n======\n",
        "Question 2b: delta1\n",
        r"## $\delta_1$" + "\n",
        r"**$\delta_1$**:" + "\n",
        "delta1 – ",
        "Answer delta1: ",
        "## Teil 2: delta1\n",
    ],
)
def test_headings(heading: str) -> None:
    assert found(f"Some words first.\n\n{heading}${ANSWER}$\n") == {"delta1": ANSWER}


@pytest.mark.parametrize(
    "line",
    ["delta1 = W2^T delta2", "(delta1) = W2^T delta2", "**delta1** = W2^T delta2", "1. delta1 = W2^T delta2"],
)
def test_a_left_side_is_no_heading(line: str) -> None:
    answers, _ = AnswerSheet(PARTS).find(line, "s.md")
    assert answers == []


@pytest.mark.parametrize(
    "body",
    [
        f"$${ANSWER}$$",
        f"$$\n{ANSWER}\n$$",
        rf"\[ {ANSWER} \]",
        rf"\( {ANSWER} \)",
        f"$ {ANSWER} $",
        f"$`{ANSWER}`$",
        f"```\n{ANSWER}\n```",
        f"```math\n{ANSWER}\n```\n",
        f"~~~\n{ANSWER}\n~~~",
        ANSWER,
        f"{ANSWER}.",
        f"Answer: {ANSWER}",
        f"- ${ANSWER}$",
        f"The slope is $\\sigma'$, so it is ${ANSWER}$ because of $W_2$.",
        f"We start with $\\delta_2 = 3$ and get\n\n$${ANSWER}$$\n\nwhere $\\sigma'(z) = 1$ here.",
        f"\\begin{{equation}}{ANSWER}\\end{{equation}}",
        f"I think it is\n{ANSWER}\n",
        f"$$\\delta_2 = a_2 - y$$\nhence\n$${ANSWER}$$",
        f"### Steps\n$z=3$\n### Result\n$${ANSWER}$$",
        f"$$z = 1$$\n\nso\n\n$\\boxed{{{ANSWER}}}$\n$$x = 2$$",
    ],
)
def test_bodies_under_a_heading(body: str) -> None:
    text = found(f"## output\n\n3\n\n## delta1\n\n{body}\n\n## dW1\n\n[[1, 2]]\n")["delta1"]
    assert text.removeprefix(r"\boxed{").startswith(ANSWER)


def test_own_left_side_wins_over_later_displays() -> None:
    text = f"## delta1\n$$\\delta_1 = {ANSWER}$$\nbecause\n$$\\delta_2 = a_2 - y$$\n$$\\sigma'(z) = 1$$"
    assert found(text)["delta1"] == rf"\delta_1 = {ANSWER}"


def test_a_formula_for_another_part_still_answers_when_it_is_all_there_is() -> None:
    assert found("## dW1\n$\\delta_1 = 3$\n## delta1\n$\\delta_1 = 4$") == {
        "dW1": "\\delta_1 = 3",
        "delta1": "\\delta_1 = 4",
    }


@pytest.mark.parametrize(
    "matrix",
    [
        "[[1, 2], [3, 4]]",
        "[[1 2]\n [3 4]]",
        "[1 2\n 3 4]",
        "[1 2]\n[3 4]",
        "1 2\n3 4",
        "[[1,\n  2],\n [3, 4]]",
        "\\begin{bmatrix}\n1 && 2 \\\\\n3 && 4\n\\end{bmatrix}",
        "array([[1, 2],\n       [3, 4]])",
    ],
)
@pytest.mark.parametrize(
    "frame", ["{}", "```\n{}\n```", "$$\n{}\n$$", "dW1 = {}", "$$dW1 = {}$$", "dW1 =\n{}"]
)
def test_a_matrix_over_several_lines_is_one_answer(matrix: str, frame: str) -> None:
    text = frame.format(matrix)
    expected = text if text.startswith("dW1") else text.strip("`$\n")
    assert found(f"## dW1\nThe gradient, by the outer product:\n\n{text}\n\nDone.")["dW1"] == expected


@pytest.mark.parametrize(
    "text",
    [
        "$a_2 = 3$ and $\\delta_1 = 4$ and $dW1 = 5$",
        "$$a_2 = 3$$\n$$\\delta_1 = 4$$\n$$dW1 = 5$$",
        "a2 = 3\ndelta1 = 4\ndW1 = 5",
        "1. a2 = 3\n2. delta1 = 4\n3. dW1 = 5",
        "```\na2 = 3\ndelta1 = 4\ndW1 = 5\n```",
        "\\begin{align}\na_2 &= 3 \\\\\n\\delta_1 &= 4 \\\\\ndW1 &= 5\n\\end{align}",
        "First a2 = 3.\nThen delta1 = 4.\nFinally we get dW1 = 5.",
        "# Homework of Ann\n\nz1 = 7\na2 = 3\n\n## Backward\ndelta1 = 4\n\ndW1 = 5\n",
    ],
)
def test_left_sides(text: str) -> None:
    answers = {part: re.sub(r"\s", "", answer).partition("=")[2] for part, answer in found(text).items()}
    assert answers == {"output": "3", "delta1": "4", "dW1": "5"}


def test_continued_rows_of_an_align_stay_one_chain() -> None:
    rows = "\\delta_1 &= W_2^T \\delta_2 \\\\\n &= \\begin{bmatrix} 1 \\\\ 2 \\end{bmatrix}"
    text = f"\\begin{{align}}\n{rows}\n\\end{{align}}"
    (answer,) = found(text).values()
    assert answer.count("=") == 2 and answer.endswith("\\end{bmatrix}")


def test_the_last_of_several_answers_counts_and_it_is_said() -> None:
    text = "## delta1\n$A$\n## delta1\n$B$\n"
    assert found(text) == {"delta1": "B"}
    assert remarks(text) == ["delta1: 2 answers (s.md:2, s.md:4); the last one counts"]
    assert remarks("$\\delta_1 = 3$\n\n$\\delta_1 = 3$") == []


def test_lines_count_from_one() -> None:
    answers, _ = AnswerSheet(PARTS).find("## output\n\nso:\n\n$$\n3\n$$\ndelta1: $4$", "s.md")
    assert [(answer.part, answer.line) for answer in answers] == [("output", 6), ("delta1", 8)]


def test_words_without_a_formula_are_the_answer_rather_than_nothing() -> None:
    assert found("## delta1\nI do not know\n\n## dW1\n") == {"delta1": "I do not know"}


def test_a_misspelt_heading_is_reported() -> None:
    (remark,) = remarks("## detla1\n$3$\n")
    assert "s.md:1" in remark and "did you mean 'delta1'" in remark


def test_equations_that_answer_no_part_are_reported_if_an_answer_is_missing() -> None:
    assert remarks("x = 1\n\n$$\n\\Delta = 3\n$$\n## output\n$y = 2$") == [
        "s.md: no part was found for the equations in lines 1, 4"
    ]
    assert remarks("x = 1\na2 = 1\ndelta1 = 2\ndW1 = 3\n") == []


@given(st.text(st.sampled_from("delta1 dW2=+-*_^\\$[](){}&#`~:.\n\tδ≈") | st.characters()) | st.text())
@settings(max_examples=300, deadline=None, derandomize=True)
def test_any_text_is_read_without_failing(text: str) -> None:
    answers, said = AnswerSheet(PARTS, which_part).find(text, "s.md")
    assert len({answer.part for answer in answers}) == len(answers)
    for answer in answers:
        assert answer.text.strip() and 1 <= answer.line <= text.count("\n") + 1
        # what is graded was typed like this, but for markup between the letters
        assert re.sub(r"[\s&*\\]", "", answer.text) in re.sub(r"[\s&*\\]", "", text)
    assert all("s.md" in remark for remark in said)


def test_plain_words_in_titles_name_no_part() -> None:
    assert found("## Error of the output layer\n$x$\n") == {}


def test_case_matters_only_where_it_tells_parts_apart() -> None:
    names = names_of([("W1", "W1"), ("w1", "x"), ("Z", "z1")])
    assert names == {"W1": "W1", "w1": "w1", "Z": "Z", "z": "Z", "z1": "Z", "x": "w1"}


def test_a_derivation_is_all_that_stands_under_its_heading() -> None:
    parts = (Part("proof", "dW1", "derivation"), Part("delta1", "delta1"))
    text = "## proof\nFirst\n$$a = b$$\nthen\n$$b = c$$\n\n## delta1\n$x$"
    assert found(text, parts) == {"proof": "First\n$$a = b$$\nthen\n$$b = c$$", "delta1": "x"}


def test_a_cell_is_the_answer_unless_it_marks_formulas() -> None:
    sheet = AnswerSheet(PARTS, which_part)
    assert sheet.in_cell("dW1", " [[1 2]\n [3 4]] ") == "[[1 2]\n [3 4]]"
    assert sheet.in_cell("delta1", "so $\\delta_2 = 3$ and $\\delta_1 = W_2^T$") == "\\delta_1 = W_2^T"


def test_a_reader_that_fails_on_a_left_side_ends_nothing() -> None:
    def failing(formula: str) -> str | None:
        raise RecursionError

    assert AnswerSheet(PARTS, failing).find("## delta1\n$x = 3$", "s.md")[0][0].text == "x = 3"


@pytest.mark.parametrize(
    "bomb",
    [
        "\\[" * 50_000,
        "$" * 100_001,
        "\\begin{align}" * 8_000,
        "```\n" * 25_000,
        "$a" * 50_000,
        "(" * 100_000,
        "= \n" * 30_000,
        "delta1: 1\n" * 10_000,
        "# x\n" * 25_000,
        "## delta1\n" * 10_000,
        "a " * 50_000,
        "**" * 50_000,
        "> " * 50_000,
        "(" * 9_000 + "delta1",
        ("1" * 9_999 + "x\n") * 10,
    ],
    ids=lambda bomb: bomb[:6].strip(),
)
def test_hostile_text_gives_no_answer_that_is_not_there(bomb: str) -> None:
    answers, _ = AnswerSheet(PARTS, which_part).find(bomb, "s.md")
    assert all(answer.text in bomb for answer in answers)


def test_an_answer_ends_where_the_next_heading_begins() -> None:
    text = "Part output: [1, 2]\nPart dW1: [3, 4]\ndelta1: W2^T @\n(output) [1, 2]\n"
    assert found(text) == {"output": "[1, 2]", "dW1": "[3, 4]", "delta1": "W2^T @"}


def test_a_misspelt_long_name_does_not_answer_the_part_with_the_short_one() -> None:
    parts = (Part("delta2", "delta2", "number"), Part("delta2-formula", "delta_l"))
    sheet = AnswerSheet(parts)
    answers, doubts = sheet.find(f"## delta2\n[1, 2]\n\n## delta2-fromula\n${ANSWER}$\n", "s.md")
    assert [(answer.part, answer.text) for answer in answers] == [("delta2", "[1, 2]")]
    assert "did you mean 'delta2-formula'?" in doubts[0]
    assert sheet.find("## delta2-values\n[1, 2]\n", "s.md")[0][0].part == "delta2"
