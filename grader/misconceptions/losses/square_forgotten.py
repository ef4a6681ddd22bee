"""The squared error without its square: the sum of the differences, or of their absolute values."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from grader.misconceptions.places import exchanging
from grader.misconceptions.row import Example, Misconception

BATCH = Network([3, 4, 2], "tanh", batch=5)
MEAN = Network([3, 4, 2], "relu", "mean-squared-error")
ONE = Network([3, 4, 1], "sigmoid", "squared-error")


def unsquared(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The loss with the length, the sum or the absolute sum of what is squared, with or without the number
    in front."""

    def change(node: Node) -> Iterator[Node]:
        if node.op == "norm2":
            yield from _unsquared(node)
        if node.op == "scale" and node.args[1].op == "norm2":
            yield from _unsquared(node.args[1])

    if equation.quantity == derivation.graph.output:
        yield from exchanging(equation.expression, change)


def _unsquared(square: Node) -> Iterator[Node]:
    (difference,) = square.args
    yield ops.total(difference)
    yield ops.total(ops.negate(difference))
    yield ops.total(ops.function("abs", difference))
    yield ops.function("sqrt", square)


ROW = Misconception(
    name="square-forgotten",
    words="The differences are not squared: the loss is made of the squares of output minus target.",
    question="Which loss is asked for, and what would happen here to errors of opposite sign?",
    rewrite=unsquared,
    catches=(
        Example("loss", r"\frac{1}{2} \sum_k (y_k - x_{2,k})"),
        Example("loss", r"\frac{1}{2} \|x_2 - y\|"),
        Example("loss", r"|y - x_2|", ONE),
        Example("loss", r"\frac{1}{2} \sum_k |x_{2,k} - y_k|", MEAN),
        Example("loss", r"\|x_2 - y\|", BATCH),
    ),
    spares=(
        Example("loss", r"\frac{1}{2} \sum_k (y_k - x_{2,k})^2"),
        Example("loss", r"\frac{1}{2} \|x_2 - y\|^2"),
        Example("loss", r"|y - x_2|^2", ONE),
    ),
)
