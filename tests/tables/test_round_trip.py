"""What the writers print is what the grader reads: every line of every derivation comes back true, every
quantity as itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import problems
from derive import Network
from derive.backprop import Step
from derive.derivation import after_update, derive_general, derive_graph, derive_network
from derive.graph import Graph, Node
from derive.notation import NOTATIONS
from derive.problem import Part, Problem
from derive.quantities import Quantity
from derive.writing import quantity_latex, to_latex
from grader.judging.question import Question, question_of
from grader.judging.values import agrees, lowered, own, value
from grader.meaning.products import PLANS, Plan
from grader.meaning.terms import Reference, Term
from grader.reading import read

NETWORKS = [
    Network([3, 4, 2], "sigmoid", learning_rate=0.5),
    Network([3, 4, 2], "tanh", "squared-error", learning_rate=0.5),
    Network([2, 3, 4], "relu", "mean-squared-error", learning_rate=0.5),
    Network([2, 3, 4], "leaky-relu", learning_rate=0.5),
    Network([3, 4, 2], "identity", learning_rate=0.5),
    Network([3, 4, 3], ["sigmoid", "softmax"], "cross-entropy", learning_rate=0.5),
    Network([3, 4, 2], ["relu", "sigmoid"], "binary-cross-entropy", learning_rate=0.5),
    Network([3, 4, 2], ["tanh", "sigmoid"], "cross-entropy"),
    Network([3, 4, 3], ["tanh", "softmax"], "squared-error"),
    Network([3, 4, 3], ["softmax", "identity"], "half-squared-error"),
    Network([3, 2], "sigmoid", bias=False),
    Network([3, 1], "sigmoid", "binary-cross-entropy", learning_rate=0.1),
    Network([1, 1, 1], "tanh", learning_rate=0.1),
    Network([2, 2, 2], "sigmoid", learning_rate=0.1),
    Network([2, 3, 4, 3, 2], "tanh", learning_rate=0.5),
    Network([2, 3, 4, 3, 2, 3], "relu", "mean-squared-error", bias=False, learning_rate=0.5),
    Network([3, 4, 2], "sigmoid", batch=5, learning_rate=0.5),
    Network([3, 4, 2], "relu", "squared-error", batch=5, reduction="sum", learning_rate=0.5),
    Network([3, 4, 3], ["tanh", "softmax"], "cross-entropy", batch=4, bias=False, learning_rate=0.5),
    Network([3, 4, 3], ["sigmoid", "softmax"], "squared-error", batch=2),
    Network([3, 4, 2], "generic", "generic", learning_rate=0.5),
    Network([3, 4, 2], "generic", "half-squared-error", learning_rate=0.5),
]
GENERAL = [
    ("generic", "generic", None, True),
    ("sigmoid", "half-squared-error", None, True),
    ("tanh", "squared-error", "sigmoid", False),
    ("relu", "mean-squared-error", "identity", True),
    ("sigmoid", "cross-entropy", "softmax", True),
    ("relu", "binary-cross-entropy", "sigmoid", True),
]


def question(model: Network | Graph, quantity: Quantity, notation: str) -> Question:
    part = Part("part", quantity.address, "formula")
    return question_of(Problem("printed", "", "", notation, "", model, {}, (part,)), "part")


def has_open_loss(node: Node) -> bool:
    """C(a, y), a loss left open, is the one thing printed that has no formula to be read."""
    return any(inner.op == "cost" for inner in node.walk())


def lines(steps: Any) -> Iterator[tuple[Step, Node]]:
    for step in steps:
        for line in step.lines:
            if not has_open_loss(line.expression):
                yield step, line.expression


def assert_true(asked: Question, expression: Node) -> None:
    """The expression, printed and read back, has the asked value in every world, and needs no lenience."""
    text = to_latex(expression, asked.notation.name, asked.derivation.graph.output)
    term = asked.namer().term(read(text).tree)
    strict = next(plan for plan in PLANS if _fits(asked, term, plan))
    assert not strict.lenient and not strict.dots, text
    for case in asked.cases if _holds_in_all_sizes(asked.model) else own(asked):
        node = lowered(term, case, strict)
        assert agrees(value(node, case), case.expected), f"{asked.asked.address} = {text}: {node}"


def _fits(asked: Question, term: Term, plan: Plan) -> bool:
    nodes = ((lowered(term, case, plan), case) for case in own(asked))
    return all(isinstance(node, Node) and node.shape == case.expected.shape[-2:] for node, case in nodes)


def _holds_in_all_sizes(model: Network | Graph) -> bool:
    """Whether nothing printed depends on sizes: no 1/n in the loss, no layer of one neuron."""
    return isinstance(model, Graph) or (not model.loss_row.mean and 1 not in model.layers)


def name(network: Network) -> str:
    shape = "-".join(map(str, network.layers))
    return f"{shape} {'/'.join(dict.fromkeys(network.activation))} {network.loss} {network.batch or ''}"


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("network", NETWORKS, ids=name)
def test_formulas_of_networks(network: Network, notation: str) -> None:
    derivation = derive_network(network)
    for step, expression in lines(derivation):
        assert_true(question(network, step.quantity, notation), expression)
    for equation in after_update(derivation):
        if not has_open_loss(equation.expression):
            assert_true(question(network, equation.quantity, notation), equation.expression)


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize(("activation", "loss", "last", "bias"), GENERAL)
def test_general_formulas(activation: str, loss: str, last: str | None, bias: bool, notation: str) -> None:
    network = Network([2, 3, 2], [activation, last or activation], loss, bias, learning_rate=0.5)
    for step, expression in lines(derive_general(activation, loss, last, bias)):
        if step.quantity.kind == "a" and last:
            continue  # the rule for hidden layers; the last one has its own activation here
        assert_true(question(network, step.quantity, notation), expression)


@pytest.mark.parametrize("problem", ["circuit-product", "circuit-sigmoid"])
def test_formulas_of_graphs(problem: str) -> None:
    model = problems.load(problem).model
    assert isinstance(model, Graph)
    for step, expression in lines(derive_graph(model)):
        assert_true(question(model, step.quantity, "subscript"), expression)


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("network", NETWORKS[:3] + NETWORKS[-2:], ids=name)
def test_quantities_of_networks(network: Network, notation: str) -> None:
    asked = question(network, Quantity("loss"), notation)
    for quantity in asked.cases[0].world.values:
        if quantity.kind in ("z_new", "a_new"):
            continue  # values of the forward pass after an update are no part of any derivation
        term = asked.namer().term(read(quantity_latex(quantity, notation)).tree)
        assert isinstance(term, Reference), quantity
        names = {quantity, Quantity("n", network.depth)} if quantity.kind == "N" else {quantity}
        assert term.quantity in names, quantity


@pytest.mark.parametrize("notation", NOTATIONS)
def test_quantities_of_layers_in_general(notation: str) -> None:
    for step in derive_general():
        asked = question(NETWORKS[-2], step.quantity, notation)
        for quantity in {step.quantity} | step.formula.symbols:
            term = asked.namer().term(read(quantity_latex(quantity, notation)).tree)
            assert isinstance(term, Reference) and term.quantity == quantity


@pytest.mark.parametrize("problem", ["circuit-product", "circuit-sigmoid"])
def test_quantities_of_graphs(problem: str) -> None:
    model = problems.load(problem).model
    assert isinstance(model, Graph)
    asked = question(model, model.output, "subscript")
    for quantity in asked.cases[0].world.values:
        term = asked.namer().term(read(quantity_latex(quantity, "subscript", model.output)).tree)
        assert isinstance(term, Reference) and term.quantity == quantity
