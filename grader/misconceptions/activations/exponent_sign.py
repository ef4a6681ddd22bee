"""The sign in the exponent is wrong: 1/(1 + e^z) for 1/(1 + e^(−z))."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from grader.misconceptions.places import activation_at, symbol_of
from grader.misconceptions.row import Example, Misconception

MADE_OF_EXPONENTIALS = ("sigmoid", "tanh", "softplus", "softmax")
"""Activations that are written with e to some power."""
SOFTMAX = Network([3, 4, 2], ["tanh", "softmax"], "cross-entropy")


def turned(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """An activation of −z."""
    activation = activation_at(derivation, equation.quantity)
    if equation.quantity.kind == "a" and activation and activation.name in MADE_OF_EXPONENTIALS:
        yield activation.apply(ops.negate(symbol_of("z", equation)))


ROW = Misconception(
    name="exponent-sign",
    words="The sign in the exponent is wrong: this falls where the activation grows.",
    question="Should the output be near 1 or near 0 when the weighted input is large?",
    award=0.75,
    rewrite=turned,
    everywhere=True,
    catches=(
        Example("a1", r"\frac{1}{1 + e^{z_1}}"),
        Example("a1", r"\frac{e^{-z_1}}{1 + e^{-z_1}}"),
        Example("a2", r"\frac{e^{-z_2} - e^{z_2}}{e^{z_2} + e^{-z_2}}", Network([3, 4, 2], "tanh", batch=5)),
        Example("a2", r"x_{2,j} = \frac{e^{-z_{2,j}}}{\sum_k e^{-z_{2,k}}}", SOFTMAX),
    ),
    spares=(
        Example("a1", r"\frac{1}{1 + e^{-z_1}}"),
        Example("a1", r"\frac{e^{z_1}}{1 + e^{z_1}}"),
        Example("a1", r"1 - \frac{1}{1 + e^{z_1}}"),
        Example("delta1", r"W_2^T \delta_2 \odot \frac{e^{z_1}}{(1 + e^{z_1})^2}"),
    ),
)
