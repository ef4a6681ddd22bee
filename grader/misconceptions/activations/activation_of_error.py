"""The activation is applied to the error that comes back, as on the way forward: max(0, Wᵀδ)."""

from msgspec.structs import replace

from derive import ops
from derive.backprop import Theory
from derive.functions import function_named
from derive.graph import Node
from derive.network import Network
from derive.ops import Pullback
from grader.misconceptions.row import Example, Misconception

RELU = Network([3, 4, 2], ["relu", "identity"], learning_rate=0.5)


def applied_to_errors(theory: Theory) -> Theory:
    """What comes back to an activation goes through it as what comes forward does."""
    true = theory["function"].pullbacks[0]
    return {**theory, "function": replace(theory["function"], pullbacks=(_through_activations(true),))}


def _through_activations(true: Pullback) -> Pullback:
    def pullback(node: Node, g: Node) -> Node:
        row = function_named(node.data[0])
        return ops.function(node.data[0], g) if row is None or row.is_activation else true(node, g)

    return pullback


ROW = Misconception(
    name="activation-of-error",
    words="The activation is applied to the error that comes back; instead, the error is multiplied by the "
    "slope of the activation at the weighted input of the way forward.",
    question="Does it depend on the sign of the error or on that of the weighted input whether a neuron "
    "lets a change through?",
    theory=applied_to_errors,
    catches=(
        Example("delta1", r"\max(0, W_2^T \delta_2)", RELU),
        Example("delta1", "np.maximum(0, W2.T @ delta2)", RELU),
        Example("delta1", r"W_2^T \delta_2 \odot \mathbf{1}[W_2^T \delta_2 > 0]", RELU),
        Example("delta1", r"\tanh(W_2^T \delta_2)", Network([3, 4, 2], "tanh")),
        Example("dW1", r"\sigma(W_2^T \delta_2) x_0^T"),
    ),
    spares=(
        Example("delta1", r"W_2^T \delta_2 \odot \mathbf{1}[z_1 > 0]", RELU),
        Example("delta1", r"W_2^T \delta_2", Network([3, 4, 2], "identity")),
        Example("delta1", r"W_2^T \delta_2 \odot (1 - \tanh^2(z_1))", Network([3, 4, 2], "tanh")),
    ),
)
