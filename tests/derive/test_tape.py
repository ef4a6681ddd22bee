"""A recorded calculation gives what the plain one gives, and never writes over what it has handed out."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from derive.activations import ACTIVATIONS
from derive.derivation import derive_network
from derive.errors import Unusable
from derive.evaluate import Program, Values
from derive.losses import LOSSES
from derive.network import Network
from derive.quantities import Quantity
from derive.tape import Recording, Tape, Traced

KINDS = ("W", "b", "a")


def networks() -> list[Network]:
    """Every activation with every loss it fits, alone and in a batch."""
    out = []
    for activation, loss, batch in product(ACTIVATIONS, LOSSES, (None, 4)):
        try:
            network = Network([3, 4, 2], ["sigmoid", activation], loss, batch=batch, learning_rate=0.1)
            Program(step.equation for step in derive_network(network))
        except (Unusable, KeyError):
            continue
        out.append(network)
    return out


def numbers(program: Program, network: Network, seed: int, samples: tuple[int, ...] = ()) -> Values:
    """Positive numbers below 1 suit every kind of quantity."""
    rng = np.random.default_rng(seed)
    shapes = {q: network.shape(q) for q in program.needs}
    return {q: rng.uniform(0.1, 0.9, (*samples, *shape)) for q, shape in sorted(shapes.items(), key=str)}


@pytest.mark.parametrize("samples", [(), (5,)], ids=["one", "a stack"])
@pytest.mark.parametrize("network", networks(), ids=str)
def test_a_recording_gives_what_the_program_gives(network: Network, samples: tuple[int, ...]) -> None:
    program = Program([step.equation for step in derive_network(network)])
    first = numbers(program, network, 0, samples)
    recording = program.recorded(first, [q for q in first if q.kind in KINDS])
    for seed in (1, 2):
        fresh = numbers(program, network, seed, samples)
        values = {q: fresh[q] if q.kind in KINDS else v for q, v in first.items()}
        wanted, got = program.run(values), recording.run(values)
        assert list(got) == list(wanted)
        for quantity in wanted:
            assert got[quantity].shape == wanted[quantity].shape, quantity
            np.testing.assert_allclose(got[quantity], wanted[quantity], rtol=1e-14, atol=1e-300)


def test_what_was_handed_out_stays_as_it_is() -> None:
    network = Network([3, 4, 2], "sigmoid", learning_rate=0.1)
    program = Program([step.equation for step in derive_network(network)])
    first, second = numbers(program, network, 1), numbers(program, network, 2)
    given = {q: value.copy() for q, value in first.items()}
    recording = program.recorded(first, [q for q in first if q.kind in KINDS])
    results = recording.run(first)
    before = {quantity: value.copy() for quantity, value in results.items()}
    recording.run({q: second[q] if q.kind in KINDS else v for q, v in first.items()})
    for quantity, value in before.items():
        np.testing.assert_array_equal(results[quantity], value)
    for quantity, value in given.items():
        np.testing.assert_array_equal(first[quantity], value)


def test_sigmoids_keep_their_values_far_out() -> None:
    network = Network([1, 1], "sigmoid")
    program = Program(network.graph().equations)
    values = {q: np.ones((1, 1)) for q in program.needs}
    recording = program.recorded(values, [Quantity("a", 0)])
    for x in (-np.inf, -800.0, -740.0, -1.0, -0.0, 740.0, np.inf, np.nan):
        given = {**values, Quantity("a", 0): np.array([[x]]), Quantity("b", 1): np.zeros((1, 1))}
        moved = Program(network.graph().equations).recorded(given, [Quantity("a", 0)])
        a = Quantity("a", 1)
        np.testing.assert_array_equal(moved.run(given)[a], program.run(given)[a])
    assert recording.run(values)[Quantity("a", 1)].item() == 1 / (1 + np.exp(-2))


# -- what is recorded ----------------------------------------------------------------------------------------


def recorded(function: Any, *samples: np.ndarray) -> tuple[Recording, Tape]:
    tape = Tape()
    given = [tape.given(sample) for sample in samples]
    result = tape.apply(function, given)
    recording = Recording(tape, {"result": result.slot}, {n: array.slot for n, array in enumerate(given)})
    return recording, tape


GRID = np.arange(6.0).reshape(2, 3) + 1
FUNCTIONS: dict[str, Any] = {
    "a branch on numbers": lambda z: z * 2 if z.sum() > 3 else z,
    "a look at numbers": lambda z: np.asarray(z) + 1,
    "a piece": lambda z: z[:1] + 1,
    "a list of arrays": lambda z: np.concatenate([z, z]),
    "writing in place": lambda z: np.add(z, 1, out=np.empty_like(z)),
    "a comparison": lambda z: np.where(z > 2, z, 0) ** 2,
    "itself": lambda z: z,
    "ones": lambda z: np.ones_like(z) + z.swapaxes(0, 1).sum(axis=(-1, -2), keepdims=True),
    "the largest": lambda z: np.exp(z - np.max(z, axis=-2, keepdims=True)),
    "a view that is kept": lambda z: (lambda w: w.swapaxes(-1, -2) @ (w + 1))(z * 3),
}


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_whatever_a_function_does_its_values_are_right(function: Any) -> None:
    recording, _ = recorded(function, GRID)
    for other in (GRID, -GRID, GRID / 7):
        np.testing.assert_allclose(recording.run({0: other})["result"], function(other), rtol=1e-15)


def test_equal_calls_are_made_once_and_needless_ones_never() -> None:
    tape = Tape()
    z = tape.given(GRID)
    once = tape.apply(lambda z: (np.exp(z) + 1) / (1 + np.exp(z)), [z])
    tape.apply(np.sin, [z])
    assert [call.function for call in tape.used([once.slot])].count(np.exp) == 1
    assert np.sin not in [call.function for call in tape.used([once.slot])]


def test_what_does_not_vary_is_worked_out_once() -> None:
    tape = Tape()
    fixed = tape.constant(GRID)
    result = tape.apply(lambda z: np.exp(z.swapaxes(0, 1)) @ z, [fixed])
    assert isinstance(result, Traced) and tape.used([result.slot]) == []
    np.testing.assert_array_equal(tape.samples[result.slot], np.exp(GRID.T) @ GRID)
