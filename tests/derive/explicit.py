"""SymPy objects of `derive.symbolic` written out entry by entry."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from derive.quantities import Quantity


def lettered(quantity: Quantity, shape: tuple[int, int]) -> Any:
    """A quantity as a number or matrix of letters, one for each entry."""
    if shape == (1, 1):
        return sympy.Symbol(quantity.address, real=True)
    rows, columns = shape
    names = [[f"{quantity}_{i}_{j}" for j in range(columns)] for i in range(rows)]
    return sympy.ImmutableMatrix([[sympy.Symbol(name, real=True) for name in row] for row in names])


def written_out(expression: Any, known: dict[Quantity, Any]) -> Any:
    """The expression with every matrix written out; ``known`` has one for each symbol."""
    names = {quantity.address: value for quantity, value in known.items()}
    return _explicit(expression, names)


def _explicit(expression: Any, names: dict[str, Any]) -> Any:
    """Only SymPy's own operations on matrices of entries; association as in the expression."""
    if isinstance(expression, sympy.MatrixSymbol | sympy.Symbol) and expression.name in names:
        return names[expression.name]
    if isinstance(expression, ElementwiseApplyFunction):
        return _explicit(expression.expr, names).applyfunc(expression.function)
    if isinstance(expression, sympy.OneMatrix | sympy.FunctionMatrix):
        return sympy.ImmutableMatrix(expression.as_explicit())
    if not expression.args:
        return expression
    arguments = [_explicit(argument, names) for argument in expression.args]
    rebuilt = expression.func(*arguments).doit()
    return rebuilt.as_explicit() if rebuilt.is_Matrix else rebuilt


def floats(expression: Any, shape: tuple[int, int]) -> np.ndarray:
    """The numbers, as float64."""
    matrix = expression if isinstance(expression, sympy.MatrixBase) else sympy.Matrix([[expression]])
    return np.array([[float(entry) for entry in row] for row in matrix.evalf(17).tolist()]).reshape(shape)
