"""Every row of OPS: shape, value, pullback, SymPy form; each on examples that every row must have here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
import sympy

from derive import ops
from derive.evaluate import Program
from derive.functions import FUNCTIONS, Function, NotExact
from derive.graph import SCALAR, Equation, Node, Shape, ShapeError, symbol
from derive.kernels import Arithmetic
from derive.ops import OPS
from derive.quantities import Quantity
from derive.shape_rules import show
from derive.symbolic import LOWERING, as_sympy
from tests.derive.test_indices import INDEXED

OUT, GRADIENT, SLOPE = Quantity("out"), Quantity("g"), Quantity("slope")


@dataclass(frozen=True)
class Example:
    """Arguments of unequal sizes for one operation, the shape that comes out, and pairs that do not fit."""

    shapes: tuple[Shape, ...]
    out: Shape
    data: object = None
    bad: tuple[tuple[Shape, ...], ...] = ()
    exact: bool = True


EXAMPLES: dict[str, tuple[Example, ...]] = {
    "symbol": (),
    "constant": (Example((), (1, 1), Fraction(-2, 3)),),
    "ones": (Example((), (2, 3), (2, 3)),),
    "add": (Example(((2, 3), (2, 3)), (2, 3), bad=(((2, 3), (3, 2)), ((2, 1), (1, 1)))),),
    "subtract": (Example(((2, 3), (2, 3)), (2, 3), bad=(((2, 3), (3, 2)),)),),
    "negate": (Example(((2, 3),), (2, 3)),),
    "scale": (Example(((1, 1), (2, 3)), (2, 3), bad=(((2, 1), (2, 3)),)),),
    "matmul": (
        Example(((2, 3), (3, 4)), (2, 4), bad=(((2, 3), (2, 3)), ((3, 3), (4, 1)))),
        Example(((1, 3), (3, 1)), (1, 1)),
    ),
    "transpose": (Example(((2, 3),), (3, 2)),),
    "hadamard": (Example(((2, 3), (2, 3)), (2, 3), bad=(((2, 3), (2, 1)),)),),
    "divide": (Example(((2, 3), (2, 3)), (2, 3), bad=(((2, 3), (1, 3)),)),),
    "power": (
        Example(((2, 3),), (2, 3), Fraction(3)),
        Example(((2, 3),), (2, 3), Fraction(-2)),
        Example(((2, 3),), (2, 3), Fraction(1, 2), exact=False),
    ),
    "function": tuple(
        Example(((2, 3),), (2, 3), (row.name, 0), exact=row.rational) for row in FUNCTIONS.values()
    ),
    "winner-take-all": (Example(((3, 2),), (3, 2)), Example(((2, 3),), (2, 3), "rows")),
    "softmax": (Example(((3, 2),), (3, 2), exact=False), Example(((3, 1),), (3, 1), exact=False)),
    "sum": (Example(((2, 3),), (1, 3), "rows"), Example(((2, 3),), (2, 1), "columns")),
    "total": (Example(((2, 3),), (1, 1)),),
    "inner": (
        Example(((2, 3), (2, 3)), (1, 1), bad=(((2, 3), (3, 2)),)),
        Example(((3, 1), (3, 1)), (1, 1)),
    ),
    "norm2": (Example(((2, 3),), (1, 1)), Example(((3, 1),), (1, 1))),
    "diag": (Example(((3, 1),), (3, 3), bad=(((2, 3),),)), Example(((1, 3),), (3, 3))),
    "entry": (Example(((2, 3),), (1, 1), (2, 3), bad=(((1, 3),), ((2, 2),))),),
    "place": (Example(((1, 1),), (2, 3), (2, 3, (2, 3)), bad=(((2, 1),),)),),
    "stack": (Example((SCALAR,) * 6, (2, 3), (2, 3), bad=((SCALAR,) * 5 + ((2, 1),),)),),
    "cost": (Example(((2, 3), (2, 3)), (1, 1), SLOPE, bad=(((2, 3), (3, 2)),)),),
}
CASES = [pytest.param(name, e, id=f"{name}-{n}") for name, es in EXAMPLES.items() for n, e in enumerate(es)]
INNER = [case for case in CASES if case.values[1].shapes]

OPEN_LOSS = Function(
    name="generic-loss",
    words="a loss left open",
    formula=lambda z: z,
    value=lambda a, y: (a**3 * y).sum((-1, -2), keepdims=True),
    slope=None,
)
"""What stands for the loss of the row that leaves it open; its slope by a is 3 a² y."""
ARITHMETIC = Arithmetic(functions={**FUNCTIONS, "generic-loss": OPEN_LOSS})


def arguments(example: Example) -> tuple[Node, ...]:
    return tuple(symbol(Quantity(f"arg{n}"), shape) for n, shape in enumerate(example.shapes))


def numbers(example: Example, samples: tuple[int, ...] = ()) -> list[np.ndarray]:
    """Positive, so that logarithms, roots and quotients are defined, and away from kinks at 0."""
    rng = np.random.default_rng(11)
    return [rng.uniform(0.4, 1.9, (*samples, *shape)) for shape in example.shapes]


def evaluate(
    node: Node, given: dict[Quantity, np.ndarray], arithmetic: Arithmetic = ARITHMETIC
) -> np.ndarray:
    return Program([Equation(OUT, node)], arithmetic).run(given)[OUT]


def given_by(values: list[np.ndarray]) -> dict[Quantity, np.ndarray]:
    return {Quantity(f"arg{n}"): value for n, value in enumerate(values)}


def test_every_row_has_examples() -> None:
    assert EXAMPLES.keys() == OPS.keys() - set(INDEXED)  # those with indices: tests/derive/test_indices.py
    assert all(examples for name, examples in EXAMPLES.items() if name != "symbol")
    assert all(OPS[name].name == name for name in OPS)


def test_every_row_has_a_sympy_form() -> None:
    assert LOWERING.keys() == OPS.keys()


def test_every_row_that_passes_a_gradient_on_says_why() -> None:
    assert all(bool(row.reason) == bool(row.pullbacks or row.pullback_each) for row in OPS.values())


@pytest.mark.parametrize(("name", "example"), CASES)
def test_the_shape_rule_says_what_comes_out(name: str, example: Example) -> None:
    node = ops.apply(name, *arguments(example), data=example.data)
    assert node.shape == example.out
    assert evaluate(node, given_by(numbers(example))).shape == example.out


@pytest.mark.parametrize(("name", "example"), INNER)
def test_leading_axes_are_independent_samples(name: str, example: Example) -> None:
    node = ops.apply(name, *arguments(example), data=example.data)
    values = numbers(example, samples=(5,))
    together = evaluate(node, given_by(values))
    for sample in range(5):
        alone = evaluate(node, given_by([value[sample] for value in values]))
        np.testing.assert_allclose(together[sample], alone, rtol=1e-15)


@pytest.mark.parametrize(("name", "example"), INNER)
@pytest.mark.parametrize("witness", ["complex step", "finite differences"])
def test_the_pullback_is_the_slope_for_any_gradient(name: str, example: Example, witness: str) -> None:
    """With a random gradient, for sums hide errors, and unequal sizes, for squares hide transposes."""
    node = ops.apply(name, *arguments(example), data=example.data)
    values = numbers(example)
    gradient = np.random.default_rng(13).normal(size=example.out)
    for position in differentiable(name, example):
        pulled = OPS[name].pull(node, symbol(GRADIENT, node.shape), position)
        assert pulled.shape == example.shapes[position]
        given = {**given_by(values), GRADIENT: gradient}
        if example.data is SLOPE:
            given[SLOPE] = 3 * values[0] ** 2 * values[1]
        got = evaluate(pulled, given)
        wanted = WITNESSES[witness](lambda moved: evaluate(node, given_by(moved)), values, position, gradient)
        np.testing.assert_allclose(got, wanted, rtol=1e-8, atol=1e-10)


def differentiable(name: str, example: Example) -> range:
    row = OPS[name]
    if name == "function" and FUNCTIONS[example.data[0]].forward_only:
        return range(0)
    return range(len(example.shapes) if row.pullback_each else len(row.pullbacks))


def _by_complex_step(
    value: Callable, values: list[np.ndarray], position: int, gradient: np.ndarray
) -> np.ndarray:
    return slopes(lambda moved: value(moved).imag / 1e-30, values, position, gradient, 1e-30j)


def _by_differences(
    value: Callable, values: list[np.ndarray], position: int, gradient: np.ndarray
) -> np.ndarray:
    h = 1e-3

    def at(k: int) -> np.ndarray:
        return slopes(value, values, position, gradient, k * h)

    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h)


WITNESSES = {"complex step": _by_complex_step, "finite differences": _by_differences}


def slopes(
    value: Callable, values: list[np.ndarray], position: int, gradient: np.ndarray, step: complex
) -> np.ndarray:
    """⟨gradient, value⟩ with each entry of one argument moved in turn; one sample an entry."""
    argument = values[position]
    unit = np.eye(argument.size).reshape(argument.size, *argument.shape)
    moved = [np.broadcast_to(v, (argument.size, *v.shape)) for v in values]
    moved[position] = argument + step * unit
    return (value(moved) * gradient).sum(axis=(-1, -2)).reshape(argument.shape)


@pytest.mark.parametrize(
    ("name", "example", "shapes"),
    [pytest.param(*c.values, shapes, id=f"{c.id}-{shapes}") for c in CASES for shapes in c.values[1].bad],
)
def test_shapes_that_do_not_fit_are_named(name: str, example: Example, shapes: tuple[Shape, ...]) -> None:
    given = [symbol(Quantity(f"arg{n}"), shape) for n, shape in enumerate(shapes)]
    with pytest.raises(ShapeError) as error:
        ops.apply(name, *given, data=example.data)
    wrong = shapes if len(shapes) == 2 else [shape for shape in shapes if shape != SCALAR]
    assert all(show(shape) in str(error.value) for shape in wrong)


def test_every_row_with_two_arguments_or_more_checks_their_shapes() -> None:
    unchecked = [
        n for n, es in EXAMPLES.items() if es and len(es[0].shapes) > 1 and not any(e.bad for e in es)
    ]
    assert unchecked == []


def test_letters_for_sizes_are_told_apart() -> None:
    W, delta = symbol(Quantity("W"), ("n_2", "n_1")), symbol(Quantity("delta"), ("n_2", 1))
    assert ops.matmul(ops.transpose(W), delta).shape == ("n_1", 1)
    with pytest.raises(ShapeError, match="n_2×n_1 and n_2×1"):
        ops.matmul(W, delta)


@pytest.mark.parametrize(("name", "example"), CASES)
def test_fractions_stay_exact_or_are_refused(name: str, example: Example) -> None:
    node = ops.apply(name, *arguments(example), data=example.data)
    to_fraction = np.vectorize(lambda number: Fraction(number).limit_denominator(20), otypes=[object])
    exact = [to_fraction(value) for value in numbers(example)]
    arithmetic = Arithmetic(ARITHMETIC.functions, exact=True)
    if not example.exact:
        with pytest.raises(NotExact):
            evaluate(node, given_by(exact), arithmetic)
        return
    got = evaluate(node, given_by(exact), arithmetic)
    assert all(isinstance(number, Fraction | int) for number in got.flat)
    rounded = evaluate(node, given_by([value.astype(float) for value in exact]))
    np.testing.assert_allclose(got.astype(float), rounded, rtol=1e-13)


@pytest.mark.parametrize(("name", "example"), [c for c in CASES if c.values[1].data is not SLOPE])
def test_the_sympy_form_has_the_same_value(name: str, example: Example) -> None:
    node = ops.apply(name, *arguments(example), data=example.data)
    values = numbers(example)
    got = in_numbers(as_sympy(node), given_by(values))
    np.testing.assert_allclose(got.reshape(example.out), evaluate(node, given_by(values)), rtol=1e-12)


def in_numbers(expression, given: dict[Quantity, np.ndarray]) -> np.ndarray:
    matrices = {
        sympy.MatrixSymbol(q.address, *value.shape): sympy.ImmutableMatrix(value)
        for q, value in given.items()
    }
    scalars = {
        sympy.Symbol(q.address, real=True): sympy.Float(v[0, 0]) for q, v in given.items() if v.size == 1
    }
    expression = expression.xreplace(matrices | scalars)
    constants = {m: m.as_explicit() for m in expression.atoms(sympy.OneMatrix, sympy.FunctionMatrix)}
    value = expression.xreplace(constants).doit()
    matrix = value.as_explicit() if value.is_Matrix else sympy.Matrix([[value]])
    return np.array(matrix.evalf(17).tolist(), dtype=float)


def test_a_loss_left_open_stays_a_letter_in_sympy() -> None:
    a, y = (symbol(Quantity(name), (3, 1)) for name in "ay")
    assert str(as_sympy(ops.cost(a, y, SLOPE))) == "C(a, y)"


# -- the builders gather constants, and keep the value -------------------------------------------------------

X, V = symbol(Quantity("arg0"), (2, 3)), symbol(Quantity("arg1"), (2, 3))
HALF = Fraction(1, 2)
GATHERED: dict[str, tuple[Callable[[], Node], Node]] = {
    "half of twice": (lambda: ops.scale(HALF, ops.scale(2, X)), X),
    "twice negated": (lambda: ops.negate(ops.negate(X)), X),
    "once": (lambda: ops.scale(1, X), X),
    "minus once": (lambda: ops.scale(-1, X), ops.negate(X)),
    "a minus inside": (lambda: ops.scale(2, ops.negate(X)), ops.scale(-2, X)),
    "a minus before a number": (lambda: ops.negate(ops.scale(2, X)), ops.scale(-2, X)),
    "transposed twice": (lambda: ops.transpose(ops.transpose(X)), X),
    "times ones": (lambda: ops.times(X, ops.ones((2, 3))), X),
    "ones times": (lambda: ops.times(ops.ones((2, 3)), X), X),
    "a number in a product": (lambda: ops.times(V, ops.scale(2, X)), ops.scale(2, ops.times(V, X))),
    "two numbers in a product": (
        lambda: ops.times(ops.scale(3, V), ops.scale(2, X)),
        ops.scale(6, ops.times(V, X)),
    ),
    "a minus in a product": (lambda: ops.times(ops.negate(V), X), ops.negate(ops.times(V, X))),
    "a minus in a quotient": (lambda: ops.divide(ops.negate(V), X), ops.negate(ops.divide(V, X))),
    "power one": (lambda: ops.power(X, 1), X),
    "power nought": (lambda: ops.power(X, 0), ops.ones((2, 3))),
}


@pytest.mark.parametrize(("build", "wanted"), GATHERED.values(), ids=GATHERED)
def test_builders_gather_constants(build: Callable[[], Node], wanted: Node) -> None:
    assert build() is wanted


def test_equal_expressions_are_one_object() -> None:
    assert ops.times(X, V) is ops.times(X, V)
    assert ops.times(X, V) is not ops.times(V, X)
    assert ops.constant(2) is ops.constant(Fraction(4, 2))
