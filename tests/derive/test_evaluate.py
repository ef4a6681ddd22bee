"""The numbers: published problems to their last right digit, exact fractions, and unusable requests."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from derive.errors import Unusable
from derive.evaluate import Program, Solution, solve, to_array
from derive.functions import NotExact
from derive.graph import Equation, symbol
from derive.graph_language import graph_from
from derive.network import Network
from derive.quantities import Quantity

LINEAR = Network([3, 4, 2], "identity", "half-squared-error", learning_rate=0.1)
LINEAR_GIVEN: dict[str, Any] = {
    "x": [2, 1, 3],
    "y": [4, 5],
    "W1": [[2, 3, 4], [2, 1, 2], [3, 5, 1], [2, 3, 4]],
    "b1": [4, 1, 1, 2],
    "W2": [[3, 1, 1, 1], [1, 4, 2, 2]],
    "b2": [2, 3],
}
LINEAR_ANSWERS: dict[str, Any] = {
    "a1": [23, 12, 15, 21],
    "a2": [119, 146],
    "loss": 16553,
    "delta2": [115, 141],
    "delta1": [486, 679, 397, 397],
    "dW2": [[2645, 1380, 1725, 2415], [3243, 1692, 2115, 2961]],
    "db2": [115, 141],
    "dW1": [[972, 486, 1458], [1358, 679, 2037], [794, 397, 1191], [794, 397, 1191]],
    "db1": [486, 679, 397, 397],
    "W2_new": [["-261.5", -137, "-171.5", "-240.5"], ["-323.3", "-165.2", "-209.5", "-294.1"]],
    "b2_new": ["-9.5", "-11.1"],
    "W1_new": [
        ["-95.2", "-45.6", "-141.8"],
        ["-133.8", "-66.9", "-201.7"],
        ["-76.4", "-34.7", "-118.1"],
        ["-77.4", "-36.7", "-115.1"],
    ],
    "b1_new": ["-44.6", "-66.9", "-38.7", "-37.7"],
    "loss_new": "391591816900.145",
}


@pytest.mark.parametrize("address", LINEAR_ANSWERS)
def test_the_linear_network_is_solved_exactly(address: str) -> None:
    got = solve(LINEAR, LINEAR_GIVEN, exact=True)[address]
    wanted = to_array(LINEAR_ANSWERS[address], exact=True)
    assert got.shape == wanted.shape and (got == wanted).all()
    assert all(isinstance(number, Fraction) for number in got.flat)


@pytest.mark.parametrize("address", LINEAR_ANSWERS)
def test_float64_gives_the_same_numbers(address: str) -> None:
    got = solve(LINEAR, LINEAR_GIVEN)[address]
    assert got.dtype == np.float64
    np.testing.assert_allclose(got, to_array(LINEAR_ANSWERS[address]), rtol=1e-14)


def test_the_second_round_starts_from_the_new_weights() -> None:
    second = solve(LINEAR, LINEAR_GIVEN, steps=2, exact=True).rounds[1]
    wanted = {"a1": ["-706", "-1006.5", "-580.5", "-574.5"], "a2": ["560223", "685087.7"]}
    for address, answer in wanted.items():
        assert (second[Quantity(address[0], int(address[1]))] == to_array(answer, exact=True)).all()
    assert second[Quantity("loss")] == Fraction("391591816900.145")


@pytest.mark.parametrize("rate", [0, 1, "1/3", "0.1", "0.00068687", 2])
def test_the_loss_after_an_update_is_a_polynomial_of_the_learning_rate(rate: int | str) -> None:
    a = Fraction(rate)
    polynomial = (
        4209233119193700 * a**4
        - 30028706153550 * a**3
        + Fraction("70314946782.5") * a**2
        - 59548865 * a
        + 16553
    )
    network = Network([3, 4, 2], "identity", learning_rate=a)
    assert solve(network, LINEAR_GIVEN, exact=True)["loss_new"] == polynomial


# -- the step-by-step example of two sigmoid neurons, to the printed digits that are right -------------------

MAZUR = Network([2, 2, 2], "sigmoid", "half-squared-error", learning_rate=0.5, train_biases=False)
MAZUR_GIVEN: dict[str, Any] = {
    "x": [0.05, 0.10],
    "y": [0.01, 0.99],
    "W1": [[0.15, 0.20], [0.25, 0.30]],
    "b1": [0.35, 0.35],
    "W2": [[0.40, 0.45], [0.50, 0.55]],
    "b2": [0.60, 0.60],
}
MAZUR_PRINTED = {
    "z1[1]": "0.3775",
    "z1[2]": "0.3925",
    "a1[1]": "0.593269992",
    "a1[2]": "0.596884378",
    "z2[1]": "1.105905967",
    "a2[1]": "0.75136507",
    "a2[2]": "0.772928465",
    "loss": "0.298371109",
    "delta2[1]": "0.138498562",
    "dW2[1,1]": "0.082167041",
    "dW1[1,1]": "0.000438568",
    "W2_new[1,1]": "0.35891648",
    "W2_new[1,2]": "0.408666186",
    "W2_new[2,1]": "0.511301270",
    "W2_new[2,2]": "0.561370121",
    "W1_new[1,1]": "0.149780716",
    "W1_new[1,2]": "0.19956143",
    "W1_new[2,1]": "0.24975114",
    "W1_new[2,2]": "0.29950229",
    "loss_new": "0.291027773694",
}
"""By address. The loss after one round is the true one; the published one updates the output layer first."""


@pytest.fixture(scope="module")
def mazur() -> Solution:
    return solve(MAZUR, MAZUR_GIVEN, steps=10000)


def rounded(value: float, printed: str) -> str:
    """The value with as many decimals as were printed."""
    return f"{value:.{len(printed.partition('.')[2])}f}"


@pytest.mark.parametrize("address", MAZUR_PRINTED)
def test_the_sigmoid_example_holds_to_every_printed_digit(mazur: Solution, address: str) -> None:
    printed = MAZUR_PRINTED[address]
    assert rounded(np.asarray(mazur[address]).item(), printed) == printed


def test_the_sigmoid_example_learns_for_ten_thousand_rounds(mazur: Solution) -> None:
    assert len(mazur.rounds) == 10000
    last = mazur.rounds[-1]
    assert last[Quantity("loss_new")].item() == pytest.approx(0.00003510187783, rel=1e-9)
    after = Program(mazur.derivation.graph.equations).run(
        {**last, **{Quantity("W", layer): last[Quantity("W_new", layer)] for layer in (1, 2)}}
    )
    outputs = after[Quantity("a", 2)].ravel()
    assert [rounded(o, "0.000000000000") for o in outputs] == ["0.015913620444", "0.984064273515"]
    assert last[Quantity("loss")].item() == pytest.approx(0.00003510854812, rel=1e-9)


def test_fixed_biases_have_gradients_but_no_new_values(mazur: Solution) -> None:
    assert mazur["db1"].shape == (2, 1)
    assert Quantity("b_new", 1) not in mazur.rounds[0]
    np.testing.assert_array_equal(mazur.rounds[-1][Quantity("b", 1)], [[0.35], [0.35]])


def test_trained_biases_change_the_loss() -> None:
    trained = Network([2, 2, 2], "sigmoid", "half-squared-error", learning_rate=0.5)
    assert rounded(solve(trained, MAZUR_GIVEN)["loss_new"].item(), "0.280471446791") == "0.280471446791"


# -- gates ---------------------------------------------------------------------------------------------------


def test_a_product_of_a_sum() -> None:
    graph = graph_from(["x", "y", "z"], {"q": "x + y", "f": "q * z"}, "f")
    solution = solve(graph, {"x": -2, "y": 5, "z": -4}, exact=True)
    wanted = {"q": 3, "f": -12, "d_f": 1, "d_q": -4, "d_z": 3, "d_x": -4, "d_y": -4}
    assert {name: solution[name].item() for name in wanted} == wanted


def test_a_sigmoid_gate_by_gate() -> None:
    nodes = {
        "p0": "w0 * x0",
        "p1": "w1 * x1",
        "s": "p0 + p1",
        "t": "s + w2",
        "n": "-t",
        "e": "exp(n)",
        "d": "1 + e",
        "f": "1 / d",
    }
    graph = graph_from(["w0", "x0", "w1", "x1", "w2"], nodes, "f")
    solution = solve(graph, {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3})
    wanted = {"p0": -2, "p1": 6, "s": 4, "t": 1, "n": -1, "e": 0.37, "d": 1.37, "f": 0.73}
    backwards = {"d_f": 1, "d_d": -0.53, "d_e": -0.53, "d_n": -0.20, "d_t": 0.20, "d_s": 0.20, "d_w2": 0.20}
    exact = {"d_w0": -0.1966119332, "d_x0": 0.3932238665, "d_w1": -0.3932238665, "d_x1": -0.5898357997}
    for name, value in {**wanted, **backwards}.items():
        assert round(solution[name].item(), 2) == pytest.approx(value), name
    for name, value in exact.items():
        assert solution[name].item() == pytest.approx(value, abs=5e-11), name


def test_one_formula_has_the_same_gradients_as_its_gates() -> None:
    graph = graph_from(["w0", "x0", "w1", "x1", "w2"], {"f": "1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))"}, "f")
    solution = solve(graph, {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3})
    names = ("d_w0", "d_x0", "d_w1", "d_x1", "d_w2")
    wanted = [-0.1966119332, 0.3932238665, -0.3932238665, -0.5898357997, 0.1966119332]
    assert [solution[name].item() for name in names] == pytest.approx(wanted, abs=5e-11)


def test_gates_stay_exact_where_they_can() -> None:
    solution = solve(graph_from(["x"], {"f": "1 / (1 + x^2)"}, "f"), {"x": "1/3"}, exact=True)
    assert solution["f"].item() == Fraction(9, 10)
    assert solution["d_x"].item() == -2 * Fraction(1, 3) * Fraction(81, 100)


# -- exactness and batches -----------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["relu", "leaky-relu"])
def test_piecewise_linear_networks_are_exact(activation: str) -> None:
    network = Network([2, 2, 1], [activation, "identity"], learning_rate=Fraction(1, 3))
    given = {"x": ["1/3", -1], "y": 1, "W1": [[1, 2], [-1, "1/7"]], "b1": [0, 2], "W2": [[1, 1]], "b2": 0}
    exact, floating = solve(network, given, exact=True), solve(network, given)
    for quantity in exact.quantities:
        values = exact.rounds[0][quantity]
        assert all(isinstance(number, Fraction | int) for number in values.flat), quantity
        np.testing.assert_allclose(values.astype(float), floating.rounds[0][quantity], rtol=1e-13, atol=1e-15)


def test_a_batch_is_its_examples_taken_together() -> None:
    rng = np.random.default_rng(4)
    given = {
        "W1": rng.normal(size=(3, 2)),
        "b1": rng.normal(size=3),
        "W2": rng.normal(size=(2, 3)),
        "b2": [0, 1],
    }
    x, y = rng.normal(size=(2, 4)), rng.normal(size=(2, 4))
    together = solve(Network([2, 3, 2], "tanh", batch=4), {**given, "x": x, "y": y})
    alone = [solve(Network([2, 3, 2], "tanh"), {**given, "x": x[:, n], "y": y[:, n]}) for n in range(4)]
    for address in ("loss", "dW1", "db1", "dW2", "db2"):
        np.testing.assert_allclose(together[address], sum(one[address] for one in alone) / 4, rtol=1e-12)
    summed = solve(Network([2, 3, 2], "tanh", batch=4, reduction="sum"), {**given, "x": x, "y": y})
    np.testing.assert_allclose(summed["dW1"], 4 * together["dW1"], rtol=1e-12)


def test_without_a_learning_rate_nothing_is_updated() -> None:
    solution = solve(Network([3, 4, 2], "identity"), LINEAR_GIVEN)
    assert not [q for q in solution.quantities if q.kind.endswith("_new")]


def test_shared_parts_are_computed_once() -> None:
    x = symbol(Quantity("x"), (1, 1))
    network = Network([2, 2], "tanh")
    program = Program(network.graph().equations)
    assert program.needs == network.graph().inputs.keys()
    values = {Quantity("x"): np.array([[2.0]])}
    result = Program([Equation(Quantity("f"), x)]).run(values)
    assert result[Quantity("f")].item() == 2.0 and list(values) == [Quantity("x")], (
        "what is given stays as it is"
    )


@pytest.mark.parametrize(
    ("last", "loss"), [("sigmoid", "binary-cross-entropy"), ("softmax", "cross-entropy")], ids=str
)
def test_a_perfect_answer_costs_nothing_even_when_it_is_rounded_to_certainty(last: str, loss: str) -> None:
    given = {"x": 900, "y": [1, 0], "W1": [1, -1], "b1": [0, 0]}
    solution = solve(Network([1, 2], last, loss), given)
    assert solution["loss"].item() == 0 and not solution["delta1"].any()


@pytest.mark.filterwarnings("error")
def test_what_is_undefined_is_shown_as_such_and_stays_json() -> None:
    graph = graph_from(["x"], {"p": "1 / x", "f": "p - p"}, "f")
    solution = solve(graph, {"x": 0})
    written = json.loads(json.dumps(solution.as_json(), allow_nan=False))
    assert (written["rounds"][0]["p"], written["rounds"][0]["f"]) == ("inf", "nan")


def test_answers_read_as_json() -> None:
    solution = solve(LINEAR, LINEAR_GIVEN, exact=True).as_json()
    assert solution["exact"] is True
    assert solution["rounds"][0]["loss"] == "16553" and solution["rounds"][0]["b2_new"] == [
        ["-19/2"],
        ["-111/10"],
    ]


# -- requests that cannot be met -----------------------------------------------------------------------------


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in LINEAR_GIVEN.items() if key != name}


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "missing": (without("W2"), "W2 is not given"),
    "misspelt": ({**without("W2"), "w2": LINEAR_GIVEN["W2"]}, "'w2' is not .*did you mean 'W2'"),
    "of no network": ({**LINEAR_GIVEN, "V7": 1}, "'V7' is not a quantity that can be given"),
    "computed": ({**LINEAR_GIVEN, "delta1": [1, 2, 3, 4]}, "'delta1' is not a quantity that can be given"),
    "transposed": (
        {**LINEAR_GIVEN, "W1": [[2, 2, 3, 2], [3, 1, 5, 3], [4, 2, 1, 4]]},
        "W1 is 3×4.*must be 4×3",
    ),
    "too short": ({**LINEAR_GIVEN, "b1": [1, 2, 3]}, "b1 is 3×1.*must be 4×1"),
    "ragged": ({**LINEAR_GIVEN, "W2": [[1, 2, 3, 4], [1, 2]]}, "W2: its rows have 4 and 2 numbers"),
    "a word": ({**LINEAR_GIVEN, "x": [1, "two", 3]}, "x.*'two' is not a number"),
    "nothing": ({**LINEAR_GIVEN, "x": None}, "x.*None is not a number"),
    "empty": ({**LINEAR_GIVEN, "x": []}, "x: a list of numbers is empty"),
    "not finite": ({**LINEAR_GIVEN, "x": [1, float("nan"), 3]}, "x.*nan is not a number"),
    "too large": ({**LINEAR_GIVEN, "x": [1, "1e400", 3]}, "x: 1e400 is too large"),
    "monstrous": ({**LINEAR_GIVEN, "x": [1, "1e999999999", 3]}, "x.*is not a number"),
    "too deep": ({**LINEAR_GIVEN, "x": [[[1]], 2, 3]}, r"x: \[1\] is not a number"),
    "divided by nought": ({**LINEAR_GIVEN, "x": [1, "1/0", 3]}, "x.*'1/0' is not a number"),
}


@pytest.mark.parametrize(("given", "sentence"), BAD.values(), ids=BAD)
def test_numbers_that_do_not_fit_are_named(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Unusable, match=sentence):
        solve(LINEAR, given)


@pytest.mark.parametrize("steps", [0, -1])
def test_at_least_one_update_is_asked_for(steps: int) -> None:
    with pytest.raises(Unusable, match=f"{steps} updates cannot be computed; ask for at least 1"):
        solve(LINEAR, LINEAR_GIVEN, steps=steps)


def test_updates_need_a_learning_rate() -> None:
    with pytest.raises(Unusable, match="learning_rate"):
        solve(Network([3, 4, 2], "identity"), LINEAR_GIVEN, steps=2)


def test_a_computation_graph_has_nothing_to_update() -> None:
    with pytest.raises(Unusable, match="nothing to update"):
        solve(graph_from(["x"], {"f": "x * x"}, "f"), {"x": 3}, steps=2)


@pytest.mark.parametrize("activation", ["sigmoid", "softmax"])
def test_exact_values_are_refused_where_there_are_none(activation: str) -> None:
    with pytest.raises(NotExact, match=f"{activation} has no exact fractions"):
        solve(Network([3, 4, 2], activation), LINEAR_GIVEN, exact=True)


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({"activation": "sigmod"}, "'sigmod' is not an activation .did you mean 'sigmoid'"),
        ({"loss": "cross-entrophy"}, "did you mean 'cross-entropy'"),
        (
            {"activation": "relu", "loss": "cross-entropy"},
            "needs outputs between 0 and 1.*one of sigmoid, softmax",
        ),
        ({"activation": ["relu"]}, "1 activations for 2 layers"),
        ({"layers": [3]}, "at least an input and an output layer"),
        ({"layers": [3, 0, 2]}, "layer 1 has size 0"),
        ({"batch": 0}, "batch of 0"),
        ({"reduction": "median"}, "'median' is not a way to put a batch together"),
        ({"update": "adamm"}, "'adamm' is not an update rule"),
    ],
    ids=str,
)
def test_networks_that_cannot_be_are_refused(request_: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Unusable, match=sentence):
        Network(**{"layers": [3, 4, 2], **request_})


def test_what_cannot_be_solved_is_said() -> None:
    with pytest.raises(Unusable, match="solve takes a Problem, a Network or a Graph, not str"):
        solve("network", {})


@pytest.mark.parametrize(
    "address", ["W3", "delta", "los", "W2[3,1]", "W2[0,1]", "delta1[5]", "W2[1,2,3]", "W2[a]"]
)
def test_a_solution_says_what_it_does_not_have(address: str) -> None:
    with pytest.raises(KeyError, match=address.split("[")[0]):
        solve(LINEAR, LINEAR_GIVEN)[address]
