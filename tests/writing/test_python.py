"""NumPy code: what is printed is run, and every value is the one that evaluate gives."""

from __future__ import annotations

import random
import re
import zlib
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from derive import Network, derive, solve
from derive.activations import ACTIVATIONS, CUSTOM, GENERIC
from derive.derivation import Derivation
from derive.errors import Unusable
from derive.evaluate import Solution
from derive.forms import written
from derive.general import derive_general
from derive.graph_language import graph_from
from derive.losses import LOSSES, TARGETS
from derive.notation import NOTATIONS
from derive.perspective import Perspective
from derive.quantities import KINDS, Quantity
from derive.regularizers import REGULARIZERS
from derive.updates import UPDATES
from derive.writing.script import script

TURNED = ("subscript", "rows", "cs182", "brackets")
LEARNING = [row.name for row in ACTIVATIONS.values() if row.forward_only is None and row.name != GENERIC]


def numbers_for(network: Network, seed: int) -> dict[str, Any]:
    """Random inputs, targets that suit the loss, and what an update remembers."""
    rng = np.random.default_rng(seed)
    given = {}
    for quantity, shape in network.graph().inputs.items():
        if quantity.kind == "y":
            given["y"] = _targets(network, rng, shape)
        elif KINDS[quantity.kind].role != "setting":
            given[quantity.address] = rng.normal(size=shape)
    for quantity, shape in network.states.items():
        given[quantity.address] = rng.uniform(0.1, 1, size=shape)
    return given


def _targets(network: Network, rng: np.random.Generator, shape: Any) -> Any:
    wanted = TARGETS[network.loss_row.targets]
    if wanted.name == "sign":
        return rng.choice([-1.0, 1.0], size=shape)
    if wanted.name == "one-hot":
        return np.eye(shape[0])[:, rng.integers(shape[0], size=shape[1])]
    y = rng.uniform(0.1, 0.9, size=shape)
    return y / y.sum(axis=0) if wanted.name == "probability" else y


def run(derivation: Derivation, values: dict[Quantity, Any], extra: dict[str, Any]) -> dict[str, Any]:
    """What the printed program leaves behind, started with the inputs it asks for."""
    program = script(derivation)
    space: dict[str, Any] = {program.names[q]: value for q, value in values.items() if q in program.names}
    space |= extra
    exec(derivation.python(), space)
    return space


def hold(derivation: Derivation, solution: Solution, share: float = 1.0, **extra: Any) -> None:
    """Every line of the program has the value that is promised, seen as the notation sees it."""
    seen = Perspective(derivation.perspective.notation, derivation.perspective.share)
    values = {q: seen.value(q, value, share) for q, value in solution.rounds[0].items()}
    program = script(derivation)
    assigned = {line.name: line.quantity for line in program.assignments}
    inputs = {q: value for q, value in values.items() if q not in assigned.values()}
    space = run(derivation, inputs, extra)
    for name, quantity in assigned.items():
        expected = values[quantity]
        found = np.asarray(space[name], dtype=float)
        assert found.size == expected.size, (quantity, found.shape, expected.shape)
        np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=1e-12, atol=1e-12)


def random_network(seed: int) -> Network:
    draw = random.Random(seed)
    layers = [draw.randint(1, 4) for _ in range(draw.randint(2, 4))]
    hidden = [draw.choice([*LEARNING, CUSTOM]) for _ in layers[2:]]
    loss = draw.choice([row for row in LOSSES.values() if row.name != GENERIC])
    fitting = [n for n in LEARNING if ACTIVATIONS[n].low >= loss.low and ACTIVATIONS[n].high <= loss.high]
    update = draw.choice(list(UPDATES))
    batch = draw.choice([None, 1, 3]) if not UPDATES[update].of_a_batch else 3
    penalty = {name: dict.fromkeys(row.strengths, 0.25) for name, row in REGULARIZERS.items()}
    regularizer = draw.choice([None, *penalty])
    return Network(
        layers,
        [*hidden, draw.choice(fitting)],
        loss.name,
        bias=draw.random() < 0.8,
        learning_rate=draw.choice([0.1, Fraction(1, 3)]),
        batch=batch,
        reduction=draw.choice(["mean", "sum"]),
        update=update,
        regularizer={regularizer: penalty[regularizer]} if regularizer else (),
        kink_slope=draw.choice([Fraction(0), Fraction(1, 2), Fraction(1)]),
    )


@pytest.mark.parametrize("notation", TURNED)
@pytest.mark.parametrize("seed", range(40))
def test_random_networks(seed: int, notation: str) -> None:
    network = random_network(seed)
    solution = solve(network, numbers_for(network, seed))
    share = 1 / (network.batch or 1) if network.reduction == "mean" else 1.0
    hold(derive(network, notation), solution, share)


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("activation", LEARNING)
def test_every_activation_in_every_notation(activation: str, notation: str) -> None:
    network = Network([3, 4, 2], [activation, "sigmoid"], "binary-cross-entropy", learning_rate=0.5, batch=4)
    solution = solve(network, numbers_for(network, zlib.crc32(activation.encode())))
    hold(derive(network, notation), solution, 0.25)


@pytest.mark.parametrize("loss", [name for name in LOSSES if name != GENERIC])
@pytest.mark.parametrize("notation", TURNED)
def test_every_loss_behind_a_softmax_and_a_sigmoid(loss: str, notation: str) -> None:
    for activation in ("softmax", "sigmoid"):
        network = Network([2, 3, 3], ["tanh", activation], loss, learning_rate=0.5, batch=2)
        hold(derive(network, notation), solve(network, numbers_for(network, 5)), 0.5)


@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_batch_whose_size_is_a_letter_is_counted_from_the_input(notation: str) -> None:
    plain = Network([3, 4, 2], ["relu", "softmax"], "cross-entropy", learning_rate=0.1)
    with_five = Network([3, 4, 2], ["relu", "softmax"], "cross-entropy", learning_rate=0.1, batch=5)
    hold(derive(plain, notation, "batch"), solve(with_five, numbers_for(with_five, 1)), 0.2)


@pytest.mark.parametrize("slope", [0, Fraction(1, 2), 1])
@pytest.mark.parametrize("activation", ["relu", "leaky-relu", "custom(abs(z) + z / 3)"])
def test_the_slope_at_a_kink_is_the_one_that_was_chosen(activation: str, slope: Any) -> None:
    network = Network([2, 3, 1], [activation, "identity"], learning_rate=0.1, kink_slope=slope)
    given = numbers_for(network, 3) | {"x": [0, 0], "b1": [0, 1, -1]}
    hold(derive(network), solve(network, given))


@pytest.mark.parametrize("activation", [row.name for row in ACTIVATIONS.values() if row.forward_only])
@pytest.mark.parametrize("notation", TURNED)
def test_activations_without_a_slope_have_a_forward_pass(activation: str, notation: str) -> None:
    network = Network([3, 4, 2], activation, "squared-error", batch=3)
    solution = solve(network, numbers_for(network, 2))
    hold(derive(network, notation, forward=True), solution, 1 / 3)


def test_what_is_left_open_is_called_by_its_letter() -> None:
    text = derive(Network([3, 4, 2], GENERIC, GENERIC), "bergsoe").python()
    assert "a1 = sigma(z1)" in text
    assert "delta2 = cost_prime(a2, y) * sigma_prime(z2)" in text
    assert "# Functions left open: sigma, cost, cost_prime, sigma_prime" in text


def test_functions_left_open_take_any_the_reader_chooses() -> None:
    open_, closed = (
        Network([3, 4, 2], a, c) for a, c in ((GENERIC, GENERIC), ("tanh", "half-squared-error"))
    )
    hold(
        derive(open_),
        solve(Network([3, 4, 2], "tanh", learning_rate=1), numbers_for(closed, 1)),
        sigma=np.tanh,
        sigma_prime=lambda z: 1 - np.tanh(z) ** 2,
        cost=lambda a, y: np.sum((a - y) ** 2) / 2,
        cost_prime=lambda a, y: a - y,
    )


GRAPHS = [
    ({"x": -2, "y": 5, "z": -4}, {"q": "x + y", "f": "q * z"}, "f"),
    (
        {"x": 2, "y": 3},
        {"p": "x / y - y ** 3", "f": "-sin(p) * exp(-x) + log(y) * sqrt(x) / (x - y * (x - 1))"},
        "f",
    ),
    ({"x": 0.5, "len": 3}, {"max": "abs(x - 2) + relu(len)", "f": "max ** 2 - (x - len) - (x + 1)"}, "f"),
    ({"x": 2, "np": 3}, {"f": "x * -np / (x / np) - -x"}, "f"),
]


@pytest.mark.parametrize("inputs, nodes, output", GRAPHS)
def test_computation_graphs_keep_the_names_of_their_nodes(inputs: Any, nodes: Any, output: str) -> None:
    graph = graph_from(inputs, nodes, output)
    hold(derive(graph), solve(graph, inputs))


def test_errors_of_nodes_are_called_as_the_course_calls_them() -> None:
    graph = graph_from(["x", "y", "z"], {"f": "q * z", "q": "x + y"}, "f")
    assert "d_x = d_q" in derive(graph, "nielsen").python()
    assert "delta_x = delta_q" in derive(graph, "cs182").python()


def test_the_four_lines_of_backpropagation() -> None:
    text = derive(Network([3, 4, 2], "sigmoid")).python()
    lines = [
        line.partition("  #")[0] for line in text.splitlines() if "=" in line and not line.startswith("#")
    ]
    assert lines == [
        "z1 = W1 @ x + b1",
        "a1 = 1 / (1 + np.exp(-z1))",
        "z2 = W2 @ a1 + b2",
        "a2 = 1 / (1 + np.exp(-z2))",
        "loss = np.sum((a2 - y) ** 2) / 2",
        "delta2 = (a2 - y) * a2 * (1 - a2)",
        "delta1 = (W2.T @ delta2) * a1 * (1 - a1)",
        "dW2 = delta2 @ a1.T",
        "db2 = delta2",
        "dW1 = delta1 @ x.T",
        "db1 = delta1",
        "W1 = W1 - rate * dW1",
        "b1 = b1 - rate * db1",
        "W2 = W2 - rate * dW2",
        "b2 = b2 - rate * db2",
    ]


def test_rows_are_the_lines_of_programs_with_an_example_in_each_row() -> None:
    text = derive(Network([3, 4, 2], ["relu", "identity"], "squared-error", batch=5), "rows").python()
    for line in (
        "z1 = x @ w1 + b1",
        "grad_w2 = h1.T @ grad_z2",
        "grad_b2 = grad_z2.sum(axis=0, keepdims=True)",
    ):
        assert line in text


@pytest.mark.parametrize("notation", NOTATIONS)
def test_layers_in_general_are_entries_of_lists(notation: str) -> None:
    derivation = written(derive_general("sigmoid", "half-squared-error"), notation)
    compile(derivation.python(), "general", "exec")


def test_layers_in_general_compute_what_a_network_does() -> None:
    text = written(derive_general("sigmoid", "half-squared-error"), "subscript").python()
    formulas = [line for line in text.splitlines() if line.startswith("delta[i]")]
    network = Network([3, 4, 5, 2], "sigmoid", learning_rate=1)
    known = solve(network, numbers_for(network, 1))
    space: dict[str, Any] = {
        name: [None, *(known[f"{name}{layer}"] for layer in (1, 2, 3))] for name in ("W", "a", "delta")
    }
    expected, space["delta"][1] = space["delta"][1], None
    exec("\n".join(formulas), space | {"i": 1, "np": np})
    np.testing.assert_allclose(space["delta"][1], expected, rtol=1e-12)


@pytest.mark.parametrize("form", ["element", "scalar"])
def test_single_entries_are_no_numpy_code(form: str) -> None:
    with pytest.raises(Unusable, match="choose the form matrix or batch"):
        derive(Network([2, 2, 1], "sigmoid"), form=form).python()


@pytest.mark.parametrize("detail", ["brief", "every-line"])
@pytest.mark.parametrize("notation", TURNED)
def test_the_level_of_detail_changes_no_line_of_code(detail: str, notation: str) -> None:
    for network in (
        Network([3, 4, 2], "sigmoid"),
        Network([3, 4, 2], GENERIC, GENERIC),
        Network([3, 4, 2], ["relu", "softmax"], "cross-entropy", batch=5, regularizer="l2", update="adam"),
    ):
        texts = (derive(network, notation, detail=level).python() for level in ("full", detail))
        usual, other = ([line for line in text.splitlines() if not line.startswith("#")] for text in texts)
        assert usual == other


def test_the_program_says_that_it_takes_arrays_of_one_number() -> None:
    assert "W2 1×1, b2 1×1, rate\n" in derive(Network([3, 1, 1], "sigmoid")).python().replace("\n# ", " ")


def test_a_comment_gives_each_reason_once() -> None:
    text = derive(Network([2, 2], loss="binary-cross-entropy")).python()
    for comment in re.findall(r"(?:^# .*\n)+", text, re.M):
        clauses = comment.replace("\n# ", " ").removeprefix("# ").strip().split("; ")
        assert len(clauses) == len(set(clauses))


def test_what_is_divided_stands_above() -> None:
    text = derive(graph_from(["x", "y", "w"], {"f": "x * w / (x + y)"}, "f")).python()
    assert "= w / (x + y) - x * w / (x + y) ** 2" in text
