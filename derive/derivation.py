"""A derivation: every equation of the forward pass, the backward pass and the update, in order and with
reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from derive import ops
from derive.activations import ACTIVATIONS, GENERIC, Activation
from derive.backprop import Line, Naming, Step, Theory, backprop
from derive.errors import Unusable, unknown
from derive.graph import SCALAR, Equation, Graph, Node, substitute, symbol
from derive.losses import LOSSES
from derive.network import Network, general_layer, general_output
from derive.ops import OPS
from derive.quantities import General, Quantity


def _network_gradient(quantity: Quantity) -> Quantity:
    kind = {"z": "delta"}.get(quantity.kind, "d" + quantity.kind)
    return Quantity(kind, quantity.layer)


NETWORK_NAMING = Naming(
    gradient=_network_gradient,
    shown=lambda quantity: quantity.kind in ("z", "W", "b"),
    stage=lambda quantity: "backward" if quantity.kind == "z" else "gradient",
    definition=lambda quantity: Quantity("dz", quantity.layer) if quantity.kind == "z" else None,
    wanted=lambda quantity: quantity.kind in ("W", "b", "z", "a", "loss") and quantity.layer != 0,
)
"""Layered networks: ∂loss/∂z is δ, ∂loss/∂W and ∂loss/∂b are gradients, ∂loss/∂a is put in where it is
used.
"""


GRAPH_NAMING = Naming(
    gradient=lambda quantity: Quantity("d_" + quantity.kind),
    shown=lambda quantity: True,
    stage=lambda quantity: "backward",
)
"""Computation graphs: every node's gradient is a step."""


@dataclass(frozen=True)
class Derivation:
    """Steps in the order in which they are derived; ``derivation["dW2"]`` is one of them.

    ``graph`` is the forward pass; ``about`` says in words what is derived where neither a network nor its own
    gates do (layers in general).
    """

    graph: Graph
    steps: tuple[Step, ...]
    notation: str = "subscript"
    network: Network | None = None
    about: str | None = None

    @cached_property
    def _by_address(self) -> dict[str, Step]:
        return {step.quantity.address: step for step in self.steps}

    def __getitem__(self, address: str) -> Step:
        if address in self._by_address:
            return self._by_address[address]
        raise KeyError(unknown(address, "a quantity of this derivation", self._by_address))

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def position(self, quantity: Quantity) -> int | None:
        """Where a quantity is derived, counted from 0; None for what is given."""
        return next((index for index, step in enumerate(self.steps) if step.quantity == quantity), None)

    def latex(self, document: bool = False) -> str:
        """All steps as LaTeX: a fragment, or with ``document`` a file that pdflatex compiles."""
        from derive.writing.document import derivation_latex

        return derivation_latex(self, document)

    def markdown(self) -> str:
        """All steps as Markdown with ``$…$``."""
        from derive.writing.document import derivation_markdown

        return derivation_markdown(self)

    def as_json(self) -> dict[str, Any]:
        """``{"steps": [{"quantity", "latex", "because", "shape"}]}``."""
        from derive.writing.document import derivation_json

        return derivation_json(self)

    def _repr_html_(self) -> str:
        from derive.writing.document import derivation_html

        return derivation_html(self)


def derive(source: Network | Graph | Any, notation: str = "subscript") -> Derivation:
    """Every formula of a network, a computation graph or a problem, step by step.

    ``notation`` is a name of `derive.notation.NOTATIONS`.

    >>> derivation = derive(Network([3, 4, 2], "sigmoid"))
    >>> [step.quantity.address for step in derivation][-6:]
    ['dW1', 'db1', 'W1_new', 'b1_new', 'W2_new', 'b2_new']

    Raises `Unusable` for a source that cannot be derived.
    """
    from derive.notation import notation_named

    notation_named(notation)
    source = getattr(source, "model", source)
    if isinstance(source, Network):
        return replace(derive_network(source), notation=notation)
    if isinstance(source, Graph):
        return replace(derive_graph(source), notation=notation)
    raise Unusable(f"derive takes a Network, a Graph or a Problem, not {type(source).__name__}")


def derive_network(network: Network, theory: Theory = OPS) -> Derivation:
    """Forward pass, deltas, gradients and update of a network. ``theory`` replaces what is believed about
    derivatives.
    """
    graph = network.graph()
    backward: Sequence[Step] = backprop(graph, NETWORK_NAMING, theory=theory)
    if theory is OPS:
        backward = _collapsed(backward, network)
    backward = [_with_kinks(step, _activation_at(step, network)) for step in backward]
    steps = (*forward_steps(graph), *backward, *update_steps(network))
    return Derivation(graph, steps, network=network)


def derive_graph(graph: Graph, theory: Theory = OPS) -> Derivation:
    """Forward values and every derivative of a computation graph."""
    return Derivation(graph, (*forward_steps(graph), *backprop(graph, GRAPH_NAMING, theory=theory)))


def derive_general(
    activation: str = GENERIC, loss: str = GENERIC, last: str | None = None, bias: bool = True
) -> Derivation:
    """The formulas for any hidden layer l and for the last layer L, with letters for sizes.

    ``last`` is the activation of the output layer, by default the same as the hidden ones.

    >>> [step.quantity.address for step in derive_general()]
    ['z_l', 'a_l', 'delta_L', 'delta_l', 'dW_l', 'db_l', 'W_l_new', 'b_l_new']
    """
    l, L = General("l"), General("L")
    last_row = ACTIVATIONS[last or activation]
    output = general_output(last_row, LOSSES[loss], bias)
    hidden = general_layer(ACTIVATIONS[activation], bias)
    seed = {Quantity("z", l + 1): symbol(Quantity("delta", l + 1), hidden.shapes[Quantity("z", l + 1)])}
    top = [step for step in backprop(output, NETWORK_NAMING) if step.quantity == Quantity("delta", L)]
    collapse = LOSSES[loss].collapses.get(last_row.name)
    if collapse:
        a, y = output.node(Quantity("a", L)), output.node(Quantity("y"))
        top = [_collapse_step(top[0], collapse.formula(a, y), collapse.because, collapse.assumes)]
    top = [_with_kinks(step, last_row) for step in top]
    row = ACTIVATIONS[activation]
    below = [
        _with_kinks(step, row if step.quantity.kind == "delta" else None)
        for step in backprop(hidden, NETWORK_NAMING, seed)
        if step.quantity.layer == l
    ]
    kinds = ("W", "b") if bias else ("W",)
    update = [
        _update_step(symbol(Quantity(kind, l), hidden.shapes[Quantity(kind, l)]), "gradient-descent")
        for kind in kinds
    ]
    about = (
        f"Any hidden layer with {ACTIVATIONS[activation].words}, "
        f"and the last layer, L, with {last_row.words}. "
        f"The loss is {LOSSES[loss].words}. Letters stand for the numbers of neurons."
    )
    return Derivation(hidden, (*forward_steps(hidden)[:2], *top, *below, *update), about=about)


# -- the three parts -----------------------------------------------------------------------------------------


def forward_steps(graph: Graph) -> tuple[Step, ...]:
    """One step for each equation of the forward pass."""
    return tuple(Step(e.quantity, (Line(e.expression, e.because),), "forward") for e in graph.equations)


def update_steps(network: Network) -> tuple[Step, ...]:
    """The new value of every trained parameter."""
    kinds = ["W"] + ["b"] * (network.bias and network.train_biases)
    parameters = [Quantity(kind, layer) for layer in range(1, network.depth + 1) for kind in kinds]
    return tuple(_update_step(symbol(q, network.shape(q)), network.update) for q in parameters)


def after_update(derivation: Derivation) -> tuple[Equation, ...]:
    """The forward pass once more with the updated parameters, down to ``loss_new``."""
    updates = [step.quantity for step in derivation.steps if step.stage == "update"]
    new = {Quantity(quantity.kind.removesuffix("_new"), quantity.layer) for quantity in updates}
    equations = []
    for equation in derivation.graph.equations:
        new.add(equation.quantity)

        def updated(node: Node) -> Node | None:
            quantity = node.quantity
            return symbol(_new(quantity), node.shape) if quantity in new and quantity is not None else None

        equations.append(
            Equation(_new(equation.quantity), substitute(equation.expression, updated, ops.rebuild))
        )
    return tuple(equations)


def _new(quantity: Quantity) -> Quantity:
    return Quantity(quantity.kind + "_new", quantity.layer)


def _update_step(parameter: Node, rule: str) -> Step:
    from derive.updates import UPDATES

    quantity = parameter.quantity
    assert quantity is not None
    row = UPDATES[rule]
    gradient = symbol(Quantity("d" + quantity.kind, quantity.layer), parameter.shape)
    new = row.build(parameter, gradient, symbol(Quantity("rate"), SCALAR))
    return Step(Quantity(quantity.kind + "_new", quantity.layer), (Line(new, row.because),), "update")


def _collapsed(steps: Sequence[Step], network: Network) -> list[Step]:
    collapses = network.collapses()
    out = []
    for step in steps:
        formula, collapse = collapses.get(step.quantity, (None, None))
        simpler = (
            _collapse_step(step, formula, collapse.because, collapse.assumes)
            if formula and collapse
            else step
        )
        out.append(simpler)
    return out


def _collapse_step(step: Step, formula: Node, because: str, assumes: str | None) -> Step:
    return replace(
        step, lines=(*step.lines, Line(formula, because)), assumptions=(assumes,) if assumes else ()
    )


def _activation_at(step: Step, network: Network) -> Activation | None:
    """The activation whose slope a step uses: each δ passes through that of its own layer."""
    layer = step.quantity.layer
    if step.quantity.kind == "delta" and isinstance(layer, int):
        return network.activation_of(layer)
    return None


def _with_kinks(step: Step, activation: Activation | None) -> Step:
    """The step, saying what is taken for the slope where the activation that it passes through has none."""
    if activation is None or not activation.kinks:
        return step
    at = ", ".join(f"{kink:g}" for kink in activation.kinks)
    taken = f"{activation.words} has no slope at {at}; the slope from below is taken there"
    return replace(step, assumptions=(*step.assumptions, taken))
