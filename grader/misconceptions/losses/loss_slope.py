"""The slope of the loss is left out of the output error, taken twice, or not taken at all."""

from collections.abc import Iterator
from functools import partial

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from derive.quantities import Quantity
from grader.misconceptions.places import Change, in_lines, is_slope, lines
from grader.misconceptions.row import Example, Misconception

TANH = Network([3, 4, 2], "tanh")
CROSS = Network([3, 4, 2], "sigmoid", "binary-cross-entropy")
BATCH = Network([3, 4, 2], "sigmoid", batch=5)
OPEN = Network([3, 4, 2], "generic", "generic")


def _with(equation: Equation, derivation: Derivation, change: Change) -> Iterator[Node]:
    """The output error with something else for ∂loss/∂a."""
    network, asked = derivation.network, equation.quantity
    if network is not None and asked == Quantity("delta", network.depth):
        slope = Quantity("da", network.depth)
        yield from in_lines(equation, derivation, lambda node: change(node) if node.quantity == slope else ())


def omitted(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The output error with 1, or with its share of one example, for ∂loss/∂a."""
    has_slope = any(is_slope(node) for line in lines(equation, derivation) for node in line.walk())
    share = derivation.network.share if derivation.network is not None else ops.constant(1)
    if has_slope:
        for factor in dict.fromkeys((ops.constant(1), share)):
            one = partial(_scaled_ones, factor)
            yield from _with(equation, derivation, one)


def _scaled_ones(factor: Node, node: Node) -> Iterator[Node]:
    yield ops.scale(factor, ops.ones(node.shape))


def twice(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The output error with the square of ∂loss/∂a."""
    return _with(equation, derivation, lambda node: (ops.times(node, node),))


def not_taken(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The output error with the loss, entry by entry or whole, for ∂loss/∂a."""
    loss = derivation.graph.definition(derivation.graph.output)
    if loss is not None:
        whole, entries = loss, _before_summing(loss)
        yield from _with(
            equation, derivation, lambda node: (ops.scale(whole, ops.ones(node.shape)), *entries)
        )


def _before_summing(loss: Node) -> tuple[Node, ...]:
    """The squares whose sum a loss is, each with the number in front; none for another loss."""
    if loss.op == "scale":
        return tuple(ops.scale(loss.args[0], squares) for squares in _before_summing(loss.args[1]))
    return (ops.power(loss.args[0], 2),) if loss.op == "norm2" else ()


OMITTED = Misconception(
    name="loss-slope-omitted",
    words="The slope of the loss is missing: this is how the output changes with its weighted input, not "
    "how the loss does.",
    question="How does the loss change when the output a changes a little?",
    rewrite=omitted,
    catches=(
        Example("delta2", r"\sigma'(z_2)"),
        Example("delta2", r"x_2 \odot (1 - x_2)", CROSS),
        Example("delta2", r"1 - x_2^2", TANH),
        Example("dW2", r"\sigma'(z_2) x_1^T", BATCH),
        Example("delta2", r"\delta_2 = \sigma'(z_2)", OPEN),
    ),
    spares=(
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)"),
        Example("delta2", r"\frac{\partial E}{\partial x_2} \odot \sigma'(z_2)"),
        Example("delta2", r"x_2 - y", CROSS),
    ),
)

TWICE = Misconception(
    name="loss-slope-twice",
    words="The slope of the loss is multiplied in twice.",
    question="How often does the slope of the loss occur in the chain from the weighted input to the loss?",
    rewrite=twice,
    catches=(
        Example("delta2", r"(x_2 - y)^2 \odot \sigma'(z_2)"),
        Example("delta2", r"(x_2 - y) \odot (x_2 - y) \odot (1 - x_2^2)", TANH),
        Example(
            "delta2",
            r"\frac{\partial E}{\partial x_2} \odot \frac{\partial E}{\partial x_2} \odot \sigma'(z_2)",
        ),
    ),
    spares=(
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)"),
        Example("delta2", r"(x_2 - y) \odot (1 - x_2^2)", TANH),
        Example("loss", r"\frac{1}{2} (x_2 - y)^T (x_2 - y)"),
    ),
)

NOT_TAKEN = Misconception(
    name="loss-not-differentiated",
    words="The loss itself stands here where its slope belongs: it was not differentiated.",
    question="What is the derivative of the loss with respect to the output?",
    award=0.25,
    rewrite=not_taken,
    catches=(
        Example("delta2", r"\frac{1}{2} (x_2 - y)^2 \odot \sigma'(z_2)"),
        Example("delta2", r"E \odot \sigma'(z_2)"),
        Example("delta2", r"(x_2 - y)^2 \odot (1 - x_2^2)", Network([3, 4, 2], "tanh", "squared-error")),
    ),
    spares=(
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)"),
        Example("delta2", r"2 (x_2 - y) \odot (1 - x_2^2)", Network([3, 4, 2], "tanh", "squared-error")),
        Example("loss", r"\frac{1}{2} \|x_2 - y\|^2"),
    ),
)
