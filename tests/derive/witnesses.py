"""Networks drawn at random, and a forward pass written by hand that shares nothing with the tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from derive.activations import ACTIVATIONS, GENERIC, Activation
from derive.derivation import derive_network
from derive.evaluate import Program, Values
from derive.losses import LOSSES
from derive.network import Network
from derive.quantities import Quantity

CLOSEST = 0.02
"""How near a weighted input may come to a kink: finite differences must not step over it."""


def forward_by_hand(np, network, parameters, x, y):
    """The loss, all weighted inputs and the output, with ``np`` NumPy or a module that imitates it; all
    arrays may have leading axes of samples.

    Every formula is written out here once more, on purpose: an activation or loss that is added to the tables
    needs its twin here.
    """

    def softmax(z):
        raised = np.exp(z)
        return raised / np.sum(raised, axis=-2, keepdims=True)

    activations = {
        "identity": lambda z: z,
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        "tanh": lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
        "relu": lambda z: np.where(np.real(z) > 0, z, 0 * z),
        "leaky-relu": lambda z: np.where(np.real(z) > 0, z, 0.01 * z),
        "softplus": lambda z: np.log(1 + np.exp(z)),
        "softmax": softmax,
    }
    losses = {
        "half-squared-error": lambda a: (a - y) ** 2 / 2,
        "squared-error": lambda a: (a - y) ** 2,
        "mean-squared-error": lambda a: (a - y) ** 2 / network.layers[-1],
        "cross-entropy": lambda a: -y * np.log(a),
        "negative-log-likelihood": lambda a: -y * np.log(a),
        "hinge": lambda a: np.where(np.real(y * a) < 1, 1 - y * a, 0 * a),
        "binary-cross-entropy": lambda a: -y * np.log(a) - (1 - y) * np.log(1 - a),
    }
    a, weighted = x, []
    for layer, name in enumerate(network.activation, 1):
        z = np.matmul(parameters["W", layer], a)
        if network.bias:
            z = z + parameters["b", layer]
        weighted.append(z)
        a = activations[name](z)
    loss = np.sum(losses[network.loss](a), axis=(-1, -2))
    examples = x.shape[-1] if network.reduction == "mean" else 1
    return loss / examples, weighted, a


@dataclass(frozen=True)
class Case:
    """A network with numbers for everything that is given; ``parameters`` are those by kind and layer."""

    network: Network
    values: Values

    @property
    def parameters(self):
        return {(q.kind, q.layer): value for q, value in self.values.items() if q.kind in "Wb"}

    @property
    def x(self):
        return self.values[Quantity("a", 0)]

    @property
    def y(self):
        return self.values[Quantity("y")]

    def loss_by_hand(self, parameters, numpy=np):
        """The loss at other parameters."""
        return forward_by_hand(numpy, self.network, parameters, self.x, self.y)[0]

    def gradients(self) -> dict[tuple[str, int], np.ndarray]:
        """What our formulas say, by kind and layer of the parameter."""
        steps = [step for step in derive_network(self.network) if step.stage != "update"]
        values = Program([step.equation for step in steps]).run(self.values)
        return {key: values[Quantity("d" + key[0], key[1])] for key in self.parameters}


def random_case(seed: int) -> Case:
    """One network of 1 to 5 layers with 1 to 5 neurons each, any activations, any loss that fits."""
    for attempt in range(1000):
        rng = np.random.default_rng((seed, attempt))
        network = _random_network(rng)
        case = Case(network, random_values(rng, network))
        if has_a_slope(case):
            return case
    raise AssertionError(f"no network with a slope for seed {seed}")


def learnable() -> list[Activation]:
    """The activations through which a gradient passes."""
    return [row for row in ACTIVATIONS.values() if row.name != GENERIC and not row.forward_only]


def _random_network(rng) -> Network:
    loss = LOSSES[rng.choice([name for name in LOSSES if name != GENERIC])]
    usual = learnable()
    fitting = [row.name for row in usual if row.low >= loss.low and row.high <= loss.high]
    depth = int(rng.integers(1, 6))
    hidden = [str(rng.choice([row.name for row in usual])) for _ in range(depth - 1)]
    return Network(
        [int(size) for size in rng.integers(1, 6, depth + 1)],
        [*hidden, str(rng.choice(fitting))],
        loss.name,
        bias=bool(rng.integers(2)),
        batch=[None, 1, 2, 3, 4][rng.integers(5)],
        reduction=str(rng.choice(["mean", "sum"])),
    )


def random_values(rng, network: Network) -> Values:
    values = {q: rng.normal(size=shape) for q, shape in network.graph().inputs.items()}
    for quantity, value in values.items():
        if quantity.kind == "W":
            value /= np.sqrt(value.shape[1])
    values[Quantity("y")] = _random_target(rng, LOSSES[network.loss].targets, values[Quantity("y")].shape)
    return values


def _random_target(rng, wanted: str, shape: tuple[int, int]) -> np.ndarray:
    if wanted == "probability":
        shares = rng.dirichlet(np.ones(shape[0]), size=shape[1]).T
        # A single share is only nearly 1 as it is drawn.
        return shares / shares.sum(axis=0)
    if wanted == "one-hot":
        return np.eye(shape[0])[:, rng.integers(shape[0], size=shape[1])]
    if wanted == "sign":
        return rng.choice([-1.0, 1.0], size=shape)
    return rng.uniform(size=shape) if wanted == "unit" else rng.normal(size=shape)


def has_a_slope(case: Case) -> bool:
    """Whether the loss is finite (one softmax neuron gives log(1 - 1)) and clear of kinks."""
    with np.errstate(all="ignore"):
        loss, weighted, a = forward_by_hand(np, case.network, case.parameters, case.x, case.y)
    kinks = [
        (z, kink) for layer, z in enumerate(weighted, 1) for kink in case.network.activation_of(layer).kinks
    ]
    if case.network.loss_row.bend:
        kinks.append((case.y * a, 1))
    return bool(np.isfinite(loss)) and all(np.abs(z - kink).min() > CLOSEST for z, kink in kinks)
