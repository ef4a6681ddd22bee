"""Vectors of ones whose length is not written: the length is what fits beside them."""

from __future__ import annotations

from derive import ops
from derive.graph import SCALAR, Dim, Node, Shape, substitute
from derive.quantities import SETTINGS

ROWS, COLUMNS = "rows?", "columns?"
"""The letters for a length that is still open: of a column of ones, of a row of ones."""


def open_ones(row: bool) -> Node:
    """A column of ones of open length, or a row of them."""
    return ops.ones((1, COLUMNS) if row else (ROWS, 1))


def is_open(node: Node) -> bool:
    """Whether a length is still open in an expression."""
    return ROWS in node.shape or COLUMNS in node.shape


def fitted(node: Node, rows: Dim | None = None, columns: Dim | None = None) -> Node:
    """The expression with its open numbers of rows and columns set, where they are open."""
    if "ones" not in node.operations:
        return node
    sizes: dict[Dim, Dim] = {}
    if node.shape[0] == ROWS and isinstance(rows, int):
        sizes[ROWS] = rows
    if node.shape[1] in (ROWS, COLUMNS) and isinstance(columns, int):
        # diag of ones of open length has as many columns as rows
        sizes[node.shape[1]] = columns
    if not sizes:
        return node

    def sized(inner: Node) -> Node | None:
        if inner.op != "ones" or not sizes.keys() & set(inner.data):
            return None
        rows, columns = (sizes.get(size, size) for size in inner.data)
        return ops.ones((rows, columns))

    return substitute(node, sized, ops.rebuild)


def settled(node: Node) -> Node:
    """The expression with every length that nothing decides set to 1."""
    return fitted(node, 1, 1)


def has_open_ones(node: Node) -> bool:
    """Whether somewhere inside stand ones whose length nothing decides, as in 𝟏ᵀ𝟏."""
    return "ones" in node.operations and any(
        inner.op == "ones" and {ROWS, COLUMNS} & set(inner.data) for inner in node.walk()
    )


def common(nodes: list[Node]) -> Shape:
    """The widest shape among terms: numbers fill it, a column is repeated for every example of a batch."""
    known = [node.shape for node in nodes if not is_open(node)]
    widest = max(known, key=lambda shape: (shape[1], shape[0]), default=SCALAR)
    if widest == SCALAR:
        return next((node.shape for node in nodes if is_open(node)), SCALAR)
    return widest


def spread(node: Node, shape: Shape) -> Node:
    """What programs make of a number, a row or a column beside a matrix: it is repeated."""
    if node.shape == SCALAR != shape:
        return ops.scale(node, ops.ones(shape))
    if node.shape == (shape[0], 1) and shape[1] != 1:
        return ops.matmul(node, ops.ones((1, shape[1])))
    if node.shape == (1, shape[1]) and shape[0] != 1:
        return ops.matmul(ops.ones((shape[0], 1)), node)
    return node


def broadcast(node: Node, shape: Shape, examples: str = "columns") -> Node:
    """A typed or chosen number spread over a shape, ones of open length fitted to it, and what stands for one
    example repeated for all: a column, or a row where the ``examples`` are rows."""
    node = fitted(node, *shape)
    if node.shape == shape:
        return node
    if node.shape == SCALAR and all(quantity.kind in SETTINGS for quantity in node.symbols):
        return ops.scale(node, ops.ones(shape))
    if examples == "columns" and node.shape == (shape[0], 1) and shape[0] != 1:
        return ops.matmul(node, ops.ones((1, shape[1])))
    if examples == "rows" and node.shape == (1, shape[1]) and shape[1] != 1:
        return ops.matmul(ops.ones((shape[0], 1)), node)
    return node
