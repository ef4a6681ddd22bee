"""The slope of the activation is left out: δ is passed back through σ as if σ were a straight line of
slope 1."""

from msgspec.structs import replace

from derive.backprop import Theory
from derive.functions import FUNCTIONS
from derive.graph import Node
from derive.network import Network
from derive.ops import Pullback
from grader.misconceptions.row import Example, Misconception


def without_slopes(theory: Theory) -> Theory:
    """An activation hands the gradient on unchanged; other functions, such as the logarithm of a loss, do
    not."""
    true = theory["function"].pullbacks[0]
    return {**theory, "function": replace(theory["function"], pullbacks=(_unchanged_by_activations(true),))}


def without_softmax(theory: Theory) -> Theory:
    """Softmax hands the gradient on unchanged."""
    return {**theory, "softmax": replace(theory["softmax"], pullbacks=(lambda node, g: g,))}


def _unchanged_by_activations(true: Pullback) -> Pullback:
    def pullback(node: Node, g: Node) -> Node:
        row = FUNCTIONS.get(node.data[0])
        return g if row is None or row.is_activation else true(node, g)

    return pullback


ROW = Misconception(
    name="missing-slope",
    words="The slope of the activation is missing: going back through an activation, the gradient is "
    "multiplied by its slope, entry by entry.",
    question="When you know how the loss changes with a neuron's output, how does it change with its "
    "weighted input?",
    theory=without_slopes,
    catches=(
        Example("delta1", r"\delta_1 = W_2^T \delta_2"),
        Example("delta2", r"x_2 - y"),
        Example(
            "delta2", r"\frac{x_2 - y}{x_2 \odot (1 - x_2)}", Network([3, 4, 2], loss="binary-cross-entropy")
        ),
        Example("dW1", r"\frac{\partial E}{\partial W_1} = W_2^T \delta_2 x_0^T"),
    ),
    spares=(
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)"),
        Example("delta1", r"W_2^T \delta_2 \odot x_1 \odot (1 - x_1)"),
    ),
)

CROSS = Network([3, 4, 2], ["tanh", "softmax"], "cross-entropy")
SQUARED = Network([3, 4, 2], ["tanh", "softmax"], "half-squared-error")

OF_SOFTMAX = Misconception(
    name="softmax-slope-missing",
    words="This is how the loss changes with the outputs; the way back through the softmax to its weighted "
    "inputs is missing.",
    question="By how much does each output of a softmax change when one weighted input changes a little?",
    theory=without_softmax,
    catches=(
        Example("delta2", r"-\frac{y}{x_2}", CROSS),
        Example("delta2", r"\delta_{2,j} = -y_j / x_{2,j}", CROSS),
        Example("delta2", r"x_2 - y", SQUARED),
    ),
    spares=(
        Example("delta2", r"x_2 - y", CROSS),
        Example("delta1", r"W_2^T \delta_2 \odot (1 - x_1^2)", CROSS),
    ),
)
