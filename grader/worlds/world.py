"""Sample points in which every quantity has its true value, and twins in which one misconception is believed.

A `World` holds several samples of one concrete network or graph, stacked on the first axis. Before anyone
is judged in it, its gradients are compared with finite differences of the forward pass alone; where the
two disagree, nothing is judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from derive.activations import GENERIC
from derive.backprop import backprop
from derive.derivation import NETWORK_NAMING, Derivation, after_update, derive_graph, derive_network
from derive.evaluate import known_to, read_given
from derive.functions import FUNCTIONS, Function
from derive.graph import Dim, Equation, Graph, Shape
from derive.kernels import Arithmetic
from derive.network import Network
from derive.notation import Notation
from derive.program import Program, Values
from derive.quantities import Quantity
from grader.meaning.frame import Frame
from grader.meaning.partials import Partials
from grader.worlds.open_functions import generic_functions
from grader.worlds.sampling import draw, enough, random_settings, random_states, seed_of, usable
from grader.worlds.views import View, perspective_key, perspective_on
from grader.worlds.witness import WitnessesDisagree, quietly, witness

SAMPLES, SQUARE_SAMPLES = 6, 2
BATCH = Quantity("N")
"""The number of examples."""


class World(Struct, frozen=True, dict=True):
    """Samples of one network or graph. ``values`` maps every quantity to an array samples×rows×columns."""

    model: Network | Graph
    derivation: Derivation
    values: Values
    functions: Mapping[str, Function]
    own: bool
    """Whether these are the sizes the question is about."""

    @cached_property
    def frame(self) -> Frame:
        """What formulas mean in this world."""
        shapes: dict[Quantity, Shape] = {q: value.shape[-2:] for q, value in self.values.items()}
        network = self.model if isinstance(self.model, Network) else None
        activation = _elementwise_names(network)
        definitions = {e.quantity: e.expression for e in self.derivation.graph.equations}
        partials = Partials(definitions, shapes, lambda q: network is not None and _has_slope(q, activation))
        return Frame(shapes, activation, partials=partials)

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """Every true equation: the derivation's, and the forward pass after the update."""
        after = after_update(self.derivation) if isinstance(self.model, Network) else ()
        return (*(step.equation for step in self.derivation), *after)

    @cached_property
    def arithmetic(self) -> Arithmetic:
        return _arithmetic(self.model, self.functions)

    @cached_property
    def _views(self) -> dict[tuple[object, ...], View]:
        return {}

    def seen_in(self, notation: Notation) -> View:
        """This world with the matrices of a notation."""
        key = perspective_key(notation)
        if key not in self._views:
            self._views[key] = View(self, perspective_on(self.model, notation))
        return self._views[key]

    def evaluate(self, equations: Iterable[Equation], values: Values | None = None) -> Values:
        """The equations' left sides in every sample, from the world's true values or others."""
        with np.errstate(all="ignore"):
            return Program(equations, self.arithmetic).run(self.values if values is None else values)


def _arithmetic(model: Network | Graph, functions: Mapping[str, Function]) -> Arithmetic:
    return model.arithmetic(functions) if isinstance(model, Network) else Arithmetic(functions)


def _has_slope(quantity: Quantity, activation: Any) -> bool:
    """Whether a quantity is an activation that is applied entry by entry."""
    return quantity.kind == "a" and activation(quantity.layer) is not None


def _elementwise_names(network: Network | None) -> Any:
    def name(layer: int) -> str | None:
        if network is None:
            return "sigmoid"
        row = network.activation_of(max(layer, 1))
        if row.function is None and row.name != GENERIC:
            return None
        return row.function.name if row.function else GENERIC

    return name


# -- making worlds -------------------------------------------------------------------------------------------


def worlds_of(model: Network | Graph) -> tuple[World, ...]:
    """The worlds in which answers about a network or graph are judged, its own sizes first.

    Seeded by the model alone, so that the same question is always judged at the same points.
    """
    return (_graph_world(model),) if isinstance(model, Graph) else _network_worlds(model)


def given_world(model: Network | Graph, given: Mapping[str, Any]) -> World:
    """The one sample that a problem itself gives. Raises `Unusable` where numbers are missing or do not
    fit."""
    graph = model if isinstance(model, Graph) else model.graph()
    known = known_to(model, given) if isinstance(model, Network) else {}
    wanted = {q: shape for q, shape in graph.inputs.items() if q not in known}
    inputs = {q: v[None] for q, v in (known | read_given(given, wanted)).items()}
    if isinstance(model, Graph):
        derivation = derive_graph(model)
        return World(model, derivation, _graph_values(derivation, inputs), FUNCTIONS, own=True)
    derivation = derive_network(model)
    with np.errstate(all="ignore"):
        values = _complete(model, derivation, inputs, FUNCTIONS)
    return World(model, derivation, values, FUNCTIONS, own=True)


def at_a_kink(world: World) -> bool:
    """Whether some weighted input is so near a kink that slopes there are a matter of convention."""
    return isinstance(world.model, Network) and not usable(world.model, world.values).all()


@lru_cache(maxsize=64)
def _network_worlds(network: Network) -> tuple[World, ...]:
    widest = network.columns
    unequal = [
        3 + (position * 2) % (network.depth + 1 + (network.depth % 2 == 0))
        for position in range(network.depth + 1)
    ]
    unequal = _without(unequal, widest)
    square = network.resized([3] * (network.depth + 1))
    others = ((network.resized(unequal), SAMPLES), (square, SQUARE_SAMPLES))
    return (own_world(network), *(network_world(sized, enough(sized, samples)) for sized, samples in others))


@lru_cache(maxsize=512)
def own_world(network: Network) -> World:
    """The world of random numbers of a network's own sizes."""
    return network_world(network, enough(network, SAMPLES), own=True)


def _without(sizes: Sequence[int], taken: Dim) -> list[int]:
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
    forward = Program(derivation.graph.equations, network.arithmetic(functions))
    known = _known(network, samples) if own else {}
    values = draw(network, derivation, forward, samples, rng, known) | known
    values = _complete(network, derivation, values, functions)
    world = World(network, derivation, values, functions, own)
    witness(world, forward)
    return world


def _known(network: Network, samples: int) -> Values:
    """The numbers that the network itself names."""
    named = {q: number for q, number in network.settings.items() if number is not None}
    return {q: np.full((samples, 1, 1), float(number)) for q, number in named.items()}


def _complete(
    network: Network, derivation: Derivation, values: Values, functions: Mapping[str, Any]
) -> Values:
    """Every quantity of the derivation, and ∂loss/∂a and ∂loss/∂z beside them."""
    samples = len(values[Quantity("a", 0)])
    rng = np.random.default_rng(seed_of((network, "rate")))
    values = {**random_settings(network, samples, rng), **random_states(network, samples, rng), **values}
    arithmetic = network.arithmetic(functions)
    values = Program(derivation.graph.equations, arithmetic).run(values)
    last, y = Quantity("a", network.depth), Quantity("y")
    if network.loss == GENERIC:
        values[Quantity("da", network.depth)] = functions["generic-loss"].slope(values[last], values[y])
    values = Program(in_order(backward_equations(derivation), values), arithmetic).run(values)
    sizes = {
        Quantity("n", layer): np.full((samples, 1, 1), float(size))
        for layer, size in enumerate(network.layers)
    }
    sizes[BATCH] = np.full((samples, 1, 1), float(network.columns))
    named = {Quantity("dz", q.layer): v for q, v in values.items() if q.kind == "delta"}
    values |= named | sizes
    return Program(after_update(derivation), arithmetic).run(values)


def backward_equations(derivation: Derivation) -> list[Equation]:
    """Everything behind the forward pass, ∂loss/∂a of every layer too, the input's included; nothing where
    no gradient passes."""
    if derivation.forward_only:
        return []
    naming = replace(
        NETWORK_NAMING,
        shown=lambda quantity: quantity.kind != "loss",
        wanted=lambda quantity: quantity.kind in ("W", "b", "z", "a", "loss"),
    )
    every = [step for step in backprop(derivation.graph, naming) if step.quantity.kind == "da"]
    behind = [step for step in derivation if step.stage != "forward"]
    return [step.equation for step in (*behind, *every)]


def in_order(equations: Sequence[Equation], known: Iterable[Quantity]) -> list[Equation]:
    """Equations sorted so that each uses only what is known or stands above it. Raises ValueError for a
    circle."""
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
        values = quietly(forward, inputs)
        bad = ~np.all([np.isfinite(v).all(axis=(-1, -2)) for v in values.values()], axis=0)
        if not bad.any():
            break
        inputs = {q: np.where(bad[:, None, None], rng.uniform(-2, 2, v.shape), v) for q, v in inputs.items()}
    else:
        raise WitnessesDisagree("the graph has no value at any sample point that was tried")
    world = World(graph, derivation, _graph_values(derivation, inputs), FUNCTIONS, own=True)
    witness(world, forward)
    return world


def _graph_values(derivation: Derivation, inputs: Values) -> Values:
    """Every value and derivative of a graph in every sample, constants too."""
    values = quietly(Program(step.equation for step in derivation), inputs)
    samples = len(next(iter(inputs.values())))
    return {q: np.broadcast_to(value, (samples, 1, 1)) for q, value in values.items()}
