"""The hinge of the loss is forgotten: its slope is −y everywhere, even where the margin is kept."""

from __future__ import annotations

from msgspec.structs import replace

from derive.backprop import Theory
from derive.graph import Node
from derive.network import Network
from grader.misconceptions.row import Example, Misconception

HINGE = Network([2, 3, 2], ["softplus", "identity"], "hinge")
TANH = Network([3, 4, 2], "tanh", "hinge")


def without_bend(theory: Theory) -> Theory:
    """max(0, u) hands the gradient on as if it were u."""
    true = theory["function"].pullbacks[0]

    def pullback(node: Node, g: Node) -> Node:
        return g if node.data == ("positive-part", 0) else true(node, g)

    return {**theory, "function": replace(theory["function"], pullbacks=(pullback,))}


ROW = Misconception(
    name="margin-forgotten",
    words="The bend of the hinge loss is forgotten: where target times output is 1 or more, the loss is 0 "
    "and so is its slope.",
    question="What is the loss, and its slope, where the output is right by a wide margin?",
    theory=without_bend,
    catches=(
        Example("delta2", "-y", HINGE),
        Example("dW2", r"-y x_1^T", HINGE),
        Example("delta1", r"-W_2^T y \odot \sigma'(z_1)", HINGE),
    ),
    spares=(
        Example("delta2", "-y [1 - y x_2 > 0]", HINGE),
        Example("delta2", r"-y \odot \sigma'(z_2)", TANH),
        Example("delta2", r"x_2 - y", Network([2, 3, 2], ["softplus", "identity"])),
    ),
)
