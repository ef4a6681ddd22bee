"""A feed-forward network as plain data, and the graph of named quantities it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from derive import ops
from derive.activations import ACTIVATIONS, Activation
from derive.errors import Unusable, unknown
from derive.graph import SCALAR, Dim, Equation, Graph, Node, Shape, symbol
from derive.losses import LOSSES, Collapse, Loss
from derive.quantities import General, LayerIndex, Quantity
from derive.updates import UPDATES

REDUCTIONS = ("mean", "sum")


@dataclass(frozen=True)
class Network:
    """Layers of neurons, fully connected.

    ``layers`` are the sizes n0 (input) to nL; ``activation`` is one name of `ACTIVATIONS`, or one for each of
    the layers 1 to L; ``loss`` a name of `LOSSES`. With a ``batch`` of N examples, columns of x and y are
    examples and the loss is their mean or sum (``reduction``). ``train_biases`` false leaves the biases as
    they are in an update.

    >>> Network([3, 4, 2], "sigmoid", "half-squared-error").activation
    ('sigmoid', 'sigmoid')

    Raises `Unusable` with one sentence for the first fault found; `faults` gives them all.
    """

    layers: Sequence[Dim]
    activation: str | Sequence[str] = "sigmoid"
    loss: str = "half-squared-error"
    bias: bool = True
    learning_rate: Fraction | float | None = None
    batch: int | None = None
    reduction: str = "mean"
    update: str = "gradient-descent"
    train_biases: bool = True

    def __post_init__(self) -> None:
        names = (
            (self.activation,) * (len(self.layers) - 1)
            if isinstance(self.activation, str)
            else tuple(self.activation)
        )
        object.__setattr__(self, "layers", tuple(self.layers))
        object.__setattr__(self, "activation", names)
        for _, fault in faults(self):
            raise Unusable(fault)

    @property
    def depth(self) -> int:
        """L, the number of layers with weights."""
        return len(self.layers) - 1

    @property
    def columns(self) -> int:
        """How many examples stand side by side."""
        return self.batch or 1

    def activation_of(self, layer: int) -> Activation:
        """The row of `ACTIVATIONS` used by layer 1 … L."""
        return ACTIVATIONS[self.activation[layer - 1]]

    @property
    def loss_row(self) -> Loss:
        return LOSSES[self.loss]

    def resized(self, layers: Sequence[int], activation: Sequence[str] | None = None) -> Network:
        """The same kind of network with other sizes."""
        return replace(self, layers=tuple(layers), activation=tuple(activation or self.activation))

    def graph(self) -> Graph:
        """The forward pass: z1, a1, …, zL, aL, loss."""
        equations: list[Equation] = []
        for layer in range(1, self.depth + 1):
            equations += self._layer(layer, self.activation_of(layer))
        equations.append(self._loss(self.depth))
        return Graph(self._inputs(), tuple(equations), Quantity("loss"))

    def collapses(self) -> dict[Quantity, tuple[Node, Collapse]]:
        """The output error in its simpler form, where the loss has a row for the last activation."""
        collapse = self.loss_row.collapses.get(self.activation[-1])
        if collapse is None:
            return {}
        a, y = self._node("a", self.depth), self._node("y")
        return {
            Quantity("delta", self.depth): (ops.scale(self._per_example, collapse.formula(a, y)), collapse)
        }

    # -- the pieces ------------------------------------------------------------------------------------------

    @property
    def _per_example(self) -> Fraction:
        return Fraction(1, self.columns) if self.reduction == "mean" else Fraction(1)

    @property
    def share_of_output(self) -> Fraction:
        """What one output's own term counts in the loss: less than 1 in a mean over outputs or examples."""
        outputs = self.layers[-1]
        per_output = Fraction(1, outputs) if self.loss_row.mean and isinstance(outputs, int) else Fraction(1)
        return self._per_example * per_output

    def shape(self, quantity: Quantity) -> Shape:
        """Rows and columns of a quantity of this network."""
        size = self.layers[quantity.layer if isinstance(quantity.layer, int) else -1]
        return shape_of(quantity.kind, size, self.layers[_below(quantity.layer)], self.columns)

    def _node(self, kind: str, layer: int | None = None) -> Node:
        quantity = Quantity(kind, layer)
        return symbol(quantity, self.shape(quantity))

    def _inputs(self) -> dict[Quantity, Shape]:
        kinds = ("W", "b") if self.bias else ("W",)
        given = [Quantity("a", 0), Quantity("y")]
        given += [Quantity(kind, layer) for layer in range(1, self.depth + 1) for kind in kinds]
        return {quantity: self.shape(quantity) for quantity in given}

    def _layer(self, layer: int, activation: Activation) -> list[Equation]:
        bias = self._node("b", layer) if self.bias else None
        z = weighted_input(self._node("W", layer), self._node("a", layer - 1), bias)
        return layer_equations(Quantity("z", layer), Quantity("a", layer), z, activation, self.bias)

    def _loss(self, layer: int) -> Equation:
        total = self.loss_row.build(self._node("a", layer), self._node("y"))
        because = f"{self.loss_row.words} between output and target"
        if self.batch:
            because += (
                f", {'averaged' if self.reduction == 'mean' else 'summed'} over the {self.batch} examples"
            )
        return Equation(Quantity("loss"), ops.scale(self._per_example, total), because)


def shape_of(kind: str, size: Dim, below: Dim, columns: int = 1) -> Shape:
    """The shape of a quantity of a kind, in a layer of ``size`` neurons over one of ``below``."""
    stem = kind.removesuffix("_new").removeprefix("d")
    if stem == "W":
        return (size, below)
    if stem == "b":
        return (size, 1)
    if stem in ("loss", "rate", "n"):
        return SCALAR
    return (size, columns)


def _below(layer: LayerIndex | None) -> int:
    return layer - 1 if isinstance(layer, int) and layer > 0 else 0


def weighted_input(W: Node, a: Node, b: Node | None) -> Node:
    """W a + b; with a batch the bias is added to every column."""
    product = ops.matmul(W, a)
    if b is None:
        return product
    columns = a.shape[1]
    return ops.add(product, b if columns == 1 else ops.matmul(b, ops.ones((1, columns))))


def layer_equations(
    z: Quantity, a: Quantity, weighted: Node, activation: Activation, bias: bool
) -> list[Equation]:
    """z = W a + b, or without ``bias`` z = W a, and a = σ(z)."""
    symbol_z = symbol(z, weighted.shape)
    because = "the activations below, weighted and added up" + ", plus the bias" * bias
    return [
        Equation(z, weighted, because),
        Equation(a, activation.apply(symbol_z), f"{activation.words}, applied to the weighted input"),
    ]


def general_layer(activation: Activation, bias: bool = True) -> Graph:
    """A hidden layer l and the weighted input of layer l+1, with letters for sizes; nothing is known of what
    comes after.
    """
    l = General("l")
    below, here, above = (Quantity("a", l - 1), f"n_{l - 1}"), f"n_{l}", f"n_{l + 1}"
    inputs: dict[Quantity, Shape] = {below[0]: (below[1], 1), Quantity("W", l): (here, below[1])}
    inputs[Quantity("W", l + 1)] = (above, here)
    # The loss is computed further up: here it is only what gradients are taken of.
    inputs[Quantity("loss")] = SCALAR
    if bias:
        inputs |= {Quantity("b", l): (here, 1), Quantity("b", l + 1): (above, 1)}
    node = {quantity: symbol(quantity, shape) for quantity, shape in inputs.items()}
    weighted = weighted_input(node[Quantity("W", l)], node[below[0]], node.get(Quantity("b", l)))
    equations = layer_equations(Quantity("z", l), Quantity("a", l), weighted, activation, bias)
    a = symbol(Quantity("a", l), (here, 1))
    weighted = weighted_input(node[Quantity("W", l + 1)], a, node.get(Quantity("b", l + 1)))
    equations.append(
        layer_equations(Quantity("z", l + 1), Quantity("a", l + 1), weighted, activation, bias)[0]
    )
    return Graph(inputs, tuple(equations), Quantity("loss"))


def general_output(activation: Activation, loss: Loss, bias: bool = True) -> Graph:
    """The output layer L and the loss, with letters for sizes."""
    L = General("L")
    here, below = f"n_{L}", f"n_{L - 1}"
    inputs: dict[Quantity, Shape] = {Quantity("a", L - 1): (below, 1), Quantity("W", L): (here, below)}
    if bias:
        inputs[Quantity("b", L)] = (here, 1)
    inputs |= {Quantity("y"): (here, 1), Quantity("n", L): SCALAR}
    node = {quantity: symbol(quantity, shape) for quantity, shape in inputs.items()}
    weighted = weighted_input(node[Quantity("W", L)], node[Quantity("a", L - 1)], node.get(Quantity("b", L)))
    equations = layer_equations(Quantity("z", L), Quantity("a", L), weighted, activation, bias)
    total = loss.build(symbol(Quantity("a", L), (here, 1)), node[Quantity("y")])
    equations.append(Equation(Quantity("loss"), total, f"{loss.words} between output and target"))
    return Graph(inputs, tuple(equations), Quantity("loss"))


def faults(network: Any) -> list[tuple[str, str]]:
    """Everything that is wrong with a network's fields, as (field, sentence)."""
    found: list[tuple[str, str]] = []
    layers, names = network.layers, network.activation
    if len(layers) < 2:
        found.append(("layers", "a network needs at least an input and an output layer, such as [2, 1]"))
    for position, size in enumerate(layers):
        if not (isinstance(size, int) and not isinstance(size, bool) and size >= 1):
            found.append(("layers", f"layer {position} has size {size!r}; sizes are whole numbers from 1"))
    for name in names:
        if name not in ACTIVATIONS:
            found.append(("activation", unknown(name, "an activation", ACTIVATIONS)))
    if len(names) != len(layers) - 1:
        found.append(
            (
                "activation",
                f"{len(names)} activations for {len(layers) - 1} layers with weights: "
                "give one name, or one for each",
            )
        )
    for field, rows, what in (("loss", LOSSES, "a loss"), ("update", UPDATES, "an update rule")):
        if getattr(network, field) not in rows:
            found.append((field, unknown(getattr(network, field), what, rows)))
    if network.batch is not None and network.batch < 1:
        found.append(("batch", f"a batch of {network.batch} examples is empty; it takes at least 1"))
    if network.reduction not in REDUCTIONS:
        found.append(("reduction", unknown(network.reduction, "a way to put a batch together", REDUCTIONS)))
    return found or _range_fault(network)


def _range_fault(network: Any) -> list[tuple[str, str]]:
    loss, last = LOSSES[network.loss], ACTIVATIONS[network.activation[-1]]
    if last.low >= loss.low and last.high <= loss.high:
        return []
    fitting = [row.name for row in ACTIVATIONS.values() if row.low >= loss.low and row.high <= loss.high]
    return [
        (
            "loss",
            f"{loss.words} needs outputs between {loss.low:g} and {loss.high:g}, "
            f"which {last.words} does not give "
            f"(last activation: one of {', '.join(fitting)})",
        )
    ]
