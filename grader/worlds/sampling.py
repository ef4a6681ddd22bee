"""Random numbers for the inputs of a network: away from kinks, both signs of every weighted input, seeded."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from derive.derivation import Derivation
from derive.evaluate import ROUND
from derive.functions import Array
from derive.graph import Graph
from derive.network import Network
from derive.program import Program, Values
from derive.quantities import KINDS, Quantity
from derive.regularizers import penalty_kinks
from grader.worlds.witness import WitnessesDisagree

KINK_DISTANCE = 1e-3
"""No weighted input is nearer than this to a point where its activation has no slope."""
SATURATED = 8.0
"""No weighted input of a bounded activation is larger than this."""
NEAR = 0.4
"""A side of a bend is shown near it by what is no farther away than this."""

BENT = 24
"""So many numbers at least show on which side of a kink they are."""

PATIENCE = 20
"""After so many draws it is believed that the loss depends on the first layer nowhere: a softmax of one
neuron is 1, whatever goes in."""


def seed_of(model: Any) -> int:
    """A number that depends on nothing but the model's description."""
    return int.from_bytes(hashlib.sha256(repr(model).encode()).digest()[:8], "big")


def enough(network: Network, samples: int) -> int:
    """So many samples, or more where few numbers of each stand at a kink: what has a slope on either side
    of it shows in one number no more than the side."""
    numbers = [network.layers[k] for k in range(1, network.depth + 1) if network.activation_of(k).kinks]
    if network.loss_row.bend is not None:
        numbers.append(network.layers[-1])
    fewest = min(map(int, numbers), default=BENT) * int(network.columns)
    return max(samples, -(-BENT // fewest))


def draw(
    network: Network,
    derivation: Derivation,
    forward: Program,
    samples: int,
    rng: np.random.Generator,
    known: Values,
) -> Values:
    """Samples away from kinks; as far as the draw allows, every weighted input takes both signs. What is
    ``known`` has the same value in all of them."""
    kept: list[Values] = []
    moves: list[Array] = []
    more = 4 if network.loss_row.bend is None else 16
    for attempt in range(200):
        batch = _inputs(network, derivation.graph, more * samples, rng)
        batch |= {q: np.resize(known[q], batch[q].shape) for q in batch if q in known}
        values = forward.run(batch)
        far = np.flatnonzero(usable(network, values) & _unsaturated(network, values))
        kept.append({q: v[far] for q, v in batch.items()})
        # What only jumps never moves with its weights.
        moves.append(np.ones(len(far)) if network.forward_only else _alive(forward, kept[-1]))
        alive = np.flatnonzero(np.concatenate(moves))
        dead = attempt >= PATIENCE and not len(alive)
        if sum(map(len, moves)) >= samples and (len(alive) >= samples or dead):
            pool = {q: np.concatenate([part[q] for part in kept]) for q in batch}
            chosen = _both_signs(network, forward.run(pool), alive, samples)
            return {q: v[chosen] for q, v in pool.items()}
    raise WitnessesDisagree("no sample points away from the kinks were found")


def _inputs(network: Network, graph: Graph, samples: int, rng: np.random.Generator) -> Values:
    chosen = random_settings(network, samples, rng)
    values = {q: rng.uniform(-2, 2, (samples, *map(int, shape))) for q, shape in graph.inputs.items()}
    values |= {q: chosen[q] for q in graph.inputs if q in chosen}
    for quantity in values:
        if quantity.kind == "W":
            values[quantity] /= np.sqrt(max(1, graph.inputs[quantity][1] / 3))  # type: ignore[operator]
    y = Quantity("y")
    values[y] = _TARGETS[network.loss_row.targets](rng, values[y].shape)
    return values


def random_settings(network: Network, samples: int, rng: np.random.Generator) -> Values:
    """Every number that is chosen, not learnt: mostly between 0 and 1, the round a whole number."""
    values = {q: rng.uniform(0.05, 0.95, (samples, 1, 1)) for q in network.settings}
    if network.counts_rounds:
        values[ROUND] = rng.integers(1, 9, (samples, 1, 1)).astype(float)
    return values


def random_states(network: Network, samples: int, rng: np.random.Generator) -> Values:
    """What an update remembers, with both signs where it may have them."""
    return {
        q: rng.uniform(max(KINDS[q.kind].low, -2) + 0.1, 2, (samples, *map(int, shape)))
        for q, shape in network.states.items()
    }


_TARGETS = {
    "real": lambda rng, shape: rng.uniform(-2, 2, shape),
    "sign": lambda rng, shape: rng.choice([-1.0, 1.0], shape),
    "one-hot": lambda rng, shape: (
        np.arange(shape[-2])[:, None] == rng.integers(shape[-2], size=(*shape[:-2], 1, shape[-1]))
    ).astype(float),
    "unit": lambda rng, shape: rng.uniform(0.1, 0.9, shape),
    "probability": lambda rng, shape: (lambda raw: raw / raw.sum(axis=-2, keepdims=True))(
        rng.uniform(0.2, 1, shape)
    ),
}


def usable(network: Network, values: Values) -> Array:
    """Which samples keep their distance from kinks."""
    good = np.ones(len(values[Quantity("a", 0)]), dtype=bool)
    for layer in range(1, network.depth + 1):
        z = values[Quantity("z", layer)]
        for kink in network.activation_of(layer).kinks:
            good &= (np.abs(z - float(kink)) > KINK_DISTANCE).all(axis=(-1, -2))
        for kink in penalty_kinks(network.regularizer):
            good &= (np.abs(values[Quantity("W", layer)] - kink) > KINK_DISTANCE).all(axis=(-1, -2))
    if (bend := network.loss_row.bend) is not None and not network.forward_only:
        off = bend(values[Quantity("a", network.depth)], values[Quantity("y")])
        good &= (np.abs(off) > KINK_DISTANCE).all(axis=(-1, -2))
    return good & np.isfinite(values[Quantity("loss")]).all(axis=(-1, -2))


def _unsaturated(network: Network, values: Values) -> Array:
    """Which samples leave room below the bounds of bounded activations, so that differences keep digits."""
    good = np.ones(len(values[Quantity("a", 0)]), dtype=bool)
    for layer in range(1, network.depth + 1):
        if np.isfinite(network.activation_of(layer).high):
            good &= (np.abs(values[Quantity("z", layer)]) < SATURATED).all(axis=(-1, -2))
    return good


def _alive(forward: Program, values: Values) -> Array:
    """In which samples the loss depends on the first layer at all."""
    first, loss = Quantity("W", 1), Quantity("loss")
    moved = forward.run({**values, first: values[first] * (1 + 1e-6)})
    return (moved[loss] != forward.run(values)[loss]).all(axis=(-1, -2))


def _both_signs(network: Network, values: Values, alive: Array, samples: int) -> list[int]:
    """Samples chosen one by one, each for the most that it shows and that was not seen so far; two thirds of
    them alive."""
    shown = _sides(network, values)
    seen = np.zeros(shown.shape[1], dtype=bool)
    dead = np.ones(len(shown), dtype=bool)
    dead[alive] = False
    chosen: list[int] = []
    for position in range(samples):
        fresh = (shown & ~seen).sum(axis=1).astype(float)
        fresh[chosen] = -2
        if position < samples * 2 / 3:
            fresh[dead] = -1
        best = int(np.argmax(fresh))
        chosen.append(best)
        seen |= shown[best]
    return chosen


def _sides(network: Network, values: Values) -> Array:
    """What each sample shows, samples×(whether it does): the sign of every weighted input, and on which side
    of the loss's bend every output is, near it too, so that a bend put in a wrong place is seen."""
    z = np.concatenate([_flat(values[Quantity("z", layer)]) for layer in range(1, network.depth + 1)], axis=1)
    shown = [z > 0, z < 0]
    if (bend := network.loss_row.bend) is not None:
        off = _flat(bend(values[Quantity("a", network.depth)], values[Quantity("y")]))
        shown += [off > 0, off < 0, (off > 0) & (off < NEAR), (off < 0) & (off > -NEAR)]
    return np.concatenate(shown, axis=1)


def _flat(value: Array) -> Array:
    return value.reshape(len(value), -1)
