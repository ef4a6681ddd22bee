"""The misconceptions that are recognised, in the order in which they are tried: one file each, listed
here."""

from __future__ import annotations

from grader.misconceptions import (
    bias_omitted,
    factor,
    missing_slope,
    missing_transpose,
    neighbouring_layer,
    outer_product_swapped,
    sign_flipped,
    updated_weight_used_early,
)
from grader.misconceptions.row import Example, Misconception

MISCONCEPTIONS: dict[str, Misconception] = {
    row.name: row
    for row in (
        sign_flipped.ROW,
        factor.DOUBLED,
        factor.HALVED,
        missing_slope.ROW,
        outer_product_swapped.ROW,
        missing_transpose.ROW,
        bias_omitted.ROW,
        updated_weight_used_early.ROW,
        neighbouring_layer.ROW,
    )
}

__all__ = ["MISCONCEPTIONS", "Example", "Misconception"]
