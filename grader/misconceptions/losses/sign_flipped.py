"""The sign is flipped: target minus output, or a step along the gradient instead of against it."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node
from grader.misconceptions.edits import is_forward, scaled_gradients
from grader.misconceptions.places import is_error
from grader.misconceptions.row import Example, Misconception


def flipped(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """Everything with the other sign; in an update, the step with the other sign. The output error as a
    difference is left to the row that says which difference it is."""
    if is_forward(equation.quantity) or _is_difference(equation):
        return
    yield from scaled_gradients(equation.expression, -1)
    if any(q.kind in ("dW", "db") for q in equation.expression.symbols):
        yield ops.negate(equation.expression)


def _is_difference(equation: Equation) -> bool:
    return equation.quantity.kind == "delta" and any(map(is_error, equation.expression.walk()))


ROW = Misconception(
    name="sign-flipped",
    words="The sign is flipped: there is a minus too many, or one is missing.",
    question="When this quantity grows a little, does the loss, or whatever is differentiated, grow or "
    "shrink?",
    rewrite=flipped,
    catches=(
        Example("delta1", r"\delta_1 = -W_2^T \delta_2 \odot \sigma'(z_1)"),
        Example("db2", r"\frac{\partial E}{\partial b_2} = -\delta_2"),
        Example("dW1", r"-\delta_1 x_0^T"),
    ),
    spares=(
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)"),
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)"),
        Example("delta2", r"-(y - x_2) \odot \sigma'(z_2)"),
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T"),
    ),
)
