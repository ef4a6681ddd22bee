"""Indices are axes: entries, sums, Kronecker deltas, and the matrix that a formula for entries makes."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from derive import ops
from derive.evaluate import Program
from derive.graph import SCALAR, Equation, Node, ShapeError, symbol
from derive.indices import WHOLE, Index
from derive.ops import OPS
from derive.quantities import Quantity
from derive.symbolic import LOWERING, as_sympy

INDEXED = ("at", "over", "kronecker", "gather")
"""Operations with indices. Formulas are written with them; nothing is differentiated through them."""
SAMPLES = 3
A, B, OUT = Quantity("A"), Quantity("B"), Quantity("out")
a, b = symbol(A, (2, 3)), symbol(B, (3, 4))
i, j, k, l = Index("i", 0, 2), Index("j", 1, 3), Index("k", 2, 4), Index("l", 3, 2)
RNG = np.random.default_rng(5)
VALUES = {A: RNG.normal(size=(SAMPLES, 2, 3)), B: RNG.normal(size=(SAMPLES, 3, 4))}


def value(node: Node) -> np.ndarray:
    return np.asarray(Program([Equation(OUT, node)]).run(VALUES)[OUT])


PRODUCT = ops.over(j, ops.times(ops.at(a, i, j), ops.at(b, j, k)))
SQUARE = symbol(Quantity("S"), (2, 2))

FORMULAS = {
    "a sum over an index is the matrix product": (ops.gather(PRODUCT, i, k), VALUES[A] @ VALUES[B]),
    "indices in another order transpose": (
        ops.gather(PRODUCT, k, i),
        (VALUES[A] @ VALUES[B]).swapaxes(-1, -2),
    ),
    "an entry of an expression": (
        ops.gather(ops.at(ops.matmul(a, b), i, k), i, k),
        VALUES[A] @ VALUES[B],
    ),
    "a number picks one column": (ops.gather(ops.at(a, i, 2), i, None), VALUES[A][..., 1:2]),
    "a term without the index counts once for each of its values": (
        ops.gather(ops.over(k, ops.at(a, i, j)), i, j),
        4 * VALUES[A],
    ),
    "a Kronecker delta picks": (
        ops.gather(ops.over(l, ops.times(ops.kronecker(i, l), ops.at(a, l, j))), i, j),
        VALUES[A],
    ),
    "a formula that does not depend on an index is the same for all of its values": (
        ops.gather(ops.at(a, i, 1), i, k),
        np.repeat(VALUES[A][..., :1], 4, axis=-1),
    ),
    "the same index twice walks down the diagonal": (
        ops.gather(ops.at(ops.matmul(a, ops.transpose(a)), i, i), i, None),
        np.einsum("sij,sij->si", VALUES[A], VALUES[A])[..., None],
    ),
    "the sum of a diagonal is the trace": (
        ops.over(i, ops.at(ops.matmul(a, ops.transpose(a)), i, i)),
        np.einsum("sij,sij->s", VALUES[A], VALUES[A])[:, None, None],
    ),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_values(name: str) -> None:
    node, expected = FORMULAS[name]
    found = value(node)
    np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=1e-13)


def test_a_kronecker_delta_between_indices_of_any_order() -> None:
    for first, second in ((i, l), (l, i)):
        np.testing.assert_array_equal(value(ops.gather(ops.kronecker(first, second), i, l))[0], np.eye(2))


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        (k, j, "k counts to 4 here, but there are 2 rows"),
        (i, None, "one column is picked, but there are 3"),
        (3, j, "there is no row 3 among 2"),
    ],
)
def test_indices_that_do_not_fit_are_named(row: object, column: object, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        ops.at(a, row, column)  # type: ignore[arg-type]


def test_a_sum_over_examples_is_taken_of_whole_columns() -> None:
    column = ops.at(a, WHOLE, Index("n", 0, 3))
    assert column.shape == ops.over(Index("n", 0, 3), column).shape == (2, 1)


def test_a_matrix_of_entries_is_made_of_numbers() -> None:
    with pytest.raises(ShapeError, match="not a 2×3 matrix"):
        ops.gather(a, i, None)


def test_every_operation_with_indices_is_in_the_tables() -> None:
    assert set(INDEXED) <= OPS.keys() and set(INDEXED) <= LOWERING.keys()
    assert all(OPS[name].name == name for name in INDEXED)


def test_sympy_writes_sums_with_indexed_symbols() -> None:
    expression = as_sympy(PRODUCT)
    assert isinstance(expression, sympy.Sum)
    assert sympy.latex(expression) == r"\sum_{j=1}^{3} {A}_{i,j} {B}_{j,k}"
    assert as_sympy(ops.kronecker(i, l)) == sympy.KroneckerDelta(
        *sympy.symbols("i l", integer=True, positive=True)
    )


def test_sympy_gathers_to_the_same_matrix() -> None:
    matrix = as_sympy(ops.gather(ops.at(ops.matmul(a, b), i, k), i, k)).as_explicit()
    letters = {
        sympy.MatrixSymbol(q.address, *shape): sympy.Matrix(VALUES[q][0])
        for q, shape in ((A, (2, 3)), (B, (3, 4)))
    }
    numbers = np.array(matrix.subs(letters).doit().tolist(), dtype=float)
    np.testing.assert_allclose(numbers, (VALUES[A] @ VALUES[B])[0], rtol=1e-13)


def test_an_entry_of_a_number_is_the_number() -> None:
    s = symbol(Quantity("s"), SCALAR)
    assert ops.at(s, None, None).shape == SCALAR
