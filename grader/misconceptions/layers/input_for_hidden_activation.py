"""The input x stands where the activation of a hidden layer belongs."""

from collections.abc import Iterator

from derive.derivation import Derivation
from derive.graph import Equation, Node, symbol
from derive.network import Network
from derive.quantities import Quantity
from grader.misconceptions.places import exchanging
from grader.misconceptions.row import Example, Misconception

INPUT = Quantity("a", 0)


def with_input(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """A weighted input, or a gradient of weights, with x for the activation below."""
    shapes = derivation.graph.shapes
    if equation.quantity.kind in ("z", "dW") and INPUT in shapes:
        x = symbol(INPUT, shapes[INPUT])
        yield from exchanging(equation.expression, lambda node: [x] if _is_hidden(node) else [])


def _is_hidden(node: Node) -> bool:
    return node.quantity is not None and node.quantity.kind == "a" and node.quantity != INPUT


ROW = Misconception(
    name="input-for-hidden-activation",
    words="The input of the network stands where the output of the layer below belongs.",
    question="What do these weights multiply in the forward pass?",
    place="layer",
    rewrite=with_input,
    catches=(
        Example("dW2", r"\delta_2 x_0^T"),
        Example("z2", r"W_2 x_0 + b_2"),
        Example("z2", r"z_2 = W_2 x_0 + b_2", Network([4, 4, 2], "relu", batch=5)),
        Example("dW3", r"\frac{\partial E}{\partial W_3} = \delta_3 x_0^T", Network([3, 4, 4, 2], "tanh")),
        Example("dW2", r"(x_2 - y) x_0^T", Network([3, 4, 2], ["tanh", "softmax"], "cross-entropy")),
    ),
    spares=(
        Example("dW1", r"\delta_1 x_0^T"),
        Example("z1", r"W_1 x_0 + b_1"),
        Example("dW2", r"\delta_2 \sigma(W_1 x_0 + b_1)^T"),
    ),
)
