"""Formulas as SymPy objects: unevaluated, in our order, and equal in value to what our evaluator computes."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from derive import ops
from derive.derivation import derive_graph, derive_network
from derive.evaluate import Program, to_array
from derive.general import derive_general
from derive.graph import Node, symbol
from derive.graph_language import graph_from
from derive.network import Network
from derive.quantities import Quantity
from derive.symbolic import as_sympy, equation_sympy
from tests.derive.explicit import floats, lettered, written_out
from tests.derive.witnesses import random_case


def named(address: str, rows: int, columns: int) -> Node:
    return symbol(Quantity(address), (rows, columns))


def test_a_delta_keeps_its_factors_in_order() -> None:
    formula = derive_network(Network([3, 4, 2], "sigmoid"))["delta1"].formula.sympy()
    W2, delta2, z1 = (
        sympy.MatrixSymbol(n, r, c) for n, r, c in (("W2", 2, 4), ("delta2", 2, 1), ("z1", 4, 1))
    )
    sent_back, slope = formula.args
    assert isinstance(formula, sympy.HadamardProduct)
    assert sent_back == sympy.MatMul(sympy.Transpose(W2), delta2, evaluate=False)
    assert isinstance(slope, ElementwiseApplyFunction) and slope.expr == z1


def test_slopes_are_differentiated_by_sympy() -> None:
    step = derive_network(Network([3, 4, 2], "tanh"))["delta1"]
    z = sympy.Symbol("z", real=True)
    assert as_sympy(step.formula).args[1].function == sympy.Lambda(z, sympy.tanh(z).diff(z))


def test_a_function_left_open_keeps_its_derivative() -> None:
    formula = derive_general()["delta_l"].formula.sympy()
    z = sympy.Symbol("z", real=True)
    assert formula.args[1].function.expr == sympy.Derivative(sympy.Function("generic")(z), z)


def test_letters_for_sizes_are_positive_integers() -> None:
    formula = derive_general()["dW_l"].formula.sympy()
    rows, columns = formula.shape
    assert (rows.name, columns.name) == ("n_l", "n_l-1")
    assert rows.is_integer and rows.is_positive


def test_brackets_stay_where_they_are() -> None:
    A, B, v = named("A", 2, 3), named("B", 3, 4), named("v", 4, 1)
    right, left = ops.matmul(A, ops.matmul(B, v)), ops.matmul(ops.matmul(A, B), v)
    assert [len(as_sympy(node).args) for node in (right, left)] == [2, 2]
    assert as_sympy(right) != as_sympy(left)


def test_nothing_is_reordered_or_gathered() -> None:
    z, a, d = (named(name, 3, 1) for name in "zad")
    assert as_sympy(ops.minus(z, a)).args[0] == sympy.MatrixSymbol("z", 3, 1)
    assert [arg.name for arg in as_sympy(ops.times(d, a)).args] == ["d", "a"]
    assert isinstance(as_sympy(ops.times(a, a)), sympy.HadamardProduct)


def test_numbers_are_plain_unevaluated_scalars() -> None:
    graph = graph_from(["x", "y", "z"], {"q": "x + y", "f": "q * z"}, "f")
    x, y, z, q = (sympy.Symbol(name, real=True) for name in "xyzq")
    derivation = derive_graph(graph)
    assert derivation["f"].formula.sympy() == sympy.Mul(q, z, evaluate=False)
    doubled = ops.add(symbol(Quantity("x"), (1, 1)), symbol(Quantity("x"), (1, 1)))
    assert as_sympy(doubled).args == (x, x)
    assert equation_sympy(derivation["q"]) == sympy.Eq(q, x + y, evaluate=False)


def test_an_equation_has_the_quantity_on_its_left() -> None:
    step = derive_network(Network([3, 4, 2], "sigmoid"))["dW2"]
    equation = equation_sympy(step)
    assert equation.lhs == sympy.MatrixSymbol("dW2", 2, 4) and equation.rhs == as_sympy(step.formula)
    assert sympy.latex(equation) == r"dW_{2} = \delta_{2} a_{1}^{T}"


def in_sympy(value: np.ndarray):
    return sympy.Float(value[0, 0]) if value.shape == (1, 1) else sympy.ImmutableMatrix(value)


@pytest.mark.parametrize("seed", range(12))
def test_sympy_and_our_evaluator_compute_the_same(seed: int) -> None:
    case = random_case(seed)
    steps = [step for step in derive_network(case.network) if step.stage != "update"]
    values = Program([step.equation for step in steps]).run(case.values)
    known = {quantity: in_sympy(value) for quantity, value in values.items()}
    for step in steps:
        got = floats(written_out(as_sympy(step.formula), known), step.formula.shape)
        np.testing.assert_allclose(
            got, values[step.quantity], rtol=1e-12, atol=1e-15, err_msg=step.quantity.address
        )


# -- the loss written out in scalars, and differentiated by SymPy one weight at a time -----------------------

TINY = {
    "tanh then identity": Network([2, 2, 1], ["tanh", "identity"]),
    "sigmoid": Network([2, 2, 2], "sigmoid"),
    "identity": Network([1, 3, 2], "identity", "squared-error"),
    "mean over a batch": Network([2, 2, 1], ["sigmoid", "tanh"], "mean-squared-error", batch=2),
    "sum over a batch": Network([1, 2, 2], ["tanh", "sigmoid"], "squared-error", batch=2, reduction="sum"),
    "softmax": Network([2, 2, 3], ["tanh", "softmax"], "cross-entropy"),
    "softmax without its usual loss": Network([2, 2, 3], ["tanh", "softmax"], "half-squared-error"),
    "binary cross-entropy": Network([2, 2, 2], ["identity", "sigmoid"], "binary-cross-entropy"),
    "three layers": Network([1, 2, 1, 2], ["tanh", "identity", "sigmoid"], bias=False),
}


@pytest.mark.parametrize("network", TINY.values(), ids=TINY)
def test_sympy_differentiates_the_written_out_loss_to_the_same_gradients(network: Network) -> None:
    graph = network.graph()
    letters = {quantity: lettered(quantity, shape) for quantity, shape in graph.inputs.items()}
    scalars = dict(letters)
    for equation in graph.equations:
        scalars[equation.quantity] = written_out(as_sympy(equation.expression), scalars)
    loss = scalars[graph.output]
    numbers = some_numbers(network)
    values = Program([s.equation for s in derive_network(network) if s.stage != "update"]).run(numbers)
    entries = {
        name: number for q in letters for name, number in zip(flat(letters[q]), numbers[q].flat, strict=True)
    }
    for quantity in letters:
        if quantity.kind in "Wb":
            slopes = sympy.lambdify(
                list(entries), [loss.diff(name) for name in flat(letters[quantity])], "numpy"
            )
            found = np.array(slopes(*entries.values())).reshape(numbers[quantity].shape)
            ours = values[Quantity("d" + quantity.kind, quantity.layer)]
            np.testing.assert_allclose(found, ours, rtol=1e-10, atol=1e-14, err_msg=quantity.address)


def flat(value) -> list:
    return list(value) if isinstance(value, sympy.MatrixBase) else [value]


def some_numbers(network: Network) -> dict[Quantity, np.ndarray]:
    rng = np.random.default_rng(7)
    numbers = {quantity: rng.uniform(-1, 1, shape) for quantity, shape in network.graph().inputs.items()}
    target = Quantity("y")
    numbers[target] = np.abs(numbers[target])
    numbers[target] /= numbers[target].sum(axis=0)
    return numbers


def test_gates_are_differentiated_by_sympy_to_the_same_formulas() -> None:
    graph = graph_from(["w0", "x0", "w1", "x1", "w2"], {"f": "1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))"}, "f")
    point = {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}
    derivation = derive_graph(graph)
    f = as_sympy(derivation["f"].formula)
    values = Program([s.equation for s in derivation]).run(
        {Quantity(n): to_array(v) for n, v in point.items()}
    )
    for name in point:
        slope = f.doit().diff(sympy.Symbol(name, real=True))
        exact = slope.subs({sympy.Symbol(n, real=True): v for n, v in point.items()})
        assert float(exact) == pytest.approx(values[Quantity("d_" + name)][0, 0], rel=1e-13)
