"""An update that goes along the gradient instead of against it."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node, symbol
from derive.network import Network
from grader.misconceptions.parts import RATE, is_update, with_other
from grader.misconceptions.row import Example, Misconception

MOMENTUM = Network([3, 4, 2], "tanh", learning_rate=0.5, update="momentum")


def uphill(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """An update with the other sign of its step: of the rate, or of the change it adds."""
    if not is_update(equation.quantity):
        return
    yield from with_other(equation.expression, RATE, ops.negate(symbol(RATE, (1, 1))))
    if equation.expression.op == "add" and equation.quantity.kind in ("W_new", "b_new"):
        yield ops.minus(*equation.expression.args)


ROW = Misconception(
    name="gradient-added",
    words="The step goes the wrong way: the gradient points to where the loss grows, so the step is taken "
    "against it.",
    question="Does the loss grow or shrink when you take a small step along its gradient?",
    rewrite=uphill,
    catches=(
        Example("W1_new", r"W_1 = W_1 + \alpha \frac{\partial E}{\partial W_1}"),
        Example("b2_new", r"b_2 + \alpha \delta_2", Network([3, 4, 2], "relu", learning_rate=0.1)),
        Example("vW1_new", r"\mu v_{W_1} + \alpha \delta_1 x_0^T", MOMENTUM),
        Example("W1_new", r"W_1 - v_{W_1}^{new}", MOMENTUM),
        Example("W_l_new", r"W_i + \alpha \delta_i x_{i-1}^T"),
        Example("W2_new", r"w_{2,jk} + \alpha \delta_{2,j} x_{1,k}"),
    ),
    spares=(
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T"),
        Example("W2_new", r"W_2 + \alpha ((y - x_2) \odot \sigma'(z_2)) x_1^T"),
        Example("W1_new", r"W_1 + v_{W_1}^{new}", MOMENTUM),
    ),
)
