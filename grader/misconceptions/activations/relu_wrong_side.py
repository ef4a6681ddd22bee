"""ReLU, or a maximum with 0, lets the gradient through where it is shut, and stops it where it is open."""

from msgspec.structs import replace

from derive import ops
from derive.backprop import Theory
from derive.functions import function_named
from derive.graph import Node
from derive.graph_language import graph_from
from derive.network import Network
from derive.ops import Pullback
from grader.misconceptions.row import Example, Misconception

RELU = Network([3, 4, 2], ["relu", "identity"], learning_rate=0.5)
GATE = graph_from("xy", {"p": "x * y", "f": "relu(p)"}, "f")
MAXIMA = ("relu", "positive-part")


def exchanged_sides(theory: Theory) -> Theory:
    """Where the slope is 1 it is taken for 0, and where it is 0 for 1."""
    true = theory["function"].pullbacks[0]
    return {**theory, "function": replace(theory["function"], pullbacks=(_other_side(true),))}


def _other_side(true: Pullback) -> Pullback:
    def pullback(node: Node, g: Node) -> Node:
        if node.data[0] not in MAXIMA:
            return true(node, g)
        one = ops.ones(node.shape)
        return ops.times(g, ops.minus(one, true(node, one)))

    return pullback


def exchanged_pieces(theory: Theory) -> Theory:
    """An activation of two pieces that meet at 0 has the slope of the other one."""
    true = theory["function"].pullbacks[0]

    def pullback(node: Node, g: Node) -> Node:
        row = function_named(node.data[0])
        if row is None or not row.is_activation or tuple(row.kinks) != (0,) or row.name in MAXIMA:
            return true(node, g)
        return ops.times(g, ops.function(node.data[0], ops.negate(node.args[0]), 1))

    return {**theory, "function": replace(theory["function"], pullbacks=(pullback,))}


ROW = Misconception(
    name="relu-wrong-side",
    words="The gradient goes through the wrong side of the maximum: it passes where the input was passed on, "
    "and stops where 0 came out.",
    question="For which inputs does max(0, z) change when z changes a little?",
    theory=exchanged_sides,
    catches=(
        Example("delta1", r"W_2^T \delta_2 \odot \mathbf{1}[z_1 < 0]", RELU),
        Example("delta1", r"W_2^T \delta_2 \odot (1 - \sigma'(z_1))", RELU),
        Example("d_p", r"\operatorname{step}(-p)", GATE),
        Example("dW1", r"(W_2^T \delta_2 \odot (1 - \operatorname{step}(z_1))) x_0^T", RELU),
    ),
    spares=(
        Example("delta1", r"W_2^T \delta_2 \odot \mathbf{1}[z_1 > 0]", RELU),
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)", RELU),
        Example("d_p", r"\operatorname{step}(p)", GATE),
        Example("delta1", r"W_2^T \delta_2", Network([3, 4, 2], "identity")),
    ),
)

LEAKY = Network([3, 4, 2], ["leaky-relu", "identity"], learning_rate=0.5)

PIECES = Misconception(
    name="slope-pieces-exchanged",
    words="The two pieces of the slope are exchanged: the one for negative weighted inputs stands at the "
    "positive ones, and the other way round.",
    question="On which side of 0 is this activation steep, and on which is it flat?",
    theory=exchanged_pieces,
    catches=(
        Example(
            "delta1", r"W_2^T \delta_2 \odot \begin{cases} 0.01 & z_1 > 0 \\ 1 & z_1 \le 0 \end{cases}", LEAKY
        ),
        Example("delta1", "W2.T @ delta2 * np.where(z1 < 0, 1, 0.01)", LEAKY),
        Example("dW1", r"(W_2^T \delta_2 \odot (0.01 \cdot 1[z_1 > 0] + 1[z_1 < 0])) x_0^T", LEAKY),
    ),
    spares=(
        Example(
            "delta1", r"W_2^T \delta_2 \odot \begin{cases} 1 & z_1 > 0 \\ 0.01 & z_1 \le 0 \end{cases}", LEAKY
        ),
        Example("delta1", "W2.T @ delta2 * np.where(z1 < 0, 0.01, 1)", LEAKY),
        Example("delta1", r"W_2^T \delta_2 \odot \mathbf{1}[z_1 > 0]", RELU),
    ),
)
