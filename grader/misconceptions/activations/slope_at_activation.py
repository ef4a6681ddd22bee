"""The slope of the activation is taken at its output, σ′(a), where σ′(z) is meant."""

from msgspec.structs import replace

from derive import ops
from derive.backprop import Theory
from derive.functions import FUNCTIONS
from derive.graph import Node
from derive.network import Network
from derive.ops import Pullback
from grader.misconceptions.row import Example, Misconception


def at_outputs(theory: Theory) -> Theory:
    """An activation's slope is taken where it arrived instead of where it set out."""
    true = theory["function"].pullbacks[0]
    return {**theory, "function": replace(theory["function"], pullbacks=(_at_output_of_activations(true),))}


def _at_output_of_activations(true: Pullback) -> Pullback:
    def pullback(node: Node, g: Node) -> Node:
        name, order = node.data
        row = FUNCTIONS.get(name)
        if row is None or row.is_activation:
            return ops.times(g, ops.function(name, node, order + 1))
        return true(node, g)

    return pullback


ROW = Misconception(
    name="slope-at-activation",
    words="The slope of the activation is taken at the wrong point: here at the neuron's output, but the "
    "activation was applied to the weighted input.",
    question="At which point was the activation applied in the forward pass?",
    place="letter",
    theory=at_outputs,
    catches=(
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(x_1)"),
        Example("delta2", r"(x_2 - y) \odot \sigma'(x_2)", Network([3, 4, 2], "tanh")),
        Example("delta1", r"\delta_1 = W_2^T ((x_2-y) \odot \sigma'(x_2)) \odot \sigma'(x_1)"),
        Example(
            "delta1",
            r"W_2^T\delta_2 \odot \sigma(x_1) \odot (1 - \sigma(x_1))",
            Network([3, 4, 2], ["sigmoid", "softmax"], "cross-entropy", batch=5),
        ),
    ),
    spares=(
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)"),
        Example("delta1", r"W_2^T \delta_2 \odot x_1 \odot (1 - x_1)"),
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(x_1)", Network([3, 4, 2], "relu")),
        Example("delta1", r"W_2^T \delta_2", Network([3, 4, 2], "identity")),
    ),
)
