"""Small networks of unequal sizes, with every activation, loss, penalty and update of the tables."""

from __future__ import annotations

import random
from collections.abc import Iterator

from derive import Network
from derive.activations import ACTIVATIONS
from derive.errors import Unusable
from derive.losses import LOSSES
from derive.network_faults import faults
from derive.notation import NOTATIONS
from derive.regularizers import REGULARIZERS
from derive.updates import UPDATES

COUNT = 20


def candidates(seed: int) -> Iterator[Network]:
    """Small networks of unequal sizes with anything that the tables offer."""
    rng = random.Random(seed)
    trainable = [name for name, row in ACTIVATIONS.items() if row.forward_only is None]
    trainable += ["custom(z * sigmoid(z))"]
    while True:
        depth = rng.randint(1, 3)
        fields = {
            "layers": rng.sample(range(1, 5), depth + 1),
            "activation": [rng.choice(trainable) for _ in range(depth)],
            "loss": rng.choice(list(LOSSES)),
            "bias": rng.random() < 0.8,
            "batch": rng.choice([None, None, 2, 5]),
            "reduction": rng.choice(["mean", "mean", "sum"]),
            "regularizer": rng.choice([(), (), *REGULARIZERS]),
            "update": rng.choice(list(UPDATES)),
        }
        try:
            network = Network(**fields)  # type: ignore[arg-type]
        except Unusable:
            continue
        assert not faults(network)
        yield network


def chosen() -> tuple[Network, ...]:
    source = candidates(7)
    return tuple(next(source) for _ in range(COUNT))


# One loss more, that fits few activations and is seldom drawn.
NETWORKS = (*chosen(), Network([3, 2, 2], ["tanh", "sigmoid"], "binary-cross-entropy", batch=3))


def name(network: Network) -> str:
    parts = ("-".join(map(str, network.layers)), *network.activation, network.loss, network.update)
    return " ".join(parts) + f" batch {network.batch}" * bool(network.batch)


def fits(network: Network, notation: str) -> bool:
    own = NOTATIONS[notation].own
    return not own or len(own["a"]) == len(network.layers)
