"""A feed-forward network as plain data, and the graph of named quantities it stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property, reduce
from typing import Any

from msgspec import Struct
from msgspec.structs import force_setattr, replace

from derive import ops
from derive.activations import Activation, activation_named
from derive.errors import Unusable
from derive.functions import FUNCTIONS, Function
from derive.graph import SCALAR, Dim, Equation, Graph, Node, Shape, symbol
from derive.kernels import Arithmetic
from derive.losses import LOSSES, Collapse, Loss
from derive.network_faults import REDUCTIONS, faults, no_gradient
from derive.quantities import EXAMPLES, KINDS, LayerIndex, Quantity
from derive.regularizers import REGULARIZERS, Chosen, chosen, penalties, strength_of
from derive.updates import UPDATES, Update, states_of, with_usual


class Network(Struct, frozen=True, dict=True):
    """Layers of neurons, fully connected.

    ``layers`` are the sizes n0 (input) to nL; ``activation`` is one name of `ACTIVATIONS`, or one for each of
    the layers 1 to L, and may be an expression, ``custom(z / (1 + abs(z)))``; ``loss`` a name of `LOSSES`.
    With a ``batch`` of N examples (a number, or the letter N itself where only formulas are wanted), columns
    of x and y are examples and the loss is their mean or sum (``reduction``). ``train_biases`` false leaves
    the biases as they are in an update. ``regularizer`` is a name of `REGULARIZERS`, or maps names to
    strengths; a strength that is not given stays a letter. ``hyperparameters`` are the numbers that the
    ``update`` rule takes besides the learning rate; those not given have the usual values of its row.
    ``kink_slope`` says which slope is taken at a kink: so far from the one below (0) to the one above (1).

    >>> Network([3, 4, 2], "sigmoid", "half-squared-error").activation
    ('sigmoid', 'sigmoid')
    >>> Network([2, 1], regularizer={"l2": 0.01}, update="momentum").hyperparameters
    (('momentum', Fraction(9, 10)),)

    Raises `Unusable` with one sentence for the first fault found; `faults` gives them all.
    """

    layers: Sequence[Dim]
    activation: str | Sequence[str] = "sigmoid"
    loss: str = "half-squared-error"
    bias: bool = True
    learning_rate: Fraction | float | None = None
    batch: Dim | None = None
    reduction: str = "mean"
    update: str = "gradient-descent"
    train_biases: bool = True
    regularizer: Any = ()
    hyperparameters: Any = ()
    kink_slope: Fraction | float = Fraction(0)

    def __post_init__(self) -> None:
        names = (
            (self.activation,) * (len(self.layers) - 1)
            if isinstance(self.activation, str)
            else tuple(self.activation)
        )
        force_setattr(self, "layers", tuple(self.layers))
        force_setattr(self, "activation", names)
        force_setattr(self, "regularizer", chosen(self.regularizer))
        force_setattr(self, "hyperparameters", with_usual(self.update, self.hyperparameters))
        for _, fault in faults(self):
            raise Unusable(fault)

    @property
    def depth(self) -> int:
        """L, the number of layers with weights."""
        return len(self.layers) - 1

    @property
    def columns(self) -> Dim:
        """How many examples stand side by side."""
        return self.batch or 1

    def activation_of(self, layer: int) -> Activation:
        """What layer 1 … L does to its weighted input."""
        return activation_named(self.activation[layer - 1])

    @property
    def forward_only(self) -> str | None:
        """Why no gradient can be computed; None for a network that can learn."""
        return next(filter(None, map(no_gradient, map(activation_named, self.activation))), None)

    def arithmetic(self, functions: Mapping[str, Function] = FUNCTIONS, exact: bool = False) -> Arithmetic:
        """What numbers are in this network: its slopes at kinks are those of its own convention."""
        return Arithmetic(functions, exact, Fraction(self.kink_slope))

    @property
    def loss_row(self) -> Loss:
        return LOSSES[self.loss]

    @property
    def update_row(self) -> Update:
        return UPDATES[self.update]

    @cached_property
    def settings(self) -> dict[Quantity, Fraction | float | None]:
        """Every number that is chosen, not learnt: the learning rate, then those of penalty and update. None
        for one that stays a letter."""
        rate = {Quantity("rate"): self.learning_rate}
        return {**rate, **strength_of(self.regularizer), **{Quantity(k): v for k, v in self.hyperparameters}}

    @cached_property
    def updates(self) -> tuple[Equation, ...]:
        """One update of every trained parameter, layer by layer."""
        kinds = ["W"] + ["b"] * (self.bias and self.train_biases)
        parameters = [self._node(kind, layer) for layer in range(1, self.depth + 1) for kind in kinds]
        return tuple(equation for node in parameters for equation in self.update_row.equations(node))

    @cached_property
    def states(self) -> dict[Quantity, Shape]:
        """What an update remembers of the one before: 0 at first, unless it is given."""
        return {quantity: node.shape for quantity, node in states_of(self.updates).items()}

    @cached_property
    def counts_rounds(self) -> bool:
        """Whether an update depends on how many there have been."""
        return any(Quantity("round") in equation.expression.symbols for equation in self.updates)

    def resized(self, layers: Sequence[int], activation: Sequence[str] | None = None) -> Network:
        """The same kind of network with other sizes."""
        return replace(self, layers=tuple(layers), activation=tuple(activation or self.activation))

    def graph(self) -> Graph:
        """The forward pass: z1, a1, …, zL, aL, loss."""
        return self._graph

    @cached_property
    def _graph(self) -> Graph:
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
        return {Quantity("delta", self.depth): (ops.scale(self.share, collapse.formula(a, y)), collapse)}

    # -- the pieces ------------------------------------------------------------------------------------------

    @property
    def share(self) -> Node:
        """What one example counts in the loss: 1/N in a mean."""
        return share_of(self.columns) if self.reduction == "mean" else ops.constant(1)

    @property
    def share_of_output(self) -> Node:
        """What one output's own term counts in the loss: less than 1 in a mean over outputs or examples."""
        outputs = self.layers[-1]
        per_output = Fraction(1, outputs) if self.loss_row.mean and isinstance(outputs, int) else Fraction(1)
        return ops.scale(per_output, self.share)

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
        given += strength_of(self.regularizer)
        given += [EXAMPLES] if isinstance(self.batch, str) else []
        return {quantity: self.shape(quantity) for quantity in given}

    def _layer(self, layer: int, activation: Activation) -> list[Equation]:
        bias = self._node("b", layer) if self.bias else None
        z = weighted_input(self._node("W", layer), self._node("a", layer - 1), bias)
        return layer_equations(Quantity("z", layer), Quantity("a", layer), z, activation, self.bias)

    def _loss(self, layer: int) -> Equation:
        total = self.loss_row.build(self._node("a", layer), self._node("y"))
        because = f"{self.loss_row.words} between output and target"
        if self.batch:
            because += f", {REDUCTIONS[self.reduction]} over the {self.batch} examples"
        weights = [self._node("W", number) for number in range(1, layer + 1)]
        return penalised(
            Equation(Quantity("loss"), self.loss_row.of_batch(total, self.share), because),
            self.regularizer,
            weights,
        )


def share_of(columns: Dim) -> Node:
    """1/N for a mean over N examples, which may be a letter."""
    if isinstance(columns, str):
        return ops.divide(ops.constant(1), symbol(EXAMPLES, SCALAR))
    return ops.constant(Fraction(1, columns))


def penalised(loss: Equation, regularizer: Chosen, weights: Sequence[Node]) -> Equation:
    """The loss with every penalty added, and the reasons for them."""
    expression = reduce(ops.add, penalties(regularizer, weights), loss.expression)
    rows = [REGULARIZERS[name] for name, _ in regularizer]
    reasons = [f"plus a penalty proportional to {row.words}: {row.because}" for row in rows]
    return Equation(loss.quantity, expression, "; ".join([loss.because, *reasons]))


def shape_of(kind: str, size: Dim, below: Dim, columns: Dim = 1) -> Shape:
    """The shape of a quantity of a kind, in a layer of ``size`` neurons over one of ``below``."""
    stem = kind.removesuffix("_new")
    row = KINDS.get(stem)
    if stem == "n" or (row and not row.layered and stem != "y"):
        return SCALAR
    stem = stem[1:] if row and row.role == "state" else stem.removeprefix("d")
    if stem == "W":
        return (size, below)
    if stem == "b":
        return (size, 1)
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
