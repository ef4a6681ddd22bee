"""Target and output are confused: y where a belongs, or a where y belongs."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.functions import function_named
from derive.graph import Equation, Node, substitute, symbol
from derive.network import Network
from derive.quantities import Quantity
from grader.misconceptions.places import TARGET, by_value, in_lines, is_slope
from grader.misconceptions.row import Example, Misconception

TANH = Network([3, 4, 2], "tanh")
SOFTMAX = Network([3, 4, 2], ["tanh", "softmax"], "cross-entropy")
BINARY = Network([3, 4, 2], "sigmoid", "binary-cross-entropy")


def confused(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The output error with the slope at y, or the loss with y for a, a for y, or both."""
    if equation.quantity.kind == "delta":
        yield from in_lines(equation, derivation, lambda node: _slopes_of_target(node, derivation))
    if derivation.network is not None and any(map(_is_logarithm, equation.expression.walk())):
        a = Quantity("a", derivation.network.depth)
        for names in ({a: TARGET, TARGET: a}, {a: TARGET}, {TARGET: a}):
            yield _renamed(equation.expression, names)


def _is_logarithm(node: Node) -> bool:
    return node.op == "function" and node.data[0] == "log"


def _slopes_of_target(node: Node, derivation: Derivation) -> Iterator[Node]:
    network = derivation.network
    if network is None or not is_slope(node) or node.args[0].quantity != Quantity("z", network.depth):
        return
    y = symbol(TARGET, node.shape)
    row = function_named(node.data[0])
    if row is not None and row.textbook is not None and row.slope is not None:
        yield by_value(row.textbook, node, output=y)
    yield ops.function(node.data[0], y, 1)


def _renamed(expression: Node, names: dict[Quantity, Quantity]) -> Node:
    def other(node: Node) -> Node | None:
        return symbol(names[node.quantity], node.shape) if node.quantity in names else None

    return substitute(expression, other, ops.rebuild)


ROW = Misconception(
    name="target-for-output",
    words="Target and output are mixed up: one is what was wanted, the other what the network gave.",
    question="Which of the two was computed by the network, and which of the two can change when a weight "
    "does?",
    rewrite=confused,
    catches=(
        Example("delta2", r"(x_2 - y) \odot y \odot (1 - y)"),
        Example("delta2", r"(x_2 - y) \odot (1 - y^2)", TANH),
        Example("loss", r"-x_2^T \log(y)", SOFTMAX),
        Example("loss", r"-\sum_k x_{2,k} \ln x_{2,k}", SOFTMAX),
        Example("loss", r"-x_2^T \log(y) - (1 - x_2)^T \log(1 - y)", BINARY),
        Example(
            "dW2", r"\frac{1}{5} ((x_2 - y) \odot \sigma'(y)) x_1^T", Network([3, 4, 2], "sigmoid", batch=5)
        ),
    ),
    spares=(
        Example("loss", r"\frac{1}{2} \|y - x_2\|^2"),
        Example("delta2", r"(x_2 - y) \odot x_2 \odot (1 - x_2)"),
        Example("loss", r"-y^T \log(x_2)", SOFTMAX),
    ),
)
