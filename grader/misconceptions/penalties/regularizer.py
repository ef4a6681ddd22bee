"""The slope of the penalty on the weights: forgotten, off by a factor 2, or with the wrong sign."""

from collections.abc import Callable, Iterator
from fractions import Fraction

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from grader.misconceptions.parts import added, data_and_penalty
from grader.misconceptions.row import Example, Misconception

SQUARES = Network([3, 4, 2], "sigmoid", learning_rate=0.5, regularizer="l2")
HALF = Network([3, 4, 2], "tanh", learning_rate=0.5, regularizer="half-l2")
SIZES = Network([3, 4, 2], "tanh", "squared-error", learning_rate=0.5, regularizer="l1")
BOTH = Network([3, 4, 2], "relu", learning_rate=0.5, regularizer={"l1": 0.2, "l2": None})


def without_penalty(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The right side without any of its penalties, or without one of several."""
    data, penalty = data_and_penalty(equation, derivation)
    if penalty:
        yield from added(data)
    for term in penalty if len(penalty) > 1 else ():
        yield from added([*data, *(other for other in penalty if other is not term)])


def only_penalty(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The gradient of the penalty alone."""
    if equation.quantity.kind == "dW":
        yield from added(data_and_penalty(equation, derivation)[1])


def with_penalty(*changes: Callable[[Node], Node]) -> Callable[[Equation, Derivation], Iterator[Node]]:
    """The right side with every term of its penalty changed, or one of several."""

    def rewrite(equation: Equation, derivation: Derivation) -> Iterator[Node]:
        data, penalty = data_and_penalty(equation, derivation)
        for change in changes if penalty else ():
            yield from added([*data, *map(change, penalty)])
            for term in penalty if len(penalty) > 1 else ():
                yield from added([*data, *(change(one) if one is term else one for one in penalty)])

    return rewrite


def squares_times(factor: Fraction) -> Callable[[Node], Node]:
    """A penalty on squares, or its slope, times a factor; one on absolute values as it is."""

    def change(term: Node) -> Node:
        return term if any(node.op == "function" for node in term.walk()) else ops.scale(factor, term)

    return change


ONLY = Misconception(
    name="data-gradient-omitted",
    words="This is the slope of the penalty alone; how far the outputs miss their targets counts as well.",
    question="Of which terms is the loss made, and which of them depend on these weights?",
    award=0.25,
    rewrite=only_penalty,
    catches=(
        Example("dW1", r"2 \lambda W_1", SQUARES),
        Example("dW2", r"\frac{\partial E}{\partial w_{2,jk}} = \lambda w_{2,jk}", HALF),
    ),
    spares=(
        Example("dW1", r"\delta_1 x_0^T + 2 \lambda W_1", SQUARES),
        Example("dW2", r"\delta_2 x_1^T + \lambda W_2", HALF),
    ),
)

OMITTED = Misconception(
    name="regularizer-omitted",
    words="The regularizer is missing: the penalty on the weights is part of the loss, and its slope is part "
    "of their gradient.",
    question="Which terms does the loss consist of, and which of them depend on these weights?",
    rewrite=without_penalty,
    catches=(
        Example("dW1", r"\delta_1 x_0^T", SQUARES),
        Example("dW2", r"\frac{\partial E}{\partial w_{2,jk}} = \delta_{2,j} x_{1,k}", SIZES),
        Example("loss", r"\frac{1}{2} \|x_2 - y\|^2", HALF),
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T", SQUARES),
        Example("dW1", r"\delta_1 x_0^T + 2 \lambda_2 W_1", BOTH),
        Example("dW_l", r"\delta_i x_{i-1}^T", SQUARES),
    ),
    spares=(
        Example("dW1", r"\delta_1 x_0^T + 2 \lambda W_1", SQUARES),
        Example("db1", r"\delta_1", SQUARES),
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)", SQUARES),
        Example("dW1", r"\delta_1 x_0^T"),
    ),
)

FACTOR = Misconception(
    name="regularizer-factor",
    words="The penalty or its slope is off by a factor 2: λw² has the slope 2λw, and ½λw² has the slope λw.",
    question="What is the derivative of the penalty in the question with respect to a single weight?",
    award=0.75,
    rewrite=with_penalty(squares_times(Fraction(1, 2)), squares_times(Fraction(2))),
    catches=(
        Example("dW1", r"\delta_1 x_0^T + \lambda W_1", SQUARES),
        Example("dW2", r"\delta_2 x_1^T + 2 \lambda W_2", HALF),
        Example("W1_new", r"(1 - \alpha \lambda) W_1 - \alpha \delta_1 x_0^T", SQUARES),
        Example("loss", r"\frac{1}{2} \|x_2 - y\|^2 + \lambda (\|W_1\|^2 + \|W_2\|^2)", HALF),
        Example(
            "dW1", r"\frac{\partial E}{\partial w_{1,jk}} = \delta_{1,j} x_{0,k} + \lambda w_{1,jk}", SQUARES
        ),
    ),
    spares=(
        Example("dW1", r"\delta_1 x_0^T + 2 \lambda W_1", SQUARES),
        Example("dW2", r"\delta_2 x_1^T + \lambda W_2", HALF),
        Example("W1_new", r"(1 - 2 \alpha \lambda) W_1 - \alpha \delta_1 x_0^T", SQUARES),
    ),
)

SIGN = Misconception(
    name="regularizer-sign",
    words="The penalty has the wrong sign: it is added to the loss, so its slope is added to the gradient.",
    question="Should weights shrink or grow when only the penalty acts on them?",
    rewrite=with_penalty(ops.negate),
    catches=(
        Example("dW1", r"\delta_1 x_0^T - 2 \lambda W_1", SQUARES),
        Example("dW2", r"\delta_2 x_1^T - \lambda \operatorname{sign}(W_2)", SIZES),
        Example("W1_new", r"W_1 - \alpha (\delta_1 x_0^T - \lambda W_1)", HALF),
        Example("loss", r"\frac{1}{2} \|x_2 - y\|^2 - \lambda (\|W_1\|^2 + \|W_2\|^2)", SQUARES),
    ),
    spares=(
        Example("dW1", r"\delta_1 x_0^T + 2 \lambda W_1", SQUARES),
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T - \alpha \lambda W_1", HALF),
        Example("dW2", r"\delta_2 x_1^T + \lambda \operatorname{sign}(W_2)", SIZES),
    ),
)
