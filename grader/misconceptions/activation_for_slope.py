"""The activation itself stands where its slope belongs: σ for σ′."""

from collections.abc import Iterator

from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from grader.misconceptions.places import in_lines, is_slope, output_of
from grader.misconceptions.row import Example, Misconception

OPEN = Network([3, 4, 2], "generic", "generic")


def undifferentiated(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """An error with σ(z) for σ′(z)."""
    if equation.quantity.kind == "delta":
        yield from in_lines(equation, derivation, lambda node: [output_of(node)] if is_slope(node) else [])


ROW = Misconception(
    name="activation-for-slope",
    words="The activation stands where its slope belongs: the prime of σ′ is missing.",
    question="By how much does a change when z changes a little?",
    rewrite=undifferentiated,
    catches=(
        Example("delta1", r"W_2^T \delta_2 \odot \sigma(z_1)"),
        Example("delta2", r"(x_2 - y) \odot x_2", Network([3, 4, 2], "tanh")),
        Example("delta1", r"W_2^T \delta_2 \odot \max(0, z_1)", Network([3, 4, 2], "relu")),
        Example("delta1", r"\delta_1 = W_2^T \delta_2 \odot x_1", Network([3, 4, 2], "sigmoid", batch=5)),
        Example("delta2", r"\frac{\partial E}{\partial x_2} \odot \sigma(z_2)", OPEN),
    ),
    spares=(
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)"),
        Example("delta1", r"W_2^T \delta_2 \odot \sigma(z_1) \odot (1 - \sigma(z_1))"),
        Example("delta1", r"W_2^T \delta_2 \odot e^{z_1}", Network([3, 4, 2], "custom(exp(z))")),
    ),
)
