"""Every row of REGULARIZERS: value and gradient are the formula's, on tables and in whole networks."""

from __future__ import annotations

from fractions import Fraction

import autograd.numpy
import numpy as np
import pytest
import sympy
from autograd import grad

from derive import ops
from derive.activations import GENERIC
from derive.backprop import pass_back
from derive.derivation import after_update, derive_network
from derive.errors import Unusable
from derive.evaluate import known_to, solve
from derive.general import derive_general
from derive.graph import SCALAR, Equation, symbol
from derive.losses import LOSSES
from derive.network import Network
from derive.program import Program
from derive.quantities import Quantity
from derive.regularizers import REGULARIZERS, Regularizer

ROWS = list(REGULARIZERS.values())
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
LAMBDA = Quantity("lambda")
BOTH = {"l2": 0.3, "l1": 0.2}

PENALTIES_BY_HAND = {
    "l2": lambda np, w, given: given["strength"] * np.sum(w**2),
    "half-l2": lambda np, w, given: given["strength"] / 2 * np.sum(w**2),
    "l1": lambda np, w, given: given["strength"] * np.sum(np.abs(w)),
    "elastic-net": lambda np, w, given: given["strength"] * (given["mix"] * np.sum(w**2) + np.sum(np.abs(w))),
}
"""Written out once more, on purpose: a penalty that is added to the table needs its twin here."""


def numbers_for(row: Regularizer) -> dict[str, float]:
    return {name: 0.3 + 0.4 * position for position, name in enumerate(row.strengths)}


def built(row: Regularizer) -> tuple[Equation, dict[Quantity, np.ndarray]]:
    """The penalty of two layers, and numbers for everything in it."""
    rng = np.random.default_rng(4)
    weights = {Quantity("W", 1): rng.normal(size=(4, 3)), Quantity("W", 2): rng.normal(size=(1, 4))}
    strengths = {
        Quantity(row.strengths[name]): np.full((1, 1), number) for name, number in numbers_for(row).items()
    }
    nodes = [symbol(quantity, value.shape) for quantity, value in weights.items()]
    expression = row.build(nodes, *(symbol(quantity, SCALAR) for quantity in strengths))
    return Equation(Quantity("penalty"), expression), weights | strengths


def entry_by_entry(expression, w, weights: np.ndarray) -> np.ndarray:
    return np.vectorize(lambda number: float(expression.subs(w, number)), otypes=[float])(weights)


@pytest.mark.parametrize("name", REGULARIZERS)
def test_a_row_stands_under_its_name_and_has_words_and_a_reason(name: str) -> None:
    row = REGULARIZERS[name]
    assert row.name == name and row.words and row.because
    assert bool(row.kinks) == bool(row.assumes)
    assert next(iter(row.strengths)) == "strength"


@each_row
def test_the_value_is_the_formula_summed_over_all_weights(row: Regularizer) -> None:
    equation, values = built(row)
    w = sympy.Symbol("w", real=True)
    formula = row.formula(w, *numbers_for(row).values())
    wanted = sum(entry_by_entry(formula, w, v).sum() for q, v in values.items() if q.kind == "W")
    assert Program([equation]).run(values)[equation.quantity][0, 0] == pytest.approx(wanted, rel=1e-13)


@each_row
def test_the_gradient_is_the_slope_sympy_derives(row: Regularizer) -> None:
    equation, values = built(row)
    messages = pass_back(equation, ops.constant(1), wanted=lambda quantity: quantity.kind == "W")
    w = sympy.Symbol("w", real=True)
    slope = sympy.diff(row.formula(w, *numbers_for(row).values()), w)
    assert set(messages) == {Quantity("W", 1), Quantity("W", 2)}
    for quantity, message in messages.items():
        got = Program([Equation(Quantity("slope"), message.gradient)]).run(values)[Quantity("slope")]
        np.testing.assert_allclose(got, entry_by_entry(slope, w, values[quantity]), rtol=1e-13)


@each_row
def test_at_a_kink_the_slope_is_what_is_assumed(row: Regularizer) -> None:
    equation, values = built(row)
    for kink in row.kinks:
        values[Quantity("W", 2)] = np.full((1, 4), kink)
        message = pass_back(equation, ops.constant(1))[Quantity("W", 2)]
        got = Program([Equation(Quantity("slope"), message.gradient)]).run(values)[Quantity("slope")]
        assert "0 is taken" in row.assumes and np.all(got == 0)


# -- in networks ---------------------------------------------------------------------------------------------

ALL = [{row.name: numbers_for(row)} for row in ROWS] + [
    {"l2": {"strength": 0.3}, "l1": {"strength": 0.2}},
    {"l1": {"strength": 0.2}, "half-l2": {"strength": 0.3}},
]


def network_of(loss: str, last: str, regularizer: dict, batch: int | None) -> Network:
    return Network([3, 4, 2], ["tanh", last], loss, batch=batch, regularizer=regularizer)


def plain_and_penalised(loss: str, last: str, regularizer: dict, batch: int | None):
    """The same numbers in a network with and without the penalty."""
    network = network_of(loss, last, regularizer, batch)
    rng = np.random.default_rng(8)
    inputs = network.graph().inputs
    values = {q: rng.normal(size=shape) for q, shape in inputs.items()} | known_to(network, {})
    values[Quantity("y")] = np.zeros((2, network.columns)) + [[0.25], [0.75]]
    return [
        Program([step.equation for step in derive_network(n) if step.stage != "update"]).run(values)
        for n in (network_of(loss, last, {}, batch), network)
    ]


def penalty_by_hand(np, regularizer: dict, weights) -> float:
    return sum(PENALTIES_BY_HAND[name](np, w, given) for name, given in regularizer.items() for w in weights)


USUAL_LOSSES = [name for name in LOSSES if name != GENERIC]
SMOOTH = ("identity", "sigmoid", "tanh", "softmax")


@pytest.mark.parametrize("loss", USUAL_LOSSES)
@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("regularizer", ALL, ids=lambda r: "+".join(r))
def test_penalties_add_to_loss_and_gradients_what_an_outside_autodiff_says(loss, batch, regularizer) -> None:
    last = next(name for name in SMOOTH if fits(loss, name))
    plain, penalised = plain_and_penalised(loss, last, regularizer, batch)
    weights = [plain[Quantity("W", layer)] for layer in (1, 2)]
    added = penalised[Quantity("loss")] - plain[Quantity("loss")]
    assert added[0, 0] == pytest.approx(penalty_by_hand(np, regularizer, weights), rel=1e-10)
    slopes = grad(lambda ws: penalty_by_hand(autograd.numpy, regularizer, ws))(weights)
    for layer, slope in zip((1, 2), slopes, strict=True):
        kinds = [Quantity("dW", layer), Quantity("db", layer), Quantity("delta", layer)]
        np.testing.assert_allclose(penalised[kinds[0]] - plain[kinds[0]], slope, rtol=1e-10, atol=1e-13)
        for untouched in kinds[1:]:
            np.testing.assert_array_equal(penalised[untouched], plain[untouched])


def fits(loss: str, last: str) -> bool:
    try:
        Network([2, 2], last, loss)
    except Unusable:
        return False
    return True


def test_gradients_are_finite_differences_of_the_whole_loss() -> None:
    network = Network([2, 3, 2], "sigmoid", batch=2, regularizer={"elastic-net": {"strength": 0.3, "mix": 2}})
    derivation = derive_network(network)
    rng = np.random.default_rng(5)
    values = {q: rng.normal(size=shape) for q, shape in derivation.graph.inputs.items()}
    values |= known_to(network, {})
    values[Quantity("rate")] = np.ones((1, 1))
    gradients = Program([s.equation for s in derivation if s.stage != "update"]).run(values)
    forward = Program(derivation.graph.equations)
    for quantity in (q for q in derivation.graph.inputs if q.kind in "Wb"):
        direction, h = rng.normal(size=values[quantity].shape), 1e-4
        ahead, near, back, behind = (
            forward.run({**values, quantity: values[quantity] + k * h * direction})[Quantity("loss")][0, 0]
            for k in (2, 1, -1, -2)
        )
        seen = (8 * (near - back) - (ahead - behind)) / (12 * h)
        said = (gradients[Quantity("d" + quantity.kind, quantity.layer)] * direction).sum()
        assert seen == pytest.approx(said, rel=1e-9)


def test_the_gradient_and_the_update_show_the_penalty() -> None:
    derivation = derive_network(Network([3, 4, 2], "sigmoid", regularizer="l2"))
    assert derivation["dW2"].latex().endswith(r"\delta_2 x_1^{\top} + 2 \lambda W_2")
    assert r"\lambda(\lVert W_1 \rVert^2 + \lVert W_2 \rVert^2)" in derivation["loss"].latex()
    assert "penalty" in derivation["loss"].because
    assert derivation["db2"].latex().endswith(r"= \delta_2")
    half = derive_network(Network([3, 4, 2], "sigmoid", regularizer="half-l2"))
    assert half["dW1"].latex().endswith(r"\delta_1 x_0^{\top} + \lambda W_1")


def test_a_slope_that_is_taken_by_convention_is_an_assumption_of_the_gradient() -> None:
    derivation = derive_network(Network([3, 4, 2], "sigmoid", regularizer="l1"))
    assert derivation["dW1"].assumptions == (REGULARIZERS["l1"].assumes,)
    assert not derivation["db1"].assumptions and not derivation["delta1"].assumptions


def test_a_general_layer_has_its_penalty_too() -> None:
    derivation = derive_general(regularizer="l2")
    assert derivation["dW_l"].latex().endswith(r"\delta_i x_{i-1}^{\top} + 2 \lambda W_i")
    assert derive_general(regularizer="l1")["dW_l"].assumptions == (REGULARIZERS["l1"].assumes,)


def test_the_loss_after_the_update_has_the_penalty_of_the_new_weights() -> None:
    network = Network([2, 1], "identity", learning_rate=Fraction(1, 2), regularizer={"l2": 3})
    numbers = {"x": [1, 2], "y": 1, "W1": [[1, -1]], "b1": 0}
    solution = solve(network, numbers, exact=True)
    W, b = solution["W1_new"], solution["b1_new"]
    output = W[0, 0] + 2 * W[0, 1] + b[0, 0]
    assert solution["loss_new"][0, 0] == (output - 1) ** 2 / 2 + 3 * (W**2).sum()
    values = {**solution.rounds[0]}
    after = Program(after_update(solution.derivation)).run({q: v.astype(float) for q, v in values.items()})
    assert after[Quantity("loss_new")][0, 0] == pytest.approx(float(solution["loss_new"][0, 0]))


def test_both_penalties_have_strengths_of_their_own() -> None:
    network = Network([2, 1], regularizer=BOTH)
    assert network.settings[Quantity("lambda2")] == 0.3 and network.settings[Quantity("lambda1")] == 0.2
    assert LAMBDA not in network.settings
    assert hash(network) == hash(Network([2, 1], regularizer=dict(BOTH)))


def test_a_strength_may_stay_a_letter_and_be_given() -> None:
    network = Network([1, 1], "identity", regularizer="l1")
    assert network.settings[LAMBDA] is None
    numbers = {"x": 2, "y": 1, "W1": -3, "b1": 0}
    assert solve(network, {**numbers, "lambda": 2}, exact=True)["dW1"][0, 0] == -14 - 2
    with pytest.raises(Unusable, match="lambda is not given"):
        solve(network, numbers)


@pytest.mark.parametrize(
    ("regularizer", "sentence"),
    [
        ("elasticnet", "'elasticnet' is not a regularizer .did you mean 'elastic-net'"),
        ({"l2": -1}, "the strength of the penalty must be at least 0"),
        ({"l2": "much"}, "'much' is not a number"),
        ({"l2": {"strenth": 0.1}}, "did you mean 'strength'"),
        ({"elastic-net": {"strength": 0.1, "mix": -1}}, "share of the squares.* must be at least 0"),
        ({"l2": 0.1, "half-l2": 0.1}, "half-l2 and l2 cannot stand together"),
        ({"l2": 0.1, "elastic-net": {"strength": 0.1, "mix": 1}}, "elastic-net and l2 cannot stand together"),
        ({"elastic-net": {"strength": 0.1, "mix": 1}, "l1": 0.1}, "l1 and elastic-net cannot stand together"),
    ],
)
def test_what_is_no_penalty_is_refused(regularizer, sentence: str) -> None:
    with pytest.raises(Unusable, match=sentence):
        Network([2, 1], regularizer=regularizer)
