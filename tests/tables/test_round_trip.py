"""What the writers print is what the grader reads: every line of every derivation comes back true, every
quantity as itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

import problems
from derive import Network, derive, jacobian
from derive.derivation import Derivation, after_update, derive_graph, derive_network
from derive.forms import FORMS, written
from derive.general import derive_general
from derive.graph import Equation, Graph
from derive.notation import NOTATIONS
from derive.perspective import Perspective
from derive.quantities import KINDS, General, Quantity
from derive.writing import latex, quantity_latex, writer
from grader.meaning.names import Namer
from grader.meaning.network_vocabulary import NetworkVocabulary
from grader.meaning.terms import Reference
from grader.meaning.vocabulary import GraphVocabulary
from grader.proof import reads_back
from grader.reading import read

N = Quantity("N")
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


ALIASES = {"dz": "delta", "N": "n"}
"""Kinds that a notation may write alike: ∂E/∂z where it has no δ, the outputs of a batch of one."""


def lines(derivation: Derivation) -> Iterator[str]:
    """Every equation of a derivation, as it is printed."""
    by = writer(derivation.notation, derivation.graph.output)
    for step in derivation:
        left = latex(by.box(step.left_side))
        for line in step.lines:
            yield f"{left} = {latex(by.box(line.expression))}"


def printed(equation: Equation, notation: str, network: Network) -> str:
    """An equation between the quantities promised to users, in a notation's own symbols."""
    left, right = Perspective(NOTATIONS[notation], network.share).equation(
        equation.quantity, equation.expression
    )
    by = writer(notation)
    return f"{latex(by.box(left))} = {latex(by.box(right))}"


def fits(network: Network, notation: str) -> bool:
    """Whether a notation has letters for just as many layers."""
    own = NOTATIONS[notation].own
    return not own or len(own["a"]) == len(network.layers)


def assert_true(line: str, model: Network | Graph, notation: str, general: bool = False) -> None:
    proof = reads_back(line, model, notation, general)
    assert proof, f"{line}: {proof.why}"


def name(network: Network) -> str:
    shape = "-".join(map(str, network.layers))
    return f"{shape} {'/'.join(dict.fromkeys(network.activation))} {network.loss} {network.batch or ''}"


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("network", NETWORKS, ids=name)
def test_formulas_of_networks(network: Network, notation: str) -> None:
    if not fits(network, notation):
        return
    for line in lines(derive(network, notation)):
        assert_true(line, network, notation)
    for equation in after_update(derive_network(network)):
        assert_true(printed(equation, notation, network), network, notation)


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("network", [NETWORKS[5], NETWORKS[16]], ids=name)
def test_forms(network: Network, form: str, notation: str) -> None:
    model = FORMS[form].prepared(network)
    for line in lines(derive(network, notation, form, "every-line")):
        assert_true(line, model, notation)


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("form", ["matrix", "element"])
@pytest.mark.parametrize(("activation", "loss", "last", "bias"), GENERAL)
def test_general_formulas(
    activation: str, loss: str, last: str | None, bias: bool, form: str, notation: str
) -> None:
    network = Network([2, 3, 2], [activation, last or activation], loss, bias, learning_rate=0.5)
    for line in lines(written(derive_general(activation, loss, last, bias), notation, form)):
        assert_true(line, network, notation, general=True)


PAIRS = [("z3", "z2"), ("a2", "z2"), ("z2", "a1"), ("z2", "b2"), ("a3", "z1"), ("loss", "x"), ("loss", "a2")]


@pytest.mark.parametrize("notation", [name for name in NOTATIONS if not NOTATIONS[name].own])
@pytest.mark.parametrize("form", ["matrix", "element"])
def test_derivatives_between_any_two(form: str, notation: str) -> None:
    network = Network([2, 3, 4, 3], ["tanh", "relu", "softmax"], "cross-entropy")
    for of, by in PAIRS:
        for line in lines(jacobian(network, of, by, notation, form)):
            assert_true(line, network, notation)


@pytest.mark.parametrize("problem", ["circuit-product", "circuit-sigmoid"])
def test_formulas_of_graphs(problem: str) -> None:
    model = problems.load(problem).model
    assert isinstance(model, Graph)
    for line in lines(derive(model)):
        assert_true(line, model, "subscript")


@pytest.mark.parametrize(
    "line",
    [
        r"\delta^2 = (w^3)^{\top} \delta^3",
        r"\delta^2_j = \sum_k w^3_{jk} \delta^3_k \sigma'(z^2_j)",
        r"\delta^2_j = w^3_{kj} \delta^3_k \sigma'(z^2_j)",
        r"\delta^2 = \delta^9",
        r"\delta^2 = (",
        r"\delta^2",
        r"w^2 = w^2 - 1 + 1 + \eta",
    ],
)
def test_what_is_false_or_unreadable_is_refused(line: str) -> None:
    proof = reads_back(line, NETWORKS[0], "nielsen")
    assert not proof and proof.why


# -- quantities ----------------------------------------------------------------------------------------------


def named(text: str, network: Network, notation: str, general: bool = False) -> Quantity:
    """The quantity that a name is read as."""
    vocabulary = NetworkVocabulary(NOTATIONS[notation], network.depth, general, {"N": N, "m": N})
    term = Namer(vocabulary).term(read(text).tree)
    assert isinstance(term, Reference), text
    return term.quantity


def normal(quantity: Quantity) -> Quantity:
    return replace(quantity, kind=ALIASES.get(quantity.kind, quantity.kind))


def every_quantity(network: Network) -> Iterator[Quantity]:
    """Everything that can be named: all kinds, in all layers that have them."""
    yield from (Quantity("a", layer) for layer in range(network.depth + 1))
    for kind, row in KINDS.items():
        first = 0 if kind in ("a", "n") else 1
        layers: Any = range(first, network.depth + 1) if row.layered else [None]
        yield from (Quantity(kind, layer) for layer in layers)
    yield from (Quantity("n", layer) for layer in range(network.depth + 1))


@pytest.mark.parametrize("notation", NOTATIONS)
def test_quantities_of_networks(notation: str) -> None:
    network = Network([3, 4, 2], "sigmoid")
    for quantity in every_quantity(network):
        text = quantity_latex(quantity, notation)
        assert normal(named(text, network, notation)) == normal(quantity), text


@pytest.mark.parametrize("notation", NOTATIONS)
def test_quantities_of_layers_in_general(notation: str) -> None:
    network = Network([3, 4, 2], "sigmoid")
    l, L = General("l"), General("L")
    for kind in (kind for kind, row in KINDS.items() if row.layered):
        for layer in (l, l + 1, l - 1, L, L - 1):
            quantity = Quantity(kind, layer)
            text = quantity_latex(quantity, notation)
            assert normal(named(text, network, notation, general=True)) == normal(quantity), text


@pytest.mark.parametrize("problem", ["circuit-product", "circuit-sigmoid"])
def test_quantities_of_graphs(problem: str) -> None:
    model = problems.load(problem).model
    assert isinstance(model, Graph)
    for quantity in derive_graph(model).graph.shapes:
        for name in (quantity, Quantity(f"d_{quantity.kind}")):
            text = quantity_latex(name, "subscript", model.output)
            term = Namer(GraphVocabulary(model)).term(read(text).tree)
            assert isinstance(term, Reference) and term.quantity == name
