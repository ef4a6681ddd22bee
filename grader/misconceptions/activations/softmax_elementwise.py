"""Softmax is differentiated as if every output depended on its own input alone."""

from msgspec.structs import replace

from derive import ops
from derive.backprop import Theory
from derive.graph import Node
from derive.network import Network
from grader.misconceptions.row import Example, Misconception

SQUARED = Network([3, 4, 2], ["sigmoid", "softmax"], "half-squared-error")
CROSS = Network([3, 4, 2], ["tanh", "softmax"], "cross-entropy")


def entry_by_entry(theory: Theory) -> Theory:
    """Softmax hands back the gradient times p (1 − p)."""
    return {**theory, "softmax": replace(theory["softmax"], pullbacks=(_own_slope,))}


def _own_slope(node: Node, g: Node) -> Node:
    return ops.times(ops.times(g, node), ops.minus(ops.ones(node.shape), node))


ROW = Misconception(
    name="softmax-elementwise",
    words="Softmax is treated entry by entry: p (1 − p) is only how an output changes with its own "
    "weighted input, but every output changes with each of them.",
    question="What happens to the other outputs of a softmax when one weighted input grows?",
    theory=entry_by_entry,
    catches=(
        Example("delta2", r"(x_2 - y) \odot x_2 \odot (1 - x_2)", SQUARED),
        Example("delta2", r"-\frac{y}{x_2} \odot x_2 \odot (1 - x_2)", CROSS),
        Example("delta2", r"\delta_{2,j} = -y_j (1 - x_{2,j})", CROSS),
        Example(
            "delta2",
            r"\frac{1}{5} (x_2 - y) \odot x_2 \odot (1 - x_2)",
            Network([3, 4, 2], "softmax", batch=5),
        ),
        Example("delta1", r"W_2^T \delta_2 \odot x_1 \odot (1 - x_1)", Network([3, 4, 2], "softmax")),
    ),
    spares=(
        Example("delta2", r"x_2 - y", CROSS),
        Example("delta2", r"x_2 \odot (x_2 - y) - x_2 x_2^T (x_2 - y)", SQUARED),
        Example("delta1", r"W_2^T \delta_2 \odot x_1 \odot (1 - x_1)", SQUARED),
    ),
)
