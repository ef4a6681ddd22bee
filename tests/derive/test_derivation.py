"""Derivations in use: general formulas become the concrete ones, steps are found, assumptions are said."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from derive import ops
from derive.activations import ACTIVATIONS, GENERIC
from derive.derivation import derive, derive_network
from derive.errors import Unusable
from derive.evaluate import Program
from derive.general import derive_general, general_of
from derive.graph import Equation, Node, substitute, symbol
from derive.graph_language import graph_from
from derive.losses import LOSSES
from derive.network import Network
from derive.quantities import General, Quantity

SIZES = [4, 3, 5, 2, 3]
DEPTH = len(SIZES) - 1


def concrete(layer: int) -> Callable[[Node], Node | None]:
    """What stands for a node of a general formula where l is a number and the last layer is known."""
    letters = {"l": layer, "L": DEPTH}

    def at(index: object) -> object:
        return letters[index.letter] + index.offset if isinstance(index, General) else index

    def size(dim: int | str) -> int:
        if isinstance(dim, int):
            return dim
        letter, offset = dim[2], int(dim[3:] or 0)
        return SIZES[letters[letter] + offset]

    def replace(node: Node) -> Node | None:
        if node.op == "ones":
            return ops.ones(tuple(map(size, node.shape)))
        if (quantity := node.quantity) is None:
            return None
        if quantity.kind == "n":
            return ops.constant(SIZES[at(quantity.layer)])
        return symbol(Quantity(quantity.kind, at(quantity.layer)), tuple(map(size, node.shape)))

    return replace


def network(activation: str, loss: str, last: str, bias: bool) -> Network:
    return Network(SIZES, [activation] * (DEPTH - 1) + [last], loss, bias=bias, learning_rate=1)


CASES = [
    ("sigmoid", "half-squared-error", "sigmoid", True),
    ("tanh", "squared-error", "identity", False),
    ("identity", "half-squared-error", "softmax", True),
    ("relu", "cross-entropy", "softmax", True),
    ("leaky-relu", "binary-cross-entropy", "sigmoid", True),
    ("tanh", "cross-entropy", "sigmoid", True),
    ("sigmoid", "binary-cross-entropy", "softmax", False),
    ("softmax", "squared-error", "tanh", True),
    (GENERIC, GENERIC, GENERIC, True),
]


@pytest.mark.parametrize(("activation", "loss", "last", "bias"), CASES, ids=str)
def test_general_formulas_become_the_concrete_ones(activation: str, loss: str, last: str, bias: bool) -> None:
    """Not only in value: with numbers for letters they are the very same expressions."""
    wanted = derive_network(network(activation, loss, last, bias))
    general = derive_general(activation, loss, last, bias)
    for step in general:
        quantity = step.quantity
        is_last = quantity.layer is None or quantity.layer == General("L")
        for layer in [DEPTH] if is_last else range(1, DEPTH):
            found = substitute(step.formula, concrete(layer), ops.rebuild)
            address = (quantity if quantity.layer is None else Quantity(quantity.kind, layer)).address
            assert found is wanted[address].formula, f"{quantity.address} at {layer}: {found.latex()}"
            assert step.because == wanted[address].because


def test_the_mean_over_the_outputs_keeps_their_number_as_a_letter() -> None:
    given = network("tanh", "mean-squared-error", "tanh", True)
    rng = np.random.default_rng(0)
    numbers = {q: rng.normal(size=shape) for q, shape in given.graph().inputs.items()}
    derivation = derive_network(given)
    values = Program([s.equation for s in derivation if s.stage != "update"]).run(numbers)
    step = derive_general("tanh", "mean-squared-error")["delta_L"]
    assert Quantity("n", General("L")) in step.formula.symbols
    found = substitute(step.formula, concrete(DEPTH), ops.rebuild)
    result = Program([Equation(Quantity("found"), found)]).run(values)
    np.testing.assert_allclose(result[Quantity("found")], values[Quantity("delta", DEPTH)], rtol=1e-13)


# -- using a derivation --------------------------------------------------------------------------------------


def test_steps_come_in_the_order_of_the_lecture() -> None:
    addresses = [step.quantity.address for step in derive(Network([3, 4, 2], "sigmoid"))]
    assert addresses == [
        *("z1", "a1", "z2", "a2", "loss"),
        *("delta2", "dW2", "db2", "delta1", "dW1", "db1"),
        *("W1_new", "b1_new", "W2_new", "b2_new"),
    ]


def test_without_biases_nothing_speaks_of_them() -> None:
    derivation = derive(Network([3, 4, 2], "sigmoid", bias=False))
    assert not [step for step in derivation if step.quantity.kind.startswith(("b", "db"))]


def test_fixed_biases_are_not_updated() -> None:
    addresses = [step.quantity.address for step in derive(Network([3, 2], "sigmoid", train_biases=False))]
    assert "db1" in addresses and "W1_new" in addresses and "b1_new" not in addresses


def test_a_step_is_found_by_its_address() -> None:
    derivation = derive(Network([3, 4, 2], "sigmoid"))
    step = derivation["dW2"]
    assert step.quantity == Quantity("dW", 2) and step.stage == "gradient"
    assert derivation.position(Quantity("dW", 2)) == list(derivation).index(step)
    assert derivation.position(Quantity("W", 2)) is None
    with pytest.raises(KeyError, match="'dW3' is not a quantity of this derivation"):
        derivation["dW3"]


def test_a_step_of_a_graph_is_found_whatever_its_name() -> None:
    derivation = derive(graph_from(["x", "W1"], {"a0": "x * W1", "f": "a0 * x"}, "f"))
    assert [derivation[name].quantity.kind for name in ("a0", "d_a0", "d_W1")] == ["a0", "d_a0", "d_W1"]


def test_a_delta_begins_with_what_is_looked_for() -> None:
    step = derive(Network([3, 4, 2], "sigmoid"))["delta1"]
    assert [line.expression.quantity for line in step.lines][:1] == [Quantity("dz", 1)]
    assert step.lines[0].because == "by definition"


BENT = [row for row in ACTIVATIONS.values() if row.kinks and not row.forward_only]


@pytest.mark.parametrize("row", BENT, ids=lambda row: row.name)
def test_the_slope_taken_at_a_kink_is_said(row) -> None:
    derivation = derive(Network([2, 2, 1], [row.name, "identity"]))
    (said,) = derivation["delta1"].assumptions
    assert row.words in said and "0" in said
    assert derivation["delta2"].assumptions == ()


def test_the_slope_taken_at_a_kink_is_said_of_layers_in_general() -> None:
    steps = derive_general("relu", "cross-entropy", "softmax")
    assert steps["delta_L"].assumptions == ("the entries of the target sum to 1",)
    (said,) = steps["delta_l"].assumptions
    assert "ReLU has no slope at 0" in said
    assert steps["dW_l"].assumptions == ()


@pytest.mark.parametrize("bias", [True, False])
def test_the_bias_is_only_spoken_of_where_there_is_one(bias: bool) -> None:
    concrete = derive(Network([3, 2, 1], "sigmoid", bias=bias))
    for step in (concrete["z1"], concrete["z2"], derive_general("sigmoid", bias=bias)["z_l"]):
        assert ("bias" in step.because) is bias


def test_what_cannot_be_derived_is_said() -> None:
    with pytest.raises(Unusable, match="derive takes a Network, a Graph or a Problem, not int"):
        derive(3)
    with pytest.raises(Unusable, match="not a notation"):
        derive(Network([1, 1]), notation="mine")


def test_every_loss_and_activation_that_fit_can_be_derived_in_general() -> None:
    for loss in LOSSES.values():
        for last in (row for row in ACTIVATIONS.values() if not row.forward_only):
            if last.low >= loss.low and last.high <= loss.high:
                steps = derive_general(GENERIC, loss.name, last.name)
                assert steps["delta_L"].formula.shape == ("n_L", 1)
            else:
                with pytest.raises(Unusable, match="needs outputs between 0 and 1"):
                    derive_general(GENERIC, loss.name, last.name)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"loss": "hing"}, "did you mean 'hinge'"),
        ({"update": "adamm"}, "did you mean 'adam'"),
        ({"regularizer": "l3"}, "'l3' is not a regularizer"),
        ({"regularizer": {"l2": -1}}, "strength of the penalty must be at least 0"),
        ({"kink_slope": 3}, "the slope at a kink is 0"),
        ({"update": "minibatch"}, "needs a batch"),
    ],
)
def test_layers_in_general_are_those_of_a_network_there_can_be(options: Any, sentence: str) -> None:
    with pytest.raises(Unusable, match=sentence):
        derive_general(**options)


def test_layers_in_general_are_of_the_networks_own_kind() -> None:
    """A batch, its sum, biases that stay, and hidden layers that differ are all in the formulas."""
    mixed = Network([3, 4, 4, 2], ["relu", "tanh", "identity"], batch=5, train_biases=False)
    general = general_of(mixed)
    assert general["delta_L"].latex() == r"\delta_L = \frac{1}{N} (x_L - y)"
    assert general["a_l"].latex() == r"x_i = \sigma(z_i)"
    assert "b_l_new" not in {step.quantity.address for step in general}
    added = general_of(replace(mixed, reduction="sum"))
    assert added["delta_L"].latex() == r"\delta_L = x_L - y"
    assert added.about is not None and "summed over all examples" in added.about
    assert pickle.loads(pickle.dumps(general))["delta_l"].formula is general["delta_l"].formula


def test_a_graph_knows_how_its_quantities_are_defined() -> None:
    graph = Network([3, 4, 2], "sigmoid").graph()
    assert graph.definition(Quantity("a", 1)) is ops.function("sigmoid", graph.node(Quantity("z", 1)))
    assert graph.definition(Quantity("W", 1)) is None
