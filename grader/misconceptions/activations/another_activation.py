"""Another activation than the network's is used, or its slope: 1 − a² for a sigmoid."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.functions import FUNCTIONS, Function
from derive.graph import Equation, Node
from derive.network import Network
from grader.misconceptions.places import activation_at, by_value, in_lines, is_slope, symbol_of
from grader.misconceptions.row import Example, Misconception

TANH = Network([3, 4, 2], "tanh")
RELU = Network([3, 4, 2], "relu", batch=5)
OPEN = Network([3, 4, 2], "generic", "generic")


USUAL = ("sigmoid", "tanh", "relu")
"""Activations that one is taken for. Others come too near these to be told from them by numbers."""


def _others(name: str) -> Iterator[Function]:
    """Every usual activation but this one."""
    return (FUNCTIONS[other] for other in USUAL if other != name)


def other_slope(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """An error with the slope of another activation, as a function of z or in its textbook form."""

    def change(node: Node) -> Iterator[Node]:
        for row in _others(node.data[0]) if is_slope(node) else ():
            if row.slope is not None:
                yield ops.function(row.name, node.args[0], 1)
            if row.textbook is not None:
                yield by_value(row.textbook, node)

    if equation.quantity.kind == "delta":
        yield from in_lines(equation, derivation, change)


def other_function(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """An activation by another function."""
    activation = activation_at(derivation, equation.quantity)
    if equation.quantity.kind == "a" and activation is not None:
        z = symbol_of("z", equation)
        yield from (ops.function(row.name, z) for row in _others(activation.name))


SLOPE = Misconception(
    name="slope-of-another-activation",
    words="This is the slope of another activation than the one of this layer.",
    question="Which activation does this layer have, and what is its slope?",
    rewrite=other_slope,
    catches=(
        Example("delta1", r"W_2^T \delta_2 \odot (1 - x_1^2)"),
        Example("delta2", r"(x_2 - y) \odot x_2 \odot (1 - x_2)", TANH),
        Example("delta1", r"\delta_1 = W_2^T \delta_2 \odot (1 - x_1 \odot x_1)", RELU),
        Example("delta1", r"W_2^T \delta_2 \odot x_1 \odot (1 - x_1)", OPEN),
        Example("dW1", r"(W_2^T \delta_2 \odot (1 - x_1^2)) x_0^T"),
    ),
    spares=(
        Example("delta1", r"W_2^T \delta_2 \odot (1 - x_1^2)", TANH),
        Example("delta1", r"W_2^T \delta_2 \odot x_1 \odot (1 - x_1)"),
        Example("delta2", r"(x_2 - y) \odot (1 - x_2^2)", Network([3, 4, 2], ["sigmoid", "tanh"])),
    ),
)

FUNCTION = Misconception(
    name="another-activation",
    words="This is another activation than the one of this layer.",
    question="Which activation does this layer have?",
    award=0.25,
    rewrite=other_function,
    catches=(
        Example("a1", r"\tanh(z_1)"),
        Example("a2", r"\frac{1}{1 + e^{-z_2}}", TANH),
        Example("a1", r"\tanh(W_1 x_0 + b_1)", RELU),
        Example("a2", r"\frac{1}{1 + e^{-z_2}}", Network([3, 4, 2], ["relu", "softmax"], "cross-entropy")),
    ),
    spares=(
        Example("a1", r"\tanh(z_1)", TANH),
        Example("a1", r"\max(0, z_1)", RELU),
        Example("a1", r"\frac{1 + \tanh(z_1 / 2)}{2}"),
    ),
)
