"""The slope of a neuron is drawn into the sum over the next layer: Wᵀ (δ ⊙ σ′(z)) for (Wᵀ δ) ⊙ σ′(z)."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from grader.misconceptions.places import exchanging
from grader.misconceptions.row import Example, Misconception


def drawn_inside(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """An error whose slope is multiplied before the weights, which fits where both layers have one size."""

    def change(node: Node) -> Iterator[Node]:
        if node.op == "hadamard" and node.args[0].op == "matmul":
            (weights, delta), slope = node.args[0].args, node.args[1]
            yield ops.matmul(weights, ops.times(delta, slope))

    if equation.quantity.kind == "delta":
        yield from exchanging(equation.expression, change)


ROW = Misconception(
    name="slope-inside-sum",
    words="The slope of the activation stands inside the sum over the next layer; it belongs to the neuron "
    "whose error is sought, and multiplies the whole sum.",
    question="Whose activation is this the slope of: of a neuron that is summed over, or of the one whose "
    "error you want?",
    rewrite=drawn_inside,
    catches=(
        Example("delta1", r"W_2^T (\delta_2 \odot \sigma'(z_1))"),
        Example("delta1", r"\delta_{1,j} = \sum_k w_{2,kj} \delta_{2,k} \sigma'(z_{1,k})"),
        Example("delta1", r"W2.T @ (delta2 * (1 - x1**2))", Network([2, 3, 3], "tanh")),
    ),
    spares=(
        Example("delta1", r"(W_2^T \delta_2) \odot \sigma'(z_1)"),
        Example("delta1", r"\delta_{1,j} = \sum_k w_{2,kj} \delta_{2,k} \sigma'(z_{1,j})"),
    ),
)
