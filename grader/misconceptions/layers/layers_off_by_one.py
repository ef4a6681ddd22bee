"""Layers are counted one too high or too low: this is right for the neighbouring layer."""

from collections.abc import Iterator

from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from grader.misconceptions.parts import node_of
from grader.misconceptions.row import Example, Misconception

KINDS = ("dW", "W_new", "b_new")


def of_next_door(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """A gradient of weights, or an updated parameter, of the layer above or below, whole."""
    kind, layer = equation.quantity.kind, equation.quantity.layer
    if kind in KINDS and isinstance(layer, int):
        around = (node_of(kind, layer + step, derivation) for step in (1, -1))
        yield from (node for node in around if node is not None)


ROW = Misconception(
    name="layers-off-by-one",
    words="This is right for the neighbouring layer: all layer numbers are off by one.",
    question="Which layer is the question about, and which numbers do its quantities carry in this course?",
    rewrite=of_next_door,
    catches=(
        Example("dW1", r"\delta_2 x_1^T"),
        Example("dW2", r"\frac{\partial E}{\partial W_2} = \delta_1 x_0^T", Network([3, 4, 2], "tanh")),
        Example("dW_l", r"\delta_{i+1} x_i^T"),
        Example("dW1", r"\frac{\partial E}{\partial w_{1,jk}} = \delta_{2,j} x_{1,k}", Network([3, 3, 3])),
        Example("W1_new", r"W_2 - \alpha \delta_2 x_1^T"),
        Example("b2_new", r"b_1 - \alpha \delta_1", Network([3, 4, 2], "relu", learning_rate=0.1)),
    ),
    spares=(
        Example("dW1", r"\delta_1 x_0^T"),
        Example("dW2", r"\delta_2 x_1^T"),
        Example("dW_l", r"\delta_i x_{i-1}^T"),
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T"),
    ),
)
