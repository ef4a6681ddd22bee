"""The δ of another layer is used: in a gradient, or to get the δ of a layer."""

from collections.abc import Iterator

from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from grader.misconceptions.places import exchanging, others_of
from grader.misconceptions.row import Example, Misconception


def with_another(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The right side with the δ of another layer, or just that δ."""

    def change(node: Node) -> Iterator[Node]:
        if node.quantity is not None and node.quantity.kind == "delta":
            yield from others_of(node.quantity, derivation)

    if equation.quantity.kind in ("delta", "dW", "db"):
        yield from exchanging(equation.expression, change)
    if equation.quantity.kind == "delta":
        yield from others_of(equation.quantity, derivation)


ROW = Misconception(
    name="delta-of-wrong-layer",
    words="The δ of another layer stands here.",
    question="Which layer is the question about, and the δ of which layer is needed there?",
    place="layer",
    rewrite=with_another,
    catches=(
        Example("dW1", r"\delta_2 x_0^T"),
        Example("db1", r"\frac{\partial E}{\partial b_1} = \delta_2"),
        Example("dW2", r"\delta_1 x_1^T", Network([3, 4, 2], "tanh")),
        Example("delta1", r"(x_2 - y) \odot \sigma'(z_2)"),
        Example("delta1", r"W_2^T \delta_3 \odot \sigma'(z_1)", Network([3, 4, 2, 2], "sigmoid")),
        Example("dW2", r"\delta_1 x_1^T", Network([3, 4, 4], ["relu", "softmax"], "cross-entropy", batch=5)),
    ),
    spares=(
        Example("dW1", r"\delta_1 x_0^T"),
        Example("db1", r"\delta_1"),
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)", Network([3, 4, 2, 2], "sigmoid")),
    ),
)
