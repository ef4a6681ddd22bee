"""An activation and its slope are confused: σ for σ′, or σ′ for σ."""

from collections.abc import Iterator

from msgspec.structs import replace

from derive import ops
from derive.backprop import Theory
from derive.derivation import Derivation
from derive.functions import function_named
from derive.graph import Equation, Node
from derive.network import Network
from grader.misconceptions.places import in_lines, is_slope, output_of
from grader.misconceptions.row import Example, Misconception

OPEN = Network([3, 4, 2], "generic", "generic")


def with_outputs(theory: Theory) -> Theory:
    """Every activation multiplies the gradient by its own value."""
    true = theory["function"].pullbacks[0]

    def pullback(node: Node, g: Node) -> Node:
        row = function_named(node.data[0])
        return ops.times(g, node) if row is None or row.is_activation else true(node, g)

    return {**theory, "function": replace(theory["function"], pullbacks=(pullback,))}


def undifferentiated(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """An error with σ(z) for σ′(z)."""
    if equation.quantity.kind == "delta":
        yield from in_lines(equation, derivation, lambda node: [output_of(node)] if is_slope(node) else [])


def differentiated(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """An activation with σ′(z) for σ(z)."""
    applied = equation.expression
    if equation.quantity.kind == "a" and applied.op == "function":
        yield ops.function(applied.data[0], applied.args[0], 1)


ROW = Misconception(
    name="activation-for-slope",
    words="The activation itself stands where its slope belongs.",
    question="By how much does a neuron's output change when its weighted input changes a little?",
    place="function",
    theory=with_outputs,
    rewrite=undifferentiated,
    catches=(
        Example("delta1", r"W_2^T \delta_2 \odot \sigma(z_1)"),
        Example("delta2", r"(x_2 - y) \odot x_2", Network([3, 4, 2], "tanh")),
        Example("delta1", r"W_2^T \delta_2 \odot \max(0, z_1)", Network([3, 4, 2], "relu")),
        Example("delta1", r"\delta_1 = W_2^T \delta_2 \odot x_1", Network([3, 4, 2], "sigmoid", batch=5)),
        Example("delta2", r"\frac{\partial E}{\partial x_2} \odot \sigma(z_2)", OPEN),
        Example("delta1", r"W_2^T ((x_2 - y) \odot \sigma(z_2)) \odot \sigma(z_1)"),
        Example("dW1", r"(W_2^T ((x_2 - y) \odot x_2) \odot x_1) x_0^T", Network([3, 4, 2], "tanh")),
    ),
    spares=(
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)"),
        Example("delta1", r"W_2^T \delta_2 \odot \sigma(z_1) \odot (1 - \sigma(z_1))"),
        Example("delta1", r"W_2^T \delta_2 \odot e^{z_1}", Network([3, 4, 2], "custom(exp(z))")),
    ),
)

FOR_ACTIVATION = Misconception(
    name="slope-for-activation",
    words="The slope of the activation stands where the activation itself belongs.",
    question="What does a neuron hand on: the activation at its weighted input, or how fast that changes "
    "there?",
    rewrite=differentiated,
    everywhere=True,
    catches=(
        Example("a1", r"\sigma'(z_1)"),
        Example("a2", r"1 - \tanh^2(z_2)", Network([3, 4, 2], "tanh")),
        Example("a1", r"x_1 = \sigma'(W_1 x_0 + b_1)", Network([3, 4, 2], "sigmoid", batch=5)),
    ),
    spares=(
        Example("a1", r"\sigma(z_1)"),
        Example("a2", r"\frac{1}{1 + e^{-z_2}}", Network([3, 4, 2], ["softplus", "sigmoid"])),
        Example("a1", r"e^{z_1}", Network([3, 4, 2], "custom(exp(z))")),
    ),
)
