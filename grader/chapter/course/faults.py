"""FAULTS: the misconceptions that, found in a formula of a text, contradict it; one row each.

Others are left out because texts mean them: σ′ as a function of the output, a dot for whichever product
fits, a loss that is never written down.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """The name of a row of the grader's misconceptions, and the diagnosis it is for a text.

    A ``convention`` (a sign, a factor) is wrong only where the page has shown which one it keeps. What
    stands ``loosely`` in chains of derivatives, whose order authors leave open, is no fault there.
    """

    misconception: str
    diagnosis: str
    convention: bool = False
    loosely: bool = False


FAULTS = {
    row.misconception: row
    for row in (
        Fault("sign-flipped", "sign-flipped", convention=True),
        Fault("target-minus-output", "sign-flipped", convention=True),
        Fault("gradient-added", "sign-flipped", convention=True),
        Fault("cross-entropy-sign", "sign-flipped", convention=True),
        Fault("factor-2", "factor-2", convention=True),
        Fault("factor-half", "factor-2", convention=True),
        Fault("learning-rate-omitted", "rate-omitted", convention=True),
        Fault("layers-off-by-one", "index-shifted"),
        Fault("neighbouring-layer", "index-shifted"),
        Fault("activation-of-this-layer", "index-shifted"),
        Fault("delta-of-wrong-layer", "index-shifted"),
        Fault("weights-of-this-layer", "index-shifted"),
        Fault("slope-of-wrong-layer", "index-shifted"),
        Fault("summed-over-wrong-index", "index-shifted"),
        Fault("input-for-hidden-activation", "index-shifted"),
        Fault("indices-swapped", "transposed", loosely=True),
        Fault("missing-transpose", "transposed", loosely=True),
        Fault("outer-product-swapped", "transposed", loosely=True),
        Fault("inverse-for-transpose", "transposed"),
        Fault("missing-slope", "slope-omitted"),
        Fault("weighted-input-for-activation", "copied-neighbour"),
        Fault("bias-subtracted", "sign-flipped"),
        Fault("bias-omitted", "bias-omitted", convention=True),
        Fault("bias-gradient-times-activation", "other-arithmetic"),
        Fault("exponent-sign", "exponent-sign"),
        Fault("chain-added", "other-arithmetic"),
        Fault("delta-omitted", "path-omitted"),
        Fault("weights-omitted", "path-omitted"),
        Fault("path-omitted", "path-omitted"),
    )
}
