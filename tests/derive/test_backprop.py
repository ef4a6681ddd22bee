"""The reverse pass over any graph: values used twice, long paths, names left out, reasons for every line."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from msgspec.structs import replace

from derive import ops
from derive.backprop import Naming, backprop, pass_back
from derive.derivation import GRAPH_NAMING, derive_graph, derive_network
from derive.evaluate import Program
from derive.functions import FUNCTIONS
from derive.general import derive_general
from derive.graph import SCALAR, Equation, Graph, Node, symbol
from derive.graph_language import graph_from
from derive.network import Network
from derive.ops import OPS
from derive.quantities import Quantity


def number(name: str) -> Node:
    return symbol(Quantity(name), SCALAR)


def gradients(graph: Graph, point: dict[str, float]) -> dict[str, float]:
    """The derivative of the output by every input, by our formulas."""
    given = {Quantity(name): np.array([[value]]) for name, value in point.items()}
    values = Program([step.equation for step in derive_graph(graph)]).run(given)
    return {name: values[Quantity("d_" + name)][0, 0] for name in point}


def by_complex_step(graph: Graph, point: dict[str, float]) -> dict[str, float]:
    """The same from the forward pass alone."""
    program = Program(graph.equations)
    slopes = {}
    for name in point:
        given = {Quantity(n): np.array([[v + (1e-30j if n == name else 0)]]) for n, v in point.items()}
        slopes[name] = program.run(given)[graph.output][0, 0].imag / 1e-30
    return slopes


def test_a_value_used_twice_gets_both_gradients() -> None:
    graph = graph_from(["x"], {"h": "x * x", "f": "h * h"}, "f")
    assert gradients(graph, {"x": 3.0}) == {"x": 4 * 27.0}


def test_paths_of_different_lengths_meet_before_they_go_on() -> None:
    graph = graph_from(["x"], {"a": "x * x", "b": "a * a", "c": "b + a", "f": "c * a * x"}, "f")
    assert gradients(graph, {"x": 2.0})["x"] == pytest.approx(7 * 2**6 + 5 * 2**4)


def test_a_node_that_leads_nowhere_gets_no_gradient() -> None:
    x = number("x")
    equations = (Equation(Quantity("idle"), ops.times(x, x)), Equation(Quantity("f"), ops.scale(3, x)))
    steps = derive_graph(Graph({Quantity("x"): SCALAR}, equations, Quantity("f")))
    assert [s.quantity.address for s in steps if s.stage == "backward"] == ["d_f", "d_x"]


def test_the_output_may_be_used_further_without_changing_its_gradient() -> None:
    f = number("f")
    equations = (
        Equation(Quantity("f"), ops.times(number("x"), number("x"))),
        Equation(Quantity("g"), ops.times(f, f)),
    )
    graph = Graph({Quantity("x"): SCALAR}, equations, Quantity("f"))
    assert gradients(graph, {"x": 5.0}) == {"x": 10.0}


def test_shared_weights_add_their_gradients() -> None:
    """One W in two layers: backpropagation through time in its smallest form."""
    W, x = (symbol(Quantity(n), s) for n, s in (("W", (2, 2)), ("x", (2, 1))))
    h = symbol(Quantity("h"), (2, 1))
    equations = (
        Equation(Quantity("h"), ops.function("tanh", ops.matmul(W, x))),
        Equation(Quantity("f"), ops.norm2(ops.function("tanh", ops.matmul(W, h)))),
    )
    graph = Graph({Quantity("W"): (2, 2), Quantity("x"): (2, 1)}, equations, Quantity("f"))
    rng = np.random.default_rng(0)
    given = {Quantity("W"): rng.normal(size=(2, 2)), Quantity("x"): rng.normal(size=(2, 1))}
    ours = Program([s.equation for s in derive_graph(graph)]).run(given)[Quantity("d_W")]
    moved = given[Quantity("W")] + 1e-30j * np.eye(4).reshape(4, 2, 2)
    seen = Program(equations).run({**given, Quantity("W"): moved})[Quantity("f")].imag / 1e-30
    np.testing.assert_allclose(ours, seen.reshape(2, 2), rtol=1e-13)


ONE = ops.constant(1)
SMOOTH = [row.name for row in FUNCTIONS.values() if not row.kinks]
GATES = (
    lambda left, right: ops.add(left, right),
    lambda left, right: ops.minus(ops.scale(2, left), right),
    lambda left, right: ops.times(left, right),
    lambda left, right: ops.divide(left, ops.add(ONE, ops.times(right, right))),
    lambda left, right: ops.power(ops.add(ONE, ops.times(left, right)), 2),
    *(lambda left, right, name=name: ops.function(name, ops.add(left, right)) for name in SMOOTH),
)


def random_graph(seed: int) -> tuple[Graph, dict[str, float]]:
    """A dozen gates, each on values above it; every value is used."""
    rng = np.random.default_rng(seed)
    names = ["u", "v", "w"]
    point = {name: float(rng.uniform(0.5, 1.5)) for name in names}
    equations: list[Equation] = []
    for index in range(12):
        left, right = (number(str(name)) for name in rng.choice(names[-5:], 2))
        gate = GATES[rng.integers(len(GATES))](left, right)
        names.append(f"g{index}")
        # A sigmoid around each gate keeps a dozen of them from overflowing, and their values above 0.
        equations.append(
            Equation(Quantity(names[-1]), ops.function("sigmoid", gate), "a gate drawn at random")
        )
    total = functools.reduce(ops.add, map(number, names))
    equations.append(Equation(Quantity("f"), ops.times(total, number(names[-1])), "all gates together"))
    return Graph({Quantity(name): SCALAR for name in point}, tuple(equations), Quantity("f")), point


@pytest.mark.parametrize("seed", range(60))
def test_random_graphs_agree_with_the_complex_step(seed: int) -> None:
    graph, point = random_graph(seed)
    assert gradients(graph, point) == pytest.approx(by_complex_step(graph, point), rel=1e-11)


@pytest.mark.parametrize("seed", range(10))
def test_names_that_get_no_step_of_their_own_are_put_in(seed: int) -> None:
    """The same derivatives when only the inputs' gradients are shown."""
    graph, point = random_graph(seed)
    inputs_only: Naming = replace(GRAPH_NAMING, shown=lambda quantity: quantity in graph.inputs)
    steps = backprop(graph, inputs_only)
    assert {s.quantity.address for s in steps} == {"d_u", "d_v", "d_w"}
    given = {Quantity(name): np.array([[value]]) for name, value in point.items()}
    values = Program([*graph.equations, *(s.equation for s in steps)]).run(given)
    wanted = by_complex_step(graph, point)
    assert {n: values[Quantity("d_" + n)][0, 0] for n in point} == pytest.approx(wanted, rel=1e-11)


def test_every_right_side_uses_only_what_stands_above_it() -> None:
    for derivation in (
        derive_network(Network([3, 4, 2], ["relu", "softmax"], "cross-entropy", batch=2)),
        derive_graph(random_graph(1)[0]),
    ):
        known = {*derivation.graph.inputs, Quantity("rate")}
        for step in derivation:
            assert step.formula.symbols <= known, step.quantity.address
            known.add(step.quantity)


@pytest.mark.parametrize(
    "derivation",
    [
        derive_network(Network([3, 4, 2], "identity")),
        derive_network(Network([3, 1, 1], ["tanh", "sigmoid"], "binary-cross-entropy", bias=False)),
        derive_network(Network([3, 4, 2], ["leaky-relu", "softmax"], "cross-entropy", batch=3)),
        derive_graph(random_graph(2)[0]),
        derive_general(),
        derive_general("sigmoid", "cross-entropy", last="softmax"),
    ],
    ids=range(6),
)
def test_every_line_says_why_and_has_the_shape_of_its_quantity(derivation) -> None:
    for step in derivation:
        for line in step.lines:
            assert line.because, f"{step.quantity.address}: {line.expression}"
            assert line.expression.shape == step.formula.shape


def test_another_theory_changes_what_it_says_and_nothing_else() -> None:
    careless = replace(
        OPS["matmul"], pullbacks=(OPS["matmul"].pullbacks[0], lambda n, g: ops.matmul(n.args[0], g))
    )
    network = Network([2, 2, 2], "tanh")
    wrong = derive_network(network, {**OPS, "matmul": careless})
    right = derive_network(network)
    differing = [w.quantity.address for w, r in zip(wrong, right, strict=True) if w.formula is not r.formula]
    assert differing == ["delta1"]


def test_messages_go_only_to_what_is_wanted() -> None:
    equation = Equation(Quantity("f"), ops.times(number("x"), number("y")))
    messages = pass_back(equation, ops.constant(1), wanted=lambda quantity: quantity.kind == "x")
    assert list(messages) == [Quantity("x")] and messages[Quantity("x")].gradient is number("y")


def test_a_graph_that_uses_what_nothing_defines_is_refused() -> None:
    with pytest.raises(ValueError, match="f uses y, which no equation above it defines"):
        Graph({Quantity("x"): SCALAR}, (Equation(Quantity("f"), number("y")),), Quantity("f"))
    with pytest.raises(ValueError, match="output g is not defined"):
        Graph({Quantity("x"): SCALAR}, (Equation(Quantity("f"), number("x")),), Quantity("g"))
