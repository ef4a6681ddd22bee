"""A derivation: every equation of the forward pass, the backward pass and the update, in order and with
reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from derive import ops
from derive.activations import Activation
from derive.backprop import Line, Naming, Step, Theory, backprop
from derive.errors import Unusable, unknown
from derive.graph import Equation, Graph, Node, substitute, symbol
from derive.kinks import with_bend, with_kinks
from derive.network import Network
from derive.notation import Notation, notation_named
from derive.ops import OPS
from derive.perspective import Perspective
from derive.quantities import Quantity, parse_address
from derive.regularizers import REGULARIZERS, Chosen


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


class Derivation(Struct, frozen=True, dict=True):
    """Steps in the order in which they are derived; ``derivation["dW2"]`` is one of them.

    ``graph`` is the forward pass; ``about`` says in words what is derived where neither a network nor its own
    gates do (layers in general); ``top`` is then the output layer, ``example`` gives a network of that kind,
    and ``share`` is what one example counts in the loss. ``forward_only`` says why there are only the steps
    of the forward pass.
    """

    graph: Graph
    steps: tuple[Step, ...]
    notation: str | Notation = "subscript"
    network: Network | None = None
    about: str | None = None
    share: Node | None = None
    top: Graph | None = None
    example: Network | None = None
    form: str = "matrix"
    forward_only: str | None = None

    @cached_property
    def _by_address(self) -> dict[str, Step]:
        return {step.quantity.address: step for step in self.steps}

    def __getitem__(self, address: str) -> Step:
        if address in self._by_address:
            return self._by_address[address]
        if self.forward_only and parse_address(address)[0].needs_gradient:
            raise Unusable(f"there is no {address}: {self.forward_only}")
        raise KeyError(unknown(address, "a quantity of this derivation", self._by_address))

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    @cached_property
    def perspective(self) -> Perspective:
        """What the symbols of the notation stand for."""
        share = self.share or (self.network.share if self.network else ops.constant(1))
        return Perspective(notation_named(self.notation), share)

    @cached_property
    def has_batch(self) -> bool:
        """Whether several examples are computed at once."""
        return any(q.kind == "z" and shape[1] != 1 for q, shape in self.graph.shapes.items())

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

    def python(self) -> str:
        """All steps as NumPy code. Raises `Unusable` for a form that writes single entries."""
        from derive.writing.script import python_code

        return python_code(self)

    def as_json(self) -> dict[str, Any]:
        """``{"steps": [{"quantity", "latex", "because", "shape"}]}``."""
        from derive.writing.document import derivation_json

        return derivation_json(self)

    def _repr_html_(self) -> str:
        from derive.writing.document import derivation_html

        return derivation_html(self)


def derive(
    source: Network | Graph | Any,
    notation: str | Notation = "subscript",
    form: str = "matrix",
    detail: str = "full",
    forward: bool = False,
) -> Derivation:
    """Every formula of a network, a computation graph or a problem, step by step.

    ``notation`` is a name of `derive.notation.NOTATIONS`, or a row of one's own; ``form`` one of
    `derive.forms.FORMS`: ``matrix``, ``element``, ``scalar`` or ``batch``; ``detail`` one of
    `derive.teaching.DETAILS`: ``brief``, ``full`` or ``every-line``. With ``forward`` only the forward pass
    is derived, which is all there is of a network through which no gradient passes.

    >>> derivation = derive(Network([3, 4, 2], "sigmoid"))
    >>> [step.quantity.address for step in derivation][-6:]
    ['dW1', 'db1', 'W1_new', 'b1_new', 'W2_new', 'b2_new']

    Raises `Unusable` for a source that cannot be derived.
    """
    from derive.forms import form_named, written
    from derive.teaching import detailed

    source = form_named(form).prepared(getattr(source, "model", source))
    derived = detailed(_derived(source, forward), detail)
    return written(forward_alone(derived) if forward else derived, notation, form)


def _derived(source: Any, forward: bool) -> Derivation:
    if isinstance(source, Graph):
        return derive_graph(source)
    if not isinstance(source, Network):
        raise Unusable(f"derive takes a Network, a Graph or a Problem, not {type(source).__name__}")
    if source.forward_only and not forward:
        raise Unusable(f"{source.forward_only} (forward=True, or --forward)")
    return derive_network(source)


def derive_network(network: Network, theory: Theory = OPS) -> Derivation:
    """Forward pass, deltas, gradients and update of a network; the forward pass alone if no gradient passes
    through it. ``theory`` replaces what is believed about derivatives.
    """
    graph, share = network.graph(), Fraction(network.kink_slope)
    if why := network.forward_only:
        return Derivation(graph, forward_steps(graph), network=network, forward_only=why)
    backward: Sequence[Step] = backprop(graph, NETWORK_NAMING, theory=theory)
    if theory is OPS:
        backward = _collapsed(backward, network)
    backward = [with_kinks(step, _activation_at(step, network), share) for step in backward]
    top = Quantity("delta", network.depth)
    backward = [with_bend(s, network.loss_row) if s.quantity == top else s for s in backward]
    backward = [with_penalty_kinks(step, network.regularizer) for step in backward]
    steps = (*forward_steps(graph), *backward, *update_steps(network))
    return Derivation(graph, steps, network=network)


def forward_alone(derivation: Derivation) -> Derivation:
    """The steps of the forward pass alone."""
    steps = tuple(step for step in derivation if step.stage == "forward")
    why = derivation.forward_only or "only the forward pass was asked for"
    return replace(derivation, steps=steps, forward_only=why)


def derive_graph(graph: Graph, theory: Theory = OPS) -> Derivation:
    """Forward values and every derivative of a computation graph."""
    return Derivation(graph, (*forward_steps(graph), *backprop(graph, GRAPH_NAMING, theory=theory)))


# -- the three parts -----------------------------------------------------------------------------------------


def forward_steps(graph: Graph) -> tuple[Step, ...]:
    """One step for each equation of the forward pass."""
    return tuple(Step(e.quantity, (Line(e.expression, e.because),), "forward") for e in graph.equations)


def update_steps(network: Network) -> tuple[Step, ...]:
    """The new value of every trained parameter, and of what its update remembers."""
    return tuple(map(update_step, network.updates))


def after_update(derivation: Derivation) -> tuple[Equation, ...]:
    """The forward pass once more with the updated parameters, down to ``loss_new``."""
    updates = [step.quantity for step in derivation.steps if step.stage == "update"]
    new = {Quantity(quantity.kind.removesuffix("_new"), quantity.layer) for quantity in updates}
    equations: list[Equation] = []
    if not updates:
        return ()
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


def update_step(equation: Equation) -> Step:
    return Step(equation.quantity, (Line(equation.expression, equation.because),), "update")


def _collapsed(steps: Sequence[Step], network: Network) -> list[Step]:
    collapses = network.collapses()
    out = []
    for step in steps:
        formula, collapse = collapses.get(step.quantity, (None, None))
        simpler = (
            collapse_step(step, formula, collapse.because, collapse.assumes) if formula and collapse else step
        )
        out.append(simpler)
    return out


def collapse_step(step: Step, formula: Node, because: str, assumes: str | None) -> Step:
    return replace(
        step, lines=(*step.lines, Line(formula, because)), assumptions=(assumes,) if assumes else ()
    )


def _activation_at(step: Step, network: Network) -> Activation | None:
    """The activation whose slope a step uses: each δ passes through that of its own layer."""
    layer = step.quantity.layer
    if step.quantity.kind == "delta" and isinstance(layer, int):
        return network.activation_of(layer)
    return None


def with_penalty_kinks(step: Step, regularizer: Chosen) -> Step:
    """The gradient of weights, saying what is taken for the slope of a penalty where it has none."""
    assumed = dict.fromkeys(REGULARIZERS[name].assumes for name, _ in regularizer)
    if step.quantity.kind != "dW" or not any(assumed):
        return step
    return replace(step, assumptions=(*step.assumptions, *filter(None, assumed)))
