"""Formulas of shapes: what a course writes beside a formula to see that its products fit."""

from __future__ import annotations

from derive import ops
from derive.graph import SCALAR, Dim, Node, Shape
from derive.quantities import General, Quantity
from derive.writing.boxes import Box, Digits, Under, bracket, chain, row, sign
from derive.writing.layout import ELEMENTWISE, Writer
from derive.writing.quantities import quantity_box

PRODUCTS = ("matmul", "inner", "sum")
"""Operations that ask for shapes which fit, not for equal ones."""


class ShapeWriter(Writer, frozen=True):
    """Writes (rows×columns) for each symbol, the transposed shape for a transposed one, and no numbers in
    front, which change no shape.
    """

    def box(self, node: Node) -> Box:
        operand = node.args[0] if node.op == "transpose" else node
        layered = operand.quantity is not None and operand.quantity.layer is not None
        if layered or (operand.op in ("symbol", "ones") and node.shape != SCALAR):
            return bracket(shape_box(node.shape, self))
        if node.op == "scale" and node.shape != SCALAR:
            return self.within(node.args[1], ELEMENTWISE)
        return super().box(_as_product(node))


def _as_product(node: Node) -> Node:
    """A sum over an axis as the product with ones that it is printed as, so that these show their shape."""
    if node.op != "sum":
        return node
    (body,) = node.args
    if node.data == "rows":
        return ops.matmul(ops.ones((1, body.shape[0])), body)
    return ops.matmul(body, ops.ones((body.shape[1], 1)))


def shape_of_result(formula: Node, by: Writer) -> Box | None:
    """``4×1 = (4×3)(3×1) + (4×1)``, the shape alone where nothing has to fit; None for a number."""
    if formula.shape == SCALAR:
        return None
    result = shape_box(formula.shape, by)
    if not any(node.op in PRODUCTS for node in formula.walk()):
        return result
    return chain(result, [("equals", ShapeWriter(by.notation, by.output).box(formula))])


def with_shape(box: Box, shape: Shape, by: Writer) -> Box:
    """The box with its shape below it; a number stays as it is."""
    return box if shape == SCALAR else Under(box, shape_box(shape, by))


def shape_box(shape: Shape, by: Writer) -> Box:
    """``4×1``, with letters where sizes are letters."""
    return row(_size(shape[0], by), sign("times"), _size(shape[1], by))


def _size(size: Dim, by: Writer) -> Box:
    """A number, or n with the layer it is the size of (``n_l+1``); N for the examples."""
    if isinstance(size, int):
        return Digits(str(size))
    stem, _, layer = size.partition("_")
    quantity = Quantity("n", General(layer[0], int(layer[1:] or 0))) if layer else Quantity(stem)
    return quantity_box(quantity, by.notation)
