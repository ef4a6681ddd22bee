"""Every row of FUNCTIONS: slope against three witnesses, the textbook form, kinks, exact fractions."""

from __future__ import annotations

import ast
import math
import operator
from fractions import Fraction

import numpy as np
import pytest
import sympy

from derive import ops
from derive.backprop import pass_back
from derive.errors import Unusable
from derive.evaluate import Program
from derive.functions import FUNCTIONS, Function, NotExact, sympy_slope
from derive.graph import Equation, symbol
from derive.quantities import Quantity

ROWS = FUNCTIONS.values()
SLOPED = [row for row in ROWS if not row.forward_only]


def sample_points(row: Function) -> np.ndarray:
    """Points at which f is finite, at both signs where it may be, well away from kinks."""
    candidates = np.array([-30.0, -3.5, -1.25, -0.4, 0.3, 0.75, 1.5, 4.0, 20.0])
    with np.errstate(all="ignore"):
        finite = np.isfinite(row.value(candidates))
    far = [all(abs(z - kink) > 0.1 for kink in row.kinks) for z in candidates]
    return candidates[finite & np.array(far)]


def by_sympy(expression, points: np.ndarray) -> np.ndarray:
    (z,) = expression.free_symbols or {sympy.Symbol("z", real=True)}
    return np.array([float(expression.subs(z, sympy.Rational(point)).evalf(30)) for point in points])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_row_stands_under_its_name(name: str) -> None:
    assert FUNCTIONS[name].name == name


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_value_is_the_formula(row: Function) -> None:
    points = sample_points(row)
    assert len(points) >= 4
    z = sympy.Symbol("z", real=True)
    np.testing.assert_allclose(row.value(points), by_sympy(row.formula(z), points), rtol=1e-12)


@pytest.mark.parametrize("row", SLOPED, ids=lambda row: row.name)
def test_the_slope_is_the_one_sympy_derives(row: Function) -> None:
    points = sample_points(row)
    slope = sympy_slope(row, sympy.Symbol("z", real=True))
    np.testing.assert_allclose(row.slope(points), by_sympy(slope, points), rtol=1e-9, atol=1e-300)


@pytest.mark.parametrize("row", SLOPED, ids=lambda row: row.name)
def test_the_slope_agrees_with_finite_differences(row: Function) -> None:
    points = sample_points(row)
    h = 1e-3 * np.minimum(1, np.abs(points))
    near, far = (row.value(points + k * h) - row.value(points - k * h) for k in (1, 2))
    seen = (8 * near - far) / (12 * h)
    np.testing.assert_allclose(row.slope(points), seen, rtol=1e-8, atol=1e-11)


@pytest.mark.parametrize("row", SLOPED, ids=lambda row: row.name)
def test_the_slope_agrees_with_the_complex_step(row: Function) -> None:
    """Piecewise rows take the branch of the real part, so the complex step serves them too."""
    points = sample_points(row)
    seen = row.value(points + 1e-30j).imag / 1e-30
    np.testing.assert_allclose(row.slope(points), seen, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_arrays_of_any_shape_keep_their_shape(row: Function) -> None:
    points = sample_points(row)[:4].reshape(2, 2, 1)
    assert row.apply(points).shape == (2, 2, 1)
    assert row.forward_only or row.apply(points, 1).shape == (2, 2, 1)


@pytest.mark.parametrize("row", [row for row in ROWS if row.textbook], ids=lambda row: row.name)
def test_the_textbook_form_is_the_slope(row: Function) -> None:
    points = sample_points(row)
    printed = [textbook_value(row.textbook, z=z, a=a) for z, a in zip(points, row.value(points), strict=True)]
    np.testing.assert_allclose(printed, row.slope(points), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_kinks_are_where_the_slope_jumps_and_nowhere_else(row: Function) -> None:
    """Where a function is only used forward: where its value jumps."""
    grid = np.arange(-2, 2.001, 0.25)
    below, above = grid - 1e-9, grid + 1e-9
    with np.errstate(all="ignore"):
        defined = np.isfinite(row.value(below)) & np.isfinite(row.value(above))
        left, right = ((row.value if row.forward_only else row.slope)(side) for side in (below, above))
    jumps = defined & (np.abs(left - right) > 1e-3 * (1 + np.abs(left)))
    assert set(grid[jumps]) == set(row.kinks)


@pytest.mark.parametrize("row", [row for row in SLOPED if row.slope_with], ids=lambda row: row.name)
@pytest.mark.parametrize("share", [Fraction(0), Fraction(1, 2), Fraction(1)])
def test_at_a_kink_the_slope_is_that_of_the_convention(row: Function, share: Fraction) -> None:
    kinks = np.array(row.kinks)
    below, above = row.slope(kinks - 1), row.slope(kinks + 1)
    chosen = row.with_kink_slope(share)
    np.testing.assert_allclose(chosen.slope(kinks), below + float(share) * (above - below), rtol=1e-15)
    np.testing.assert_array_equal(chosen.slope(kinks - 1), below)
    np.testing.assert_array_equal(chosen.slope(kinks + 1), above)
    exact = chosen.apply(np.array([Fraction(kink) for kink in row.kinks], dtype=object), 1)
    assert all(isinstance(number, Fraction) for number in exact)
    np.testing.assert_allclose(exact.astype(float), chosen.slope(kinks))


def test_every_activation_with_a_kink_knows_the_convention() -> None:
    bent = [row for row in SLOPED if row.kinks and row.is_activation]
    assert bent and all(row.slope_with for row in bent)
    assert all(row.slope(np.array(row.kinks)) == row.slope(np.array(row.kinks) - 1) for row in bent)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_fractions_stay_exact_or_are_refused(row: Function) -> None:
    points = np.array([[Fraction(-7, 3)], [Fraction(5, 4)]], dtype=object)
    if not row.rational:
        with pytest.raises(NotExact, match=row.words):
            row.apply(points)
        return
    for order in (0,) if row.forward_only else (0, 1):
        exact = row.apply(points, order)
        assert all(isinstance(number, Fraction) for number in exact.flat)
        np.testing.assert_allclose(exact.astype(float), row.apply(points.astype(float), order))


@pytest.mark.parametrize("row", SLOPED, ids=lambda row: row.name)
def test_a_slope_of_the_slope_is_refused_rather_than_guessed(row: Function) -> None:
    with pytest.raises(ValueError, match="order 2"):
        row.apply(np.array([0.5]), 2)


@pytest.mark.parametrize("row", [row for row in ROWS if row.back], ids=lambda row: row.name)
def test_a_gradient_built_by_the_row_is_the_gradient_times_the_slope(row: Function) -> None:
    g, z = (symbol(Quantity(name), (2, 1)) for name in "gz")
    built = Equation(Quantity("out"), row.back(ops, g, z))
    points = sample_points(row)[:2].reshape(2, 1)
    gradient = np.array([[2.0], [-3.0]])
    values = Program([built]).run({Quantity("g"): gradient, Quantity("z"): points})
    np.testing.assert_allclose(values[Quantity("out")], gradient * row.slope(points), rtol=1e-13)


@pytest.mark.parametrize("row", [row for row in ROWS if row.forward_only], ids=lambda row: row.name)
def test_a_function_that_only_jumps_has_no_slope_and_says_why(row: Function) -> None:
    with pytest.raises(ValueError, match=f"{row.words} .*{row.forward_only}"):
        row.apply(np.array([0.5]), 1)
    with pytest.raises(Unusable, match=f"{row.words}: {row.forward_only}"):
        pass_back(
            Equation(Quantity("out"), ops.function(row.name, symbol(Quantity("z"), (2, 1)))), ops.ones((2, 1))
        )


def test_the_absolute_value_has_the_slope_nought_at_nought() -> None:
    for row, order in ((FUNCTIONS["abs"], 1), (FUNCTIONS["sign"], 0)):
        assert list(row.apply(np.array([-2.5, 0.0, 3.0]), order)) == [-1, 0, 1]


def test_the_sigmoid_neither_overflows_nor_loses_its_tail() -> None:
    with np.errstate(over="raise", invalid="raise"):
        values = FUNCTIONS["sigmoid"].apply(np.array([-745.0, -40.0, 0.0, 800.0]))
    assert values[1] == pytest.approx(math.exp(-40), rel=1e-14)
    assert list(values[[2, 3]]) == [0.5, 1.0] and values[0] > 0


# -- the textbook form, read by a reader of its own ----------------------------------------------------------

_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}


def textbook_value(text: str, **letters: float) -> float:
    """The value of a slope written with z, a, numbers, arithmetic and functions of the table."""

    def value(tree: ast.expr) -> float:
        match tree:
            case ast.Name(id=name):
                return letters[name]
            case ast.Constant(value=number):
                return number
            case ast.Call(func=ast.Name(id="exp"), args=[body]):
                return math.exp(value(body))
            case ast.UnaryOp(op=op, operand=body):
                return _OPERATORS[type(op)](value(body))
            case ast.BinOp(left=left, op=op, right=right):
                return _OPERATORS[type(op)](value(left), value(right))
            case ast.Call(func=ast.Name(id=name), args=[body]):
                return float(FUNCTIONS[name].value(np.array(value(body))))
        raise AssertionError(f"{ast.dump(tree)} has no place in a textbook slope")

    return value(ast.parse(text, mode="eval").body)
