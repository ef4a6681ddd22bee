"""The gradient of weights or biases is only what the weighted input changes by; the error is left out."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from derive.quantities import Quantity
from grader.misconceptions.parts import node_of, with_other
from grader.misconceptions.row import Example, Misconception


def without_error(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """∂loss/∂W as the activation below alone, ∂loss/∂b as 1."""
    kind, layer = equation.quantity.kind, equation.quantity.layer
    delta = node_of("delta", layer, derivation)
    if kind not in ("dW", "db") or delta is None or not isinstance(layer, int):
        return
    yield from with_other(equation.expression, Quantity("delta", layer), ops.ones(delta.shape))
    below = node_of("a", layer - 1, derivation)
    if kind == "db":
        yield from (ops.ones((delta.shape[0], 1)), ops.constant(1))
    elif below is not None:
        yield from (ops.transpose(below), below)


ROW = Misconception(
    name="delta-omitted",
    words="The error δ is missing: this is only how the weighted input changes with its parameter, not how "
    "the loss does.",
    question="The chain rule has two factors here; which of them says how the loss changes?",
    award=0.25,
    rewrite=without_error,
    catches=(
        Example("dW1", r"x_0^T"),
        Example("dW2", r"\frac{\partial E}{\partial W_2} = x_1"),
        Example("dW1", r"\frac{\partial E}{\partial w_{1,jk}} = x_{0,k}", Network([3, 4, 2], "relu")),
        Example("db1", "1"),
        Example("db2", r"\begin{bmatrix} 1 \\ 1 \end{bmatrix}"),
        Example("W1_new", r"W_1 - \alpha \mathbf{1} x_0^T"),
    ),
    spares=(
        Example("dW1", r"\delta_1 x_0^T"),
        Example("db1", r"1 \cdot \delta_1"),
        Example("dW1", r"\frac{\partial E}{\partial z_1} \frac{\partial z_1}{\partial W_1} = \delta_1 x_0^T"),
    ),
)
