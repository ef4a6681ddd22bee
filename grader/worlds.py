"""Sample points in which every quantity has its true value, and twins in which one misconception is believed.

A `World` holds several samples of one concrete network or graph, stacked on the first axis. Before anyone is judged in it, its
gradients are compared with finite differences of the forward pass alone; where the two disagree, nothing is judged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np

from derive.activations import GENERIC
from derive.backprop import backprop
from derive.derivation import NETWORK_NAMING, Derivation, after_update, derive_graph, derive_network
from derive.evaluate import Program, Values, read_given
from derive.functions import FUNCTIONS, Array, Function
from derive.graph import Equation, Graph, Shape
from derive.network import Network
from derive.ops import Arithmetic
from derive.quantities import Quantity
from grader.meaning import Frame

KINK_DISTANCE = 1e-3
"""No weighted input is nearer than this to a point where its activation has no slope."""
SAMPLES, SQUARE_SAMPLES = 6, 2
RATE = Quantity("rate")


class WitnessesDisagree(ArithmeticError):
    """Formulas and finite differences give different gradients: nothing may be judged by them."""


@dataclass(frozen=True)
class World:
    """Samples of one network or graph. ``values`` maps every quantity to an array samples×rows×columns."""

    model: Network | Graph
    derivation: Derivation
    values: Values
    functions: Mapping[str, Function]
    own: bool
    """Whether these are the sizes the question is about."""
    frame: Frame = field(init=False)

    def __post_init__(self) -> None:
        shapes: dict[Quantity, Shape] = {q: value.shape[-2:] for q, value in self.values.items()}
        network = self.model if isinstance(self.model, Network) else None
        frame = Frame(shapes, _elementwise_names(network), columns=network.columns if network else 1)
        object.__setattr__(self, "frame", frame)

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """Every true equation: the derivation's, and the forward pass after the update."""
        after = after_update(self.derivation) if isinstance(self.model, Network) else ()
        return (*(step.equation for step in self.derivation), *after)

    @cached_property
    def arithmetic(self) -> Arithmetic:
        return Arithmetic(self.functions)

    def evaluate(self, equations: Iterable[Equation], values: Values | None = None) -> Values:
        """The equations' left sides in every sample, from the world's true values or others."""
        with np.errstate(all="ignore"):
            return Program(equations, self.arithmetic).run(self.values if values is None else values)


def _elementwise_names(network: Network | None) -> Any:
    def name(layer: int) -> str | None:
        if network is None:
            return "sigmoid"
        row = network.activation_of(max(layer, 1))
        if row.function is None and row.name != GENERIC:
            return None
        return row.function.name if row.function else GENERIC

    return name


# -- making worlds -------------------------------------------------------------------------------------------------------------------


def worlds_of(model: Network | Graph) -> tuple[World, ...]:
    """The worlds in which answers about a network or graph are judged, its own sizes first.

    Seeded by the model alone, so that the same question is always judged at the same points.
    """
    return (_graph_world(model),) if isinstance(model, Graph) else _network_worlds(model)


def given_world(model: Network | Graph, given: Mapping[str, Any]) -> World:
    """The one sample that a problem itself gives. Raises `Unusable` where numbers are missing or do not fit."""
    graph = model if isinstance(model, Graph) else model.graph()
    inputs = {q: v[None] for q, v in read_given(given, graph.inputs).items()}
    if isinstance(model, Graph):
        derivation = derive_graph(model)
        return World(
            model, derivation, _quietly(Program(s.equation for s in derivation), inputs), FUNCTIONS, own=True
        )
    if model.learning_rate is not None:
        inputs[RATE] = np.full((1, 1, 1), float(model.learning_rate))
    derivation = derive_network(model)
    with np.errstate(all="ignore"):
        values = _complete(model, derivation, inputs, FUNCTIONS)
    return World(model, derivation, values, FUNCTIONS, own=True)


def at_a_kink(world: World) -> bool:
    """Whether some weighted input is so near a kink that slopes there are a matter of convention."""
    return isinstance(world.model, Network) and not _usable(world.model, world.values).all()


@lru_cache(maxsize=64)
def _network_worlds(network: Network) -> tuple[World, ...]:
    widest = network.columns
    unequal = [
        3 + (position * 2) % (network.depth + 1 + (network.depth % 2 == 0))
        for position in range(network.depth + 1)
    ]
    unequal = _without(unequal, widest)
    own = network_world(network, SAMPLES, own=True)
    others = (
        network_world(network.resized(unequal), SAMPLES),
        network_world(network.resized([3] * (network.depth + 1)), SQUARE_SAMPLES),
    )
    return (own, *others)


def _without(sizes: Sequence[int], taken: int) -> list[int]:
    """Sizes that differ from each other's neighbours and from the batch."""
    out: list[int] = []
    for size in sizes:
        while size == taken or (out and size == out[-1]):
            size += 1
        out.append(size)
    return out


def network_world(network: Network, samples: int, own: bool = False) -> World:
    """A world of random weights, inputs and targets for a network with concrete sizes."""
    rng = np.random.default_rng(seed_of(network))
    functions = {**FUNCTIONS, **generic_functions(rng)}
    derivation = derive_network(network)
    forward = Program(derivation.graph.equations, Arithmetic(functions))
    values = _draw(network, derivation, forward, samples, rng)
    values = _complete(network, derivation, values, functions)
    world = World(network, derivation, values, functions, own)
    _witness(world, forward)
    return world


def seed_of(model: Any) -> int:
    """A number that depends on nothing but the model's description."""
    return int.from_bytes(hashlib.sha256(repr(model).encode()).digest()[:8], "big")


def _draw(
    network: Network, derivation: Derivation, forward: Program, samples: int, rng: np.random.Generator
) -> Values:
    """Samples away from kinks; as far as the draw allows, every weighted input takes both signs."""
    kept: list[Values] = []
    for _ in range(200):
        batch = _inputs(network, derivation.graph, 4 * samples, rng)
        usable = np.flatnonzero(_usable(network, forward.run(batch)))
        kept.append({q: v[usable] for q, v in batch.items()})
        pool = {q: np.concatenate([part[q] for part in kept]) for q in batch}
        if len(pool[Quantity("a", 0)]) >= samples:
            chosen = _both_signs(network, forward.run(pool), samples)
            return {q: v[chosen] for q, v in pool.items()}
    raise WitnessesDisagree("no sample points away from the kinks were found")


def _inputs(network: Network, graph: Graph, samples: int, rng: np.random.Generator) -> Values:
    values = {q: rng.uniform(-2, 2, (samples, *shape)) for q, shape in graph.inputs.items()}
    for quantity in values:
        if quantity.kind == "W":
            values[quantity] /= np.sqrt(max(1, graph.inputs[quantity][1] / 3))  # type: ignore[operator]
    y = Quantity("y")
    values[y] = _TARGETS[network.loss_row.targets](rng, values[y].shape)
    return values


_TARGETS = {
    "real": lambda rng, shape: rng.uniform(-2, 2, shape),
    "unit": lambda rng, shape: rng.uniform(0.1, 0.9, shape),
    "probability": lambda rng, shape: (lambda raw: raw / raw.sum(axis=-2, keepdims=True))(
        rng.uniform(0.2, 1, shape)
    ),
}


def _usable(network: Network, values: Values) -> Array:
    """Which samples keep their distance from kinks and from saturation."""
    good = np.ones(len(values[Quantity("a", 0)]), dtype=bool)
    for layer in range(1, network.depth + 1):
        z = values[Quantity("z", layer)]
        for kink in network.activation_of(layer).kinks:
            good &= (np.abs(z - kink) > KINK_DISTANCE).all(axis=(-1, -2))
    return good & np.isfinite(values[Quantity("loss")]).all(axis=(-1, -2))


def _both_signs(network: Network, values: Values, samples: int) -> list[int]:
    """Samples chosen one by one, each for the most weighted inputs it shows with a sign not seen so far."""
    z = np.concatenate(
        [
            values[Quantity("z", layer)].reshape(len(values[Quantity("z", layer)]), -1)
            for layer in range(1, network.depth + 1)
        ],
        axis=1,
    )
    signs = np.concatenate([z > 0, z < 0], axis=1)
    seen = np.zeros(signs.shape[1], dtype=bool)
    chosen: list[int] = []
    for _ in range(samples):
        fresh = (signs & ~seen).sum(axis=1).astype(float)
        fresh[chosen] = -1
        best = int(np.argmax(fresh))
        chosen.append(best)
        seen |= signs[best]
    return chosen


def _complete(
    network: Network, derivation: Derivation, values: Values, functions: Mapping[str, Any]
) -> Values:
    """Every quantity of the derivation, and ∂loss/∂a and ∂loss/∂z beside them."""
    samples = len(values[Quantity("a", 0)])
    rates = np.random.default_rng(seed_of((network, "rate"))).uniform(0.05, 0.95, (samples, 1, 1))
    values = {RATE: rates, **values}
    arithmetic = Arithmetic(functions)
    values = Program(derivation.graph.equations, arithmetic).run(values)
    last, y = Quantity("a", network.depth), Quantity("y")
    if network.loss == GENERIC:
        values[Quantity("da", network.depth)] = functions["generic-loss"].slope(values[last], values[y])
    backward = [step.equation for step in derivation if step.stage != "forward"]
    shown = replace(NETWORK_NAMING, shown=lambda quantity: quantity.kind != "loss")
    every = [step.equation for step in backprop(derivation.graph, shown) if step.quantity.kind == "da"]
    values = Program(in_order([*backward, *every], values), arithmetic).run(values)
    sizes = {
        Quantity("n", layer): np.full((samples, 1, 1), float(size))
        for layer, size in enumerate(network.layers)
    }  # type: ignore[arg-type]
    named = {Quantity("dz", q.layer): v for q, v in values.items() if q.kind == "delta"}
    values |= named | sizes
    values = Program(after_update(derivation), arithmetic).run(values)
    return values


def in_order(equations: Sequence[Equation], known: Iterable[Quantity]) -> list[Equation]:
    """Equations sorted so that each uses only what is known or stands above it. Raises ValueError for a circle."""
    given = set(known)
    by_name = {equation.quantity: equation for equation in equations}
    needs = {
        q: (e.expression.symbols & by_name.keys()) - (given - by_name.keys()) - {q}
        for q, e in by_name.items()
    }
    try:
        return [by_name[q] for q in TopologicalSorter(needs).static_order()]
    except CycleError as error:
        raise ValueError(f"these equations use each other in a circle: {error.args[1]}") from None


def _graph_world(graph: Graph) -> World:
    rng = np.random.default_rng(seed_of(graph))
    derivation = derive_graph(graph)
    samples = SAMPLES + SQUARE_SAMPLES
    inputs: Values = {q: rng.uniform(-2, 2, (samples, 1, 1)) for q in graph.inputs}
    forward = Program(graph.equations)
    for _ in range(200):
        values = _quietly(forward, inputs)
        bad = ~np.all([np.isfinite(v).all(axis=(-1, -2)) for v in values.values()], axis=0)
        if not bad.any():
            break
        inputs = {q: np.where(bad[:, None, None], rng.uniform(-2, 2, v.shape), v) for q, v in inputs.items()}
    else:
        raise WitnessesDisagree("the graph has no value at any sample point that was tried")
    world = World(
        graph, derivation, _quietly(Program(s.equation for s in derivation), inputs), FUNCTIONS, own=True
    )
    _witness(world, forward)
    return world


def _quietly(program: Program, values: Values) -> Values:
    with np.errstate(all="ignore"):
        return program.run(values)


# -- the witness -----------------------------------------------------------------------------------------------------------------------


def _witness(world: World, forward: Program) -> None:
    """Compare the gradients with a central difference of the forward pass in a random direction.

    Raises `WitnessesDisagree`.
    """
    graph = world.derivation.graph
    pairs = [(q, gradient) for q in graph.inputs if (gradient := _gradient_of(world, q)) is not None]
    rng = np.random.default_rng(1)
    directions = {q: rng.standard_normal(world.values[q].shape) for q, _ in pairs}
    predicted = sum(_dot(world.values[gradient], directions[q]) for q, gradient in pairs)
    scale = sum(_dot(np.abs(world.values[gradient]), np.abs(directions[q])) for q, gradient in pairs)
    step = 1e-6
    inputs = {q: world.values[q] for q in graph.inputs}
    ahead, behind = (
        _quietly(forward, {q: v + sign * step * directions.get(q, 0) for q, v in inputs.items()})[
            graph.output
        ]
        for sign in (1, -1)
    )
    measured = ((ahead - behind) / (2 * step))[..., 0, 0]
    size = np.abs(ahead)[..., 0, 0]
    if not np.all(np.abs(measured - predicted) <= 1e-5 * scale + 1e-8 * size / step * 1e-2 + 1e-9):
        raise WitnessesDisagree("the gradients disagree with finite differences of the forward pass")


def _gradient_of(world: World, quantity: Quantity) -> Quantity | None:
    if isinstance(world.model, Graph):
        name = Quantity("d_" + quantity.kind)
    else:
        name = Quantity("d" + quantity.kind, quantity.layer)
    return name if name in world.values else None


def _dot(left: Array, right: Array) -> Array:
    return (left * right).sum(axis=(-1, -2))


# -- functions that are left open --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenLoss:
    """A smooth loss that is none of the table's rows: Σ p·sin(q·a + r·y) + s·a²·y + t·a."""

    p: float
    q: float
    r: float
    s: float
    t: float

    def value(self, a: Array, y: Array) -> Array:
        """The loss, summed over all entries: samples×1×1."""
        entries = self.p * np.sin(self.q * a + self.r * y) + self.s * a * a * y + self.t * a
        return entries.sum(axis=(-1, -2), keepdims=True)

    def slope(self, a: Array, y: Array) -> Array:
        """∂loss/∂a, of a's shape."""
        return self.p * self.q * np.cos(self.q * a + self.r * y) + 2 * self.s * a * y + self.t


def generic_functions(rng: np.random.Generator) -> dict[str, Any]:
    """A random smooth activation and loss to stand for σ and C where a course leaves them open."""
    a, b, c, d = rng.uniform(0.4, 1.1, 4)
    open_activation = Function(
        GENERIC,
        "an activation left open",
        r"\sigma",
        formula=lambda z: z,
        value=lambda z: a * np.tanh(b * z + 0.3) + 0.2 * np.sin(c * z) + 0.1 * d * z,
        slope=lambda z: a * b / np.cosh(b * z + 0.3) ** 2 + 0.2 * c * np.cos(c * z) + 0.1 * d,
        is_activation=True,
    )
    return {GENERIC: open_activation, "generic-loss": OpenLoss(*rng.uniform(0.5, 1.5, 5))}
