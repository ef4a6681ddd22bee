"""Every row of LOSSES: the value is the formula, the gradient SymPy's, and shortcuts hold where they say."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from derive import ops
from derive.activations import ACTIVATIONS, GENERIC
from derive.backprop import pass_back
from derive.derivation import derive_network
from derive.errors import Unusable
from derive.evaluate import Program, Values
from derive.graph import Equation, symbol
from derive.losses import LOSSES, TARGETS, Loss, sympy_slope
from derive.network import Network
from derive.quantities import Quantity

ROWS = [row for row in LOSSES.values() if row.name != GENERIC]
A, Y, LOSS = Quantity("a", 1), Quantity("y"), Quantity("loss")
COLLAPSES = [(row, last) for row in LOSSES.values() for last in row.collapses]


def sample(row: Loss, shape: tuple[int, int] = (3, 2)) -> Values:
    """Outputs the row is defined for, and targets it is made for."""
    rng = np.random.default_rng(3)
    low, high = max(row.low, -2), min(row.high, 2)
    a = low + (high - low) * rng.uniform(0.05, 0.95, shape)
    return {A: a, Y: targets(row, rng, shape)}


def targets(row: Loss, rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    kinds = {
        "real": lambda: rng.normal(size=shape),
        "unit": lambda: rng.uniform(size=shape),
        "probability": lambda: rng.dirichlet(np.ones(shape[0]), size=shape[1]).T,
        "one-hot": lambda: np.eye(shape[0])[:, rng.integers(shape[0], size=shape[1])],
        "sign": lambda: rng.choice([-1.0, 1.0], size=shape),
    }
    return kinds[row.targets]()


def entry_by_entry(row: Loss, expression, values: Values) -> np.ndarray:
    """A SymPy expression in a and y at every entry."""
    a, y = letters()
    number = np.vectorize(lambda at, target: float(expression.subs({a: at, y: target})), otypes=[float])
    return number(values[A], values[Y])


def letters():
    return sympy.symbols("a y", real=True)


def built(row: Loss, shape: tuple[int, int]) -> Equation:
    return Equation(LOSS, row.build(symbol(A, shape), symbol(Y, shape)))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_targets_of_a_loss_are_those_it_says_it_takes(row: Loss) -> None:
    wanted = TARGETS[row.targets]
    y = sample(row, (4, 5))[Y].round(12)
    assert all(map(wanted.entry, y.flat)) and all(map(wanted.total, y.sum(axis=0).round(9)))
    assert row.targets == "real" or not all(map(wanted.entry, (0.5, 3.0)))


@pytest.mark.parametrize("row", [row for row in ROWS if row.bend], ids=lambda row: row.name)
def test_the_slope_of_a_loss_jumps_where_it_says(row: Loss) -> None:
    """A little to both sides of the bend the slopes differ, elsewhere they do not."""
    a, y = letters()
    (at,) = sympy.solve(row.bend(a, y).subs(y, -1), a)
    slope = sympy.lambdify(a, sympy_slope(row, a, y).subs(y, -1), {"Heaviside": lambda x, *_: float(x > 0)})
    assert slope(float(at) - 1e-6) != slope(float(at) + 1e-6)
    assert slope(float(at) + 1) == slope(float(at) + 2) and slope(float(at) - 1) == slope(float(at) - 2)


@pytest.mark.parametrize("name", LOSSES)
def test_a_row_stands_under_its_name(name: str) -> None:
    assert LOSSES[name].name == name


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
@pytest.mark.parametrize("shape", [(1, 1), (3, 1), (1, 4), (3, 2)], ids=str)
def test_the_value_is_the_formula_summed(row: Loss, shape: tuple[int, int]) -> None:
    values = sample(row, shape)
    outputs = shape[0] if row.mean else 1
    wanted = entry_by_entry(row, row.formula(*letters()), values).sum() / outputs
    got = Program([built(row, shape)]).run(values)[LOSS]
    assert got.shape == (1, 1) and got[0, 0] == pytest.approx(wanted, rel=1e-13)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
@pytest.mark.parametrize("shape", [(1, 1), (3, 1), (3, 2)], ids=str)
def test_the_gradient_is_the_slope_sympy_derives(row: Loss, shape: tuple[int, int]) -> None:
    values = sample(row, shape)
    message = pass_back(built(row, shape), ops.constant(1))[A]
    got = Program([Equation(Quantity("da", 1), message.gradient)]).run(values)[Quantity("da", 1)]
    outputs = shape[0] if row.mean else 1
    wanted = entry_by_entry(row, sympy_slope(row, *letters()), values) / outputs
    np.testing.assert_allclose(got, wanted, rtol=1e-12)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_perfect_output_costs_least(row: Loss) -> None:
    values = sample(row, (3, 1))
    program = Program([built(row, (3, 1))])
    target = values[Y] if row.targets != "real" else np.clip(values[Y], row.low, row.high)
    best = program.run({A: target, Y: target})[LOSS][0, 0]
    assert best < program.run(values)[LOSS][0, 0]


@pytest.mark.parametrize(("batch", "printed"), [(5, r"\frac{1}{10} "), ("N", r"\frac{1}{2 N} ")])
def test_half_the_squared_error_of_a_batch_is_printed_over_twice_its_size(
    batch: int | str, printed: str
) -> None:
    network = Network([3, 2], "sigmoid", "half-squared-error", batch=batch)
    assert derive_network(network)["loss"].latex() == r"E = " + printed + r"\lVert x_1 - y \rVert^2"


def test_a_loss_left_open_has_no_slope_to_derive() -> None:
    with pytest.raises(ValueError, match="no formula"):
        sympy_slope(LOSSES[GENERIC], *letters())


@pytest.mark.parametrize("row", [row for row in ROWS if np.isfinite(row.low)], ids=lambda row: row.name)
@pytest.mark.parametrize("last", [n for n in ACTIVATIONS if n != GENERIC])
def test_outputs_outside_the_range_of_a_loss_are_refused(row: Loss, last: str) -> None:
    fits = ACTIVATIONS[last].low >= row.low and ACTIVATIONS[last].high <= row.high
    if fits:
        assert Network([2, 3], last, row.name).loss == row.name
        return
    with pytest.raises(Unusable, match=f"{row.words} needs outputs between 0 and 1.*sigmoid"):
        Network([2, 3], last, row.name)


# -- shortcuts -----------------------------------------------------------------------------------------------


def two_ways(row: Loss, last: str, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The output error by the whole chain rule, and by the shortcut, for a batch."""
    network = Network([2, 3], last, row.name, batch=target.shape[1])
    derivation = derive_network(network)
    rng = np.random.default_rng(5)
    values = {q: rng.normal(size=shape) for q, shape in derivation.graph.inputs.items()}
    values[Y] = target
    lines = derivation["delta1"].lines
    equations = [
        *derivation.graph.equations,
        *(Equation(Quantity(f"way{n}"), lines[n].expression) for n in (-2, -1)),
    ]
    computed = Program(equations).run(values)
    return computed[Quantity("way-2")], computed[Quantity("way-1")]


@pytest.mark.parametrize(("row", "last"), COLLAPSES, ids=lambda part: getattr(part, "name", part))
def test_a_shortcut_equals_the_chain_rule_where_its_assumption_holds(row: Loss, last: str) -> None:
    raw, short = two_ways(row, last, targets(row, np.random.default_rng(6), (3, 4)))
    np.testing.assert_allclose(short, raw, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(("row", "last"), COLLAPSES, ids=lambda part: getattr(part, "name", part))
def test_a_shortcut_needs_exactly_what_it_assumes(row: Loss, last: str) -> None:
    raw, short = two_ways(row, last, np.random.default_rng(6).uniform(0.1, 0.9, (3, 4)))
    assert np.allclose(short, raw) == (row.collapses[last].assumes is None)


@pytest.mark.parametrize(("row", "last"), COLLAPSES, ids=lambda part: getattr(part, "name", part))
def test_a_shortcut_is_a_line_of_its_own_and_states_its_assumption(row: Loss, last: str) -> None:
    step = derive_network(Network([2, 3], last, row.name))["delta1"]
    collapse = row.collapses[last]
    assert step.because == collapse.because
    assert step.assumptions == ((collapse.assumes,) if collapse.assumes else ())
    assert len(step.lines) >= 3 and step.lines[-2].expression is not step.formula
