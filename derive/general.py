"""Layers in general: any hidden layer l, and the last layer L, with letters for the numbers of neurons."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derive import ops
from derive.activations import GENERIC, Activation, activation_named
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
from derive.losses import LOSSES, Loss
from derive.network import EXAMPLES, Network, layer_equations, penalised, share_of, weighted_input
from derive.network_faults import no_gradient
from derive.quantities import General, Quantity
from derive.regularizers import Chosen, chosen, penalty_words, strength_of
from derive.updates import UPDATES


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

    ``last`` is the activation of the output layer, by default the same as the hidden ones; ``regularizer``,
    ``update`` and ``kink_slope`` are those of a `Network`. With a ``batch`` there are N examples, over which
    the loss is the mean.

    >>> [step.quantity.address for step in derive_general()]
    ['z_l', 'a_l', 'delta_L', 'delta_l', 'dW_l', 'db_l', 'W_l_new', 'b_l_new']
    """
    l, L = General("l"), General("L")
    row, last_row = activation_named(activation), activation_named(last or activation)
    share = Fraction(kink_slope)
    columns: Dim = EXAMPLES.kind if batch else 1
    output = general_output(last_row, LOSSES[loss], bias, columns)
    penalties = chosen(regularizer)
    hidden = general_layer(row, bias, penalties, columns)
    if why := no_gradient(row) or no_gradient(last_row):
        return Derivation(hidden, forward_steps(hidden)[:2], about=why, forward_only=why)
    seed = {Quantity("z", l + 1): symbol(Quantity("delta", l + 1), hidden.shapes[Quantity("z", l + 1)])}
    seed[Quantity("loss")] = ops.constant(1)
    top = [step for step in backprop(output, NETWORK_NAMING) if step.quantity == Quantity("delta", L)]
    collapse = LOSSES[loss].collapses.get(last_row.name)
    if collapse:
        a, y = output.node(Quantity("a", L)), output.node(Quantity("y"))
        formula = ops.scale(share_of(columns), collapse.formula(a, y))
        top = [collapse_step(top[0], formula, collapse.because, collapse.assumes)]
    top = [with_bend(with_kinks(step, last_row, share), LOSSES[loss]) for step in top]
    below = [
        with_kinks(step, row if step.quantity.kind == "delta" else None, share)
        for step in backprop(hidden, NETWORK_NAMING, seed)
        if step.quantity.layer == l
    ]
    below = [with_penalty_kinks(step, penalties) for step in below]
    kinds = ("W", "b") if bias else ("W",)
    parameters = [hidden.node(Quantity(kind, l)) for kind in kinds]
    updates = [update_step(e) for node in parameters for e in UPDATES[update].equations(node)]
    about = (
        f"Any hidden layer with {row.words}, "
        f"and the last layer, L, with {last_row.words}. "
        f"The loss is {LOSSES[loss].words}{', averaged over all examples' * batch}"
        f"{penalty_words(penalties)}. "
        "Letters stand for the numbers of neurons."
    )
    # With a penalty the loss is a sum over all layers, which no formula for one layer holds.
    total = () if penalties else _known_loss(output, LOSSES[loss])
    forward = (*forward_steps(hidden)[:2], *total)
    return Derivation(
        hidden,
        (*forward, *top, *below, *updates),
        about=about,
        top=output,
        example=lambda: Network(
            (2, 2, 2),
            (row.name, last_row.name),
            loss,
            bias,
            batch=EXAMPLES.kind if batch else None,
            regularizer=regularizer,
            update=update,
            kink_slope=kink_slope,
        ),
        share=share_of(columns),
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


def general_output(activation: Activation, loss: Loss, bias: bool = True, columns: Dim = 1) -> Graph:
    """The output layer L and the loss, with letters for sizes; of a batch the mean, unless left open."""
    L = General("L")
    here, below = f"n_{L}", f"n_{L - 1}"
    inputs: dict[Quantity, Shape] = {Quantity("a", L - 1): (below, columns), Quantity("W", L): (here, below)}
    if bias:
        inputs[Quantity("b", L)] = (here, 1)
    inputs |= {Quantity("y"): (here, columns), Quantity("n", L): SCALAR, EXAMPLES: SCALAR}
    node = {quantity: symbol(quantity, shape) for quantity, shape in inputs.items()}
    weighted = weighted_input(node[Quantity("W", L)], node[Quantity("a", L - 1)], node.get(Quantity("b", L)))
    equations = layer_equations(Quantity("z", L), Quantity("a", L), weighted, activation, bias)
    total = loss.build(symbol(Quantity("a", L), (here, columns)), node[Quantity("y")])
    total = loss.of_batch(total, share_of(columns))
    equations.append(Equation(Quantity("loss"), total, f"{loss.words} between output and target"))
    return Graph(inputs, tuple(equations), Quantity("loss"))
