"""How long deriving takes, beside SymPy at the same formulas and beside a network of another depth.

Nothing here fails for being slow: times differ from machine to machine. Run with
``pytest tests/benchmarks --benchmark-only -s`` and read each ratio beside its target.
"""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from sympy import HadamardProduct, MatAdd, MatMul, MatrixSymbol, Transpose
from sympy.core.cache import clear_cache
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from derive.derivation import Derivation, derive
from derive.network import Network
from tests.benchmarks.measuring import note, ratio

WIDTH = 3


def deep(depth: int, activation: str = "sigmoid", bias: bool = True) -> Derivation:
    """The derivation of a new network each time: a network remembers its graph."""
    return derive(Network([WIDTH] * (depth + 1), activation, bias=bias, learning_rate=0.1), "nielsen")


@pytest.mark.parametrize("depth", [64, 256])
def test_deriving_every_formula(benchmark: Any, depth: int) -> None:
    measured = ratio(lambda: deep(depth), lambda: deep(64))
    note(benchmark, measured, f"{depth} layers over 64", "at most 5" if depth == 256 else "1")
    assert len(benchmark(deep, depth)) == 7 * depth + 1


def test_lowering_every_formula_to_sympy(benchmark: Any) -> None:
    derivation = deep(64)

    def lower() -> list[Any]:
        return [step.formula.sympy() for step in derivation]

    benchmark.extra_info["times deriving"] = ratio(lower, lambda: deep(64))
    assert len(benchmark(lower)) == len(derivation)


# -- beside SymPy's own derivative of matrices ---------------------------------------------------------------


def differentiated(depth: int) -> list[Any]:
    """∂E/∂W of every layer as SymPy finds it. It fails for any activation but the identity, and biases and
    updates are left out: all that it is asked for is what it can do.
    """
    clear_cache()
    weights = [MatrixSymbol(f"W_{layer}", WIDTH, WIDTH) for layer in range(1, depth + 1)]
    a, y = MatrixSymbol("x", WIDTH, 1), MatrixSymbol("y", WIDTH, 1)
    for W in weights:
        a = W * a
    loss = sympy.Trace((a - y).T * (a - y)) / 2
    return [loss.diff(W) for W in weights]


def test_deriving_beside_the_derivative_of_sympy(benchmark: Any) -> None:
    def ours() -> Derivation:
        return deep(8, "identity", bias=False)

    measured = ratio(lambda: differentiated(8), ours, turns=3)
    note(benchmark, measured, "SymPy's .diff over deriving, 8 layers", "at least 100")
    assert len(benchmark(ours)) == 5 * 8 + 1


# -- beside SymPy's printer ----------------------------------------------------------------------------------


def by_hand(depth: int) -> list[Any]:
    """Every right side that is derived, built from SymPy's classes with names for what stands above."""

    def column(name: str) -> list[Any]:
        return [MatrixSymbol(f"{name}_{layer}", WIDTH, 1) for layer in range(depth + 1)]

    def square(name: str) -> list[Any]:
        return [MatrixSymbol(f"{name}_{layer}", WIDTH, WIDTH) for layer in range(depth + 1)]

    def product(*factors: Any) -> Any:
        return MatMul(*factors, evaluate=False)

    t, rate = sympy.Symbol("t"), sympy.Symbol("eta")
    value, slope = (sympy.Lambda(t, sympy.Function(name)(t)) for name in ("sigma", "sigma'"))
    z, a, b, delta, db = map(column, ("z", "a", "b", "delta", "db"))
    W, dW, y = square("W"), square("dW"), MatrixSymbol("y", WIDTH, 1)
    residual = MatAdd(a[depth], product(-1, y), evaluate=False)
    out = [product(sympy.Rational(1, 2), product(Transpose(residual), residual))]
    for l in range(1, depth + 1):
        back = residual if l == depth else product(Transpose(W[l + 1]), delta[l + 1])
        out += [
            MatAdd(product(W[l], a[l - 1]), b[l], evaluate=False),
            ElementwiseApplyFunction(value, z[l]),
            HadamardProduct(back, ElementwiseApplyFunction(slope, z[l])),
            product(delta[l], Transpose(a[l - 1])),
            delta[l],
            MatAdd(W[l], product(-1, rate, dW[l]), evaluate=False),
            MatAdd(b[l], product(-1, rate, db[l]), evaluate=False),
        ]
    return out


def test_deriving_and_writing_beside_the_printer_of_sympy(benchmark: Any) -> None:
    expressions = by_hand(64)

    def write() -> list[str]:
        return [step.latex() for step in deep(64)]

    measured = ratio(write, lambda: [sympy.latex(expression) for expression in expressions], turns=5)
    note(benchmark, measured, "deriving and LaTeX over sympy.latex, 64 layers", "at most 1")
    assert len(benchmark(write)) == len(expressions)
