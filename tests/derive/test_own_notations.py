"""A notation of one's own, in a problem file or from Python: read, written and judged like any row."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from derive import Network, derive
from derive.notation import NOTATIONS, Notation
from derive.problem import Problem, ProblemFault, load
from derive.writing.habits import as_fields
from grader import check

NETWORK = """\
title: small
notation: {notation}
network: {{layers: [2, 3, 1], activation: sigmoid, loss: half-squared-error, learning_rate: 1/2}}
given: {{x: [1, 2], y: 1, W1: [[1, 2], [3, 4], [5, 6]], b1: [1, 2, 3], W2: [[1, 2, 3]], b2: 0}}
parts:
  - {{id: error, ask: delta1, answer: formula{part}}}
"""
OURS = "{like: nielsen, name: ours, letters: {a: h, rate: α}, first: 0, fence: '()', weights: from}"


def problem(notation: str, part: str = "") -> Problem:
    return load(NETWORK.format(notation=notation, part=part))


def row_of(found: Problem) -> Notation:
    assert isinstance(found.notation, Notation)
    return found.notation


def test_a_mapping_is_a_row_like_another() -> None:
    row, nielsen = row_of(problem(OURS)), NOTATIONS["nielsen"]
    assert (row.name, row.first, row.fence, row.weights) == ("ours", 0, "()", "from")
    assert row.letters == {**nielsen.letters, "a": "h", "rate": "alpha"}
    assert row.indices == nielsen.indices and row.by_activation == nielsen.by_activation


def test_derivations_are_written_in_it() -> None:
    derivation = derive(problem(OURS), row_of(problem(OURS)))
    assert derivation["delta1"].latex(row_of(problem(OURS))) == (
        r"\delta^{(1)} = (w^{(2)} \delta^{(2)}) \odot \sigma'(z^{(1)})"
    )


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (r"(w^{(2)} \delta^{(2)}) \odot \sigma'(z^{(1)})", "right"),
        (r"(w^{(2)} \delta^{(2)}) \odot h^{(1)} \odot (1 - h^{(1)})", "right"),
        (r"((w^{(2)})^T \delta^{(2)}) \odot \sigma'(z^{(1)})", "wrong"),
        (r"w^{(2)} \delta^{(2)}", "wrong"),
    ],
)
def test_answers_are_judged_by_it(answer: str, verdict: str) -> None:
    assert check(problem(OURS), "error", answer).verdict == verdict


def test_a_part_may_have_its_own() -> None:
    part = problem("subscript", ", notation: {like: ng, letters: {loss: C}}").parts[0]
    assert isinstance(part.notation, Notation)
    assert (part.notation.name, part.notation.letter("loss")) == ("ng, changed", "C")


@pytest.mark.parametrize("like", NOTATIONS)
def test_every_row_can_be_written_out_in_full(like: str) -> None:
    row = NOTATIONS[like]
    fields = {name: value for name, value in as_fields(row).items() if value is not None}
    fields["letters"] = {**dict.fromkeys(NOTATIONS["subscript"].letters), **fields["letters"]}
    found = row_of(problem(_flow({"like": "subscript", **fields})))
    assert replace(found, aliases=row.aliases, code=row.code) == row


def _flow(value: object) -> str:
    """YAML in one line, every text in quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flow(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    quoted = str(value).replace("'", "''")
    return str(value) if isinstance(value, int) else f"'{quoted}'"


FAULTS = [
    ("{like: nielson}", "notation.like", "did you mean 'nielsen'?"),
    ("{like: nielsen, wieghts: from}", "notation.wieghts", "did you mean 'weights'?"),
    (
        "{weights: form}",
        "notation.weights",
        "'form' is not what the rows of a weight matrix are (did you mean 'from'?",
    ),
    ("{place: up}", "notation.place", "did you mean 'sup'?"),
    ("{fence: '{}'}", "notation.fence", "not a pair of brackets"),
    ("{first: 2}", "notation.first", "must be from 0 to 1"),
    ("{bias_column: maybe}", "notation.bias_column", "must be true or false"),
    ("{letters: {q: r}}", "notation.letters.q", "'q' is not a kind of quantity with a letter"),
    ("{letters: {a: sigmoid}}", "notation.letters.a", "'sigmoid' is not a letter"),
    ("{letters: {a: plus}}", "notation.letters.a", "any single letter will do"),
    ("{letters: {a: W}}", "notation.letters.a", "W is already the letter of W (weights)"),
    ("{indices: {hear: i}}", "notation.indices.hear", "did you mean 'here'?"),
    ("{derivative: partail}", "notation.derivative", "did you mean 'partial'?"),
    (
        "{like: nielsen, by_activation: grad, letters: {delta: null}, derivative: dd}",
        "notation.derivative",
        "known:",
    ),
    ("nielson", "notation", "did you mean 'nielsen'?"),
    ("[nielsen]", "notation", "must be the name of a notation, or fields with values"),
    ("true", "notation", "must be the name of a notation, or fields with values"),
]


@pytest.mark.parametrize(("notation", "field", "sentence"), FAULTS)
def test_faults_have_a_place_and_a_repair(notation: str, field: str, sentence: str) -> None:
    with pytest.raises(ProblemFault) as caught:
        problem(notation)
    (fault,) = caught.value.faults
    assert (fault.field, fault.line) == (field, 2)
    assert sentence in fault.message


def test_faults_in_the_notation_of_a_part_are_found_there() -> None:
    with pytest.raises(ProblemFault) as caught:
        problem("subscript", ", notation: {like: ngg}")
    assert [fault.field for fault in caught.value.faults] == ["parts[1].notation.like"]


def test_quantities_that_would_look_alike_are_refused() -> None:
    with pytest.raises(ProblemFault, match="would both be written"):
        problem(
            "{like: ng, bias_column: false, letters: {momentum: b, b: null}, own: {W: [w, w], b: [w, w]}}"
        )


def test_from_python_a_row_is_changed() -> None:
    row = NOTATIONS["nielsen"].changed(name="ours", letters={"a": "h", "delta": None})
    assert "h" not in row.aliases["a"]
    network = Network([3, 4, 2], "sigmoid")
    assert derive(network, row)["a1"].latex(row) == r"h^2 = \sigma(z^2)"
    assert derive(network, row)["delta1"].latex(row).startswith(r"\frac{\partial C}{\partial z^2} = ")
    assert derive(network, replace(NOTATIONS["nielsen"], first=0)).python().count("w1 = w1 -") == 1
