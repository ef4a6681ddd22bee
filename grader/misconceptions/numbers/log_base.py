"""A logarithm to the base 10 or 2 where the natural one is meant."""

from collections.abc import Callable

import numpy as np
from msgspec.structs import replace

from derive.functions import FUNCTIONS, Array, Function
from derive.kernels import Arithmetic
from derive.network import Network
from grader.misconceptions.row import Example, Misconception

SOFTMAX = Network([2, 2], "softmax", "cross-entropy")
BINARY = Network([3, 4, 2], "sigmoid", "binary-cross-entropy")
GIVEN = {"x": [1, 2], "y": [1, 0], "W1": [[0, 0], [0, 0]], "b1": [0, 0]}


def to_base(base: int) -> Callable[[Arithmetic], Arithmetic]:
    """Numbers whose logarithm is that to a base."""
    true = FUNCTIONS["log"]
    slope = true.slope
    assert slope is not None
    other = replace(true, value=_divided(true.value, base), slope=_divided(slope, base))
    return lambda numbers: replace(numbers, functions=_with(numbers, other))


def _divided(function: Callable[[Array], Array], base: int) -> Callable[[Array], Array]:
    return lambda values: function(values) / np.log(base)


def _with(numbers: Arithmetic, row: Function) -> dict[str, Function]:
    return {**numbers.functions, row.name: row}


def _row(base: int, formula: str, number: str) -> Misconception:
    return Misconception(
        name=f"log-base-{base}",
        words=f"This is computed with the logarithm to the base {base}; in a loss, log is the natural one.",
        question="Which key of the calculator gives the logarithm whose slope is 1/x?",
        award=0.75,
        arithmetic=to_base(base),
        catches=(
            Example("loss", number, SOFTMAX, GIVEN),
            Example("loss", rf"-y^T {formula} x_1", SOFTMAX),
            Example("loss", rf"-y^T {formula} x_2 - (1 - y)^T {formula}(1 - x_2)", BINARY),
        ),
        spares=(
            Example("loss", "0.6931", SOFTMAX, GIVEN),
            Example("loss", r"-y^T \log x_1", SOFTMAX),
            Example("loss", r"-y^T \ln x_2 - (1 - y)^T \ln(1 - x_2)", BINARY),
        ),
    )


TEN = _row(10, r"\log_{10}", "0.3010")
TWO = _row(2, r"\log_2", "1")
