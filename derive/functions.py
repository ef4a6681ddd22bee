"""Functions of one number, applied entry by entry: one row each, with its formula, its NumPy value and its
slope.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

Array = Any
"""A NumPy array of float64, complex128 or (exact work) objects such as `Fraction`."""


class NotExact(ValueError):
    """A function whose values are no fractions was asked for exact values."""


class Function(Struct, frozen=True):
    """An elementwise function f of one number.

    ``formula(z)`` builds it from a SymPy symbol; its slope is SymPy's derivative of that, proved equal to
    ``slope`` by the tests. ``value`` and ``slope`` take and give arrays of any shape. ``textbook`` is the
    slope as courses print it, built from the function's own value, with z and a standing for input and
    output. ``kinks`` are the points without a slope. ``back(ops, g, z)`` builds g times the slope as an
    expression where that is plainer than a function called f′ (1/z for the logarithm). ``forward_only`` says
    why nothing can be learnt through a function; it then has no ``slope``. ``slope_with(share)`` is the slope
    with another one taken at the kinks: so far on the way from the slope below (0) to the one above (1); rows
    without it have their own convention. ``by_cases`` is false where formulas are not written piece by piece.
    ``bounds`` are the least and the largest output, as far as the row knows them. ``has_hidden_kinks`` says
    that there may be kinks besides those named, as in abs(sin(z)).

    ``numpy`` is the value in a program, with ``{z}`` for an argument that is compared or stands alone, and
    ``{operand}`` for a factor; a row without it is written by its formula. ``numpy_slope`` is
    the same for the slope, given the share taken at kinks; a row without it is written by its ``textbook``
    form. Texts that are no call are comparisons, which count 1 where they hold.
    """

    name: str
    words: str
    formula: Callable[[Any], Any]
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array] | None
    textbook: str | None = None
    kinks: tuple[float | Fraction, ...] = ()
    rational: bool = False
    is_activation: bool = False
    back: Callable[[Any, Any, Any], Any] | None = None
    forward_only: str | None = None
    slope_with: Callable[[Fraction], Callable[[Array], Array]] | None = None
    by_cases: bool = True
    bounds: tuple[float, float] = (float("-inf"), float("inf"))
    has_hidden_kinks: bool = False
    numpy: str | None = None
    numpy_slope: Callable[[Fraction], str] | None = None

    def with_kink_slope(self, share: Fraction) -> Function:
        """The same function with the slope at its kinks that a problem has chosen."""
        return replace(self, slope=self.slope_with(share)) if self.slope_with and share else self

    def apply(self, array: Array, order: int = 0) -> Array:
        """f or f′ at every entry. Raises `NotExact` for fractions in a function whose values are none."""
        if array.dtype == object and not self.rational:
            raise NotExact(f"{self.words} has no exact fractions as values: drop --exact, or use float64")
        if order == 0:
            return self.value(array)
        if order == 1 and self.slope is not None:
            return self.slope(array)
        if order == 1 and self.forward_only:
            raise ValueError(f"{self.words} has no slope of use: {self.forward_only}")
        raise ValueError(f"{self.words} has no derivative of order {order} here")


def sympy_slope(row: Function, z: Any) -> Any:
    """f′ as SymPy's scalar derivative of the row's formula at the SymPy symbol ``z``."""
    import sympy

    return sympy.diff(row.formula(z), z)


def _sympy() -> Any:
    import sympy

    return sympy


def _decay(z: Array) -> Array:
    """e^-|z|: never overflows, and keeps its digits where a sigmoid or tanh has long become 1."""
    if z.dtype.kind == "c":
        return np.exp(np.where(np.real(z) > 0, -z, z))
    return np.exp(np.copysign(z, -1.0))


def _sigmoid(z: Array) -> Array:
    tiny = _decay(z)
    if z.dtype.kind == "c":
        return np.where(np.real(z) > 0, 1, tiny) / (1 + tiny)
    return np.exp(np.fmin(z, 0.0)) / (1 + tiny)


def _sigmoid_slope(z: Array) -> Array:
    tiny = _decay(z)
    return tiny / (1 + tiny) ** 2


def _constant(z: Array, number: int | Fraction) -> Array:
    return np.full_like(z, _number(z, number))


def _number(z: Array, number: int | Fraction) -> Any:
    """A number of the kind that z is made of."""
    return Fraction(number) if z.dtype == object else float(number)


def _jump(below: Fraction, above: Fraction) -> Callable[[Fraction], Callable[[Array], Array]]:
    """A slope that is one number below 0 and another above, and at 0 what the share says."""

    def slope_with(share: Fraction) -> Callable[[Array], Array]:
        at = below + share * (above - below)

        def slope(z: Array) -> Array:
            return _piece(z, np.where(np.real(z) < 0, _number(z, below), _number(z, at)), _number(z, above))

        return slope if at != below else lambda z: _piece(z, _number(z, below), _number(z, above))

    return slope_with


_RELU_SLOPE = _jump(Fraction(0), Fraction(1))


def _jump_in_numpy(below: Fraction, above: Fraction) -> Callable[[Fraction], str]:
    """The same as a program."""

    def slope(share: Fraction) -> str:
        sign = ">" if share == 0 else ">="
        if share not in (0, 1):
            at = float(below + share * (above - below))
            return f"np.where({{z}} > 0, {float(above):g}, np.where({{z}} < 0, {float(below):g}, {at:g}))"
        if below == 0 and above == 1:
            return f"{{z}} {sign} 0"
        return f"np.where({{z}} {sign} 0, {float(above):g}, {float(below):g})"

    return slope


def _sign(z: Array) -> Array:
    return np.where(np.real(z) < 0, _number(z, -1), _step(z))


def _step(z: Array) -> Array:
    return _piece(z, _number(z, 0), _number(z, 1))


def _positive(z: Array) -> Array:
    """z where it is positive, else 0."""
    return np.fmax(z, 0.0) if z.dtype.kind == "f" else _piece(z, _number(z, 0), z)


def _piece(z: Array, below: Any, above: Any) -> Array:
    return np.where(np.real(z) > 0, above, below)


FLAT = "its slope is 0 wherever there is one"
"""Why no gradient passes through a function that only jumps."""

LEAK = Fraction(1, 100)
"""The slope of leaky ReLU below zero."""


_LEAKY_SLOPE = _jump(LEAK, Fraction(1))


ACTIVATIONS_ELEMENTWISE = (
    Function(
        "identity",
        "the identity",
        formula=lambda z: z,
        value=lambda z: z,
        slope=lambda z: _constant(z, 1),
        textbook="1",
        rational=True,
        is_activation=True,
    ),
    Function(
        "sigmoid",
        "the sigmoid",
        formula=lambda z: 1 / (1 + _sympy().exp(-z)),
        value=_sigmoid,
        slope=_sigmoid_slope,
        textbook="a * (1 - a)",
        is_activation=True,
    ),
    Function(
        "tanh",
        "the hyperbolic tangent",
        formula=lambda z: _sympy().tanh(z),
        value=np.tanh,
        slope=lambda z: 4 * _sigmoid_slope(2 * z),
        textbook="1 - a ** 2",
        is_activation=True,
        numpy="np.tanh({z})",
    ),
    Function(
        "relu",
        "ReLU",
        formula=lambda z: _sympy().Max(0, z),
        value=_positive,
        slope=_RELU_SLOPE(Fraction(0)),
        kinks=(0.0,),
        rational=True,
        is_activation=True,
        slope_with=_RELU_SLOPE,
        numpy="np.maximum({z}, 0)",
        numpy_slope=_jump_in_numpy(Fraction(0), Fraction(1)),
    ),
    Function(
        "leaky-relu",
        "leaky ReLU",
        formula=lambda z: _sympy().Max(0, z) + _sympy().Rational(LEAK) * _sympy().Min(0, z),
        value=lambda z: _piece(z, _number(z, LEAK) * z, z),
        slope=_LEAKY_SLOPE(Fraction(0)),
        kinks=(0.0,),
        rational=True,
        is_activation=True,
        slope_with=_LEAKY_SLOPE,
        numpy=f"np.where({{z}} > 0, {{z}}, {float(LEAK):g} * {{operand}})",
        numpy_slope=_jump_in_numpy(LEAK, Fraction(1)),
    ),
    Function(
        "softplus",
        "softplus",
        formula=lambda z: _sympy().log(1 + _sympy().exp(z)),
        value=lambda z: _positive(z) + np.log1p(_decay(z)),
        slope=_sigmoid,
        textbook="1 / (1 + exp(-z))",
        is_activation=True,
        numpy="np.logaddexp(0, {z})",
    ),
    Function(
        "sign",
        "the sign",
        formula=lambda z: _sympy().sign(z),
        value=_sign,
        slope=None,
        kinks=(0.0,),
        rational=True,
        is_activation=True,
        forward_only=FLAT,
        numpy="np.sign({z})",
    ),
    Function(
        "step",
        "the step function",
        formula=lambda z: _sympy().Heaviside(z, 0),
        value=_step,
        slope=None,
        kinks=(0.0,),
        rational=True,
        is_activation=True,
        forward_only=FLAT,
        numpy="np.heaviside({z}, 0)",
    ),
)

ELEMENTARY = (
    Function(
        "abs",
        "the absolute value",
        lambda z: _sympy().Abs(z),
        lambda z: np.where(np.real(z) < 0, -z, z),
        _sign,
        kinks=(0.0,),
        rational=True,
        back=lambda ops, g, z: ops.times(g, ops.function("sign", z)),
        numpy="np.abs({z})",
    ),
    Function(
        "positive-part",
        "the positive part",
        lambda z: _sympy().Max(0, z),
        _positive,
        _step,
        kinks=(0.0,),
        rational=True,
        back=lambda ops, g, z: ops.times(g, ops.function("step", z)),
        numpy="np.maximum({z}, 0)",
    ),
    Function(
        "exp",
        "the exponential",
        lambda z: _sympy().exp(z),
        np.exp,
        np.exp,
        back=lambda ops, g, z: ops.times(g, ops.function("exp", z)),
        numpy="np.exp({z})",
    ),
    Function(
        "log",
        "the natural logarithm",
        lambda z: _sympy().log(z),
        np.log,
        lambda z: 1 / z,
        back=lambda ops, g, z: ops.divide(g, z),
        numpy="np.log({z})",
    ),
    Function(
        "sqrt",
        "the square root",
        lambda z: _sympy().sqrt(z),
        np.sqrt,
        lambda z: 0.5 / np.sqrt(z),
        back=lambda ops, g, z: ops.divide(g, ops.scale(2, ops.function("sqrt", z))),
        numpy="np.sqrt({z})",
    ),
    Function(
        "sin",
        "the sine",
        lambda z: _sympy().sin(z),
        np.sin,
        np.cos,
        back=lambda ops, g, z: ops.times(g, ops.function("cos", z)),
        numpy="np.sin({z})",
    ),
    Function(
        "cos",
        "the cosine",
        lambda z: _sympy().cos(z),
        np.cos,
        lambda z: -np.sin(z),
        back=lambda ops, g, z: ops.negate(ops.times(g, ops.function("sin", z))),
        numpy="np.cos({z})",
    ),
)

FUNCTIONS: dict[str, Function] = {row.name: row for row in (*ACTIVATIONS_ELEMENTWISE, *ELEMENTARY)}


def function_named(name: str) -> Function | None:
    """The row of a name, or the function that ``custom(z / (1 + abs(z)))`` spells out; None for a name that
    is left open. Raises `Unusable` for an expression that cannot be read.
    """
    from derive.custom import custom_function, is_custom

    return custom_function(name) if is_custom(name) else FUNCTIONS.get(name)
