"""The cross-entropy is misremembered: its slope upside down, its minus or its second half missing."""

from collections.abc import Iterator

from msgspec.structs import replace

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node, substitute
from derive.network import Network
from grader.misconceptions.places import TARGET, lines
from grader.misconceptions.row import Example, Misconception

SIGMOID = Network([3, 4, 2], "sigmoid", "cross-entropy")
SOFTMAX = Network([3, 4, 2], ["tanh", "softmax"], "cross-entropy")
BINARY = Network([3, 4, 2], "sigmoid", "binary-cross-entropy")
BATCH = Network([3, 4, 2], "sigmoid", "binary-cross-entropy", batch=5)
LIKELIHOOD = Network([3, 4, 2], ["relu", "softmax"], "negative-log-likelihood")


def upside_down(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The output error with a/y, or y times a, for every y/a."""
    if equation.quantity.kind == "delta":
        for line in lines(equation, derivation):
            for inverted in (_inverted, _multiplied):
                yield substitute(line, lambda n: inverted(n) if _is_ratio(n) else None, ops.rebuild)  # noqa: B023


def _is_ratio(node: Node) -> bool:
    return node.op == "divide" and TARGET in node.symbols


def _inverted(ratio: Node) -> Node:
    return ops.divide(ratio.args[1], ratio.args[0])


def _multiplied(ratio: Node) -> Node:
    return ops.times(*ratio.args)


def without_minus(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """A loss made of logarithms with the other sign, and the output error that follows where nothing has
    cancelled to a − y."""
    expression = equation.expression
    in_loss = equation.quantity.kind == "loss" and any(_is_logarithm(node) for node in expression.walk())
    in_error = equation.quantity.kind == "delta" and any(_is_ratio(node) for node in expression.walk())
    if in_loss or in_error:
        yield ops.negate(expression)


def _is_logarithm(node: Node) -> bool:
    return node.op == "function" and node.data[0] == "log"


def with_first_half(network: Network) -> Network | None:
    """The same network with −Σ y log a for a loss of two halves."""
    return replace(network, loss="cross-entropy") if network.loss == "binary-cross-entropy" else None


INVERTED = Misconception(
    name="cross-entropy-slope-inverted",
    words="The slope of the logarithm is upside down: the derivative of log a is 1/a.",
    question="What is the derivative of −y log a with respect to a?",
    rewrite=upside_down,
    catches=(
        Example("delta2", r"-\frac{x_2}{y} \odot \sigma'(z_2)", SIGMOID),
        Example("delta2", r"-y \odot x_2 \odot \sigma'(z_2)", SIGMOID),
        Example("delta2", r"-y_j x_{2,j} x_{2,j} (1 - x_{2,j})", SIGMOID),
        Example(
            "delta2",
            r"\left(-y \odot x_2 + (1 - y) \odot (1 - x_2)\right) \odot x_2 \odot (1 - x_2)",
            BINARY,
        ),
        Example("dW2", r"(-\frac{x_2}{y} \odot x_2 \odot (1 - x_2)) x_1^T", SIGMOID),
    ),
    spares=(
        Example("delta2", r"-\frac{y}{x_2} \odot \sigma'(z_2)", SIGMOID),
        Example("delta2", r"-y \odot (1 - x_2)", SIGMOID),
        Example("delta2", r"x_2 - y", SOFTMAX),
    ),
)

SIGN = Misconception(
    name="cross-entropy-sign",
    words="The minus sign of the cross-entropy is missing: the logarithm of a probability is negative, "
    "and a loss is not.",
    question="Is the logarithm of a number between 0 and 1 positive or negative?",
    award=0.75,
    rewrite=without_minus,
    catches=(
        Example("loss", r"\sum_k y_k \ln x_{2,k}", SOFTMAX),
        Example("loss", r"y^T \log(x_2) + (1 - y)^T \log(1 - x_2)", BINARY),
        Example("loss", r"E = y^T \log x_2", LIKELIHOOD),
        Example("delta2", r"\frac{y}{x_2} \odot \sigma'(z_2)", SIGMOID),
        Example("delta2", r"y \odot (1 - x_2)", SIGMOID),
    ),
    spares=(
        Example("loss", r"-\sum_k y_k \ln x_{2,k}", SOFTMAX),
        Example("loss", r"y^T \log(1 / x_2)", SOFTMAX),
        Example("delta2", r"x_2 - y", BINARY),
    ),
)

SECOND_TERM_OMITTED = Misconception(
    name="bce-second-term-omitted",
    words="Only the half of the binary cross-entropy for y = 1 stands here; outputs whose target is 0 cost "
    "something too.",
    question="What does this loss say of an output near 1 whose target is 0?",
    network=with_first_half,
    catches=(
        Example("loss", r"-y^T \log(x_2)", BINARY),
        Example("loss", r"-\sum_k y_k \ln x_{2,k}", BINARY),
        Example("delta2", r"-\frac{y}{x_2} \odot \sigma'(z_2)", BINARY),
        Example("delta2", r"-\frac{1}{5} y \odot (1 - x_2)", BATCH),
    ),
    spares=(
        Example("loss", r"-y^T \log(x_2) - (1 - y)^T \log(1 - x_2)", BINARY),
        Example("loss", r"-y^T \log(x_2)", SOFTMAX),
        Example("delta2", r"x_2 - y", BINARY),
    ),
)
