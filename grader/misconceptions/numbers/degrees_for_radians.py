"""Sine and cosine are taken of degrees; in calculus their argument counts radians."""

import numpy as np
from msgspec.structs import replace

from derive.functions import Array, Function
from derive.graph_language import graph_from
from derive.kernels import Arithmetic
from grader.misconceptions.row import Example, Misconception

WAVE = graph_from("xy", {"s": "sin(y)", "f": "x * s"}, "f")
GIVEN = {"x": 2, "y": 30}


def in_degrees(numbers: Arithmetic) -> Arithmetic:
    """Numbers whose sine and cosine are those of a calculator set to degrees."""
    changed = {name: _of_degrees(numbers.functions[name]) for name in ("sin", "cos")}
    return replace(numbers, functions={**numbers.functions, **changed})


def _of_degrees(row: Function) -> Function:
    def value(degrees: Array) -> Array:
        return row.value(np.radians(degrees))

    return replace(row, value=value)


ROW = Misconception(
    name="degrees-for-radians",
    words="The calculator was set to degrees; in calculus angles are in radians.",
    question="What is the sine of 3.14 in radians, and what does your calculator say?",
    award=0.75,
    arithmetic=in_degrees,
    catches=(
        Example("s", "0.5", WAVE, GIVEN),
        Example("f", "1", WAVE, GIVEN),
        Example("d_y", "1.732", WAVE, GIVEN),
        Example("d_x", "0.5", WAVE, GIVEN),
    ),
    spares=(
        Example("s", "-0.9880", WAVE, GIVEN),
        Example("d_y", "0.3085", WAVE, GIVEN),
        Example("f", "-1.976", WAVE, GIVEN),
    ),
)
