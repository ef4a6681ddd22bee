"""Layers in general: any hidden layer l, and the last layer L, with letters for the numbers of neurons."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from msgspec.structs import replace

from derive import ops
from derive.activations import GENERIC, Activation
from derive.backprop import Step, backprop
from derive.derivation import (
    NETWORK_NAMING,
    Derivation,
    collapse_step,
    forward_steps,
    update_step,
    with_penalty_kinks,
)
from derive.graph import SCALAR, Dim, Equation, Graph, Shape, symbol
from derive.kinks import with_bend, with_kinks
from derive.losses import Loss
from derive.network import Network, layer_equations, penalised, weighted_input
from derive.network_faults import REDUCTIONS
from derive.quantities import EXAMPLES, General, Quantity
from derive.regularizers import Chosen, penalty_words, strength_of


def derive_general(
    activation: str = GENERIC,
    loss: str = GENERIC,
    last: str | None = None,
    bias: bool = True,
    regularizer: Any = (),
    update: str = "gradient-descent",
    kink_slope: Fraction | float = 0,
    batch: bool = False,
) -> Derivation:
    """The formulas for any hidden layer l and for the last layer L, with letters for sizes.

    ``last`` is the activation of the output layer, by default the same as the hidden ones; the others are
    fields of a `Network`. With a ``batch`` there are N examples, over which the loss is the mean.

    >>> [step.quantity.address for step in derive_general()]
    ['z_l', 'a_l', 'delta_L', 'delta_l', 'dW_l', 'db_l', 'W_l_new', 'b_l_new']

    Raises `Unusable` for what no network can have.
    """
    return general_of(
        Network(
            (2, 2, 2),
            (activation, last or activation),
            loss,
            bias,
            batch=EXAMPLES.kind if batch else None,
            regularizer=regularizer,
            update=update,
            kink_slope=kink_slope,
        )
    )


def general_of(network: Network) -> Derivation:
    r"""The formulas for layers in general of networks like this one, however many layers and examples they
    have. Hidden layers with different activations have one that is left open.

    >>> general_of(Network([3, 4, 2], ["relu", "identity"], batch=64))["delta_L"].latex()
    '\\delta_L = \\frac{1}{N} (x_L - y)'
    """
    kind = _example(network)
    columns = kind.columns
    hidden = general_layer(kind.activation_of(1), kind.bias, kind.regularizer, columns)
    if why := kind.forward_only:
        return Derivation(hidden, forward_steps(hidden)[:2], about=why, forward_only=why)
    output = general_output(kind, columns)
    # With a penalty the loss is a sum over all layers, which no formula for one layer holds.
    total = () if kind.regularizer else _known_loss(output, kind.loss_row)
    forward = (*forward_steps(hidden)[:2], *total)
    backward = (*_output_error(kind, output), *_hidden_gradients(kind, hidden))
    return Derivation(
        hidden,
        (*forward, *backward, *_updates(kind, hidden)),
        about=_about(kind),
        top=output,
        example=kind,
        share=kind.share,
    )


def _example(network: Network) -> Network:
    """The smallest network of the kind that has a hidden layer."""
    *hidden, last = network.activation
    inner = hidden or [last]
    names = (inner[0] if len(set(inner)) == 1 else GENERIC, last)
    return replace(network.resized((2, 2, 2), names), batch=EXAMPLES.kind if network.batch else None)


def _output_error(kind: Network, output: Graph) -> Iterator[Step]:
    """δ of the last layer, in its simpler form where there is one."""
    L = General("L")
    (step,) = (s for s in backprop(output, NETWORK_NAMING) if s.quantity == Quantity("delta", L))
    collapse = kind.loss_row.collapses.get(kind.activation[-1])
    if collapse:
        formula = collapse.formula(output.node(Quantity("a", L)), output.node(Quantity("y")))
        step = collapse_step(step, ops.scale(kind.share, formula), collapse.because, collapse.assumes)
    step = with_kinks(step, kind.activation_of(kind.depth), Fraction(kind.kink_slope))
    yield with_bend(step, kind.loss_row)


def _hidden_gradients(kind: Network, hidden: Graph) -> Iterator[Step]:
    """δ of layer l from that of layer l+1, and the gradients of its weights and biases."""
    l = General("l")
    above = Quantity("z", l + 1)
    seed = {above: symbol(Quantity("delta", l + 1), hidden.shapes[above]), Quantity("loss"): ops.constant(1)}
    for step in backprop(hidden, NETWORK_NAMING, seed):
        if step.quantity.layer == l:
            activation = kind.activation_of(1) if step.quantity.kind == "delta" else None
            step = with_kinks(step, activation, Fraction(kind.kink_slope))
            yield with_penalty_kinks(step, kind.regularizer)


def _updates(kind: Network, hidden: Graph) -> Iterator[Step]:
    for name in ["W"] + ["b"] * (kind.bias and kind.train_biases):
        yield from map(update_step, kind.update_row.equations(hidden.node(Quantity(name, General("l")))))


def _about(kind: Network) -> str:
    how = REDUCTIONS[kind.reduction]
    return (
        f"Any hidden layer with {kind.activation_of(1).words}, "
        f"and the last layer, L, with {kind.activation_of(kind.depth).words}. "
        f"The loss is {kind.loss_row.words}{f', {how} over all examples' if kind.batch else ''}"
        f"{penalty_words(kind.regularizer)}. "
        "Letters stand for the numbers of neurons."
    )


def _known_loss(output: Graph, loss: Loss) -> tuple[Step, ...]:
    """The loss as a step, unless it is left open."""
    return forward_steps(output)[-1:] if loss.formula is not None else ()


def general_layer(
    activation: Activation, bias: bool = True, regularizer: Chosen = (), columns: Dim = 1
) -> Graph:
    """A hidden layer l and the weighted input of layer l+1, with letters for sizes; nothing is known of what
    comes after, and of the loss only what it adds for the weights of layer l.
    """
    l = General("l")
    below, here, above = (Quantity("a", l - 1), f"n_{l - 1}"), f"n_{l}", f"n_{l + 1}"
    inputs: dict[Quantity, Shape] = {below[0]: (below[1], columns), Quantity("W", l): (here, below[1])}
    inputs[Quantity("W", l + 1)] = (above, here)
    # The loss is computed further up: here it is what gradients are taken of, with its penalty.
    rest = Quantity("loss_of_outputs")
    inputs |= dict.fromkeys([rest, *strength_of(regularizer)], SCALAR)
    if bias:
        inputs |= {Quantity("b", l): (here, 1), Quantity("b", l + 1): (above, 1)}
    node = {quantity: symbol(quantity, shape) for quantity, shape in inputs.items()}
    weighted = weighted_input(node[Quantity("W", l)], node[below[0]], node.get(Quantity("b", l)))
    equations = layer_equations(Quantity("z", l), Quantity("a", l), weighted, activation, bias)
    a = symbol(Quantity("a", l), (here, columns))
    weighted = weighted_input(node[Quantity("W", l + 1)], a, node.get(Quantity("b", l + 1)))
    equations.append(
        layer_equations(Quantity("z", l + 1), Quantity("a", l + 1), weighted, activation, bias)[0]
    )
    loss = Equation(Quantity("loss"), node[rest], "what the outputs cost")
    equations.append(penalised(loss, regularizer, [node[Quantity("W", l)]]))
    return Graph(inputs, tuple(equations), Quantity("loss"))


def general_output(kind: Network, columns: Dim = 1) -> Graph:
    """The output layer L and the loss of a kind of network, with letters for sizes."""
    L = General("L")
    here, below = f"n_{L}", f"n_{L - 1}"
    inputs: dict[Quantity, Shape] = {Quantity("a", L - 1): (below, columns), Quantity("W", L): (here, below)}
    if kind.bias:
        inputs[Quantity("b", L)] = (here, 1)
    inputs |= {Quantity("y"): (here, columns), Quantity("n", L): SCALAR, EXAMPLES: SCALAR}
    node = {quantity: symbol(quantity, shape) for quantity, shape in inputs.items()}
    weighted = weighted_input(node[Quantity("W", L)], node[Quantity("a", L - 1)], node.get(Quantity("b", L)))
    last, loss = kind.activation_of(kind.depth), kind.loss_row
    equations = layer_equations(Quantity("z", L), Quantity("a", L), weighted, last, kind.bias)
    total = loss.build(symbol(Quantity("a", L), (here, columns)), node[Quantity("y")])
    total = loss.of_batch(total, kind.share)
    equations.append(Equation(Quantity("loss"), total, f"{loss.words} between output and target"))
    return Graph(inputs, tuple(equations), Quantity("loss"))
