"""Every form of every notation says the same: both sides of each step have one value, in the notation's own
matrices."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from msgspec.structs import replace

from derive import Network, derive, ops
from derive.backprop import Step
from derive.derivation import Derivation, derive_network
from derive.errors import Unusable
from derive.evaluate import Program, Values
from derive.forms import FORMS, written
from derive.general import derive_general
from derive.graph import Equation, Node, symbol
from derive.jacobians import Pair
from derive.kernels import Arithmetic
from derive.notation import NOTATIONS, Notation
from derive.perspective import Perspective, is_turned
from derive.quantities import Quantity
from derive.teaching import DETAILS
from grader.worlds.world import World, network_world

LEFT, RIGHT = Quantity("left side"), Quantity("right side")
NAMED = ("partial", "slope", "chain", "partial entry")
"""Derivatives that keep their name have no value of their own; the reader's tests give them one."""


def networks() -> Iterator[Network]:
    """Small networks of every kind, of unequal sizes."""
    rng = random.Random(3)
    pairs = [
        ("softmax", "cross-entropy"),
        ("sigmoid", "binary-cross-entropy"),
        ("tanh", "half-squared-error"),
    ]
    for number in range(10):
        depth = 2 if number % 2 else rng.randint(1, 3)
        sizes = rng.sample(range(2, 6), depth + 1)
        last, loss = pairs[number % 3]
        hidden = rng.choice(["sigmoid", "relu", "tanh", "softmax", "leaky-relu"])
        batch = 7 if number % 3 == 1 else None
        yield Network(
            sizes,
            [hidden] * (depth - 1) + [last],
            loss,
            bias=number % 4 != 3,
            batch=batch,
            reduction="sum" if number == 4 else "mean",
            regularizer={"l2": Fraction(1, 10)} if number in (5, 6) else (),
        )


NETWORKS = tuple(networks())


def own_values(world: World, notation: Notation) -> Values:
    """The world's values as the notation means them."""
    network = world.model
    assert isinstance(network, Network)
    share = 1 / int(network.columns) if network.reduction == "mean" else 1.0
    perspective = written(world.derivation, notation).perspective
    return {q: perspective.value(q, value, share) for q, value in world.values.items()}


def has_value(node: Node) -> bool:
    return not any(part.op in NAMED for part in node.walk())


def assert_equal(step: Step, values: Values, world: World) -> None:
    for line in step.lines:
        if has_value(line.expression) and has_value(step.left_side):
            sides = (Equation(LEFT, step.left_side), Equation(RIGHT, line.expression))
            found = Program(sides, Arithmetic(world.functions)).run(values)
            np.testing.assert_allclose(
                *np.broadcast_arrays(found[LEFT], found[RIGHT]),
                rtol=1e-9,
                atol=1e-12,
                err_msg=str(step.quantity),
            )


@pytest.fixture(scope="module", params=range(len(NETWORKS)))
def world(request: pytest.FixtureRequest) -> World:
    return network_world(NETWORKS[request.param], 3)


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("form", ("matrix", "element", "scalar"))
def test_both_sides_of_every_step_are_equal(world: World, notation: str, form: str) -> None:
    row = NOTATIONS[notation]
    if row.own and len(row.own["a"]) != len(world.derivation.network.layers):  # type: ignore[union-attr]
        with pytest.raises(Unusable, match="letters for 3 layers"):
            written(world.derivation, notation, form)
        return
    values = own_values(world, row)
    for step in written(world.derivation, notation, form):
        assert_equal(step, values, world)


def test_a_step_that_is_false_is_seen(world: World) -> None:
    """The comparison above can fail."""
    step = next(iter(written(world.derivation, "cs182", "element")))
    values = own_values(world, NOTATIONS["cs182"])
    wrong = Quantity("W", 1)
    with pytest.raises(AssertionError):
        assert_equal(step, values | {wrong: values[wrong] + 1}, world)


def test_the_batch_form_brings_its_own_batch() -> None:
    derivation = derive(Network([3, 4, 2], ["relu", "softmax"], "cross-entropy"), "brackets", "batch")
    assert derivation["dW2"].latex("brackets") == r"d W^{[2]} = \frac{1}{m} d Z^{[2]} A^{[1] \top}"
    assert derivation["delta2"].latex("brackets") == r"d Z^{[2]} = A^{[2]} - Y"
    rows = derive(Network([3, 4, 2], "sigmoid"), "rows", "batch")
    assert rows["z1"].latex("rows") == r"Z_1 = H_0 W_1 + \mathbf{1} b_1"


SAMPLES = {
    ("nielsen", "delta_l"): r"\delta_j^l = \left( \sum_k w_{kj}^{l+1} \delta_k^{l+1} \right) \sigma'(z_j^l)",
    ("cs182", "z_l"): r"s_j^{(l)} = \sum_i w_{ij}^{(l)} x_i^{(l-1)} + b_j^{(l)}",
    ("ng", "dW_l"): r"\frac{\partial E}{\partial w_{ij}^{(l)}} = \delta_i^{(l+1)} a_j^{(l)}",
    ("bergsoe", "a_l"): r"a_j^l = \sigma(z_j^l)",
    ("subscript", "db_l"): r"\frac{\partial E}{\partial (b_i)_j} = (\delta_i)_j",
}


@pytest.mark.parametrize(("notation", "address"), SAMPLES)
def test_general_formulas_look_as_courses_write_them(notation: str, address: str) -> None:
    step = written(derive_general(), notation, "element")[address]
    assert step.latex(notation) == SAMPLES[notation, address]


def test_written_out_weights_carry_every_name() -> None:
    derivation = derive(Network([2, 2, 1], "sigmoid"), "ng", "scalar")
    shown = [step.latex("ng") for step in derivation if step.quantity == Quantity("z", 1)]
    assert shown[0] == r"z_1^{(2)} = w_{11}^{(1)} a_1^{(1)} + w_{12}^{(1)} a_2^{(1)} + w_{10}^{(1)}"
    assert len(shown) == 2


def test_too_many_neurons_are_not_written_out() -> None:
    with pytest.raises(Unusable, match=r"W1_new|dW1.*30×30.*400"):
        derive(Network([30, 30], "sigmoid"), "nielsen", "scalar")


def test_layers_in_general_cannot_be_written_out() -> None:
    with pytest.raises(Unusable, match="no number of neurons"):
        written(derive_general(), "nielsen", "scalar")


def test_an_unknown_form_is_answered_with_the_nearest() -> None:
    with pytest.raises(Unusable, match=r"'elements' is not a form .did you mean 'element'"):
        derive(Network([2, 1]), form="elements")


@pytest.mark.parametrize("name", FORMS)
def test_a_row_stands_under_its_name(name: str) -> None:
    assert FORMS[name].name == name and FORMS[name].words


# -- levels of detail ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("form", ("matrix", "element"))
def test_every_line_with_a_value_is_true(notation: str, form: str) -> None:
    network = Network([3, 4, 2], ["tanh", "sigmoid"], "half-squared-error")
    world = network_world(network, 3)
    values = own_values(world, NOTATIONS[notation])
    for step in derive(network, notation, form, "every-line"):
        assert_equal(step, values, world)


def lines(derivation: Derivation) -> int:
    return sum(len(step.lines) for step in derivation)


def test_levels_show_more_and_more() -> None:
    network = Network([3, 4, 2], "sigmoid")
    counts = [lines(derive(network, detail=detail)) for detail in DETAILS]
    assert counts == sorted(counts) and len(set(counts)) == len(counts)
    formulas = [{s.quantity: s.formula for s in derive(network, detail=detail)} for detail in DETAILS]
    for more in formulas[1:]:
        assert formulas[0].keys() <= more.keys()
    for brief, step in zip(formulas[0].items(), derive(network), strict=True):
        assert brief == (step.quantity, step.formula)


def test_every_line_of_the_error_of_a_hidden_layer() -> None:
    step = written(_every_line(), "nielsen", "element")["delta_l"]
    from derive.writing import latex, writer

    by = writer("nielsen")
    assert [latex(by.box(line.expression)) for line in step.lines] == [
        r"\frac{\partial C}{\partial z_j^l}",
        r"\sum_k \frac{\partial C}{\partial z_k^{l+1}} \, \frac{\partial z_k^{l+1}}{\partial z_j^l}",
        r"\sum_k \delta_k^{l+1} \frac{\partial z_k^{l+1}}{\partial z_j^l}",
        r"\sum_k w_{kj}^{l+1} \sigma'(z_j^l) \delta_k^{l+1}",
        r"\left( \sum_k w_{kj}^{l+1} \delta_k^{l+1} \right) \sigma'(z_j^l)",
        r"\left( \sum_k w_{kj}^{l+1} \delta_k^{l+1} \right) "
        r"\sigma'\left( \sum_k w_{jk}^l a_k^{l-1} + b_j^l \right)",
    ]


def _every_line() -> Derivation:
    from derive.teaching import detailed

    return detailed(derive_general(), "every-line")


def test_derivatives_that_keep_their_name_are_where_the_chain_rule_is() -> None:
    named = [
        part.data
        for step in _every_line()
        for line in step.lines
        for part in line.expression.walk()
        if part.op in NAMED
    ]
    assert named and all(isinstance(pair, Pair) for pair in named)


def test_only_turned_notations_turn() -> None:
    turned = {name for name, row in NOTATIONS.items() if is_turned("W", row) or is_turned("a", row)}
    assert turned == {"cs182", "rows"}


def test_a_batch_has_no_jacobians_but_all_its_formulas() -> None:
    network = Network([3, 4, 2], "sigmoid", batch=5)
    lines = derive(network, detail="every-line")["delta1"].lines
    assert derive_network(network)["delta1"].formula in [line.expression for line in lines]
    assert not any(part.op in NAMED for line in lines for part in line.expression.walk())


def test_a_batch_of_any_size_for_layers_in_general() -> None:
    general = derive_general("sigmoid", "binary-cross-entropy", batch=True)
    brackets, nielsen = written(general, "brackets"), written(general, "nielsen")
    assert brackets["dW_l"].latex("brackets") == r"d W^{[l]} = \frac{1}{m} d Z^{[l]} A^{[l-1] \top}"
    assert brackets["delta_L"].latex("brackets") == r"d Z^{[L]} = A^{[L]} - Y"
    assert nielsen["delta_L"].latex("nielsen") == r"\delta^L = \frac{1}{N} (a^L - y)"


def test_neurons_numbered_through_the_network() -> None:
    from derive.writing import latex, writer_of

    derivation = derive(Network([2, 2, 1], "sigmoid"), "subscript", "scalar")
    by = writer_of(derivation)
    shown = [f"{latex(by.box(s.left_side))} = {latex(by.box(s.formula))}" for s in derivation]
    assert r"z_3 = w_{13} n_1 + w_{23} n_2 + b_3" in shown
    assert r"\frac{\partial E}{\partial w_{24}} = \delta_4 n_2" in shown
    assert r"E = \frac{1}{2} (n_5 - y_5)^2" in shown


def test_weights_may_have_both_the_number_of_their_source_and_a_column_for_each_neuron() -> None:
    """Two habits of a course that meet in one notation of its own."""
    both = replace(NOTATIONS["ng"], name="both", weights="from")
    assert written(derive_general(), both)["dW_l"].latex(both) == (
        r"\frac{\partial E}{\partial w^{(l)}} = a^{(l)} \delta^{(l+1) \top}"
    )


def test_every_error_of_one_example_counts_its_share() -> None:
    delta = symbol(Quantity("delta", 1), (2, 3))
    perspective = Perspective(NOTATIONS["brackets"], ops.constant(Fraction(1, 3)))
    squared = ops.times(delta, delta)
    assert perspective.expression(squared) is ops.scale(Fraction(1, 9), squared)
