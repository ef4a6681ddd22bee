"""Derivations proved exactly: modulo a prime, for functions and slopes that nobody knows, up to 64 layers."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

import numpy as np
import pytest
from msgspec.structs import replace

from derive import ops
from derive.activations import ACTIVATIONS
from derive.backprop import Line, Step
from derive.derivation import Derivation, derive_network
from derive.graph import Equation, Node, substitute, symbol
from derive.network import Network
from derive.quantities import Quantity
from tests.derive.modular import PRIME, Dual, Oracles, evaluate, residues, still

DEPTHS = (1, 2, 4, 8, 16, 64)
NAMES = [row.name for row in ACTIVATIONS.values() if row.name != "softmax" and not row.forward_only]
"""Elementwise activations; here they are only names of oracles, a different one in each layer."""


def deep(depth: int, widths: tuple[int, ...] = (3, 4), **more: object) -> Network:
    layers = [widths[layer % len(widths)] for layer in range(depth + 1)]
    names = [NAMES[layer % len(NAMES)] for layer in range(depth)]
    return Network(layers, names, **more)  # type: ignore[arg-type]


def random_residues(source: random.Random, shape: tuple[int, int]) -> np.ndarray:
    return residues([[source.randrange(PRIME) for _ in range(shape[1])] for _ in range(shape[0])])


def drawn(network: Network, seed: int) -> dict[Quantity, Dual]:
    """Random residues for all that is given; parameters move in a random direction, x and y stand still."""
    source = random.Random(seed)
    known = {}
    for quantity, shape in network.graph().inputs.items():
        number, speed = random_residues(source, shape), random_residues(source, shape)
        known[quantity] = Dual(number, speed) if quantity.kind in "Wb" else still(number)
    return known


def sums_to_one(target: Dual) -> Dual:
    value = target.value.copy()
    value[-1] = residues(1 - value[:-1].sum(axis=0))
    return still(value)


def holds(
    network: Network, steps: Iterable[Step], seed: int, target: Callable[[Dual], Dual] = lambda y: y
) -> bool:
    """Whether the loss moves as fast as the gradients say, when all parameters move at once."""
    known, oracles = drawn(network, seed), Oracles(seed)
    known[Quantity("y")] = target(known[Quantity("y")])
    forward = evaluate(network.graph().equations, known, oracles)
    gradients = [step.equation for step in steps if step.stage in ("backward", "gradient")]
    backward = evaluate(gradients, forward, oracles)
    parameters = [quantity for quantity in known if quantity.kind in "Wb"]
    said = sum((backward[Quantity("d" + q.kind, q.layer)].value * known[q].tangent).sum() for q in parameters)
    return bool((forward[Quantity("loss")].tangent - said) % PRIME == 0)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize(
    "more", [{}, {"batch": 2}, {"bias": False}, {"batch": 3, "reduction": "sum"}], ids=str
)
def test_every_gradient_is_exact_whatever_the_activations_are(depth: int, more: dict[str, object]) -> None:
    network = deep(depth, **more)
    assert holds(network, derive_network(network), seed=depth)


@pytest.mark.parametrize("loss", ["half-squared-error", "squared-error", "mean-squared-error"])
def test_losses_of_real_targets_are_exact(loss: str) -> None:
    network = deep(3, loss=loss)
    assert holds(network, derive_network(network), seed=1)


@pytest.mark.parametrize("batch", [None, 2])
def test_softmax_with_cross_entropy_is_exact_before_and_after_it_collapses(batch: int | None) -> None:
    network = Network([3, 4, 3, 4], "softmax", "cross-entropy", batch=batch)
    collapsed = list(derive_network(network))
    plain = [replace(s, lines=s.lines[:-1]) if s.assumptions else s for s in collapsed]
    assert plain != collapsed
    assert holds(network, plain, 1) and holds(network, plain, 2, sums_to_one)
    assert holds(network, collapsed, 3, sums_to_one)
    assert not holds(network, collapsed, 4), "the collapse needs the assumption it states"


def test_every_line_of_a_step_says_the_same() -> None:
    """Lines before the last use ∂loss/∂a and ∂loss/∂z by name; here these names get their values."""
    network = deep(4, batch=2)
    known, oracles = drawn(network, 5), Oracles(5)
    derivation = derive_network(network)
    equations = [s.equation for s in derivation if s.stage != "update"]
    values = evaluate(equations, known, oracles)
    for layer in range(1, network.depth + 1):
        values[Quantity("dz", layer)] = values[Quantity("delta", layer)]
    values |= _derivatives_by_activations(network, values, oracles)
    for step in derivation:
        if step.stage in ("backward", "gradient"):
            for line in step.lines:
                got = evaluate([Equation(Quantity("line"), line.expression)], values, oracles)
                assert (got[Quantity("line")].value == values[step.quantity].value).all(), line


def _derivatives_by_activations(network: Network, values: dict, oracles: Oracles) -> dict[Quantity, Dual]:
    """∂loss/∂a, written by hand: the residual on top, and below it what the weights above send back."""
    top = network.depth
    residual = values[Quantity("a", top)] + -values[Quantity("y")]
    found = {Quantity("da", top): residual * still([[pow(network.columns, -1, PRIME)]])}
    for layer in range(1, top):
        weights, delta = values[Quantity("W", layer + 1)], values[Quantity("delta", layer + 1)]
        found[Quantity("da", layer)] = weights.moved_by(np.transpose) @ delta
    return found


# -- mutants -------------------------------------------------------------------------------------------------


def in_step(address: str, change: Callable[[Node], Node]) -> Callable[[Derivation], list[Step]]:
    """The steps with one formula changed."""

    def mutate(derivation: Derivation) -> list[Step]:
        victim = derivation[address]
        formula = change(victim.formula)
        assert formula is not victim.formula, f"nothing to change in {address}"
        changed = replace(victim, lines=(*victim.lines, Line(formula, "a mistake")))
        return [changed if step is victim else step for step in derivation]

    return mutate


def swap(match: Callable[[Node], bool], by: Callable[[Node], Node]) -> Callable[[Node], Node]:
    return lambda formula: substitute(formula, lambda node: by(node) if match(node) else None, ops.rebuild)


def other(quantity: Quantity, instead: Quantity) -> Callable[[Node], Node]:
    """Another quantity of the same shape in place of the right one."""
    return swap(lambda node: node.quantity == quantity, lambda node: symbol(instead, node.shape))


def is_slope(node: Node) -> bool:
    return node.op == "function" and node.data[1] == 1


def slope_elsewhere(layer: int) -> Callable[[Node], Node]:
    """The same slope at the weighted input of another layer."""
    return swap(
        is_slope, lambda node: ops.function(node.data[0], symbol(Quantity("z", layer), node.shape), order=1)
    )


MUTANTS: dict[str, Callable[[Derivation], list[Step]]] = {
    "slope dropped": in_step("delta1", swap(is_slope, lambda node: ops.ones(node.shape))),
    "slope dropped at the output": in_step("delta2", swap(is_slope, lambda node: ops.ones(node.shape))),
    "function instead of its slope": in_step(
        "delta1", swap(is_slope, lambda node: ops.function(node.data[0], node.args[0]))
    ),
    "slope of the layer above": in_step("delta1", slope_elsewhere(2)),
    "slope of the layer below": in_step("delta2", slope_elsewhere(1)),
    "transpose missing": in_step("delta1", swap(lambda n: n.op == "transpose", lambda n: n.args[0])),
    "outer product swapped": in_step("dW1", ops.transpose),
    "outer product swapped on top": in_step("dW2", ops.transpose),
    "activation of its own layer": in_step("dW1", other(Quantity("a", 0), Quantity("a", 1))),
    "delta of the layer above": in_step("dW1", other(Quantity("delta", 1), Quantity("delta", 2))),
    "weights of the layer below": in_step("delta1", other(Quantity("W", 2), Quantity("W", 1))),
    "sign flipped": in_step("db1", ops.negate),
    "factor 2": in_step("dW2", lambda formula: ops.scale(2, formula)),
}


@pytest.mark.parametrize("depth", DEPTHS[1:])
@pytest.mark.parametrize("mutant", MUTANTS)
def test_every_mistake_is_found(mutant: str, depth: int) -> None:
    network = Network([3] * (depth + 1), ["sigmoid", "tanh"] * (depth // 2))
    derivation = derive_network(network)
    assert holds(network, derivation, seed=depth)
    assert not holds(network, MUTANTS[mutant](derivation), seed=depth)
