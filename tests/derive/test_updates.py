"""Update rules over several rounds against NumPy written by hand, and in problem files."""

from __future__ import annotations

import pickle
from fractions import Fraction

import numpy as np
import pytest

from derive.derivation import derive_network
from derive.errors import Unusable
from derive.evaluate import known_to, solve
from derive.functions import NotExact
from derive.network import Network
from derive.problem import ProblemFault, load
from derive.program import Program
from derive.quantities import Quantity
from derive.updates import UPDATES

ROUNDS = 5

RULES_BY_HAND = {
    "gradient-descent": lambda w, g, eta, s, t: w - eta * g,
    "minibatch": lambda w, g, eta, s, t: w - eta * g,
    "momentum": lambda w, g, eta, s, t: momentum(w, g, eta, s),
    "adagrad": lambda w, g, eta, s, t: adagrad(w, g, eta, s),
    "rmsprop": lambda w, g, eta, s, t: rmsprop(w, g, eta, s),
    "adam": lambda w, g, eta, s, t: adam(w, g, eta, s, t),
}
"""Each rule once more, with its memory in the dictionary ``s``."""


def momentum(w, g, eta, s):
    s["v"] = s.get("v", 0) * 0.9 - eta * g
    return w + s["v"]


def adagrad(w, g, eta, s):
    s["s"] = s.get("s", 0) + g**2
    return w - eta * g / (np.sqrt(s["s"]) + 1e-8)


def rmsprop(w, g, eta, s):
    s["s"] = 0.9 * s.get("s", 0) + 0.1 * g**2
    return w - eta * g / (np.sqrt(s["s"]) + 1e-8)


def adam(w, g, eta, s, t):
    s["m"] = 0.9 * s.get("m", 0) + (1 - 0.9) * g
    s["s"] = 0.999 * s.get("s", 0) + (1 - 0.999) * g**2
    return w - eta * (s["m"] / (1 - 0.9**t)) / (np.sqrt(s["s"] / (1 - 0.999**t)) + 1e-8)


def case_of(rule: str, seed: int) -> tuple[Network, dict]:
    """A random network with this rule and a penalty, and numbers for it."""
    rng = np.random.default_rng(seed)
    batch = 3 if seed % 2 or UPDATES[rule].of_a_batch else None
    network = Network(
        [int(size) for size in rng.integers(1, 5, int(rng.integers(2, 5)))],
        "tanh",
        bias=bool(seed % 3),
        learning_rate=0.2,
        batch=batch,
        update=rule,
        regularizer={"l2": 0.05} if seed % 4 < 2 else (),
        train_biases=seed != 4,
    )
    return network, {
        q.address: rng.normal(size=s) for q, s in network.graph().inputs.items() if q.kind != "lambda"
    }


def by_hand(network: Network, given: dict) -> list[dict]:
    """The parameters after each round."""
    depth, memory, after = network.depth, {}, []
    now = {name: value for name, value in given.items() if name[0] in "Wb"}
    strength = dict(network.regularizer).get("l2", (("strength", 0),))[0][1]
    for t in range(1, ROUNDS + 1):
        a, activations = given["x"], [given["x"]]
        for layer in range(1, depth + 1):
            a = np.tanh(now[f"W{layer}"] @ a + now.get(f"b{layer}", 0))
            activations.append(a)
        error = (a - given["y"]) / network.columns
        gradients = {}
        for layer in range(depth, 0, -1):
            delta = error * (1 - activations[layer] ** 2)
            gradients[f"W{layer}"] = delta @ activations[layer - 1].T + 2 * strength * now[f"W{layer}"]
            if network.bias and network.train_biases:
                gradients[f"b{layer}"] = delta.sum(axis=1, keepdims=True)
            error = now[f"W{layer}"].T @ delta
        rule = RULES_BY_HAND[network.update]
        now = now | {
            name: rule(now[name], g, 0.2, memory.setdefault(name, {}), t) for name, g in gradients.items()
        }
        after.append(now)
    return after


@pytest.mark.parametrize("rule", UPDATES)
@pytest.mark.parametrize("seed", range(6))
def test_five_rounds_are_those_written_by_hand(rule: str, seed: int) -> None:
    network, given = case_of(rule, seed)
    solution = solve(network, given, steps=ROUNDS)
    for values, wanted in zip(solution.rounds, by_hand(network, given), strict=True):
        for name, value in wanted.items():
            quantity = Quantity(name[0] + "_new", int(name[1:]))
            got = values.get(quantity, values[Quantity(name[0], int(name[1:]))])
            np.testing.assert_allclose(got, value, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("rule", UPDATES)
def test_what_is_remembered_and_the_round_go_on_from_round_to_round(rule: str) -> None:
    network, given = case_of(rule, 1)
    solution = solve(network, given, steps=3)
    for earlier, later in zip(solution.rounds, solution.rounds[1:], strict=False):
        for state in network.states:
            np.testing.assert_array_equal(later[state], earlier[Quantity(state.kind + "_new", state.layer)])
    counted = [values.get(Quantity("round")) for values in solution.rounds]
    if network.counts_rounds:
        assert [count[0, 0] for count in counted] == [1, 2, 3]
    assert (counted[0] is not None) == network.counts_rounds
    assert all(Quantity("round_new") not in values for values in solution.rounds)


@pytest.mark.parametrize("rule", ["momentum", "adagrad", "rmsprop"])
def test_rounds_one_by_one_with_what_was_remembered_are_rounds_in_a_row(rule: str) -> None:
    network, given = case_of(rule, 1)
    first, second = solve(network, given, steps=2).rounds
    memory = {q.address: first[Quantity(q.kind + "_new", q.layer)] for q in network.states}
    weights = {n: first[Quantity(n[0] + "_new", int(n[1:]))] for n in given if n[0] in "Wb"}
    again = solve(network, given | weights | memory).rounds[0]
    for quantity, value in again.items():
        np.testing.assert_array_equal(value, second[quantity])


def test_many_rounds_are_those_of_rounds_in_a_row() -> None:
    """Long calculations are recorded once and played back; they must carry everything that changes."""
    network, given = case_of("adam", 1)
    short, long = solve(network, given, steps=4), solve(network, given, steps=40)
    for some, same in zip(short.rounds, long.rounds, strict=False):
        for quantity, value in some.items():
            np.testing.assert_allclose(same[quantity], value, rtol=1e-12, atol=1e-14)
    assert long.rounds[-1][Quantity("round")][0, 0] == 40


def test_momentum_with_a_penalty_is_exact_in_fractions() -> None:
    network = Network(
        [1, 1],
        "identity",
        learning_rate=Fraction(1, 2),
        bias=False,
        update="momentum",
        hyperparameters={"momentum": Fraction(1, 3)},
        regularizer={"l2": Fraction(1, 4)},
    )
    solution = solve(network, {"x": 1, "y": 0, "W1": 1, "vW1": 3}, exact=True, steps=2)
    assert solution["dW1"][0, 0] == Fraction(3, 2)
    assert solution["vW1_new"][0, 0] == -Fraction(3, 4) + 1
    assert solution["W1_new"][0, 0] == Fraction(5, 4)
    assert solution.rounds[1][Quantity("vW", 1)][0, 0] == Fraction(1, 4)


@pytest.mark.parametrize("rule", ["adagrad", "rmsprop", "adam"])
def test_a_root_is_no_fraction(rule: str) -> None:
    network = Network([1, 1], "identity", learning_rate=1, update=rule)
    with pytest.raises(NotExact, match="no exact fractions"):
        solve(network, {"x": 1, "y": 0, "W1": 1, "b1": 0}, exact=True)


def test_without_a_learning_rate_nothing_is_updated_or_remembered() -> None:
    network = Network([1, 1], "identity", update="adam", regularizer={"l2": 1})
    solution = solve(network, {"x": 1, "y": 0, "W1": 1, "b1": 0})
    addresses = {quantity.address for quantity in solution.quantities}
    assert "dW1" in addresses and "lambda" in addresses
    assert not addresses & {"mW1", "sW1", "beta1", "round", "W1_new"}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("lambda", 1, "'lambda' is not a quantity that can be given"),
        ("vW2", 1, "'vW2' is not a quantity that can be given .did you mean 'vW1'"),
        ("vW1", [[1, 2]], "vW1 is 1×2, but here it must be 1×1"),
    ],
)
def test_what_cannot_be_given_is_refused(name: str, value, sentence: str) -> None:
    network = Network([1, 1], "identity", learning_rate=1, update="momentum", regularizer={"l2": 1})
    with pytest.raises(Unusable, match=sentence):
        solve(network, {"x": 1, "y": 0, "W1": 1, "b1": 0, name: value})


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("lambda", "lambda: the strength of the penalty must be at least 0"),
        ("sW1", "sW1: the squared gradients with respect to the weights so far must be at least 0"),
    ],
)
def test_what_cannot_be_negative_is_refused(name: str, sentence: str) -> None:
    """The root of a negative sum of squares made every number NaN, without a word."""
    network = Network([1, 1], "identity", learning_rate=1, update="adagrad", regularizer="l2")
    given = {"x": 1, "y": 0, "W1": 1, "b1": 0, "lambda": 1}
    assert solve(network, {**given, "sW1": 0})["W1_new"].shape == (1, 1)
    with pytest.raises(Unusable, match=sentence):
        solve(network, {**given, name: -1})


def test_a_number_of_examples_that_is_a_letter_has_no_numbers() -> None:
    with pytest.raises(Unusable, match=r"numbers need a number of them \(batch: 4\)"):
        solve(Network([2, 1], batch="N"), {"x": [[1, 2], [3, 4]], "y": [1, 2], "W1": [1, 2], "b1": 0})


def test_a_network_that_was_sent_to_another_process_has_the_same_updates() -> None:
    network = Network([2, 1], update="adam", learning_rate=1)
    expressions = [equation.expression for equation in network.updates]
    sent = pickle.loads(pickle.dumps(network))
    assert sent == network
    assert all(a.expression is b for a, b in zip(sent.updates, expressions, strict=True))


def test_every_equation_of_an_update_uses_what_is_known_before_it() -> None:
    for rule in UPDATES:
        network = Network([2, 3, 1], batch=2, update=rule, regularizer="l1", learning_rate=1)
        derivation = derive_network(network)
        known = set(derivation.graph.inputs) | set(known_to(network, {}))
        for step in derivation:
            assert step.formula.symbols <= known
            known.add(step.quantity)
        assert Program(step.equation for step in derivation).needs <= known


# -- problem files -------------------------------------------------------------------------------------------

HEAD = """title: A round
network:
  layers: [1, 1]
  activation: identity
  loss: half-squared-error
  learning_rate: 0.5
"""
TAIL = """given: {{x: 1, y: 0, W1: 1, b1: 0{more}}}
parts:
  - {{id: w, ask: {ask}, answer: number}}
"""


def written(*lines: str, more: str = "", ask: str = "W1_new") -> str:
    return HEAD + "".join(f"  {line}\n" for line in lines) + TAIL.format(more=more, ask=ask)


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("update: adam", {"update": "adam"}),
        (
            "update: {rule: momentum, momentum: 1/3}",
            {"update": "momentum", "hyperparameters": {"momentum": Fraction(1, 3)}},
        ),
        (
            "update: {rule: adam, beta1: 0.8, epsilon: 1e-6}",
            {
                "update": "adam",
                "hyperparameters": {
                    "beta1": Fraction(4, 5),
                    "beta2": Fraction(999, 1000),
                    "epsilon": Fraction(1, 10**6),
                },
            },
        ),
        ("update: {rule: rmsprop, biases: fixed}", {"update": "rmsprop", "train_biases": False}),
        ("regularizer: {l2: 0.01}", {"regularizer": {"l2": Fraction(1, 100)}}),
        ("regularizer: {half-l2: 1/3}", {"regularizer": {"half-l2": Fraction(1, 3)}}),
        ("regularizer: l1", {"regularizer": "l1"}),
        ("regularizer: {l2: {strength: 2}}", {"regularizer": {"l2": 2}}),
        ("regularizer: {l2: 0.01, l1: 2}", {"regularizer": {"l2": Fraction(1, 100), "l1": 2}}),
        (
            "regularizer: {elastic-net: {strength: 0.01, mix: 0.5}}",
            {"regularizer": {"elastic-net": {"strength": Fraction(1, 100), "mix": Fraction(1, 2)}}},
        ),
    ],
)
def test_a_file_says_what_a_network_is_told(line: str, options: dict) -> None:
    problem = load(written(line, ask="a1"))
    assert problem.model == Network(
        [1, 1], "identity", "half-squared-error", learning_rate=Fraction(1, 2), **options
    )


def test_a_file_may_give_what_is_remembered_and_ask_what_becomes_of_it() -> None:
    problem = load(written("update: momentum", more=", vW1: 2", ask="vW1_new"))
    assert problem.given["vW1"] == 2
    assert solve(problem, exact=True)["vW1_new"][0, 0] == -Fraction(1, 2) + Fraction(9, 5)


def faults_of(text: str) -> list[str]:
    with pytest.raises(ProblemFault) as caught:
        load(text)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("line", "start", "sentence"),
    [
        ("update: {rule: momentm}", "7:18: network.update.rule", "did you mean 'momentum'"),
        ("update: momentm", "7:11: network.update.rule", "did you mean 'momentum'"),
        ("update: {rule: momentum, momntum: 1}", "7:28: network.update.momntum", "did you mean 'momentum'"),
        ("update: {rule: momentum, momentum: 2}", "7:38: network.update.momentum", "below 1"),
        ("update: {rule: momentum, momentum: x}", "7:38: network.update.momentum", "not a number"),
        ("update: {rule: momentum, momentum: null}", "7:38: network.update.momentum", "None is not a number"),
        ("update: {rule: momentum, biasses: fixed}", "7:28: network.update.biasses", "is not a number that"),
        ("update: {rule: momentum, biases: fix}", "7:36: network.update.biases", "trained, fixed"),
        ("update: minibatch", "7:11: network.update.rule", "needs a batch"),
        ("update: [adam]", "7:11: network.update", "must be fields with values"),
        ("regularizer: {l3: 1}", "7:17: network.regularizer.l3", "known: l2, half-l2, l1, elastic-net"),
        ("regularizer: l3", "7:16: network.regularizer.l3", "is not a regularizer"),
        ("regularizer: {l2: -1}", "7:21: network.regularizer.l2", "at least 0"),
        ("regularizer: {l2: much}", "7:21: network.regularizer.l2", "not a number"),
        (
            "regularizer: {l2: {strenth: 1}}",
            "7:22: network.regularizer.l2.strenth",
            "did you mean 'strength'",
        ),
        ("regularizer: {l2: 1, half-l2: 1}", "7:24: network.regularizer.half-l2", "cannot stand together"),
        ("regularizer: [l2]", "7:16: network.regularizer", "must be fields with values"),
    ],
)
def test_a_fault_is_shown_where_it_stands(line: str, start: str, sentence: str) -> None:
    found = faults_of(written(line, ask="a1"))
    assert len(found) == 1, found
    assert found[0].startswith(f"text:{start}") and sentence in found[0], found


@pytest.mark.parametrize(
    ("more", "line", "sentence"),
    [
        (", lambda: 1", "regularizer: {l2: 1}", "lambda has its value from the network section"),
        (", vW1: 1", "update: adam", "known: x, y, W1, b1, mW1, sW1, mb1, sb1"),
        (", vW1: [1, 2]", "update: momentum", "vW1 is 2×1, but here it must be 1×1"),
        (", vW1_new: 1", "update: momentum", "vW1_new is computed"),
        (", vb1: 1", "update: {rule: momentum, biases: fixed}", "the biases are fixed"),
        (", vW2: 1", "update: momentum", "this network ends at layer 1"),
        (
            ", sW1: -1",
            "update: adam",
            "squared gradients with respect to the weights so far must be at least 0",
        ),
    ],
)
def test_what_a_file_cannot_give_is_a_fault(more: str, line: str, sentence: str) -> None:
    found = faults_of(written(line, more=more, ask="a1"))
    assert len(found) == 1 and sentence in found[0], found


def test_a_strength_left_open_is_missing_for_a_number_and_can_be_given() -> None:
    (fault,) = faults_of(written("regularizer: l2", ask="dW1"))
    assert "dW1 cannot be computed: lambda not given" in fault
    problem = load(written("regularizer: l2", more=", lambda: 1/2", ask="dW1"))
    assert solve(problem, exact=True)["dW1"][0, 0] == 2
