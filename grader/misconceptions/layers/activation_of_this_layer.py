"""The gradient of the weights takes the activation behind them, not the one that goes into them."""

from collections.abc import Iterator

from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from derive.quantities import Quantity
from grader.misconceptions.parts import node_of, with_other
from grader.misconceptions.row import Example, Misconception


def with_own_activation(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """∂loss/∂W with the layer's output in place of its input."""
    layer = equation.quantity.layer
    here = node_of("a", layer, derivation)
    if equation.quantity.kind == "dW" and isinstance(layer, int) and here is not None:
        yield from with_other(equation.expression, Quantity("a", layer - 1), here)


ROW = Misconception(
    name="activation-of-this-layer",
    words="This is the activation that these weights lead to; their gradient takes what goes into them, "
    "the activation of the layer below.",
    question="By which numbers are these weights multiplied on the way forward?",
    place="layer",
    rewrite=with_own_activation,
    catches=(
        Example("dW1", r"\delta_1 x_1^T"),
        Example("dW2", r"\frac{\partial E}{\partial W_2} = \delta_2 x_2^T", Network([4, 3, 3], "tanh")),
        Example("dW1", r"\frac{\partial E}{\partial w_{1,jk}} = \delta_{1,j} x_{1,k}"),
        Example("dW_l", r"\delta_i x_i^T"),
        Example("dW2", r"\delta_2 x_2^T", Network([3, 4, 2], "relu", batch=5)),
    ),
    spares=(
        Example("dW1", r"\delta_1 x_0^T"),
        Example("dW2", r"\delta_2 x_1^T"),
        Example("dW1", r"\delta_1 x_0^T + 2 \lambda W_1", Network([3, 4, 2], "tanh", regularizer="l2")),
        Example("delta1", r"W_2^T \delta_2 \odot x_1 \odot (1 - x_1)"),
    ),
)
