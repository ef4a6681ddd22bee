"""Computation graphs as annotated steps: values, local derivatives, the chain rule; all of it read back."""

from __future__ import annotations

import pytest

from derive import derive
from derive.graph import Graph
from derive.graph_language import graph_from
from derive.writing import latex
from grader.proof import false_lines

GRAPHS: dict[str, tuple[list[str], dict[str, str]]] = {
    "a product of a sum": (["x", "y", "z"], {"q": "x + y", "f": "q * z"}),
    "one node into two gates": (["x"], {"g": "x^2", "h": "exp(x)", "f": "g * h"}),
    "directly and through another node": (
        ["x", "y"],
        {"s": "x + y", "p": "s * x", "q": "s * y", "f": "p + q * s"},
    ),
    "into the last gate twice": (["x"], {"s": "sigmoid(x)", "f": "s * x"}),
    "a node into three gates": (
        ["x", "y"],
        {"g": "x * y", "h": "x / y", "m": "log(x)", "f": "g * h + m"},
    ),
}


def graph(name: str) -> Graph:
    inputs, nodes = GRAPHS[name]
    return graph_from(inputs, nodes, "f")


@pytest.mark.parametrize("notation", ["subscript", "cs182"])
@pytest.mark.parametrize("detail", ["brief", "full", "every-line"])
@pytest.mark.parametrize("name", GRAPHS)
def test_every_line_is_true(name: str, detail: str, notation: str) -> None:
    assert not list(false_lines(derive(graph(name), notation, detail=detail)))


def test_a_gate_shows_its_derivative_by_each_node_that_enters_it_once() -> None:
    """∂p/∂x would have two meanings for p = s x with s = x + y: with s held fixed, or with it."""
    derivation = derive(graph("directly and through another node"))
    local = {step.quantity.address for step in derivation if step.stage == "local"}
    assert local == {"ds/dx", "ds/dy", "dp/ds", "dq/ds", "df/dp", "df/dq"}


def test_the_chain_rule_adds_up_all_gates_that_a_node_enters() -> None:
    step = derive(graph("a node into three gates"), "cs182")["d_x"]
    chain = latex(step.by.box(step.lines[0].expression)) if step.by else ""
    assert chain == " + ".join(
        rf"\delta_{gate} \frac{{\partial {gate}}}{{\partial x}}" for gate in ("g", "h", "m")
    )
