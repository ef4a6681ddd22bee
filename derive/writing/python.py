"""Expressions -> NumPy: one rule for each operation, brackets where reading would change the value.

Where NumPy repeats a row or a column by itself (broadcasting), no vectors of ones are written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from derive.errors import Unusable
from derive.functions import Function, function_named
from derive.graph import SCALAR, Dim, Node
from derive.notation import Notation
from derive.quantities import Quantity
from derive.writing.identifiers import identifier, size_name
from derive.writing.layout import function_symbol
from derive.writing.pieces import (
    ATOM,
    MATMUL,
    NUMBER,
    POWER,
    QUOTIENT,
    SIGNED,
    SUM,
    Piece,
    joined,
    negative,
    number_text,
    numeric,
    over,
    product,
    raised,
    times_number,
    together,
)
from derive.writing.slopes import A, Z, slope_expression, value_expression


class NumpyWriter(Struct, frozen=True):
    """Writes expressions with the ``names`` of quantities. ``numbers`` are those that are plain numbers,
    ``outputs`` has the symbol of every applied function that has a name, ``open_slopes`` the loss behind each
    slope of a loss that is left open; ``kink_slope`` is that of a `Network`. ``used`` collects definitions of
    operations that NumPy has no function for, ``left_open`` the functions that nobody has defined.
    """

    names: Mapping[Quantity, str]
    notation: Notation
    kink_slope: Fraction = Fraction(0)
    numbers: frozenset[Quantity] = frozenset()
    outputs: Mapping[Node, Node] = field(default_factory=dict)
    open_slopes: Mapping[Quantity, Node] = field(default_factory=dict)
    bound: Mapping[Quantity, Piece] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)
    left_open: dict[str, None] = field(default_factory=dict)

    def piece(self, node: Node) -> Piece:
        """The expression, as something that can be added and multiplied."""
        return numeric(self.raw(node))

    def raw(self, node: Node) -> Piece:
        """The expression, which may be a condition."""
        if node.op not in RULES:
            raise Unusable("single entries are no NumPy code: choose the form matrix or batch")
        return RULES[node.op](self, node)

    def whole(self, node: Node) -> Piece:
        """The expression in its full shape."""
        piece = self.piece(node)
        if piece.shape == node.shape or node.shape == SCALAR:
            return piece
        size = ", ".join(self.size(number) for number in node.shape)
        if piece.shape is NUMBER and node.op == "ones":
            return Piece(f"np.ones(({size}))", ATOM, node.shape)
        return Piece(f"np.broadcast_to({piece.text}, ({size}))", ATOM, node.shape)

    def size(self, number: Dim) -> str:
        """A number of rows or columns."""
        return str(number) if isinstance(number, int) else size_name(number, self.notation)


# -- numbers and names ---------------------------------------------------------------------------------------


def _symbol(by: NumpyWriter, node: Node) -> Piece:
    quantity = node.quantity
    assert quantity is not None
    if quantity in by.bound:
        return by.bound[quantity]
    if quantity in by.open_slopes:
        return _open_loss(by, by.open_slopes[quantity], "_prime")
    return Piece(by.names[quantity], ATOM, NUMBER if quantity in by.numbers else node.shape)


def _constant(by: NumpyWriter, node: Node) -> Piece:
    number = Fraction(node.data)
    text = number_text(number)
    return Piece(text, QUOTIENT if "/" in text else SIGNED if number < 0 else ATOM, NUMBER)


# -- sums and products ---------------------------------------------------------------------------------------


def _add(by: NumpyWriter, node: Node) -> Piece:
    left, right = (by.piece(argument) for argument in node.args)
    # A sum that begins with a minus sign keeps its brackets, so that the sign is of its first term alone.
    return joined(left, "+", right, MATMUL if right.text.startswith("-") else SUM)


def _subtract(by: NumpyWriter, node: Node) -> Piece:
    left, right = (by.piece(argument) for argument in node.args)
    return joined(left, "-", right, MATMUL)


def _negate(by: NumpyWriter, node: Node) -> Piece:
    return negative(by.piece(node.args[0]))


def _hadamard(by: NumpyWriter, node: Node) -> Piece:
    if node.args[0] is node.args[1]:
        return raised(by.piece(node.args[0]), Fraction(2))
    if (number := _number_over(node.args[0])) and node.args[1].op != "divide":
        return over(times_number(number, by.piece(node.args[1])), by.piece(node.args[0].args[1]))
    left, right = (by.raw(argument) for argument in node.args)
    if left.is_condition and not right.is_condition:
        left, right = right, left
    return replace(product(left, right), is_condition=left.is_condition and right.is_condition)


def _number_over(node: Node) -> Fraction | None:
    """The number c of c/d; None for all else."""
    is_number = node.op == "divide" and node.args[0].op == "constant"
    return Fraction(node.args[0].data) if is_number else None


def _scale(by: NumpyWriter, node: Node) -> Piece:
    factor, body = node.args
    if body.op == "ones":
        return by.piece(factor)
    if factor.op == "constant":
        return times_number(Fraction(factor.data), by.piece(body))
    if number := _number_over(factor):
        return over(times_number(number, by.piece(body)), by.piece(factor.args[1]))
    return product(by.piece(factor), by.piece(body))


def _divide(by: NumpyWriter, node: Node) -> Piece:
    return over(*(by.piece(argument) for argument in node.args))


def _matmul(by: NumpyWriter, node: Node) -> Piece:
    left, right = node.args
    if right.op == "ones":
        return _total_of(by, left, "columns")
    if left.op == "ones":
        return _total_of(by, right, "rows")
    first, second = by.whole(left), by.whole(right)
    if NUMBER in (first.shape, second.shape):
        return product(first, second)
    text = f"{first.within(MATMUL if left.op == 'matmul' else SIGNED)} @ {second.within(POWER)}"
    return Piece(text, MATMUL, node.shape)


def _transpose(by: NumpyWriter, node: Node) -> Piece:
    return Piece(f"{by.whole(node.args[0]).within(ATOM)}.T", ATOM, node.shape)


def _power(by: NumpyWriter, node: Node) -> Piece:
    return raised(by.piece(node.args[0]), Fraction(node.data))


# -- sums over rows, columns and everything ------------------------------------------------------------------

AXES = {"rows": 0, "columns": 1}


def _sum(by: NumpyWriter, node: Node) -> Piece:
    return _total_of(by, node.args[0], node.data)


def _total_of(by: NumpyWriter, body: Node, along: str) -> Piece:
    """The sum over rows or columns, which leaves a row or a column; of one alone there is nothing to add."""
    axis = AXES[along]
    if body.shape[axis] == 1:
        return by.piece(body)
    shape = (1, body.shape[1]) if axis == 0 else (body.shape[0], 1)
    return Piece(f"{by.whole(body).within(ATOM)}.sum(axis={axis}, keepdims=True)", ATOM, shape)


def _total(by: NumpyWriter, node: Node) -> Piece:
    return Piece(f"np.sum({by.whole(node.args[0]).text})", ATOM, NUMBER)


def _inner(by: NumpyWriter, node: Node) -> Piece:
    left, right = node.args
    if left.shape == SCALAR:
        return product(by.piece(left), by.piece(right))
    return Piece(f"np.sum({product(by.whole(left), by.whole(right)).text})", ATOM, NUMBER)


def _norm2(by: NumpyWriter, node: Node) -> Piece:
    return Piece(f"np.sum({by.whole(node.args[0]).within(ATOM)} ** 2)", ATOM, NUMBER)


# -- functions -----------------------------------------------------------------------------------------------


def _function(by: NumpyWriter, node: Node) -> Piece:
    """A function or its slope: the row's own NumPy, or else its formula."""
    (name, order), (argument,) = node.data, node.args
    row = function_named(name)
    if name == "exp" and argument.op in ("scale", "hadamard") and argument.args[1].data == ("log", 0):
        return _exponential(by, argument)
    z = by.piece(argument)
    if row is None:
        letter = identifier(function_symbol(name, by.notation, argument.quantity))
        name = _left_open(by, letter + "_prime" * order)
        return Piece(f"{name}({z.text})", ATOM, z.shape)
    if order == 0:
        return _value_of(by, row, z)
    return _slope_of(by, row, z, by.outputs.get(argument))


def _exponential(by: NumpyWriter, argument: Node) -> Piece:
    """e^(t log b) is b to the power of t."""
    exponent, base = by.piece(argument.args[0]), by.piece(argument.args[1].args[0])
    return Piece(f"{base.within(ATOM)} ** {exponent.within(ATOM)}", POWER, together(base, exponent))


def _value_of(by: NumpyWriter, row: Function, z: Piece) -> Piece:
    if row.numpy is not None:
        return _filled(row.numpy, z)
    return replace(by, bound={**by.bound, Z: z}).piece(value_expression(row))


def _slope_of(by: NumpyWriter, row: Function, z: Piece, output: Node | None) -> Piece:
    """The slope, in terms of the function's own value where courses print it so."""
    if row.numpy_slope is not None:
        return _filled(row.numpy_slope(by.kink_slope), z)
    a = by.piece(output) if output is not None else _value_of(by, row, z)
    slope = replace(by, bound={**by.bound, Z: z, A: a}).raw(slope_expression(row))
    for kink in row.kinks:
        slope = _at_kink(by, row, z, float(kink), slope)
    return slope


def _at_kink(by: NumpyWriter, row: Function, z: Piece, kink: float, elsewhere: Piece) -> Piece:
    taken = float(row.with_kink_slope(by.kink_slope).apply(np.array([kink]), 1)[0])
    return Piece(f"np.where({z.text} == {kink!r}, {taken!r}, {elsewhere.text})", ATOM, elsewhere.shape)


def _filled(template: str, z: Piece) -> Piece:
    """A row's own text with the argument in its place; what is no call is a comparison."""
    is_call = template.startswith("np.")
    text = template.format(z=z.text, operand=z.within(ATOM))
    return Piece(text, ATOM if is_call else SUM, z.shape, is_condition=not is_call)


def _softmax(by: NumpyWriter, node: Node) -> Piece:
    axis = 1 if node.data == "rows" else 0
    by.used["softmax"] = SOFTMAX.format(axis=axis)
    return Piece(f"softmax({by.whole(node.args[0]).text})", ATOM, node.shape)


SOFTMAX = """def softmax(z):
    e = np.exp(z - z.max(axis={axis}, keepdims=True))  # the largest is taken off: e^z could overflow
    return e / e.sum(axis={axis}, keepdims=True)
"""


def _winner(by: NumpyWriter, node: Node) -> Piece:
    body = by.whole(node.args[0]).within(ATOM)
    if node.data == "rows":
        return Piece(f"np.eye({by.size(node.shape[1])})[{body}.argmax(axis=1)]", ATOM, node.shape)
    return Piece(f"np.eye({by.size(node.shape[0])})[{body}.argmax(axis=0)].T", ATOM, node.shape)


def _cost(by: NumpyWriter, node: Node) -> Piece:
    return _open_loss(by, node, "")


def _open_loss(by: NumpyWriter, cost: Node, suffix: str) -> Piece:
    arguments = ", ".join(by.piece(argument).text for argument in cost.args)
    name = _left_open(by, f"cost{suffix}")
    return Piece(f"{name}({arguments})", ATOM, cost.args[0].shape if suffix else NUMBER)


def _left_open(by: NumpyWriter, name: str) -> str:
    by.left_open[name] = None
    return name


# -- entries -------------------------------------------------------------------------------------------------


def _entry(by: NumpyWriter, node: Node) -> Piece:
    row, column = node.data
    return Piece(f"{by.whole(node.args[0]).within(ATOM)}[{row - 1}, {column - 1}]", ATOM, NUMBER)


def _place(by: NumpyWriter, node: Node) -> Piece:
    """A number alone in a matrix of zeros: the product of two rows of unit matrices."""
    row, column, (rows, columns) = node.data
    unit = f"np.outer(np.eye({by.size(rows)})[{row - 1}], np.eye({by.size(columns)})[{column - 1}])"
    return product(by.piece(node.args[0]), Piece(unit, ATOM, node.shape))


def _stack(by: NumpyWriter, node: Node) -> Piece:
    columns = node.data[1]
    texts = [by.piece(argument).text for argument in node.args]
    rows = (f"[{', '.join(texts[start : start + columns])}]" for start in range(0, len(texts), columns))
    return Piece(f"np.block([{', '.join(rows)}])", ATOM, node.shape)


RULES: dict[str, Callable[[NumpyWriter, Node], Piece]] = {
    "symbol": _symbol,
    "constant": _constant,
    "ones": lambda by, node: Piece("1", ATOM, NUMBER),
    "add": _add,
    "subtract": _subtract,
    "negate": _negate,
    "scale": _scale,
    "matmul": _matmul,
    "transpose": _transpose,
    "hadamard": _hadamard,
    "divide": _divide,
    "power": _power,
    "function": _function,
    "softmax": _softmax,
    "winner-take-all": _winner,
    "sum": _sum,
    "total": _total,
    "inner": _inner,
    "norm2": _norm2,
    "diag": lambda by, node: Piece(f"np.diagflat({by.whole(node.args[0]).text})", ATOM, node.shape),
    "entry": _entry,
    "place": _place,
    "stack": _stack,
    "cost": _cost,
}
"""How each operation is written; entries picked by indices have none, for NumPy computes whole matrices."""
