"""ReLU, or a maximum with 0, lets the gradient through where it is shut, and stops it where it is open."""

from dataclasses import replace

from derive import ops
from derive.backprop import Theory
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
