"""The factors of an outer product are swapped: x δᵀ where δ xᵀ is meant."""

from msgspec.structs import replace

from derive import ops
from derive.backprop import Theory
from grader.misconceptions.row import Example, Misconception


def swapped(theory: Theory) -> Theory:
    """A matrix product hands its left factor the other factor times the gradient, transposed."""
    right = theory["matmul"].pullbacks[1]
    pullbacks = (lambda node, g: ops.matmul(node.args[1], ops.transpose(g)), right)
    return {**theory, "matmul": replace(theory["matmul"], pullbacks=pullbacks)}


ROW = Misconception(
    name="outer-product-swapped",
    words="The factors of the outer product are swapped: the gradient comes out transposed, but it must "
    "have the shape of the weights.",
    question="How many rows and columns do the weights have, and how many has your gradient?",
    theory=swapped,
    catches=(
        Example("dW1", r"x_0 \delta_1^T"),
        Example("dW2", r"\frac{\partial E}{\partial W_2} = x_1 \delta_2^T"),
    ),
    spares=(Example("dW1", r"\delta_1 x_0^T"), Example("dW1", r"(x_0 \delta_1^T)^T")),
)
