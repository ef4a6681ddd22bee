"""The gradient is taken for the update, or the update for the gradient."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node, symbol
from derive.network import Network
from derive.quantities import Quantity
from grader.misconceptions.parts import RATE, node_of
from grader.misconceptions.row import Example, Misconception

RATE_NODE = symbol(RATE, (1, 1))


def with_step(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """A gradient times the learning rate, or the parameter after a step along it."""
    kind, layer = equation.quantity.kind, equation.quantity.layer
    if kind in ("dW", "db"):
        step = ops.scale(RATE_NODE, equation.expression)
        yield step
        yield ops.negate(step)
        parameter = node_of(kind.removeprefix("d"), layer, derivation)
        if parameter is not None and parameter.shape == step.shape:
            yield ops.minus(parameter, step)


def without_step(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """An updated parameter as its gradient."""
    kind, new, _ = equation.quantity.kind.partition("_new")
    if new and kind in ("W", "b"):
        yield symbol(Quantity("d" + kind, equation.quantity.layer), equation.expression.shape)


UPDATE = Misconception(
    name="update-for-gradient",
    words="This is a step of the update; the gradient alone is asked, without the learning rate.",
    question="Does the derivative of the loss depend on how far you want to go?",
    place="part",
    rewrite=with_step,
    catches=(
        Example("db1", r"\alpha \delta_1"),
        Example("db1", r"b_1 - \alpha \delta_1"),
        Example("dW2", r"W_2 - \alpha \delta_2 x_1^T", Network([3, 4, 2], "tanh", learning_rate=0.1)),
        Example("dW1", r"-\alpha \delta_1 x_0^T", Network([3, 4, 2], "relu", batch=5)),
        Example("dW_l", r"\alpha \delta_i x_{i-1}^T"),
    ),
    spares=(
        Example("db1", r"\delta_1"),
        Example("dW1", r"\alpha \delta_1 x_0^T", Network([3, 4, 2], learning_rate=1)),
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T"),
    ),
)

GRADIENT = Misconception(
    name="gradient-for-update",
    words="This is the gradient; the new value is the old one minus the learning rate times the gradient.",
    question="Where do the weights stand now, and where after one step?",
    rewrite=without_step,
    catches=(
        Example("W1_new", r"\delta_1 x_0^T"),
        Example("b2_new", r"\delta_2", Network([3, 4, 2], "relu", learning_rate=0.1)),
        Example("W_l_new", r"\frac{\partial E}{\partial W_i}"),
    ),
    spares=(
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T"),
        Example("dW1", r"\delta_1 x_0^T"),
        Example("b2_new", r"b_2 - \alpha \delta_2"),
    ),
)
