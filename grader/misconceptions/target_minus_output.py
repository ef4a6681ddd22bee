"""Target minus output: the difference of the squared error is differentiated the wrong way round."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from grader.misconceptions.places import exchanging, is_error
from grader.misconceptions.row import Example, Misconception

SOFTMAX = Network([3, 4, 2], ["tanh", "softmax"], "cross-entropy")


def turned(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The output error with y − a for a − y."""
    if equation.quantity.kind == "delta":
        yield from exchanging(
            equation.expression, lambda node: [ops.minus(*reversed(node.args))] if is_error(node) else []
        )


ROW = Misconception(
    name="target-minus-output",
    words="This is the error with target minus output: the loss grows with a − y, not with y − a.",
    question="Does the loss grow or shrink when an output that is already too large grows further?",
    award=0.75,
    rewrite=turned,
    catches=(
        Example("delta2", r"\delta_2 = (y - x_2) \odot \sigma'(z_2)"),
        Example("delta2", r"(y - x_2) \odot (1 - x_2^2)", Network([3, 4, 2], "tanh")),
        Example("delta2", r"y - x_2", SOFTMAX),
        Example("delta2", r"\frac{1}{5} (y - x_2)", Network([3, 4, 2], "identity", batch=5)),
        Example("delta2", r"2 (y - x_2) \odot \sigma'(z_2)", Network([3, 4, 2], "relu", "squared-error")),
    ),
    spares=(
        Example("delta2", r"-(y - x_2) \odot \sigma'(z_2)"),
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)"),
        Example("delta2", r"-(y - x_2)", SOFTMAX),
        Example("loss", r"\frac{1}{2} \|y - x_2\|^2"),
    ),
)
