"""δ is passed back through the weights of its own layer instead of those of the layer above."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node, symbol
from derive.network import Network
from derive.quantities import Quantity
from grader.misconceptions.places import exchanging
from grader.misconceptions.row import Example, Misconception


def through_own_weights(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """A hidden error with the weights into its own layer, transposed or as they are."""
    own = Quantity("W", equation.quantity.layer)
    if equation.quantity.kind != "delta" or own not in derivation.graph.shapes:
        return
    weights = symbol(own, derivation.graph.shapes[own])

    def change(node: Node) -> Iterator[Node]:
        above = node.args[0].quantity if node.op == "transpose" else None
        if above is not None and above.kind == "W":
            yield from (ops.transpose(weights), weights)

    yield from exchanging(equation.expression, change)


ROW = Misconception(
    name="weights-of-this-layer",
    words="The error δ is passed back through the weights that lead into its own layer; "
    "it comes down the weights that lead out of it.",
    question="Which weights connect this layer to the one whose δ you start from?",
    place="layer",
    rewrite=through_own_weights,
    catches=(
        Example("delta1", r"W_1^T \delta_2 \odot \sigma'(z_1)", Network([2, 2, 2], "sigmoid")),
        Example("delta1", r"W_1^T \delta_2 \odot \sigma'(z_1)"),
        Example("delta2", r"W_2^T \delta_3 \odot (1 - x_2^2)", Network([3, 4, 4, 4], "tanh")),
        Example("delta1", r"W_1 \delta_2 \odot \sigma'(z_1)", Network([2, 4, 2], "relu", batch=5)),
        Example("delta1", r"\delta_{1,j} = \sum_k w_{1,kj} \delta_{2,k} \sigma'(z_{1,j})"),
    ),
    spares=(
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)"),
        Example("delta1", r"\sigma'(W_1 x_0 + b_1) \odot W_2^T \delta_2"),
        Example("delta2", r"W_3^T \delta_3 \odot (1 - x_2^2)", Network([3, 4, 4, 4], "tanh")),
    ),
)
