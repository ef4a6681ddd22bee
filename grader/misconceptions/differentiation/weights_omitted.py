"""δ is handed down as if there were no weights between the layers, or taken from the rule of the output
layer."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node, symbol
from derive.network import Network
from derive.quantities import Quantity
from grader.misconceptions.places import TARGET, exchanging
from grader.misconceptions.row import Example, Misconception

SQUARE = Network([4, 4, 4], "sigmoid")


def _passed_down(node: Node) -> bool:
    """Whether a node is Wᵀ times the error of the layer above."""
    return node.op == "matmul" and node.args[0].op == "transpose" and node.args[0].args[0].op == "symbol"


def without_weights(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """A hidden error with δ of the layer above for Wᵀ δ."""
    if equation.quantity.kind == "delta":
        yield from exchanging(equation.expression, lambda node: [node.args[1]] if _passed_down(node) else [])


def as_output(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """A hidden error with its activation minus the target for Wᵀ δ."""
    y = derivation.graph.shapes.get(TARGET)

    def change(node: Node) -> Iterator[Node]:
        if _passed_down(node) and y is not None:
            a = symbol(Quantity("a", equation.quantity.layer), node.shape)
            yield ops.minus(a, symbol(TARGET, y))

    if equation.quantity.kind == "delta":
        yield from exchanging(equation.expression, change)


ROW = Misconception(
    name="weights-omitted",
    words="The weights between the layers are missing: each δ comes down through the connections.",
    question="How does the weighted input of the layer above depend on this layer's activation?",
    rewrite=without_weights,
    catches=(
        Example("delta1", r"\delta_2 \odot \sigma'(z_1)"),
        Example("delta1", r"\delta_2 \odot x_1 \odot (1 - x_1)", SQUARE),
        Example("delta1", r"\delta_{1,j} = \delta_{2,j} (1 - x_{1,j}^2)", Network([4, 3, 3], "tanh")),
    ),
    spares=(
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)"),
        Example("delta1", r"W_2^T \delta_2 \odot x_1 \odot (1 - x_1)", SQUARE),
        Example("delta1", r"\delta_1 = \frac{\partial E}{\partial x_1} \odot \sigma'(z_1)"),
    ),
)

AS_OUTPUT = Misconception(
    name="output-rule-for-hidden-layer",
    words="This is the rule of the output layer: a hidden layer has no target of its own.",
    question="Through which quantities does a hidden layer reach the loss?",
    award=0.25,
    rewrite=as_output,
    catches=(
        Example("delta1", r"(x_1 - y) \odot \sigma'(z_1)"),
        Example("delta1", r"(x_1 - y) \odot x_1 \odot (1 - x_1)", SQUARE),
        Example("delta2", r"\delta_{2,j} = (x_{2,j} - y_j) (1 - x_{2,j}^2)", Network([4, 3, 3, 3], "tanh")),
    ),
    spares=(
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)"),
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)", SQUARE),
        Example("delta2", r"\delta_{2,j} = (x_{2,j} - y_j) (1 - x_{2,j}^2)", Network([4, 3, 3], "tanh")),
    ),
)
