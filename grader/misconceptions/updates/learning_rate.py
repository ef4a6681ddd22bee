"""The learning rate of an update: forgotten, applied twice, or applied to the old weights as well."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node, symbol
from derive.network import Network
from derive.quantities import Quantity
from grader.misconceptions.parts import RATE, is_update, uses, with_other
from grader.misconceptions.row import Example, Misconception

MOMENTUM = Network([3, 4, 2], "tanh", learning_rate=0.5, update="momentum")
RATE_NODE = symbol(RATE, (1, 1))


def without_rate(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """An update with the rate 1."""
    if is_update(equation.quantity):
        yield from with_other(equation.expression, RATE, ops.constant(1))


def with_rate_twice(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """An update with the rate squared."""
    if is_update(equation.quantity):
        yield from with_other(equation.expression, RATE, ops.times(RATE_NODE, RATE_NODE))


def with_rate_on_weights(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """An update in which the old parameter is multiplied by the rate."""
    old = Quantity(equation.quantity.kind.removesuffix("_new"), equation.quantity.layer)
    if equation.quantity.kind in ("W_new", "b_new") and uses(equation.expression, old):
        node = symbol(old, equation.expression.shape)
        yield from with_other(equation.expression, old, ops.scale(RATE_NODE, node))


OMITTED = Misconception(
    name="learning-rate-omitted",
    words="The learning rate is missing: the gradient says where to go, the learning rate how far.",
    question="How long would your step be if the learning rate were halved?",
    rewrite=without_rate,
    catches=(
        Example("W1_new", r"W_1 - \delta_1 x_0^T"),
        Example("b2_new", r"b_2 - \delta_2", Network([3, 4, 2], "relu", learning_rate=0.1)),
        Example("vW1_new", r"\mu v_{W_1} - \delta_1 x_0^T", MOMENTUM),
        Example("W2_new", r"w_{2,jk} - \frac{\partial E}{\partial w_{2,jk}}"),
        Example("W_l_new", r"W_i - \delta_i x_{i-1}^T"),
    ),
    spares=(
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T"),
        Example("W1_new", r"W_1 - \delta_1 x_0^T", Network([3, 4, 2], learning_rate=1)),
        Example("W1_new", r"W_1 - \frac{1}{2} \delta_1 x_0^T"),
        Example("dW1", r"\delta_1 x_0^T"),
    ),
)

TWICE = Misconception(
    name="learning-rate-twice",
    words="The learning rate stands in the step twice.",
    question="What is the step of one update made of, and how often does each factor occur?",
    place="part",
    rewrite=with_rate_twice,
    catches=(
        Example("W1_new", r"W_1 - \alpha^2 \delta_1 x_0^T"),
        Example("b1_new", r"b_1 - \alpha (\alpha \delta_1)", Network([3, 4, 2], "tanh", learning_rate=0.1)),
        Example("vW1_new", r"\mu v_{W_1} - \alpha^2 \delta_1 x_0^T", MOMENTUM),
    ),
    spares=(
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T"),
        Example("W1_new", r"W_1 - \alpha^2 \delta_1 x_0^T", Network([3, 4, 2], learning_rate=1)),
        Example("b1_new", r"b_1 - 0.5 \delta_1"),
    ),
)

ON_WEIGHTS = Misconception(
    name="learning-rate-on-weights",
    words="The learning rate multiplies the old value as well; it only belongs to the step.",
    question="What should the new weights be if the gradient is 0?",
    rewrite=with_rate_on_weights,
    catches=(
        Example("W1_new", r"\alpha (W_1 - \delta_1 x_0^T)"),
        Example("b2_new", r"\alpha b_2 - \alpha \delta_2", Network([3, 4, 2], "relu", learning_rate=0.1)),
        Example("W_l_new", r"\alpha (W_i - \delta_i x_{i-1}^T)"),
    ),
    spares=(
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T"),
        Example("W1_new", r"\alpha (\frac{1}{\alpha} W_1 - \delta_1 x_0^T)"),
        Example("W1_new", r"\alpha (W_1 - \delta_1 x_0^T)", Network([3, 4, 2], learning_rate=1)),
    ),
)
