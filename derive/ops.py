"""The table of operations: for each its shape, its value, how a gradient passes back through it, and why.

`OPS` is the whole theory of backpropagation used here. A pullback takes the node and the gradient g of the
loss with respect to the node's value and gives the gradient with respect to one argument, as a new
expression. Values are NumPy arrays whose last two axes are rows and columns; any axes before these are
independent samples.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from derive.functions import FUNCTIONS, Array, Function, NotExact
from derive.graph import SCALAR, Node, Shape, ShapeError, intern, symbol
from derive.quantities import Quantity

Pullback = Callable[[Node, Node], Node]
"""(node, gradient with respect to its value) -> gradient with respect to one of its arguments."""


@dataclass(frozen=True)
class Arithmetic:
    """What numbers are: the functions by name, and whether values are exact fractions instead of float64."""

    functions: Mapping[str, Function] = field(default_factory=lambda: FUNCTIONS)
    exact: bool = False

    def array(self, number: Fraction, shape: tuple[int, int] = (1, 1)) -> Array:
        """A matrix full of one number."""
        return np.full(shape, number, dtype=object) if self.exact else np.full(shape, float(number))


@dataclass(frozen=True)
class Operation:
    """One row. ``shape(data, *shapes)`` raises `ShapeError`; ``bind(data, arithmetic)`` gives the NumPy
    function of the arguments; ``pullbacks`` has one for each argument (or ``pullback_each`` serves any number
    of them); ``reason`` is the sentence a derivation prints when a gradient passes through."""

    name: str
    shape: Callable[..., Shape]
    bind: Callable[[Any, Arithmetic], Callable[..., Array]]
    pullbacks: tuple[Pullback, ...] = ()
    reason: str = ""
    pullback_each: Callable[[Node, Node, int], Node] | None = None

    def pull(self, node: Node, g: Node, position: int) -> Node:
        """The gradient with respect to argument ``position``, given the gradient ``g`` with respect to
        ``node``.
        """
        if self.pullback_each:
            return self.pullback_each(node, g, position)
        return self.pullbacks[position](node, g)


def show(shape: Shape) -> str:
    """A shape for people: ``(4, 1)`` gives ``4×1``."""
    return f"{shape[0]}×{shape[1]}"


# -- shape rules ---------------------------------------------------------------------------------------------


def _same(what: str) -> Callable[..., Shape]:
    def rule(data: Any, left: Shape, right: Shape) -> Shape:
        if left != right:
            raise ShapeError(f"{what} needs equal shapes, but these are {show(left)} and {show(right)}")
        return left

    return rule


def _matmul_shape(data: Any, left: Shape, right: Shape) -> Shape:
    if left[1] != right[0]:
        raise ShapeError(
            "a matrix product needs as many columns on the left as rows on the right, "
            f"but these are {show(left)} and {show(right)}"
        )
    return (left[0], right[1])


def _scale_shape(data: Any, factor: Shape, body: Shape) -> Shape:
    if factor != SCALAR:
        raise ShapeError(f"only a number can scale a {show(body)} matrix, but the factor is {show(factor)}")
    return body


def _square_column(data: Any, body: Shape) -> Shape:
    if body[1] != 1:
        raise ShapeError(f"diag takes a column, but this is {show(body)}")
    return (body[0], body[0])


def _inner_shape(data: Any, left: Shape, right: Shape) -> Shape:
    _same("an inner product")(data, left, right)
    return SCALAR


def _summed(data: Any, body: Shape) -> Shape:
    return (1, body[1]) if data == "rows" else (body[0], 1)


def _entry_shape(data: Any, body: Shape) -> Shape:
    for index, size, what in zip(data, body, ("row", "column"), strict=True):
        if isinstance(size, int) and not 1 <= index <= size:
            raise ShapeError(f"there is no {what} {index} in a {show(body)} matrix")
    return SCALAR


def _placed(data: Any, number: Shape) -> Shape:
    row, column, (rows, columns) = data
    if number != SCALAR:
        raise ShapeError(f"only a number fits in one place of a {rows}×{columns} matrix, not {show(number)}")
    _entry_shape((row, column), (rows, columns))
    return (rows, columns)


def _stack_shape(data: Shape, *entries: Shape) -> Shape:
    for entry in entries:
        if entry != SCALAR:
            raise ShapeError(f"the entries of a matrix are numbers, but one is {show(entry)}")
    return data


# -- values --------------------------------------------------------------------------------------------------


def _plain(function: Callable[..., Array]) -> Callable[[Any, Arithmetic], Callable[..., Array]]:
    return lambda data, arithmetic: function


def _transposed(body: Array) -> Array:
    return np.swapaxes(body, -1, -2)


def _constant_value(data: Any, arithmetic: Arithmetic) -> Callable[..., Array]:
    number = arithmetic.array(data)
    return lambda: number


def _ones_value(data: Any, arithmetic: Arithmetic) -> Callable[..., Array]:
    ones = arithmetic.array(Fraction(1), data)
    return lambda: ones


def _function_value(data: Any, arithmetic: Arithmetic) -> Callable[..., Array]:
    name, order = data
    row = arithmetic.functions[name]
    return lambda z: row.apply(z, order)


def _power_value(data: Any, arithmetic: Arithmetic) -> Callable[..., Array]:
    if data.denominator == 1:
        return lambda body: body ** int(data)
    if arithmetic.exact:
        raise NotExact(f"a power of {data} has no exact fractions as values: drop --exact, or use float64")
    return lambda body: body ** float(data)


def _softmax_value(data: Any, arithmetic: Arithmetic) -> Callable[..., Array]:
    if arithmetic.exact:
        raise NotExact("softmax has no exact fractions as values: drop --exact, or use float64")
    return _softmax


def _softmax(z: Array) -> Array:
    raised = np.exp(z - np.max(np.real(z), axis=-2, keepdims=True))
    return raised / raised.sum(axis=-2, keepdims=True)


def _diag_value(body: Array) -> Array:
    return body * np.eye(body.shape[-2], dtype=int)


def _total(body: Array) -> Array:
    return body.sum(axis=(-1, -2), keepdims=True)


def _inner_value(left: Array, right: Array) -> Array:
    # y log a is 0 for y = 0, also where a has been rounded to 0 and its logarithm is infinite.
    return _total(np.where(left == 0, left, left * right))


def _summed_value(data: Any, arithmetic: Arithmetic) -> Callable[..., Array]:
    axis = -2 if data == "rows" else -1
    return lambda body: body.sum(axis=axis, keepdims=True)


def _entry_value(data: Any, arithmetic: Arithmetic) -> Callable[..., Array]:
    row, column = data
    return lambda body: body[..., row - 1 : row, column - 1 : column]


def _stack_value(data: Any, arithmetic: Arithmetic) -> Callable[..., Array]:
    rows, columns = data

    def stack(*entries: Array) -> Array:
        flat = np.concatenate(np.broadcast_arrays(*entries), axis=-1)
        return flat.reshape(*flat.shape[:-2], rows, columns)

    return stack


def _unit(data: Any, arithmetic: Arithmetic) -> Callable[..., Array]:
    row, column, shape = data

    def place(number: Array) -> Array:
        out = np.zeros((*number.shape[:-2], *shape), dtype=number.dtype)
        out[..., row - 1, column - 1] = number[..., 0, 0]
        return out

    return place


# -- pullbacks -----------------------------------------------------------------------------------------------


def _function_pullback(node: Node, g: Node) -> Node:
    name, order = node.data
    row = FUNCTIONS.get(name)
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


def _stack_pullback(node: Node, g: Node, position: int) -> Node:
    columns = node.data[1]
    return entry(g, position // columns + 1, position % columns + 1)


OPS: dict[str, Operation] = {
    row.name: row
    for row in (
        Operation("symbol", lambda data: SCALAR, lambda data, arithmetic: _no_value),
        Operation("constant", lambda data: SCALAR, _constant_value),
        Operation("ones", lambda data: data, _ones_value),
        Operation(
            "add",
            _same("a sum"),
            _plain(np.add),
            (lambda n, g: g, lambda n, g: g),
            "a sum passes the gradient on to every term",
        ),
        Operation(
            "subtract",
            _same("a difference"),
            _plain(np.subtract),
            (lambda n, g: g, lambda n, g: negate(g)),
            "a difference passes the gradient on, with a minus sign to what is subtracted",
        ),
        Operation(
            "negate",
            lambda data, s: s,
            _plain(np.negative),
            (lambda n, g: negate(g),),
            "a minus sign stays a minus sign",
        ),
        Operation(
            "scale",
            _scale_shape,
            _plain(np.multiply),
            (lambda n, g: inner(n.args[1], g), lambda n, g: scale(n.args[0], g)),
            "a factor in front multiplies the gradient",
        ),
        Operation(
            "matmul",
            _matmul_shape,
            _plain(np.matmul),
            (lambda n, g: matmul(g, transpose(n.args[1])), lambda n, g: matmul(transpose(n.args[0]), g)),
            "in a matrix product each factor gets the gradient times the other factor, transposed",
        ),
        Operation(
            "transpose",
            lambda data, s: (s[1], s[0]),
            _plain(_transposed),
            (lambda n, g: transpose(g),),
            "transposing is undone",
        ),
        Operation(
            "hadamard",
            _same("an elementwise product"),
            _plain(np.multiply),
            (lambda n, g: times(g, n.args[1]), lambda n, g: times(g, n.args[0])),
            "in a product each factor gets the gradient times the other factor",
        ),
        Operation(
            "divide",
            _same("an elementwise quotient"),
            _plain(np.divide),
            (
                lambda n, g: divide(g, n.args[1]),
                lambda n, g: negate(divide(times(g, n.args[0]), power(n.args[1], 2))),
            ),
            "the quotient rule",
        ),
        Operation("power", lambda data, s: s, _power_value, (_power_pullback,), "the power rule"),
        Operation(
            "function",
            lambda data, s: s,
            _function_value,
            (_function_pullback,),
            "a function applied entry by entry multiplies the gradient by its slope, entry by entry",
        ),
        Operation(
            "softmax",
            lambda data, s: s,
            _softmax_value,
            (_softmax_pullback,),
            "in a softmax every output depends on every input, "
            "so the weighted mean of the gradient is taken off",
        ),
        Operation(
            "sum",
            _summed,
            _summed_value,
            (_sum_pullback,),
            "a sum hands the same gradient to everything that was summed",
        ),
        Operation(
            "total",
            lambda data, s: SCALAR,
            _plain(_total),
            (lambda n, g: scale(g, ones(n.args[0].shape)),),
            "a sum hands the same gradient to everything that was summed",
        ),
        Operation(
            "inner",
            _inner_shape,
            _plain(_inner_value),
            (lambda n, g: scale(g, n.args[1]), lambda n, g: scale(g, n.args[0])),
            "in an inner product each side gets the other one",
        ),
        Operation(
            "norm2",
            lambda data, s: SCALAR,
            _plain(lambda a: _total(a * a)),
            (lambda n, g: scale(g, scale(2, n.args[0])),),
            "the slope of a squared length is twice the vector",
        ),
        Operation(
            "diag",
            _square_column,
            _plain(_diag_value),
            (
                lambda n, g: matmul(
                    times(g, diag(ones((n.args[0].shape[0], 1)))), ones((n.args[0].shape[0], 1))
                ),
            ),
            "a diagonal matrix takes the diagonal of the gradient",
        ),
        Operation("entry", _entry_shape, _entry_value, (_entry_pullback,), "only this entry is used"),
        Operation(
            "place",
            _placed,
            _unit,
            (lambda n, g: entry(g, *n.data[:2]),),
            "only this entry is used",
        ),
        Operation(
            "stack",
            _stack_shape,
            _stack_value,
            (),
            "every entry gets its own entry of the gradient",
            _stack_pullback,
        ),
        Operation(
            "cost",
            _inner_shape,
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


def constant(number: int | Fraction) -> Node:
    """A number, 1×1, kept exact."""
    return apply("constant", data=Fraction(number))


def ones(shape: Shape) -> Node:
    """A matrix of ones; 1×1 is the number 1."""
    return constant(1) if shape == SCALAR else apply("ones", data=shape)


def add(left: Node, right: Node) -> Node:
    """left + right, of equal shapes."""
    return apply("add", left, right)


def minus(left: Node, right: Node) -> Node:
    """left − right, of equal shapes."""
    return apply("subtract", left, right)


def negate(body: Node) -> Node:
    """−body; two minus signs cancel."""
    if body.op == "negate":
        return body.args[0]
    if body.op == "constant":
        return constant(-body.data)
    if body.op == "scale" and body.args[0].op == "constant":
        return scale(negate(body.args[0]), body.args[1])
    return apply("negate", body)


def scale(factor: int | Fraction | Node, body: Node) -> Node:
    """A number times a matrix; plain numbers are gathered: ½·(2·X) is X."""
    if not isinstance(factor, Node):
        factor = constant(factor)
    if factor.op == "constant" and body.op == "constant":
        return constant(factor.data * body.data)
    if factor.op == "constant" and body.op == "scale" and body.args[0].op == "constant":
        return scale(factor.data * body.args[0].data, body.args[1])
    if factor.op == "constant" and body.op == "negate":
        return scale(negate(factor), body.args[0])
    if factor.op == "divide" and body.op == "scale" and body.args[0].op == factor.args[0].op == "constant":
        return scale(divide(scale(body.args[0], factor.args[0]), factor.args[1]), body.args[1])
    if factor.op == "constant" and factor.data == 1:
        return body
    if factor.op == "constant" and factor.data == -1:
        return negate(body)
    if body.op == "ones" or (body.op == "constant" and body.data == 1):
        return factor if body.shape == SCALAR else apply("scale", factor, body)
    return apply("scale", factor, body)


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
    """The elementwise product; a factor of ones vanishes, plain numbers move to the front."""
    for one, other in ((left, right), (right, left)):
        if one.op == "ones" or (one.op == "constant" and one.shape == other.shape == SCALAR):
            return other if one.op == "ones" else scale(one, other)
        if one.op == "negate":
            return negate(times(one.args[0], right) if one is left else times(left, one.args[0]))
        if one.op == "scale" and one.args[0].op == "constant":
            inside = times(one.args[1], right) if one is left else times(left, one.args[1])
            return scale(one.args[0], inside)
    return apply("hadamard", left, right)


def divide(left: Node, right: Node) -> Node:
    """The elementwise quotient."""
    if left.op == "negate":
        return negate(divide(left.args[0], right))
    if left.op == "scale" and left.args[0].op == "constant":
        return scale(left.args[0], divide(left.args[1], right))
    return apply("divide", left, right)


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
    """The square matrix with a column on its diagonal."""
    return apply("diag", body)


def entry(body: Node, row: int, column: int) -> Node:
    """One entry, counted from 1."""
    return body if body.shape == SCALAR else apply("entry", body, data=(row, column))


def stack(rows: tuple[tuple[Node, ...], ...]) -> Node:
    """A matrix written out from its entries."""
    flat = tuple(number for row in rows for number in row)
    return apply("stack", *flat, data=(len(rows), len(rows[0])))


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
