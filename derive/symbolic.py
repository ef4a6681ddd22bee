"""Every formula as an unevaluated SymPy object, in the order and with the brackets in which it was derived.

Numbers (1×1) become SymPy scalars, everything else becomes a matrix expression. Functions carry their
formula, and their slopes are SymPy's own derivatives of it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import sympy
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.matexpr import MatrixElement

from derive.backprop import Step
from derive.functions import FUNCTIONS, function_named
from derive.graph import SCALAR, Dim, Equation, Node, symbol
from derive.indices import Index

Expression = Any
"""A SymPy scalar or matrix expression."""


def as_sympy(node: Node) -> Expression:
    """The expression in SymPy, unevaluated; symbols are named by their addresses.

    >>> from derive import Network, derive
    >>> as_sympy(derive(Network([3, 4, 2], "identity"))["delta1"].formula)
    W2.T*delta2
    """
    done: dict[Node, Expression] = {}
    for inner in node.walk():
        done[inner] = LOWERING[inner.op](inner, *(done[argument] for argument in inner.args))
    return done[node]


def equation_sympy(step: Step | Equation) -> Expression:
    """``quantity = formula`` as an unevaluated `sympy.Eq`.

    >>> from derive import Network, derive
    >>> equation_sympy(derive(Network([3, 4, 2], "identity"))["dW2"])
    Eq(dW2, delta2*a1.T)
    """
    if isinstance(step, Step):
        left, right = step.left_side, step.formula
    else:
        left, right = symbol(step.quantity, step.expression.shape), step.expression
    return sympy.Eq(as_sympy(left), as_sympy(right), evaluate=False)


# -- shapes and names ----------------------------------------------------------------------------------------


def dimension(size: Dim) -> Expression:
    """A size: a number, or a positive integer symbol."""
    return sympy.Integer(size) if isinstance(size, int) else sympy.Symbol(size, integer=True, positive=True)


def _named(address: str, shape: tuple[Dim, Dim]) -> Expression:
    if shape == SCALAR:
        return sympy.Symbol(address, real=True)
    return sympy.MatrixSymbol(address, *map(dimension, shape))


def _is_number(expression: Expression) -> bool:
    return not expression.is_Matrix


def _ones(rows: Dim, columns: Dim) -> Expression:
    if (rows, columns) == SCALAR:
        return sympy.Integer(1)
    return sympy.OneMatrix(dimension(rows), dimension(columns))


def _entry_of(product: Expression) -> Expression:
    """The number in a 1×1 matrix, or the sum of a square one's diagonal: SymPy keeps both as a trace."""
    return product if _is_number(product) else sympy.Trace(product)


# -- rules ---------------------------------------------------------------------------------------------------


def _add(node: Node, left: Expression, right: Expression) -> Expression:
    kind = sympy.Add if node.shape == SCALAR else sympy.MatAdd
    return kind(left, right, evaluate=False)


def _multiply(left: Expression, right: Expression) -> Expression:
    kind = sympy.Mul if _is_number(left) and _is_number(right) else sympy.MatMul
    return kind(left, right, evaluate=False)


def _matmul(node: Node, left: Expression, right: Expression) -> Expression:
    product = _multiply(left, right)
    return _entry_of(product) if node.shape == SCALAR else product


def _transpose(node: Node, body: Expression) -> Expression:
    return body if _is_number(body) else sympy.Transpose(body)


def _hadamard(node: Node, left: Expression, right: Expression) -> Expression:
    kind = sympy.Mul if node.shape == SCALAR else sympy.HadamardProduct
    return kind(left, right, evaluate=False)


def _raised(base: Expression, exponent: Expression) -> Expression:
    if _is_number(base):
        return sympy.Pow(base, exponent, evaluate=False)
    return sympy.HadamardPower(base, exponent)


def _divide(node: Node, left: Expression, right: Expression) -> Expression:
    return _hadamard(node, left, _raised(right, sympy.Integer(-1)))


@cache
def _rule(name: str, order: int) -> Expression:
    """z ↦ f(z), or its derivative of some order taken by SymPy; a function nobody knows stays a letter."""
    z = sympy.Symbol("z", real=True)
    row = function_named(name)
    value = row.formula(z) if row else sympy.Function(name)(z)
    return sympy.Lambda(z, sympy.diff(value, z, order) if order else value)


def _function(node: Node, body: Expression) -> Expression:
    rule = _rule(*node.data)
    if not _is_number(body):
        return ElementwiseApplyFunction(rule, body)
    with sympy.evaluate(False):
        return rule.expr.xreplace({rule.variables[0]: body})


def _softmax(node: Node, body: Expression) -> Expression:
    raised = _function_of("exp", body)
    sums = _multiply(_ones(node.shape[0], node.shape[0]), raised)
    return _divide(node, raised, sums)


def _winner(node: Node, body: Expression) -> Expression:
    """1 where an entry is above all before it in its column (or row) and not below any after it."""
    shape = tuple(map(dimension, node.shape))
    i, j, k = sympy.symbols("i j k", integer=True)
    if _is_number(body):
        return sympy.Integer(1)
    here, size = (j, shape[1]) if node.data == "rows" else (i, shape[0])

    def ahead(at_a_tie: int) -> Expression:
        other = MatrixElement(body, *((i, k) if node.data == "rows" else (k, j)))
        return sympy.Heaviside(MatrixElement(body, i, j) - other, at_a_tie)

    before = sympy.Product(ahead(0), (k, 0, here - 1))
    after = sympy.Product(ahead(1), (k, here, size - 1))
    return sympy.FunctionMatrix(*shape, sympy.Lambda((i, j), before * after))


def _function_of(name: str, body: Expression) -> Expression:
    if _is_number(body):
        return FUNCTIONS[name].formula(body)
    return ElementwiseApplyFunction(_rule(name, 0), body)


def _sum(node: Node, body: Expression) -> Expression:
    rows, columns = node.args[0].shape
    if node.data == "rows":
        return _matmul(node, _ones(1, rows), body)
    return _matmul(node, body, _ones(columns, 1))


def _total(node: Node, body: Expression) -> Expression:
    rows, columns = node.args[0].shape
    return _entry_of(_multiply(_ones(columns, rows), body))


def _inner(node: Node, left: Expression, right: Expression) -> Expression:
    return _entry_of(_multiply(_transpose(node, left), right))


def _entry(node: Node, body: Expression) -> Expression:
    row, column = node.data
    if _is_number(body):
        return body
    return MatrixElement(body, row - 1, column - 1)


def _place(node: Node, body: Expression) -> Expression:
    row, column, (rows, columns) = node.data
    if node.shape == SCALAR:
        return body
    return _multiply(
        body, sympy.FunctionMatrix(dimension(rows), dimension(columns), _one_at(row - 1, column - 1))
    )


def _one_at(row: int, column: int) -> Expression:
    """(i, j) ↦ 1 at one place, counted from 0, and 0 elsewhere."""
    i, j = sympy.symbols("i j", integer=True)
    return sympy.Lambda((i, j), sympy.KroneckerDelta(i, row) * sympy.KroneckerDelta(j, column))


def _stack(node: Node, *entries: Expression) -> Expression:
    return entries[0] if node.shape == SCALAR else sympy.ImmutableMatrix(*node.data, entries)


def _letter(index: Index) -> Expression:
    return sympy.Symbol(index.letter, integer=True, positive=True)


def _counted(place: Any) -> Expression:
    return _letter(place) if isinstance(place, Index) else sympy.Integer(place)


def _at(node: Node, body: Expression) -> Expression:
    """An entry of a symbol with its indices; of an expression the matrix element."""
    (inner,) = node.args
    places = [_counted(place) for place in node.data if place is not None]
    if inner.quantity is not None and places:
        return sympy.IndexedBase(inner.quantity.address)[tuple(places)]
    if _is_number(body):
        return body
    row, column = (sympy.Integer(0) if place is None else _counted(place) - 1 for place in node.data)
    return MatrixElement(body, row, column)


def _over(node: Node, body: Expression) -> Expression:
    return sympy.Sum(body, (_letter(node.data), 1, dimension(node.data.size)))


def _gather(node: Node, body: Expression) -> Expression:
    """The matrix whose entries a formula gives; SymPy counts its rows and columns from 0."""
    counters = sympy.symbols("row column", integer=True)
    shifted = {
        _letter(place): counter + 1
        for place, counter in zip(node.data, counters, strict=True)
        if isinstance(place, Index)
    }
    return sympy.FunctionMatrix(*map(dimension, node.shape), sympy.Lambda(counters, body.xreplace(shifted)))


LOWERING: dict[str, Callable[..., Expression]] = {
    "at": _at,
    "over": _over,
    "kronecker": lambda node: sympy.KroneckerDelta(*map(_counted, node.data)),
    "gather": _gather,
    "symbol": lambda node: _named(node.data.address, node.shape),
    "constant": lambda node: sympy.Rational(node.data.numerator, node.data.denominator),
    "ones": lambda node: _ones(*node.shape),
    "add": _add,
    "subtract": lambda node, left, right: _add(node, left, _multiply(sympy.Integer(-1), right)),
    "negate": lambda node, body: _multiply(sympy.Integer(-1), body),
    "scale": lambda node, factor, body: _multiply(factor, body),
    "matmul": _matmul,
    "transpose": _transpose,
    "hadamard": _hadamard,
    "divide": _divide,
    "power": lambda node, body: _raised(body, sympy.Rational(node.data.numerator, node.data.denominator)),
    "function": _function,
    "softmax": _softmax,
    "winner-take-all": _winner,
    "sum": _sum,
    "total": _total,
    "inner": _inner,
    "norm2": lambda node, body: _inner(node, body, body),
    "diag": lambda node, body: body if _is_number(body) else sympy.DiagMatrix(body),
    "entry": _entry,
    "place": _place,
    "stack": _stack,
    "cost": lambda node, activation, target: sympy.Function("C")(activation, target),
}
"""For every row of `derive.ops.OPS` its SymPy form: (node, lowered arguments) -> expression."""
