"""Which slope is taken where there is none: a convention, said beside every step that leans on it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from msgspec.structs import replace

from derive.activations import Activation
from derive.backprop import Step
from derive.losses import Loss

SHARES = {
    Fraction(0): "the slope from below",
    Fraction(1, 2): "the mean of the slopes from below and above",
    Fraction(1): "the slope from above",
}
"""The conventions: how far from the slope below to the one above, in words."""


OWN = "that part's own convention, not one for the whole function,"


def with_kinks(step: Step, activation: Activation | None, share: Fraction) -> Step:
    """The step, saying what is taken for the slope where the activation that it passes through has none."""
    if activation is None:
        return step
    if activation.function and activation.function.has_hidden_kinks:
        return _assuming(step, f"where a part of {activation.words} has no slope, {OWN} is taken")
    if not activation.kinks:
        return step
    at = ", ".join(str(Fraction(kink)) for kink in activation.kinks)
    return _assuming(step, f"{activation.words} has no slope at {at}; {_taken(activation, share)}")


def with_bend(step: Step, loss: Loss) -> Step:
    """The output error, saying what is taken for the slope of the loss where it has none."""
    return _assuming(step, f"{loss.words} has no slope {loss.bends}; 0 is taken there") if loss.bend else step


def _taken(activation: Activation, share: Fraction) -> str:
    """The slope at the kinks, as a number where there is one exact one."""
    row = activation.function
    if row is None or not row.rational or len(row.kinks) > 1:
        return f"{SHARES[share]} is taken there"
    kink = np.array([Fraction(row.kinks[0])], dtype=object)
    slope = row.with_kink_slope(share).apply(kink, 1)[0]
    return f"{SHARES[share]}, {slope}, is taken there"


def _assuming(step: Step, sentence: str) -> Step:
    return replace(step, assumptions=(*step.assumptions, sentence))
