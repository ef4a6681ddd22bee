"""Computation graphs from expressions: what is read, what is refused, and that nothing of it is run."""

from fractions import Fraction

import numpy as np
import pytest

from derive.errors import Unusable
from derive.evaluate import solve
from derive.graph_language import GraphFault, graph_from, read_expression


def value(text: str, exact: bool = True, **given: Fraction | float) -> Fraction | float:
    graph = graph_from(given, {"f": text}, "f")
    numbers = solve(graph, given, exact=exact).rounds[0]
    return next(v[0, 0] for q, v in numbers.items() if q.kind == "f")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x + 2 * 3", 8),
        ("(x + 2) * 3", 12),
        ("-x^2", -4),
        ("(-x)**2", 4),
        ("x - 1 - 1", 0),
        ("x / 4 / 2", Fraction(1, 4)),
        ("x^-1", Fraction(1, 2)),
        ("0.1 * x", Fraction(1, 5)),
        ("1e-3 + x - .5", Fraction(1501, 1000)),
        ("+x * 10", 20),
        ("relu(-x) + leaky_relu(-x)", Fraction(-1, 50)),
        ("2 * 3 - x", 4),
    ],
)
def test_arithmetic_is_that_of_school_and_exact(text: str, expected: Fraction) -> None:
    assert value(text, x=Fraction(2)) == expected


def test_a_sigmoid_neuron_in_one_line_agrees_with_its_gates() -> None:
    given = {"w0": 2.0, "x0": -1.0, "w1": -3.0, "x1": -2.0, "w2": -3.0}
    line = "1/(1 + exp(-(w0*x0 + w1*x1 + w2)))"
    gates = {"f": "1 / v", "v": "1 + u", "u": "exp(t)", "t": "-s", "s": "w0*x0 + w1*x1 + w2"}
    for graph in (graph_from(given, {"f": line}, "f"), graph_from(given, gates, "f")):
        solution = solve(graph, given)
        found = {q.address: float(v[0, 0]) for q, v in solution.rounds[0].items()}
        f = 1 / (1 + np.exp(-1))
        assert found["f"] == pytest.approx(f, rel=1e-14)
        assert found["d_w1"] == pytest.approx(-2 * f * (1 - f), rel=1e-12)


def test_nodes_end_up_after_what_they_use() -> None:
    graph = graph_from(["x"], {"f": "c + b", "c": "2 * b", "a": "x + 1", "b": "a * a"}, "f")
    assert [equation.quantity.address for equation in graph.equations] == ["a", "b", "c", "f"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("__import__('os')", "'__import__' is not a function"),
        ("x.real", "not of the graph language"),
        ("(x).bit_length()", "is not a function"),
        ("x if x else x", "not of the graph language"),
        ("lambda: x", "not of the graph language"),
        ("[x for x in x]", "not of the graph language"),
        ("f'{x}'", "not of the graph language"),
        ("x // 2", "between terms stands one of"),
        ("x @ x", "between terms stands one of"),
        ("not x", "before a term"),
        ("x < 1", "not of the graph language"),
        ("(x := 1)", "not of the graph language"),
        ("x; x", "no expression"),
        ("(x", "no expression: '(' was never closed"),
        ("", "no expression"),
        ("x\0", "no expression"),
        ("0x10", "not a number here"),
        ("1_000", "not a number here"),
        ("1j", "not a number here"),
        ("True", "not a number here"),
        ("'a'", "not a number here"),
        ("9" * 200, "not a number here"),
        ("1e999999999", "not a number here"),
        ("x ** x", "the exponent 'x'"),
        ("x ** 0.5", "the exponent '0.5'"),
        ("2 ** 2 ** 99", "the exponent"),
        ("x ** 1000", "the exponent '1000'"),
        ("x / 0", "divides by zero"),
        ("xx + 1", "did you mean 'x'?"),
        ("sigmod(x)", "did you mean 'sigmoid'?"),
        ("exp(x, x)", "takes one number"),
        ("exp()", "takes one number"),
        ("exp(x=x)", "takes one number"),
        ("σ(x)", "'σ' is not of the graph language"),
        ("-" * 900 + "x", "more than 40 deep"),
        ("(" * 400 + "x" + ")" * 400, "no expression"),
        ("x" + " + x" * 300, "at most 1000"),
    ],
)
def test_everything_else_is_refused_in_a_sentence(text: str, complaint: str) -> None:
    with pytest.raises(Unusable) as fault:
        read_expression(text, ["x"])
    assert complaint in str(fault.value)
    assert len(str(fault.value)) < 250


def faults(*graph: object) -> dict[str, str]:
    with pytest.raises(GraphFault) as fault:
        graph_from(*graph)  # type: ignore[arg-type]
    return dict(fault.value.faults)


def test_all_faults_come_at_once() -> None:
    nodes = {"x": "q + 1", "d_a": "q + zz", "q": "x +* 1", "exp": "x"}
    found = faults(["x", "y", "1a"], nodes, "g")
    assert set(found) == {"inputs.1a", "nodes.x", "nodes.d_a", "nodes.q", "nodes.exp", "output"}


def test_a_circle_is_shown() -> None:
    found = faults(["x"], {"f": "q", "q": "r + x", "r": "2 * q"}, "f")
    assert found == {"nodes.q": "the nodes go round in a circle: q uses r uses q"}
    assert "f uses f" in faults(["x"], {"f": "f + x"}, "f")["nodes.f"]


def test_what_the_output_does_not_use_is_named() -> None:
    assert set(faults(["x", "y"], {"q": "2 * x", "f": "x"}, "f")) == {"inputs.y", "nodes.q"}


def test_an_input_is_no_output() -> None:
    assert "'x' is not a node of the graph" in faults(["x"], {"f": "x"}, "x")["output"]
