"""Ways to write the same steps: between matrices, entry by entry, written out in full, for a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from derive import ops
from derive.backprop import Line, Step
from derive.derivation import Derivation
from derive.elements import Axis, Entries
from derive.errors import Unusable, unknown
from derive.graph import Node, Shape, intern, symbol
from derive.indices import Place
from derive.jacobians import Pair, pair_of, partial_entry
from derive.network import Network
from derive.notation import Notation, notation_named
from derive.perspective import Perspective, is_turned
from derive.quantities import EXAMPLES, General, LayerIndex, Quantity
from derive.shape_rules import show
from derive.writing import writer_of

MOST_NUMBERS = 400
"""Entries up to which a network is written out in full."""


class Form(Struct, frozen=True):
    """One way of writing. ``prepared`` makes the network fit for it; ``write`` gives the steps in it, from
    those between matrices in the notation's own symbols.
    """

    name: str
    words: str
    write: Callable[[Step, Entries], Iterator[Step]]
    prepared: Callable[[Any], Any] = lambda source: source
    counts: bool = False
    """Whether every neuron has a number."""


def form_named(name: str) -> Form:
    """The row with this name. Raises `Unusable` with the nearest one."""
    if name not in FORMS:
        raise Unusable(unknown(name, "a form", FORMS))
    return FORMS[name]


def written(derivation: Derivation, notation: str | Notation, form: str = "matrix") -> Derivation:
    """The derivation in a notation's own symbols and a form. Raises `Unusable` where they do not fit it."""
    row = form_named(form)
    derivation = replace(derivation, notation=notation_named(notation), form=form)
    perspective = derivation.perspective
    _fits(derivation, perspective.notation)
    steps = [own_step(step, perspective) for step in _numbered(derivation, perspective.notation)]
    shown = [part for step in steps for part in row.write(step, entries_of(derivation, perspective, step))]
    by = writer_of(derivation)
    return replace(derivation, steps=tuple(replace(step, by=by) for step in shown))


def own_step(step: Step, perspective: Perspective) -> Step:
    """The step in the notation's own symbols."""
    if perspective.is_ours:
        return step
    quantity = step.left_side.quantity
    if quantity is None:
        return _own_named_derivative(step, perspective)
    left = perspective.symbol(quantity, step.formula.shape)
    lines = tuple(
        replace(line, expression=perspective.equation(quantity, line.expression)[1]) for line in step.lines
    )
    return replace(step, left=left, lines=lines)


def _own_named_derivative(step: Step, perspective: Perspective) -> Step:
    """A step about ∂u/∂v, which has a row for each entry of u in every notation."""
    assert step.left is not None
    lines = tuple(replace(line, expression=perspective.expression(line.expression)) for line in step.lines)
    return replace(step, left=perspective.expression(step.left), lines=lines)


def entries_of(derivation: Derivation, perspective: Perspective, step: Step) -> Entries:
    """What writes the entries of a step's formulas."""
    network = derivation.network
    last: LayerIndex | None = network.depth if network else General("L") if derivation.about else None
    left = step.left_side
    pair = pair_of(left)
    quantity = pair.by if pair else left.quantity
    home = last if quantity is None or quantity.layer is None else quantity.layer
    return Entries(perspective.notation, derivation.has_batch, last, home)


def _fits(derivation: Derivation, notation: Notation) -> None:
    network = derivation.network
    if network is not None and notation.own and len(notation.own["a"]) != len(network.layers):
        raise Unusable(
            f"the notation {notation.name} has letters for {len(notation.own['a'])} layers, "
            f"but this network has {len(network.layers)}: choose one that numbers the layers"
        )


# -- layers in general, where weights carry the number of the layer they come from ---------------------------


def _numbered(derivation: Derivation, notation: Notation) -> Iterator[Step]:
    """The steps; for any layer l those of parameters one layer up, where a notation numbers them by the layer
    below, so that they begin with w^(l)."""
    for step in derivation.steps:
        quantity = step.quantity
        is_general = isinstance(quantity.layer, General) and quantity.layer.letter == "l"
        moves = is_general and notation.numbered(General("l"), quantity.kind) != General("l")
        yield _raised(step) if moves else step


def _raised(step: Step) -> Step:
    left = _one_up(symbol(step.quantity, step.formula.shape))
    return replace(
        step,
        left=left,
        lines=tuple(replace(line, expression=_one_up(line.expression)) for line in step.lines),
    )


def _one_up(node: Node) -> Node:
    """The expression about layer l+1 instead of l."""
    arguments = tuple(map(_one_up, node.args))
    if node.quantity is not None:
        return symbol(_up(node.quantity), _shape_up(node.shape))
    if isinstance(node.data, Pair):
        pair = Pair(_up(node.data.of), _up(node.data.by))
        return intern(node.op, arguments, _shape_up(node.shape), pair)
    return ops.ones(_shape_up(node.shape)) if node.op == "ones" else _rebuilt(node, arguments)


def _rebuilt(node: Node, arguments: tuple[Node, ...]) -> Node:
    return ops.rebuild(node.op, *arguments, data=node.data) if arguments else node


def _up(quantity: Quantity) -> Quantity:
    layer = quantity.layer
    is_l = isinstance(layer, General) and layer.letter == "l"
    return replace(quantity, layer=layer + 1) if is_l and layer is not None else quantity


def _shape_up(shape: Shape) -> Shape:
    rows, columns = (_size_up(size) for size in shape)
    return (rows, columns)


def _size_up(size: int | str) -> int | str:
    if isinstance(size, int) or not size.startswith("n_l"):
        return size
    return f"n_{General('l', int(size[3:] or 0) + 1)}"


# -- the forms -----------------------------------------------------------------------------------------------


def _matrix(step: Step, by: Entries) -> Iterator[Step]:
    lines = tuple(line for line in step.lines if line.only in ("", "matrix") and _is_a_product(line, by))
    yield replace(step, lines=lines)


def _is_a_product(line: Line, by: Entries) -> bool:
    """Whether matrices can say the line: the chain rule for weights as δ ∂z/∂W, where these lead to rows."""
    if line.expression.op != "chain" or line.expression.data.by.kind != "W":
        return True
    return not is_turned("W", by.notation) and not is_turned("a", by.notation)


def _element(step: Step, by: Entries) -> Iterator[Step]:
    left = step.left_side
    if left.op == "by weights":
        yield _with_three_indices(step, by)
        return
    rows, columns = by.axes(left)
    with by.index(rows, left.shape[0]) as row, by.index(columns, left.shape[1]) as column:
        yield _entry_of(step, by, row, column)


def _with_three_indices(step: Step, by: Entries) -> Step:
    """A derivative by weights: an index for what is differentiated, two for the weight."""
    known, below = step.left_side.args
    pair, _ = step.left_side.data
    first, second = by.own_axes(pair.by)
    turned = is_turned("W", by.notation)
    sizes = (below.shape[0] if below.shape[1] == 1 else below.shape[1], known.shape[1])
    sizes = sizes if turned else sizes[::-1]
    (of,) = (axis for axis in by.own_axes(pair.of) if axis is not None)
    with (
        by.index(first, sizes[0]) as row,
        by.index(second, sizes[1]) as column,
        by.index(of, known.shape[0]) as entry,
    ):
        neuron, source = (column, row) if turned else (row, column)
        left = partial_entry(pair, (entry, None), (row, column))
        lines = tuple(
            replace(line, expression=_weight_entry(line.expression, by, entry, neuron, source))
            for line in step.lines
        )
    return replace(step, left=left, lines=lines)


def _weight_entry(node: Node, by: Entries, of: Place, neuron: Place, source: Place) -> Node:
    known, below = node.args
    return ops.times(by.entry(known, of, neuron), by.of_neuron(below, source))


def _scalar(step: Step, by: Entries) -> Iterator[Step]:
    by = replace(by, written_out=True)
    left = step.left_side
    if not all(isinstance(size, int) for size in left.shape):
        raise Unusable("layers in general have no number of neurons to write out: choose another form")
    if prod(int(size) for size in left.shape) > MOST_NUMBERS:
        raise Unusable(
            f"{step.quantity.address} is {show(left.shape)}: more than {MOST_NUMBERS} formulas to write out, "
            "choose another form"
        )
    rows, columns = by.axes(left)
    for row in _places(rows, left.shape[0]):
        for column in _places(columns, left.shape[1]):
            yield _entry_of(step, by, row, column)


def _places(axis: Axis, size: Any) -> list[Place]:
    return [None] if axis is None else list(range(1, size + 1))


def _entry_of(step: Step, by: Entries, row: Place, column: Place) -> Step:
    lines = tuple(
        replace(line, expression=by.entry(line.expression, row, column))
        for line in step.lines
        if line.only in ("", "element")
    )
    return replace(step, left=by.entry(step.left_side, row, column), lines=lines)


def _with_batch(source: Any) -> Any:
    """The network with a batch of N examples, if it has none of its own."""
    if not isinstance(source, Network):
        raise Unusable("a computation graph has no batch: choose another form")
    return source if source.batch else replace(source, batch=EXAMPLES.kind)


FORMS: dict[str, Form] = {
    row.name: row
    for row in (
        Form("matrix", "between vectors and matrices", _matrix),
        Form("element", "entry by entry, with indices and sums", _element),
        Form("scalar", "written out in full, with a number for every neuron", _scalar, counts=True),
        Form("batch", "between matrices, with all examples of a batch", _matrix, _with_batch),
    )
}
