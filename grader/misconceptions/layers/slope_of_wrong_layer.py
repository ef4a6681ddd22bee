"""The slope of the activation is taken at the weighted input of another layer."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node, symbol
from derive.network import Network
from derive.quantities import Quantity
from grader.misconceptions.places import activation_at, exchanging, in_lines, is_slope, others_of
from grader.misconceptions.row import Example, Misconception


def elsewhere(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The right side with a slope at another layer's weighted input, of this layer's activation or of that
    one's."""

    def change(node: Node) -> Iterator[Node]:
        z = node.args[0].quantity if is_slope(node) else None
        for other in others_of(z, derivation) if z is not None else ():
            yield ops.function(node.data[0], other, 1)
            assert other.quantity is not None
            activation = activation_at(derivation, other.quantity)
            if activation is not None and activation.function is not None:
                yield ops.function(activation.name, other, 1)

    if equation.quantity.kind == "delta":
        yield from in_lines(equation, derivation, change)
        yield from exchanging(equation.expression, lambda node: _above(node, derivation))


def _above(node: Node, derivation: Derivation) -> Iterator[Node]:
    """Wᵀ (δ ⊙ σ'(z)) with δ and z of the layer above, for (Wᵀ δ) ⊙ σ'(z)."""
    if node.op == "hadamard" and node.args[0].op == "matmul" and is_slope(node.args[1]):
        weights, error = node.args[0].args
        if error.quantity is not None:
            z = symbol(Quantity("z", error.quantity.layer), error.shape)
            activation = activation_at(derivation, error.quantity)
            applied = activation.apply(z) if activation is not None else z
            if applied.op == "function":
                yield ops.matmul(weights, ops.times(error, ops.function(applied.data[0], z, 1)))


ROW = Misconception(
    name="slope-of-wrong-layer",
    words="The slope of the activation is taken at the weighted input of another layer.",
    question="Which layer's activation does the gradient pass on its way to this weighted input?",
    place="layer",
    award=0.5,
    rewrite=elsewhere,
    catches=(
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_2)"),
        Example("delta1", r"(W_2^T \delta_2) \odot x_2 \odot (1 - x_2)", Network([3, 4, 4], "sigmoid")),
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_1)", Network([3, 2, 2], "tanh")),
        Example("delta1", r"\delta_{1,j} = \sum_k w_{2,kj} \delta_{2,k} \sigma'(z_{2,k})"),
        Example("delta2", r"\delta_2 = W_3^T \delta_3 \odot \sigma'(z_1)", Network([2, 4, 4, 3], "tanh")),
        Example(
            "dW1",
            r"(W_2^T \delta_2 \odot \sigma'(z_2)) x_0^T",
            Network([3, 2, 2], ["relu", "sigmoid"], batch=5),
        ),
    ),
    spares=(
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)"),
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(W_1 x_0 + b_1)"),
        Example("delta1", r"W_2^T ((x_2 - y) \odot \sigma'(z_2)) \odot \sigma'(z_1)"),
        Example("delta1", r"W_2^T \delta_2", Network([3, 2, 2], "identity")),
    ),
)
