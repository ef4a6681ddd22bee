"""The gradient of the biases is multiplied by an activation, as if it were that of the weights."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from grader.misconceptions.parts import fitting, node_of, with_other
from grader.misconceptions.row import Example, Misconception


def times_activation(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """∂loss/∂b with δ times the activation below or of this layer, as matrices or entry by entry."""
    layer = equation.quantity.layer
    delta = node_of("delta", layer, derivation)
    if equation.quantity.kind != "db" or delta is None or not isinstance(layer, int):
        return
    for a in (node_of("a", layer - 1, derivation), node_of("a", layer, derivation)):
        if a is not None and delta.quantity is not None:
            yield from fitting(lambda a=a: ops.matmul(delta, ops.transpose(a)))  # type: ignore[misc]
            for product in fitting(lambda a=a: ops.times(delta, a)):  # type: ignore[misc]
                yield from with_other(equation.expression, delta.quantity, product)


ROW = Misconception(
    name="bias-gradient-times-activation",
    words="The gradient of the biases is multiplied by an activation; that belongs to the gradient of the "
    "weights alone.",
    question="By what is a bias multiplied in the weighted input, and by what a weight?",
    place="part",
    rewrite=times_activation,
    catches=(
        Example("db1", r"\delta_1 x_0^T"),
        Example("db2", r"\frac{\partial E}{\partial b_2} = \delta_2 \odot x_2", Network([3, 4, 2], "tanh")),
        Example("db2", r"\delta_2 x_1^T", Network([3, 1, 2], "tanh")),
        Example("db1", r"\frac{\partial E}{\partial b_{1,j}} = \delta_{1,j} x_{1,j}"),
        Example("db1", r"\delta_1 x_0^T", Network([3, 4, 2], "relu", batch=5)),
        Example("b1_new", r"b_1 - \alpha \delta_1 \odot x_1"),
    ),
    spares=(
        Example("db1", r"\delta_1"),
        Example("db1", r"W_2^T \delta_2 \odot x_1 \odot (1 - x_1)"),
        Example("db1", r"\delta_1 \mathbf{1}", Network([3, 4, 2], "relu", batch=5)),
        Example("b1_new", r"b_1 - \alpha \delta_1"),
    ),
)
