"""The sign is flipped: target minus output, or a step along the gradient instead of against it."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node
from grader.misconceptions.edits import is_forward, scaled_gradients
from grader.misconceptions.row import Example, Misconception


def flipped(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """Everything with the other sign; in an update, the step with the other sign."""
    if is_forward(equation.quantity):
        return
    yield from scaled_gradients(equation.expression, -1)
    if any(q.kind in ("dW", "db") for q in equation.expression.symbols):
        yield ops.negate(equation.expression)


ROW = Misconception(
    name="sign-flipped",
    words="The sign is flipped.",
    question="Does the loss grow or shrink when this quantity grows a little?",
    rewrite=flipped,
    catches=(
        Example("delta2", r"\delta_2 = (y - x_2) \odot \sigma'(z_2)"),
        Example("W1_new", r"W_1 = W_1 + \alpha \frac{\partial E}{\partial W_1}"),
        Example("dW1", r"-\delta_1 x_0^T"),
    ),
    spares=(
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)"),
        Example("delta2", r"-(y - x_2) \odot \sigma'(z_2)"),
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T"),
    ),
)
