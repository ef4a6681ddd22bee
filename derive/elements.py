"""Entry by entry: what an equation between matrices says about single numbers.

One recursion serves two forms: with indices and sums (δ_j = Σ_k w_kj δ_k σ'(z_j)), and written out in full
with a number for every neuron.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec import Struct, field

from derive import ops
from derive.graph import SCALAR, Dim, Node
from derive.indices import Index, Place
from derive.jacobians import partial_entry
from derive.notation import PARAMETERS, Indices, Notation
from derive.perspective import NEURONS, is_turned
from derive.quantities import General, LayerIndex, Quantity

EXAMPLE = "example"
"""What an axis counts, beside the neurons of a layer."""
SPARE = "uvwcefgh"
"""Letters for indices when a notation's own are used up, in sums within sums."""
Axis = LayerIndex | str | None
"""What rows or columns count: the neurons of a layer, examples, or nothing (there is only one)."""


def axes_of(
    quantity: Quantity, notation: Notation, has_batch: bool, last: LayerIndex | None
) -> tuple[Axis, Axis]:
    """What the rows and columns of a notation's symbol count; ``last`` is the layer of the target, None in a
    computation graph, whose nodes are numbers whatever they are called."""
    kind = quantity.kind.removesuffix("_new")
    axes: tuple[Axis, Axis] = (None, None)
    layer = last if kind in ("y", "dy") else quantity.layer
    if layer is None:
        return axes
    if kind in NEURONS:
        is_bias = kind in PARAMETERS or kind == "db"
        axes = (layer, EXAMPLE if has_batch and not is_bias else None)
    elif kind.endswith("W"):
        axes = (layer, layer - 1)
    return axes[::-1] if is_turned(kind, notation) else axes


class Entries(Struct):
    """Writes entries of expressions in one notation. ``home`` is the layer a formula is about, ``letters``
    are its indices; ``written_out`` puts numbers where indices would stand and adds up every sum.
    """

    notation: Notation
    has_batch: bool
    last: LayerIndex | None
    home: LayerIndex | None = None
    written_out: bool = False
    _scope: dict[Index, Axis] = field(default_factory=dict)

    # -- indices ---------------------------------------------------------------------------------------------

    def axes(self, node: Node) -> tuple[Axis, Axis]:
        """What rows and columns of an expression count."""
        if node.quantity is not None:
            return self.own_axes(node.quantity)
        rule = AXES.get(node.op)
        if rule is not None:
            return rule(self, node)
        found = [self.axes(argument) for argument in node.args if argument.shape == node.shape]
        return _first(*(rows for rows, _ in found)), _first(*(columns for _, columns in found))

    def own_axes(self, quantity: Quantity) -> tuple[Axis, Axis]:
        """What rows and columns of a symbol count."""
        return axes_of(quantity, self.notation, self.has_batch, self.last)

    @contextmanager
    def index(self, axis: Axis, size: Dim) -> Iterator[Place]:
        """A fresh index over an axis; None where there is nothing to count."""
        if axis is None and size == 1:
            yield None
            return
        index = Index(self._letter(axis), len(self._scope), size)
        self._scope[index] = axis
        try:
            yield index
        finally:
            del self._scope[index]

    def of_number(self, node: Node, row: Place, column: Place) -> tuple[Place, Place]:
        """The places of a 1×1 matrix. Its transpose, and the diagonal matrix it makes, are written like
        itself, so each place is found by what it counts, not by where it stands."""
        given = [place for place in (row, column) if place is not None]
        rows, columns = self.axes(node)
        return self._counting(rows, given), self._counting(columns, given)

    def _counting(self, axis: Axis, given: Sequence[Place]) -> Place:
        """An index over an axis; number 1 where there is none."""
        indices = (place for place in (*given, *self._scope) if isinstance(place, Index))
        return next((i for i in indices if self._scope[i] == axis), 1) if axis is not None else None

    def _letter(self, axis: Axis) -> str:
        notation, letters = self.notation, self.notation.indices
        taken = {notation.layer, notation.last, *(index.letter for index in self._scope)}
        wanted: tuple[str, ...] = (_preferred(axis, self.home, letters), *letters.others, *SPARE)
        return next(letter for letter in wanted if letter not in taken)

    # -- entries ---------------------------------------------------------------------------------------------

    def entry(self, node: Node, row: Place, column: Place) -> Node:
        """The entry of an expression in a row and a column."""
        rule = ENTRIES.get(node.op)
        return rule(self, node, row, column) if rule else ops.at(node, row, column)

    def of_neuron(self, column: Node, neuron: Place) -> Node:
        """One neuron's entry of a column, or of a row."""
        return self.entry(column, neuron, None) if column.shape[1] == 1 else self.entry(column, None, neuron)

    def total(self, axis: Axis, size: Dim, body: Callable[[Place], Node]) -> Node:
        """The sum of a number over an axis."""
        if axis is None and size == 1:
            return body(None)
        if self.written_out:
            assert isinstance(size, int)
            first, *others = (body(number) for number in range(1, size + 1))
            for other in others:
                first = ops.add(first, other)
            return first
        with self.index(axis, size) as index:
            assert isinstance(index, Index)
            inside = body(index)
            return _summed(index, inside)

    def total_over(self, node: Node, body: Callable[[Place, Place], Node]) -> Node:
        """The sum of a number over all entries of an expression."""
        rows, columns = self.axes(node)
        return self.total(
            rows,
            node.shape[0],
            lambda row: self.total(columns, node.shape[1], lambda column: body(row, column)),
        )


def _preferred(axis: Axis, home: LayerIndex | None, letters: Indices) -> str:
    if axis == EXAMPLE:
        return letters.example
    distance = _distance(axis, home)
    return {0: letters.here, -1: letters.below, 1: letters.above}.get(distance, letters.below)


def _distance(axis: Axis, home: LayerIndex | None) -> int:
    if isinstance(axis, int) and isinstance(home, int):
        return axis - home
    if isinstance(axis, General) and isinstance(home, General) and axis.letter == home.letter:
        return axis.offset - home.offset
    return 0


def _summed(index: Index, body: Node) -> Node:
    """The sum over an index, signs and numbers in front of it."""
    if body.op == "negate":
        return ops.negate(_summed(index, body.args[0]))
    if body.op == "scale" and body.args[0].op == "constant":
        return ops.scale(body.args[0], _summed(index, body.args[1]))
    return ops.over(index, body)


# -- one rule an operation -----------------------------------------------------------------------------------

Rule = Callable[[Entries, Node, Place, Place], Node]


def _symbol(by: Entries, node: Node, row: Place, column: Place) -> Node:
    if node.shape == SCALAR:
        row, column = by.of_number(node, row, column)
    return node if row is None and column is None else ops.at(node, row, column)


def _each(by: Entries, node: Node, row: Place, column: Place) -> Node:
    """Entry by entry."""
    return ops.rebuild(node.op, *(by.entry(argument, row, column) for argument in node.args), data=node.data)


def _scale(by: Entries, node: Node, row: Place, column: Place) -> Node:
    return _multiplied(by.entry(node.args[0], None, None), by.entry(node.args[1], row, column))


def _multiplied(left: Node, right: Node) -> Node:
    """A product of numbers; numbers that are written as such stand in front."""
    return ops.scale(left, right) if left.op == "constant" else ops.times(left, right)


def _aligned(by: Entries, left: Node, right: Node) -> tuple[Node, Node]:
    """Factors that meet in the same layer. The transpose of a 1×1 matrix is not written, but its entries have
    to be taken in the right order."""
    ways = [
        (one, other)
        for other in (right, *_turned(right))
        for one in (left, *_turned(left))
        if by.axes(one)[1] == by.axes(other)[0]
    ]
    return ways[0] if ways else (left, right)


def _turned(node: Node) -> tuple[Node, ...]:
    return (ops.apply("transpose", node),) if node.shape == SCALAR and node.symbols else ()


def _matmul(by: Entries, node: Node, row: Place, column: Place) -> Node:
    left, right = _aligned(by, *node.args)
    if left.op == "diag":
        return _multiplied(_on_diagonal(by, left, row), by.entry(right, row, column))
    if right.op == "diag":
        return _multiplied(by.entry(left, row, column), _on_diagonal(by, right, column))
    axis = _first(by.axes(left)[1], by.axes(right)[0])

    def term(inner: Place) -> Node:
        return _multiplied(by.entry(left, row, inner), by.entry(right, inner, column))

    return by.total(axis, left.shape[1], term)


def _first(*axes: Axis) -> Axis:
    return next((axis for axis in axes if axis is not None), None)


def _transpose(by: Entries, node: Node, row: Place, column: Place) -> Node:
    return by.entry(node.args[0], column, row)


def _sum(by: Entries, node: Node, row: Place, column: Place) -> Node:
    (body,) = node.args
    rows, columns = by.axes(body)
    if node.data == "rows":
        return by.total(rows, body.shape[0], lambda inner: by.entry(body, inner, column))
    return by.total(columns, body.shape[1], lambda inner: by.entry(body, row, inner))


def _all(by: Entries, node: Node, row: Place, column: Place) -> Node:
    (body,) = node.args
    return by.total_over(body, lambda r, c: by.entry(body, r, c))


def _inner(by: Entries, node: Node, row: Place, column: Place) -> Node:
    left, right = node.args
    return by.total_over(left, lambda r, c: _multiplied(by.entry(left, r, c), by.entry(right, r, c)))


def _norm2(by: Entries, node: Node, row: Place, column: Place) -> Node:
    (body,) = node.args
    return by.total_over(body, lambda r, c: ops.power(by.entry(body, r, c), 2))


def _softmax(by: Entries, node: Node, row: Place, column: Place) -> Node:
    """e^z over the sum of e^z in its column (in its row if rows are examples)."""
    (body,) = node.args
    rows, columns = by.axes(body)

    def raised(r: Place, c: Place) -> Node:
        return ops.function("exp", by.entry(body, r, c))

    if node.data == "rows":
        bottom = by.total(columns, body.shape[1], lambda inner: raised(row, inner))
    else:
        bottom = by.total(rows, body.shape[0], lambda inner: raised(inner, column))
    return ops.divide(raised(row, column), bottom)


def _on_diagonal(by: Entries, node: Node, place: Place) -> Node:
    return by.of_neuron(node.args[0], place)


def _diag(by: Entries, node: Node, row: Place, column: Place) -> Node:
    value = _on_diagonal(by, node, row)
    if isinstance(row, Index) and isinstance(column, Index):
        return ops.times(ops.kronecker(row, column), value)
    return value if row == column else ops.constant(0)


def _entry(by: Entries, node: Node, row: Place, column: Place) -> Node:
    (body,) = node.args
    axes = by.axes(body)
    places = (place if axis is not None else None for place, axis in zip(node.data, axes, strict=True))
    return by.entry(body, *places)


def _partial(by: Entries, node: Node, row: Place, column: Place) -> Node:
    if node.shape == SCALAR:
        row, column = by.of_number(node, row, column)
    return partial_entry(node.data, (row, None), (column, None))


def _slope(by: Entries, node: Node, row: Place, column: Place) -> Node:
    if node.shape == SCALAR:
        row, column = by.of_number(node, row, column)
    return partial_entry(node.data, (row, column), (row, column))


def _chain(by: Entries, node: Node, row: Place, column: Place) -> Node:
    """Σ_k ∂E/∂u_k ∂u_k/∂v_j; of the weights each enters one neuron alone, so that there is no sum."""
    (gradient,), pair = node.args, node.data
    if pair.by.kind == "W":
        neuron = column if is_turned("W", by.notation) else row
        return ops.times(by.of_neuron(gradient, neuron), partial_entry(pair, (neuron, None), (row, column)))
    size = gradient.shape[0] if gradient.shape[1] == 1 else gradient.shape[1]
    here = row if row is not None else column

    def term(inner: Place) -> Node:
        return ops.times(by.of_neuron(gradient, inner), partial_entry(pair, (inner, None), (here, None)))

    return by.total(_first(*by.axes(gradient)), size, term)


ENTRIES: Mapping[str, Rule] = {
    "symbol": _symbol,
    "constant": lambda by, node, row, column: node,
    "ones": lambda by, node, row, column: ops.constant(1),
    "cost": lambda by, node, row, column: node,
    "add": _each,
    "subtract": _each,
    "negate": _each,
    "hadamard": _each,
    "divide": _each,
    "power": _each,
    "function": _each,
    "scale": _scale,
    "matmul": _matmul,
    "transpose": _transpose,
    "sum": _sum,
    "total": _all,
    "inner": _inner,
    "norm2": _norm2,
    "softmax": _softmax,
    "diag": _diag,
    "entry": _entry,
    "partial": _partial,
    "slope": _slope,
    "chain": _chain,
}
"""The entry of each operation; of the others the entry of the whole is written."""


def _matmul_axes(by: Entries, node: Node) -> tuple[Axis, Axis]:
    left, right = _aligned(by, *node.args)
    return by.axes(left)[0], by.axes(right)[1]


def _transpose_axes(by: Entries, node: Node) -> tuple[Axis, Axis]:
    return by.axes(node.args[0])[::-1]


def _sum_axes(by: Entries, node: Node) -> tuple[Axis, Axis]:
    rows, columns = by.axes(node.args[0])
    return (None, columns) if node.data == "rows" else (rows, None)


def _nothing(by: Entries, node: Node) -> tuple[Axis, Axis]:
    return None, None


def _diag_axes(by: Entries, node: Node) -> tuple[Axis, Axis]:
    axis = _first(*by.axes(node.args[0]))
    return axis, axis


def _partial_axes(by: Entries, node: Node) -> tuple[Axis, Axis]:
    of, wrt = (_first(*by.own_axes(quantity)) for quantity in (node.data.of, node.data.by))
    return of, wrt


AXES: Mapping[str, Callable[[Any, Node], tuple[Axis, Axis]]] = {
    "matmul": _matmul_axes,
    "transpose": _transpose_axes,
    "sum": _sum_axes,
    "diag": _diag_axes,
    "scale": lambda by, node: by.axes(node.args[1]),
    "partial": _partial_axes,
    "slope": lambda by, node: by.own_axes(node.data.of),
    "chain": lambda by, node: by.own_axes(node.data.by),
    **dict.fromkeys(("total", "inner", "norm2", "cost", "entry", "ones", "constant"), _nothing),
}
"""What the axes of an operation's result count; of the others, what those of arguments of that shape do."""
