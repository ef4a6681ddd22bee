"""Problem files: what they say exactly, and every fault at once, each at its place."""

from fractions import Fraction
from pathlib import Path

import pytest

from derive.errors import Unusable
from derive.network import Network
from derive.problem import Fault, Part, ProblemFault, Rubric, Tolerance, load, read
from derive.problem.yaml_source import MAX_CHARACTERS

PROMISED = """\
title: One step of gradient descent with linear activations
source: where it comes from, in words
notation: subscript
statement: |
  Compute one forward pass, then one backward pass.
network:
  layers: [3, 4, 2]
  activation: identity
  loss: half-squared-error
  bias: true
  learning_rate: 0.1
given:
  x: [2, 1, 3]
  y: [4, 5]
  W1: [[2, 3, 4], [2, 1, 2], [3, 5, 1], [2, 3, 4]]
  b1: [4, 1, 1, 2]
  W2: [[3, 1, 1, 1], [1, 4, 2, 2]]
  b2: [2, 3]
parts:
  - {id: output,  ask: a2,     answer: number,  points: 2}
  - {id: delta1,  ask: delta1, answer: formula, points: 3, in_terms_of: [W2, delta2, z1]}
  - {id: dW1,     ask: dW1,    answer: number,  points: 3, tolerance: {digits: 3}}
  - {id: proof,   ask: dW1,    answer: derivation, points: 4}
  - {id: forward, ask: forward, answer: code,   points: 5, signature: "forward(W, b, x)"}
checks:
  - {part: delta1, answer: 'W_2^T \\delta_2', marks: 1.5, note: missing-slope}
"""

SMALL = """\
title: small
network: {layers: [2, 1], activation: sigmoid, loss: half-squared-error, learning_rate: 1/3}
given: {x: [1, 0.1], y: 1e-3, W1: [[1/3, -2/6]], b1: 0}
parts:
  - {id: a, ask: a1, answer: number}
"""


def faults(text: str) -> list[str]:
    """Faults as ``line:column: field: message``."""
    with pytest.raises(ProblemFault) as refused:
        read(text, "p.yaml")
    assert str(refused.value) == "\n".join(map(str, refused.value.faults))
    return [str(fault).removeprefix("p.yaml:") for fault in refused.value.faults]


def place(text: str, needle: str) -> str:
    """``line:column`` of the only place where ``needle`` stands."""
    before, found, after = text.partition(needle)
    assert found and needle not in after, needle
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def only(text: str) -> str:
    found = faults(text)
    assert len(found) == 1, found
    return found[0]


def changed(old: str, new: str, text: str = PROMISED) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


def test_the_promised_file_loads() -> None:
    problem = read(PROMISED, "promised.yaml", "promised")
    assert problem.model == Network([3, 4, 2], "identity", learning_rate=Fraction(1, 10))
    assert problem.given["x"] == [2, 1, 3]
    assert problem.parts[1] == Part("delta1", "delta1", "formula", 3.0, in_terms_of=("W2", "delta2", "z1"))
    assert problem.part("dW1").tolerance == Tolerance(digits=3)
    assert problem.part("forward").signature == "forward(W, b, x)"
    assert problem.checks[0].marks == 1.5 and problem.checks[0].answer == r"W_2^T \delta_2"
    assert problem.points == 17
    with pytest.raises(Unusable, match="did you mean 'proof'"):
        problem.part("prof")


def test_numbers_are_exactly_those_written() -> None:
    problem = read(SMALL, "p.yaml")
    assert problem.given == {
        "x": [1, Fraction(1, 10)],
        "y": Fraction(1, 1000),
        "W1": [[Fraction(1, 3), Fraction(-1, 3)]],
        "b1": 0,
    }
    assert isinstance(problem.model, Network) and problem.model.learning_rate == Fraction(1, 3)


def test_options_reach_the_network() -> None:
    text = changed(
        "loss: half-squared-error,",
        "loss: squared-error, batch: 2, reduction: sum, update: {biases: fixed},",
        SMALL,
    )
    text = text.replace("x: [1, 0.1], y: 1e-3", "a0: [[1, 2], [3, 4]], y: [1, 2]")
    problem = read(text, "p.yaml")
    expected = Network(
        [2, 1],
        "sigmoid",
        "squared-error",
        learning_rate=Fraction(1, 3),
        batch=2,
        reduction="sum",
        train_biases=False,
    )
    assert problem.model == expected
    assert problem.given["x"] == [[1, 2], [3, 4]]


def test_a_graph_takes_its_numbers_from_its_inputs() -> None:
    text = "title: g\ngraph: {inputs: {x: -2, y: 1/3}, nodes: {f: q * 0.5, q: x * y}, output: f}\n"
    problem = read(
        text + "parts: [{id: a, ask: d_q, answer: number}, {id: b, ask: f, answer: formula}]\n", "p.yaml"
    )
    assert problem.given == {"x": -2, "y": Fraction(1, 3)}


def test_a_rubric_and_follow_through() -> None:
    text = changed(
        "answer: number}",
        "answer: number, rubric: [{misconception: m, award: 1/2}], follow_through: false}",
        SMALL,
    )
    part = read(text, "p.yaml").parts[0]
    assert part.rubric == (Rubric("m", 0.5),) and not part.follow_through


BAD = """\
title: 5
notation: subscipt
network:
  layers: [3, 4, 2]
  activation: sigmod
  loss: half-squared-error
  bias: yes
  learning_rate: -0.1
given:
  x: [2, 1, 3, 4]
  y: [4, 1/0]
  W1: [[2, 3, 4], [2, 1, 2], [3, 5], [2, 3, 4]]
  W2: [[3, 1], [1, 4], [1, 1], [2, 2]]
  W3: 3
  W3: 4
parts:
  - {id: output, ask: a2, answer: numer}
  - {id: delta1, ask: delta3, answer: formula, in_terms_of: [W2, delta4]}
  - {id: "delta1", ask: detla1, answer: number, tolerance: {digit: 3}}
  - {id: other, ask: 'dW1[5,1]', answer: number, rubric: [{misconception: m, awrd: 2}]}
checks:
  - {part: delta1, answer: 23, verdict: rigth}
  - {part: delta9, answer: '24'}
"""


def test_every_fault_at_once_each_at_its_place() -> None:
    found = [fault.split(": ")[:2] for fault in faults(BAD)]
    assert found == [
        [place(BAD, needle), field]
        for needle, field in (
            ("5\nnotation", "title"),
            ("subscipt", "notation"),
            ("sigmod", "network.activation"),
            ("yes", "network.bias"),
            ("-0.1", "network.learning_rate"),
            ("[2, 1, 3, 4]", "given.x"),
            ("1/0", "given.y[2]"),
            ("[[2, 3, 4]", "given.W1"),
            ("[[3, 1]", "given.W2"),
            ("W3: 3", "given.W3"),
            ("W3: 4", "given.W3"),
            ("numer}", "parts[1].answer"),
            ("delta3", "parts[2].ask"),
            ("delta4", "parts[2].in_terms_of[2]"),
            ('"delta1"', "parts[3].id"),
            ("detla1", "parts[3].ask"),
            ("digit:", "parts[3].tolerance.digit"),
            ("'dW1[5,1]'", "parts[4].ask"),
            ("{misconception", "parts[4].rubric[1].award"),
            ("awrd", "parts[4].rubric[1].awrd"),
            ("23,", "checks[1].answer"),
            ("rigth", "checks[1].verdict"),
            ("{part: delta9", "checks[2]"),
            ("delta9", "checks[2].part"),
        )
    ]
    assert (
        "5:15: network.activation: 'sigmod' is not an activation (did you mean 'sigmoid'? "
        "known: identity, sigmoid, tanh, relu, leaky-relu, softplus, sign, step, softmax, winner-take-all, "
        "generic, custom(z / (1 + abs(z))))"
    ) in faults(BAD)


ONE_FAULT = [
    ("ask: a2", "ask: <a3", "parts[1].ask", "there is no a3: this network ends at layer 2"),
    ("ask: a2", "ask: <W0", "parts[1].ask", "there is no W0: layer 0 is the input, which is called x"),
    ("ask: a2", "ask: <x", "parts[1].ask", "x is given, so there is nothing to ask"),
    ("ask: a2", "ask: <'W2['", "parts[1].ask", "'W2[' is no address; addresses look like"),
    ("ask: a2", "ask: <'dW2[3,1]'", "parts[1].ask", "dW2 is 2×4; it has no row 3"),
    ("ask: a2", "ask: <'dW2[1]'", "parts[1].ask", "dW2 is 2×4; name the row and the column"),
    ("ask: a2", "ask: <'delta2[0]'", "parts[1].ask", "delta2 is 2×1; it has no row 0"),
    ("ask: a2", "ask: <delta_l", "parts[1].ask", "delta_l is a general formula and has no number"),
    ("ask: a2", "ask: <backward", "parts[1].ask", "'backward' is a function: it takes answer: code"),
    ("ask: forward", "ask: <forwards", "parts[5].ask", "'forwards' is not a function that a code answer"),
    ("delta2, z1", "<delta1", "parts[2].in_terms_of[2]", "the answer cannot be in terms of delta1"),
    ("points: 2}", "points: <-2}", "parts[1].points", "must be at least 0"),
    ("id: proof", "id: <'a b'", "parts[4].id", "must be at most 60 letters"),
    ("id: proof", "id: <dW1", "parts[4].id", "'dW1' is already the id of part 3"),
    ("marks: 1.5", "marks: <3.5", "checks[1].marks", "3.5 marks are more than the part is worth (3)"),
    ("part: delta1,", "part: <delta,", "checks[1].part", "'delta' is not a part (did you mean 'delta1'?"),
    ("[3, 4, 2]", "<[3]", "network.layers", "a network needs at least an input and an output layer"),
    ("identity", "<[tanh, tanh, relu]", "network.activation", "3 activations for 2 layers with weights"),
    (
        "half-squared-error",
        "<cross-entropy",
        "network.loss",
        "the cross-entropy needs outputs between 0 and 1",
    ),
    ("bias: true", "bias: <1", "network.bias", "must be true or false"),
    ("0.1", "<fast", "network.learning_rate", "'fast' is not a number here"),
    ("0.1", "<1e9999", "network.learning_rate", "'1e9999' is not a number here"),
    ("0.1\n", "0.1\n  <speed: 2\n", "network.speed", "'speed' is not a field here (known: layers,"),
    ("x: [2, 1, 3]", "x: [2, <one, 3]", "given.x[2]", "'one' is not a number here"),
    ("x: [2, 1, 3]", "x: [2, <true, 3]", "given.x[2]", "must be a number"),
    ("x: [2, 1, 3]", "x: [2, 1, 3]\n  <z1: 1", "given.z1", "z1 is computed, so it cannot be given"),
    ("title: One", "<titel: One", "titel", "'titel' is not a field here (did you mean 'title'?"),
]
"""What is changed in the promised file (< marks the faulty place), and the fault that must be found there."""


@pytest.mark.parametrize(("old", "new", "field", "message"), ONE_FAULT)
def test_one_fault_is_said_at_its_place(old: str, new: str, field: str, message: str) -> None:
    marked = changed(old, new)
    start = f"{place(marked, '<')}: {field}: {message}"
    found = faults(marked.replace("<", ""))
    assert any(fault.startswith(start) for fault in found), found
    assert len(found) <= 2


def test_what_a_number_needs_must_be_given() -> None:
    without_b1 = changed("  b1: [4, 1, 1, 2]\n", "")
    assert faults(without_b1) == [
        f"{place(without_b1, 'a2,     answer')}: parts[1].ask: a2 cannot be computed: b1 not given",
        f"{place(without_b1, 'dW1,    answer: number')}: parts[3].ask: dW1 cannot be computed: b1 not given",
    ]
    text = changed(", learning_rate: 1/3", "", SMALL).replace("ask: a1", "ask: loss_new")
    assert "cannot be computed: network.learning_rate not given" in only(text)


def test_formulas_need_no_numbers() -> None:
    text = "title: t\nnetwork: {layers: [2, 1], activation: generic, loss: generic}\nparts:\n"
    for ask in ("delta1", "delta_L", "delta_l", "W_l_new", "db_l", "z_l", "loss"):
        read(
            text + f"  - {{id: a, ask: {ask}, answer: formula, in_terms_of: [W_l+1, delta_l+1, rate, y]}}\n",
            "p.yaml",
        )
    number = only(text + "  - {id: a, ask: delta1, answer: number}\n")
    assert "has no number while the activation or the loss is left open" in number


@pytest.mark.parametrize(
    ("network", "ask", "why"),
    [
        ("bias: false", "db1", "this network has no biases"),
        ("update: {biases: fixed}", "b1_new", "the biases are fixed"),
    ],
)
def test_quantities_that_a_network_lacks(network: str, ask: str, why: str) -> None:
    text = f"title: t\nnetwork: {{layers: [2, 1], activation: tanh, loss: squared-error, {network}}}\n"
    assert f"there is no {ask}: {why}" in only(text + f"parts: [{{id: a, ask: {ask}, answer: formula}}]\n")


def test_targets_the_loss_cannot_take() -> None:
    text = "title: t\nnetwork: {layers: [1, 2], activation: softmax, loss: cross-entropy, batch: 2}\n"
    text += "given: {y: [[1, 0.5], [0, 0.4]]}\nparts: [{id: a, ask: delta1, answer: formula}]\n"
    assert "takes targets from 0 to 1 that add up to 1, but these give 9/10" in only(text)
    hinge = text.replace("softmax, loss: cross-entropy", "identity, loss: hinge")
    assert "the hinge loss takes targets that are -1 or 1, but 1/2 is none" in only(hinge)
    one_hot = text.replace("cross-entropy", "negative-log-likelihood")
    assert "takes targets that are 1 for one class and 0 for all others, but 1/2 is none" in only(one_hot)


@pytest.mark.parametrize(
    ("written", "lost"),
    [
        (r"\frac{1}{2}", "frac"),
        (r"\beta", "beta"),
        (r"\theta", "theta"),
        (r"\rho", "rho"),
        (r"\nabla_a C", "nabla_a"),
    ],
)
def test_latex_in_double_quotes_is_not_lost_silently(written: str, lost: str) -> None:
    fault = only(changed("where it comes from, in words", f'"$x {written}$"'))
    assert fault.startswith("2:9: source: in double quotes YAML turns") and f"'\\{lost}' is lost" in fault
    assert "use single quotes" in fault


def test_escapes_yaml_does_not_know_are_explained() -> None:
    fault = only('title: "\\delta"\n')
    assert fault.startswith("1:10: YAML: ") and "single quotes" in fault


def test_double_quotes_may_hold_line_breaks() -> None:
    assert read(changed("where it comes from, in words", '"one\\ntwo"'), "p.yaml").source == "one\ntwo"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "1:1: file: must be fields with values"),
        ("- 1\n", "1:1: file: must be fields with values"),
        ("title: [\n", "2:1: YAML: "),
        ("title: a\n---\ntitle: b\n", "2:1: YAML: "),
        ("title: a\x0cb\n", "1:9: YAML: a control character (U+000C)"),
        ("[" * 5000, "1:1: YAML: brackets or lists are nested too deeply"),
        ("a" * (MAX_CHARACTERS + 1), "1:1: YAML: the file has"),
    ],
)
def test_what_is_no_problem_at_all(text: str, fault: str) -> None:
    assert any(found.startswith(fault) for found in faults(text)), faults(text)[:3]


def test_aliases_and_tags_are_refused() -> None:
    bomb = "a: &a [1,1]\n" + "".join(
        f"{n}: &{n} [*{m},*{m},*{m}]\n" for m, n in zip("abcdefgh", "bcdefghi", strict=True)
    )
    found = faults(PROMISED + "".join(line for line in bomb.splitlines(True)))
    assert any("an alias (*name) is not read here" in fault for fault in found)
    assert any("tags (!name) are not read" in fault for fault in faults(changed("0.1", "!!python/object 1")))


def test_network_and_graph_exclude_each_other() -> None:
    assert "neither is given" in only("title: t\nparts: [{id: a, ask: W9, answer: formula}]\n")
    graph = "graph: {inputs: {x: 1}, nodes: {f: 2 * x}, output: f}\n"
    assert only(PROMISED + graph).endswith("a problem has either network or graph; both are given")


def test_faults_of_a_graph_have_places() -> None:
    text = "title: g\ngraph:\n  inputs: {x: 1, y: }\n  nodes: {q: x + z, f: sigmod(y)}\n  output: g\n"
    text += "parts: [{id: a, ask: f, answer: number}]\n"
    found = faults(text)
    assert [fault.split(": ")[1] for fault in found] == ["graph.nodes.q", "graph.nodes.f", "graph.output"]
    assert found[1].startswith(place(text, "sigmod"))
    text = text.replace("x + z", "x + y").replace("sigmod(y)", "q").replace("output: g", "output: f")
    assert only(text).endswith("parts[1].ask: f cannot be computed: y not given")


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(PROMISED, encoding="utf-8-sig")
    assert load(path).name == "mine" == load(str(path)).name
    assert load(PROMISED).title == load(path).title
    with pytest.raises(Unusable, match="cannot be read: No such file"):
        load(tmp_path / "absent.yaml")
    path.write_bytes(b"title: a\nsource: \xff\n")
    with pytest.raises(ProblemFault) as refused:
        load(path)
    assert refused.value.faults == (Fault(str(path), 2, 1, "text", "not UTF-8; save the file as UTF-8"),)
