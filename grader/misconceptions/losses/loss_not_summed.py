"""The loss is left as one number for each output; it is their sum."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node, ShapeError, substitute
from derive.network import Network
from grader.misconceptions.row import Example, Misconception

SOFTMAX = Network([3, 4, 2], ["tanh", "softmax"], "cross-entropy")
BINARY = Network([3, 4, 2], "sigmoid", "binary-cross-entropy")


def not_summed(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The loss of every output by itself, or the products of all errors with one another."""
    if equation.quantity == derivation.graph.output:
        for way in (_each, _products):
            try:
                yield substitute(equation.expression, way, ops.rebuild)
            except ShapeError:
                continue


def _each(node: Node) -> Node | None:
    if node.op == "norm2":
        return ops.power(node.args[0], 2)
    return ops.times(*node.args) if node.op == "inner" else None


def _products(node: Node) -> Node | None:
    return ops.matmul(node.args[0], ops.transpose(node.args[0])) if node.op == "norm2" else None


ROW = Misconception(
    name="loss-not-summed",
    words="This is not one number: the loss adds up what all outputs cost.",
    question="How many rows and columns does your expression have, and how many has the loss?",
    award=0.75,
    rewrite=not_summed,
    catches=(
        Example("loss", r"\frac{1}{2} (x_2 - y)^2"),
        Example("loss", r"\frac{1}{2} (x_2 - y) (x_2 - y)^T", Network([3, 4, 2], "tanh")),
        Example("loss", r"-y \odot \log x_2", SOFTMAX),
        Example("loss", r"-y \odot \log x_2 - (1 - y) \odot \log(1 - x_2)", BINARY),
    ),
    spares=(
        Example("loss", r"\frac{1}{2} (x_2 - y)^T (x_2 - y)"),
        Example("loss", r"\frac{1}{2} (x_2 - y)^2", Network([3, 4, 1], "tanh")),
        Example("loss", r"-\sum_k y_k \log x_{2,k}", SOFTMAX),
    ),
)
