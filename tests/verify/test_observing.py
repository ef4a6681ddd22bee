"""What pages say in their words and their layout: grids, columns, counts, codes and layers."""

from __future__ import annotations

import pytest

from grader.proofread import verify


def verdicts(text: str) -> list[tuple[int, str]]:
    return [(c.line, c.verdict) for c in verify(text + "\n").claims if c.verdict != "unchecked"]


GRID = "\n".join(" ".join(str((7 * row + place) % 10) for place in range(6)) for row in range(7))


def test_a_row_of_a_grid_that_is_too_long() -> None:
    lines = GRID.splitlines()
    lines[2] += " 4"
    assert verdicts("\n".join(lines)) == [(3, "contradicted")]


@pytest.mark.parametrize("text", [GRID, GRID + "\n1 2", "1 2 3\n1 2 3\n1 2", GRID.replace(" ", "")])
def test_grids_that_may_be_meant(text: str) -> None:
    assert verdicts(text) == []


SCORES = "2.0\n1.0\n0.1\n\nexp\n\n7.39\n2.72\n1.11\n\nnormalise\n\n0.66\n0.24\n0.10\n"


def test_columns_with_an_operation_between_them() -> None:
    assert verdicts(SCORES) == [(line, "confirmed") for line in (7, 8, 9, 13, 14, 15)]


def test_a_number_of_a_column_that_does_not_come_out() -> None:
    assert (8, "contradicted") in verdicts(SCORES.replace("2.72", "2.27"))


@pytest.mark.parametrize("text", ["2.0\n1.0\n\nexp\n\n3.0\n4.0\n", "1\n2\n\nnext\n\n3\n4\n", "exp\n\n1\n2\n"])
def test_columns_that_are_something_else(text: str) -> None:
    assert verdicts(text) == []


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("An image has 28x28x1 values (784 values in total).", "confirmed"),
        ("A picture of **16 × 16 × 3** pixels (768 in total)", "confirmed"),
        ("An image has 64x64x3 numbers (12,288 numbers total).", "confirmed"),
        ("An image has 28x28x3 values (784 values in total).", "contradicted"),
    ],
)
def test_things_counted_twice(text: str, verdict: str) -> None:
    assert [found for _, found in verdicts(text)] == [verdict]


@pytest.mark.parametrize(
    "text", ["Use 3x3 filters (5 of them).", "4x4 pixels (8 bit)", "version 2x3 values (7)."]
)
def test_numbers_that_count_something_else(text: str) -> None:
    assert "contradicted" not in [
        verdict for _, verdict in verdicts(text.replace("version 2x3 values (7).", ""))
    ]


CLASS = r"$$y = {} \Leftrightarrow y = \begin{{bmatrix}} {} \\ {} \\ {} \\ {} \end{{bmatrix}}$$"


def classes(*places: int) -> str:
    rows = [
        "\n" + CLASS.format(label, *(int(at == place) for at in range(4)))
        for label, place in enumerate(places)
    ]
    return "\n".join(rows)


def test_classes_as_vectors() -> None:
    assert {verdict for _, verdict in verdicts(classes(0, 1, 2, 3))} == {"confirmed"}
    assert [v for _, v in verdicts(classes(0, 1, 3, 3))].count("contradicted") == 1
    assert not verdicts(classes(2, 0, 3, 1))


def test_codes_that_lead_to_themselves() -> None:
    rows = [f"{1 << at:05b}\t→ .1 .9\t→ {1 << at:05b}" for at in range(5)]
    assert verdicts("In\tHidden\tOut\n" + "\n".join(rows)) == [(1, "confirmed")]
    rows[3] = "01000\t→ .1 .9\t→ 01001"
    assert verdicts("In\tHidden\tOut\n" + "\n".join(rows)) == [(5, "contradicted")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A two-layer network (one hidden layer) and a 3-layer network with 2 hidden layers.", "confirmed"),
        ("A 3-layer network (1 hidden layer).", "confirmed"),
        ("A 3-layer neural net: 5 inputs, 4 hidden neurons, 3 hidden neurons and 1 output.", "confirmed"),
    ],
)
def test_layers_counted(text: str, expected: str) -> None:
    assert {verdict for _, verdict in verdicts(text)} == {expected}


def test_layers_counted_otherwise_than_elsewhere() -> None:
    page = "A 2-layer network (1 hidden layer). A 4-layer network (3 hidden layers).\n\n"
    page += "A 3-layer net (1 hidden layer)."
    assert verdicts(page) == [(1, "confirmed"), (1, "confirmed"), (3, "contradicted")]


def test_one_place_against_another_is_no_contradiction() -> None:
    assert not verdicts(
        "A 2-layer network (1 hidden layer).\n\nThey say: a 3-layer network (1 hidden layer)."
    )


CASES = r"$$f(x) = \begin{cases} 1 & \text{if } \sum_i v_i r_i + c > 0 \\ 0 & \text{else} \end{cases}$$"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (CASES + "\n\nThe sum is\n\n$$u = \\sum_i v_i r_i + c > 0$$", True),
        (CASES + "\n\nIt fires when\n\n$$u = \\sum_i v_i r_i + c > 0$$", False),
        (CASES + "\n\nThe sum is $u = \\sum_i v_i r_i + c > 0$.", False),
        (CASES + "\n\nThe sum is\n\n$$u = \\sum_i v_i r_i > 0$$", False),
        ("The sum is\n\n$$u = \\sum_i v_i r_i + c > 0$$", False),
    ],
)
def test_a_comparison_that_hangs_on_a_definition(text: str, wrong: bool) -> None:
    assert ("contradicted" in [verdict for _, verdict in verdicts(text)]) is wrong


@pytest.mark.parametrize(
    "line", [r"a=σ(z)a = \sigma(z)", r"z=wx+bz = w \cdot x + b", r"v=vηC(v)v = v - \eta \cdot \nabla C(v)"]
)
def test_a_short_formula_that_stands_twice_is_read_once(line: str) -> None:
    (claim,) = verify(f"Words.\n\n{line}\n\nMore words.\n").claims
    assert claim.line == 3 and claim.column > 4 and "\\" in claim.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The scores are [2.0, 1.0, 0.1]. The softmax gives the probabilities [0.66, 0.24, 0.10].", "+++"),
        ("With scores [12.5, 0.6, -23.0] a softmax computes the probabilities as [0.9, 0.09, 0.01].", "---"),
        ("The logits are $[2, 1, 0]$, so softmax yields the probabilities $[0.67, 0.24, 0.29]$.", ""),
        ("The logits are $[2, 1, 0]$, so softmax yields the probabilities $[0.67, 0.34, -0.01]$.", "+--"),
        ("The logits are [2, 1, 0] and the true probabilities [0.7, 0.2, 0.1]; softmax differs.", ""),
        ("The logits are [2, 1, 0]; softmax at temperature 2 gives the probabilities [0.5, 0.3, 0.2].", ""),
        ("The logits are [2, 1, 0]. The predicted probabilities are [0.6, 0.3, 0.1].", ""),
        ("Applying the ReLU to [1, -2, 3] gives [1, 0, 3]. The sigmoid of (0, 1) is (0.5, 0.73).", "+++++"),
        ("Applying the ReLU to [1, -2, 3] gives [1, 2, 3].", "+-+"),
        ("The ReLU network maps [1, -2, 3] to the hidden vector. Then its size is [3, 4, 5].", ""),
        ("The derivative of the ReLU at [1, -2, 3] is [1, 0, 1].", ""),
    ],
)
def test_a_list_that_is_made_of_another_in_words(text: str, expected: str) -> None:
    signs = {"confirmed": "+", "contradicted": "-"}
    assert "".join(signs[verdict] for _, verdict in verdicts(text)) == expected
