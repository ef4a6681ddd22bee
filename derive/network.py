"""A feed-forward network as plain data, and the graph of named quantities it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, reduce
from math import inf
from numbers import Rational
from typing import Any

from derive import ops
from derive.activations import ACTIVATIONS, Activation, activation_named
from derive.errors import Unusable, unknown
from derive.functions import FUNCTIONS, Function
from derive.graph import SCALAR, Dim, Equation, Graph, Node, Shape, symbol
from derive.kernels import Arithmetic
from derive.losses import LOSSES, Collapse, Loss
from derive.quantities import KINDS, General, LayerIndex, Quantity
from derive.regularizers import REGULARIZERS, Chosen, Regularizer, chosen, penalties, strength_of
from derive.updates import UPDATES, Update, states_of

REDUCTIONS = ("mean", "sum")
EXAMPLES = Quantity("N")
"""The number of examples in a batch, where it is a letter."""
KINK_SLOPES = (Fraction(0), Fraction(1, 2), Fraction(1))
"""Which slope is taken at a kink: the one below, the mean of both, or the one above."""


@dataclass(frozen=True)
class Network:
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
        object.__setattr__(self, "layers", tuple(self.layers))
        object.__setattr__(self, "activation", names)
        object.__setattr__(self, "regularizer", chosen(self.regularizer))
        object.__setattr__(self, "hyperparameters", with_usual(self.update, self.hyperparameters))
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
            because += (
                f", {'averaged' if self.reduction == 'mean' else 'summed'} over the {self.batch} examples"
            )
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


def with_usual(rule: str, given: Any) -> tuple[tuple[str, Any], ...]:
    """The hyperparameters of an update rule, the usual values for those that are not given."""
    usual = UPDATES[rule].settings if rule in UPDATES else {}
    return tuple({**usual, **dict(given)}.items())


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


def no_gradient(activation: Activation) -> str | None:
    """Why no gradient passes through an activation, and what to do; None if one does."""
    if activation.forward_only is None:
        return None
    return (
        f"no gradient passes through {activation.words}: {activation.forward_only}; take an activation with "
        "a slope, such as tanh, or only ask for what the forward pass computes"
    )


def faults(network: Any) -> list[tuple[str, str]]:
    """Everything that is wrong with a network's fields, as (field, sentence). A field with a colon behind it
    is one that should not be there.
    """
    found: list[tuple[str, str]] = []
    layers, names = network.layers, network.activation
    if len(layers) < 2:
        found.append(("layers", "a network needs at least an input and an output layer, such as [2, 1]"))
    for position, size in enumerate(layers):
        if not (isinstance(size, int) and not isinstance(size, bool) and size >= 1):
            found.append(("layers", f"layer {position} has size {size!r}; sizes are whole numbers from 1"))
    for name in names:
        try:
            activation_named(name)
        except Unusable as fault:
            found.append(("activation", str(fault)))
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
    if isinstance(network.batch, int) and network.batch < 1:
        found.append(("batch", f"a batch of {network.batch} examples is empty; it takes at least 1"))
    if network.reduction not in REDUCTIONS:
        found.append(("reduction", unknown(network.reduction, "a way to put a batch together", REDUCTIONS)))
    found += [*_regularizer_faults(network.regularizer), *_update_faults(network)]
    if network.kink_slope not in KINK_SLOPES:
        allowed = "0 (the slope below), 1/2 (the mean of both) or 1 (the slope above)"
        found.append(("kink_slope", f"the slope at a kink is {allowed}, not {network.kink_slope}"))
    return found or _range_fault(network)


def _regularizer_faults(regularizer: Any) -> Iterator[tuple[str, str]]:
    regularizers = chosen(regularizer)
    for name, strengths in regularizers:
        place = f"regularizer.{name}"
        if name not in REGULARIZERS:
            yield f"{place}:", unknown(name, "a regularizer", REGULARIZERS)
            continue
        kinds = REGULARIZERS[name].strengths
        for strength, value in strengths:
            if strength not in kinds:
                yield f"{place}.{strength}:", unknown(strength, f"a number that {name} takes", kinds)
            elif (sentence := _out_of_range(kinds[strength], value)) and value is not None:
                yield f"{place}.{strength}", sentence
    yield from _clashes([REGULARIZERS[name] for name, _ in regularizers if name in REGULARIZERS])


def _clashes(rows: Sequence[Regularizer]) -> Iterator[tuple[str, str]]:
    """Penalties that cannot be added up: they would go by one letter."""
    for position, row in enumerate(rows):
        other = next((r for r in rows[:position] if not row.index or r.index in ("", row.index)), None)
        if other is not None:
            yield f"regularizer.{row.name}:", f"{row.name} and {other.name} cannot stand together; choose one"


def _update_faults(network: Any) -> Iterator[tuple[str, str]]:
    row = UPDATES.get(network.update)
    if row is None:
        return
    for name, value in with_usual(network.update, network.hyperparameters):
        if name not in row.settings:
            known = row.settings or ("none besides the learning rate",)
            yield f"hyperparameters.{name}:", unknown(name, f"a number that {row.words} takes", known)
        elif sentence := _out_of_range(name, value):
            yield f"hyperparameters.{name}", sentence
    if row.of_a_batch and not network.batch:
        yield "update", f"{row.words} needs a batch (batch: 64)"


def _out_of_range(kind: str, value: Any) -> str | None:
    """What is wrong with the value of a setting."""
    row = KINDS[kind]
    if isinstance(value, bool) or not isinstance(value, Rational | float):
        return f"{value!r} is not a number, such as 0.01 (the {row.words})"
    if row.low <= float(value) < row.below:
        return None
    top = f" and below {row.below:g}" if row.below < inf else ""
    return f"the {row.words} must be at least {row.low:g}{top}"


def _range_fault(network: Any) -> list[tuple[str, str]]:
    loss, last = LOSSES[network.loss], activation_named(network.activation[-1])
    if last.low >= loss.low and last.high <= loss.high:
        return []
    usable = [row for row in ACTIVATIONS.values() if not row.forward_only]
    fitting = [row.name for row in usable if row.low >= loss.low and row.high <= loss.high]
    return [
        (
            "loss",
            f"{loss.words} needs outputs between {loss.low:g} and {loss.high:g}, "
            f"which {last.words} does not give "
            f"(last activation: one of {', '.join(fitting)})",
        )
    ]
