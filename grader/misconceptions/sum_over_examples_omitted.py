"""The gradient of the biases keeps one column for each example: nothing is added up."""

from collections.abc import Iterator

from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from grader.misconceptions.parts import node_of
from grader.misconceptions.row import Example, Misconception

BATCH = Network([3, 4, 2], "sigmoid", "half-squared-error", learning_rate=0.5, batch=5)


def one_column_each(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """∂loss/∂b as the errors of all examples side by side."""
    delta = node_of("delta", equation.quantity.layer, derivation)
    if equation.quantity.kind == "db" and delta is not None and delta is not equation.expression:
        yield delta


ROW = Misconception(
    name="sum-over-examples-omitted",
    words="One bias serves all examples, so its gradient is added up over them; here every example keeps a "
    "column of its own.",
    question="How many columns does b have, and how many has your gradient?",
    rewrite=one_column_each,
    catches=(
        Example("db1", r"\delta_1", BATCH),
        Example("db2", r"\frac{\partial E}{\partial b_2} = \delta_2", BATCH),
        Example("db1", r"W_2^T \delta_2 \odot \sigma'(z_1)", Network([3, 4, 2], "relu", batch=4)),
        Example("db_l", r"\delta_i", BATCH),
    ),
    spares=(
        Example("db1", r"\delta_1 \mathbf{1}", BATCH),
        Example("db1", r"\frac{\partial E}{\partial b_{1,j}} = \sum_n \delta_{1,jn}", BATCH),
        Example("db1", r"\delta_1"),
        Example("dW1", r"\delta_1 x_0^T", BATCH),
    ),
)
