"""The table of operations: for each its shape, its value, how a gradient passes back through it, and why.

`OPS` is the whole theory of backpropagation used here. A pullback takes the node and the gradient g of the
loss with respect to the node's value and gives the gradient with respect to one argument, as a new
expression. Values are NumPy arrays whose last two axes are rows and columns; any axes before these are
independent samples.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from msgspec import Struct

from derive import indices, kernels, shape_rules
from derive.errors import Unusable
from derive.functions import FLAT, Array, function_named
from derive.graph import SCALAR, Node, Shape, intern, symbol
from derive.kernels import Arithmetic
from derive.quantities import Quantity

Pullback = Callable[[Node, Node], Node]
"""(node, gradient with respect to its value) -> gradient with respect to one of its arguments."""


class Operation(Struct, frozen=True):
    """One row. ``shape(data, *shapes)`` raises `ShapeError`; ``bind(data, arithmetic)`` gives the NumPy
    function of the arguments; ``pullbacks`` has one for each argument (or ``pullback_each`` serves any number
    of them); ``reason`` is the sentence a derivation prints when a gradient passes through; ``forward_only``
    says why none does."""

    name: str
    shape: Callable[..., Shape]
    bind: Callable[[Any, Arithmetic], Callable[..., Array]]
    pullbacks: tuple[Pullback, ...] = ()
    reason: str = ""
    pullback_each: Callable[[Node, Node, int], Node] | None = None
    forward_only: str | None = None

    def pull(self, node: Node, g: Node, position: int) -> Node:
        """The gradient with respect to argument ``position``, given the gradient ``g`` with respect to
        ``node``.
        """
        if self.forward_only:
            raise Unusable(f"no gradient passes through {self.name}: {self.forward_only}")
        if self.pullback_each:
            return self.pullback_each(node, g, position)
        return self.pullbacks[position](node, g)


# -- pullbacks -----------------------------------------------------------------------------------------------


def _function_pullback(node: Node, g: Node) -> Node:
    name, order = node.data
    row = function_named(name)
    if row is not None and row.forward_only:
        raise Unusable(f"no gradient passes through {row.words}: {row.forward_only}")
    if order == 0 and row is not None and row.back:
        return row.back(sys.modules[__name__], g, node.args[0])  # type: ignore[no-any-return]
    return times(g, function(name, node.args[0], order + 1))


def _power_pullback(node: Node, g: Node) -> Node:
    exponent = node.data
    return times(g, scale(exponent, power(node.args[0], exponent - 1)))


def _softmax_pullback(node: Node, g: Node) -> Node:
    column_sums = sum_over("rows", times(node, g))
    rows = node.shape[0]
    spread = column_sums if rows == 1 else matmul(ones((rows, 1)), column_sums)
    return times(node, minus(g, spread))


def _sum_pullback(node: Node, g: Node) -> Node:
    body = node.args[0]
    if node.data == "rows":
        return matmul(ones((body.shape[0], 1)), g)
    return matmul(g, ones((1, body.shape[1])))


def _entry_pullback(node: Node, g: Node) -> Node:
    row, column = node.data
    return apply("place", g, data=(row, column, node.args[0].shape))


def _diag_pullback(node: Node, g: Node) -> Node:
    """The diagonal of the gradient, as a column or a row like what stands on the diagonal."""
    column = ones((node.shape[0], 1))
    taken = matmul(times(g, diag(column)), column)
    return taken if node.args[0].shape[1] == 1 else transpose(taken)


def _stack_pullback(node: Node, g: Node, position: int) -> Node:
    columns = node.data[1]
    return entry(g, position // columns + 1, position % columns + 1)


OPS: dict[str, Operation] = {
    row.name: row
    for row in (
        Operation("symbol", lambda data: SCALAR, lambda data, arithmetic: _no_value),
        Operation("constant", lambda data: SCALAR, kernels.constant),
        Operation("ones", lambda data: data, kernels.ones),
        Operation(
            "add",
            shape_rules.same("a sum"),
            kernels.plain(np.add),
            (lambda n, g: g, lambda n, g: g),
            "a sum passes the gradient on to every term",
        ),
        Operation(
            "subtract",
            shape_rules.same("a difference"),
            kernels.plain(np.subtract),
            (lambda n, g: g, lambda n, g: negate(g)),
            "a difference passes the gradient on, with a minus sign to what is subtracted",
        ),
        Operation(
            "negate",
            lambda data, s: s,
            kernels.plain(np.negative),
            (lambda n, g: negate(g),),
            "a minus sign stays a minus sign",
        ),
        Operation(
            "scale",
            shape_rules.scale,
            kernels.plain(np.multiply),
            (lambda n, g: inner(n.args[1], g), lambda n, g: scale(n.args[0], g)),
            "a factor in front multiplies the gradient",
        ),
        Operation(
            "matmul",
            shape_rules.matmul,
            kernels.plain(np.matmul),
            (lambda n, g: matmul(g, transpose(n.args[1])), lambda n, g: matmul(transpose(n.args[0]), g)),
            "in a matrix product each factor gets the gradient times the other factor, transposed",
        ),
        Operation(
            "transpose",
            lambda data, s: (s[1], s[0]),
            kernels.plain(kernels.transposed),
            (lambda n, g: transpose(g),),
            "transposing is undone",
        ),
        Operation(
            "hadamard",
            shape_rules.same("an elementwise product"),
            kernels.plain(np.multiply),
            (lambda n, g: times(g, n.args[1]), lambda n, g: times(g, n.args[0])),
            "in a product each factor gets the gradient times the other factor",
        ),
        Operation(
            "divide",
            shape_rules.same("an elementwise quotient"),
            kernels.plain(np.divide),
            (
                lambda n, g: divide(g, n.args[1]),
                lambda n, g: negate(divide(times(g, n.args[0]), power(n.args[1], 2))),
            ),
            "the quotient rule",
        ),
        Operation("power", lambda data, s: s, kernels.power, (_power_pullback,), "the power rule"),
        Operation(
            "function",
            lambda data, s: s,
            kernels.function,
            (_function_pullback,),
            "a function applied entry by entry multiplies the gradient by its slope, entry by entry",
        ),
        Operation(
            "softmax",
            lambda data, s: s,
            kernels.softmax,
            (_softmax_pullback,),
            "in a softmax every output depends on every input, "
            "so the weighted mean of the gradient is taken off",
        ),
        Operation("winner-take-all", lambda data, s: s, kernels.winner, forward_only=FLAT),
        Operation(
            "sum",
            shape_rules.summed,
            kernels.summed,
            (_sum_pullback,),
            "a sum hands the same gradient to everything that was summed",
        ),
        Operation(
            "total",
            lambda data, s: SCALAR,
            kernels.plain(kernels.total),
            (lambda n, g: scale(g, ones(n.args[0].shape)),),
            "a sum hands the same gradient to everything that was summed",
        ),
        Operation(
            "inner",
            shape_rules.inner,
            kernels.plain(kernels.inner),
            (lambda n, g: scale(g, n.args[1]), lambda n, g: scale(g, n.args[0])),
            "in an inner product each side gets the other one",
        ),
        Operation(
            "norm2",
            lambda data, s: SCALAR,
            kernels.plain(kernels.norm2),
            (lambda n, g: scale(g, scale(2, n.args[0])),),
            "the slope of a squared length is twice the vector",
        ),
        Operation(
            "diag",
            shape_rules.square,
            kernels.plain(kernels.diag),
            (_diag_pullback,),
            "a diagonal matrix takes the diagonal of the gradient",
        ),
        Operation("entry", shape_rules.entry, kernels.entry, (_entry_pullback,), "only this entry is used"),
        Operation(
            "place",
            shape_rules.placed,
            kernels.unit,
            (lambda n, g: entry(g, *n.data[:2]),),
            "only this entry is used",
        ),
        Operation(
            "stack",
            shape_rules.stack,
            kernels.stack,
            (),
            "every entry gets its own entry of the gradient",
            _stack_pullback,
        ),
        Operation("at", indices.picked, indices.at),
        Operation("over", indices.summed, indices.over),
        Operation("kronecker", lambda data: SCALAR, indices.kronecker),
        Operation("gather", indices.gathered, indices.gather),
        Operation(
            "cost",
            shape_rules.inner,
            lambda data, arithmetic: arithmetic.functions["generic-loss"].value,
            (lambda n, g: scale(g, symbol(n.data, n.args[0].shape)),),
            "the loss is left open, so its slope keeps its name",
        ),
    )
}


def _no_value(*_: Array) -> Array:
    raise TypeError("a symbol has no value of its own: it stands for a quantity")


# -- building expressions ------------------------------------------------------------------------------------


def apply(op: str, *args: Node, data: Any = None) -> Node:
    """A node of the table, its shape checked. Raises `ShapeError`."""
    if op == "symbol":
        raise ValueError("symbols are made by derive.graph.symbol")
    return intern(op, args, OPS[op].shape(data, *(a.shape for a in args)), data)


@lru_cache(maxsize=256)
def constant(number: int | Fraction) -> Node:
    """A number, 1×1, kept exact."""
    return apply("constant", data=Fraction(number))


_UNIT = constant(1)


def ones(shape: Shape) -> Node:
    """A matrix of ones; 1×1 is the number 1."""
    return constant(1) if shape == SCALAR else apply("ones", data=shape)


def add(left: Node, right: Node) -> Node:
    """left + right, of equal shapes."""
    return apply("add", left, right)


def minus(left: Node, right: Node) -> Node:
    """left − right, of equal shapes."""
    return apply("subtract", left, right)


def _front(node: Node) -> tuple[Fraction, Node]:
    """The plain number in front of an expression, and what is left without it."""
    if node.op == "constant":
        return node.data, _UNIT
    if node.op == "negate":
        number, rest = _front(node.args[0])
        return -number, rest
    if node.op == "scale" and node.args[0].op == "constant":
        number, rest = _front(node.args[1])
        return node.args[0].data * number, rest
    if node.op == "scale" and _is_quotient(node.args[0]):
        number, share = _front(node.args[0])
        return number, node if number == 1 else apply("scale", share, node.args[1])
    if _is_quotient(node):
        return node.args[0].data, node if node.args[0].data == 1 else apply(
            "divide", constant(1), node.args[1]
        )
    return ONE, node


ONE = Fraction(1)


def _times(left: Fraction, right: Fraction) -> Fraction:
    """The product; most numbers in front are 1."""
    return right if left is ONE else left if right is ONE else left * right


def _is_quotient(node: Node) -> bool:
    """Whether this is a number over a letter, such as 1/N."""
    return node.op == "divide" and node.args[0].op == "constant" and node.args[1].op == "symbol"


def _numbered(number: Fraction, body: Node) -> Node:
    """A plain number in front of an expression without one; over a letter it becomes the numerator."""
    if number is ONE:
        return body
    if body is _UNIT:
        return constant(number)
    if number == 1:
        return body
    if number < 0 and (number == -1 or _is_quotient(_factor(body))):
        return apply("negate", _numbered(-number, body))
    if _is_quotient(body):
        return apply("divide", constant(number), body.args[1])
    if _is_quotient(_factor(body)):
        return apply("scale", _numbered(number, body.args[0]), body.args[1])
    return apply("scale", constant(number), body)


def _factor(node: Node) -> Node:
    return node.args[0] if node.op == "scale" else node


def negate(body: Node) -> Node:
    """−body; two minus signs cancel."""
    number, rest = _front(body)
    return _numbered(-number, rest)


def scale(factor: int | Fraction | Node, body: Node) -> Node:
    """A number times a matrix; plain numbers are gathered in front: ½·(2·X) is X."""
    if not isinstance(factor, Node):
        factor = constant(factor)
    (first, letter), (second, rest) = _front(factor), _front(body)
    if letter is _UNIT:
        inner = rest
    elif rest is _UNIT or (rest.op == "ones" and rest.shape == SCALAR):
        inner = letter
    else:
        inner = apply("scale", letter, rest)
    return _numbered(_times(first, second), inner)


def matmul(left: Node, right: Node) -> Node:
    """The matrix product; association stays as written."""
    return apply("matmul", left, right)


def transpose(body: Node) -> Node:
    """bodyᵀ; transposing twice, or a number, changes nothing."""
    if body.op == "transpose":
        return body.args[0]
    if body.op == "ones":
        return ones((body.shape[1], body.shape[0]))
    return body if body.shape == SCALAR else apply("transpose", body)


def times(left: Node, right: Node) -> Node:
    """The elementwise product; a factor of ones vanishes, numbers move to the front."""
    (first, left), (second, right) = _front(left), _front(right)
    share, left, right = _shared(left, right)
    product = _product(left, right)
    if share is not _UNIT:
        product = scale(share, product)
    return product if first is second is ONE else scale(_times(first, second), product)


def _product(left: Node, right: Node) -> Node:
    for one, other in ((left, right), (right, left)):
        if one.op == "ones" or (one is _UNIT and other.shape == SCALAR):
            return other
        if one.op == "scale" and one.args[1].op == "ones":
            return scale(one.args[0], other)
    return apply("hadamard", left, right)


def _shared(left: Node, right: Node) -> tuple[Node, Node, Node]:
    """1/N taken out of factors that have it in front."""
    share = _UNIT
    if left.op == "scale" and _is_quotient(left.args[0]):
        share, left = left.args
    if right.op == "scale" and _is_quotient(right.args[0]):
        share, right = scale(share, right.args[0]), right.args[1]
    return share, left, right


def divide(left: Node, right: Node) -> Node:
    """The elementwise quotient; numbers in front of what is divided stay in front."""
    if left.op == "constant":
        return apply("divide", left, right)
    number, rest = _front(left)
    if rest.op == "scale" and _is_quotient(rest.args[0]):
        return scale(number, scale(rest.args[0], divide(rest.args[1], right)))
    return scale(number, apply("divide", rest, right))


def power(body: Node, exponent: int | Fraction) -> Node:
    """Every entry to a fixed power."""
    if exponent == 1:
        return body
    if exponent == 0:
        return ones(body.shape)
    return apply("power", body, data=Fraction(exponent))


def function(name: str, body: Node, order: int = 0) -> Node:
    """A row of `derive.functions.FUNCTIONS`, or its slope (``order`` 1), entry by entry."""
    return apply("function", body, data=(name, order))


def softmax(body: Node) -> Node:
    """e^z over the sum of e^z, in each column."""
    return apply("softmax", body)


def winner_take_all(body: Node) -> Node:
    """1 at the largest entry of each column (the first of several), 0 elsewhere."""
    return apply("winner-take-all", body)


def sum_over(axis: str, body: Node) -> Node:
    """The sum over ``"rows"`` (a row remains) or ``"columns"`` (a column remains)."""
    if body.shape[0 if axis == "rows" else 1] == 1:
        return body
    return apply("sum", body, data=axis)


def total(body: Node) -> Node:
    """The sum of all entries."""
    return body if body.shape == SCALAR else apply("total", body)


def inner(left: Node, right: Node) -> Node:
    """The sum of the products of corresponding entries; 0 times anything is 0 there, so that 0·log 0 is 0."""
    return apply("inner", left, right)


def norm2(body: Node) -> Node:
    """The sum of the squares of all entries, ‖body‖²."""
    return apply("norm2", body)


def diag(body: Node) -> Node:
    """The square matrix with a column, or a row, on its diagonal."""
    return apply("diag", body)


def entry(body: Node, row: int, column: int) -> Node:
    """One entry, counted from 1."""
    return body if body.shape == SCALAR else apply("entry", body, data=(row, column))


def stack(rows: tuple[tuple[Node, ...], ...]) -> Node:
    """A matrix written out from its entries."""
    flat = tuple(number for row in rows for number in row)
    return apply("stack", *flat, data=(len(rows), len(rows[0])))


def at(body: Node, row: indices.Place, column: indices.Place) -> Node:
    """The entry that indices or numbers pick; None for the only row or column there is."""
    return apply("at", body, data=(row, column))


def over(index: indices.Index, body: Node) -> Node:
    """The sum of a number over all values of an index."""
    return apply("over", body, data=index)


def kronecker(first: indices.Index, second: indices.Index) -> Node:
    """1 where two indices are equal, else 0."""
    return apply("kronecker", data=(first, second))


def gather(body: Node, row: indices.Place, column: indices.Place) -> Node:
    """The matrix with a number, given by its indices, at every place."""
    return apply("gather", body, data=(row, column))


def cost(activation: Node, target: Node, slope: Quantity) -> Node:
    """A loss left open; ``slope`` is the quantity its gradient with respect to the activation is called."""
    return apply("cost", activation, target, data=slope)


def rebuild(op: str, *args: Node, data: Any = None) -> Node:
    """The node again with other arguments, gathering constants as the builders above do."""
    builder = _BUILDERS.get(op)
    return builder(*args) if builder else apply(op, *args, data=data)


_BUILDERS: dict[str, Callable[..., Node]] = {
    "negate": negate,
    "scale": scale,
    "transpose": transpose,
    "hadamard": times,
    "divide": divide,
    "total": total,
}
