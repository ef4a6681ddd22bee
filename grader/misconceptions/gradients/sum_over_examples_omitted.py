"""The gradient of the biases keeps one column for each example: nothing is added up."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node, substitute
from derive.network import Network
from derive.quantities import Quantity
from grader.misconceptions.parts import fitting, node_of
from grader.misconceptions.row import Example, Misconception

BATCH = Network([3, 4, 2], "sigmoid", "half-squared-error", learning_rate=0.5, batch=5)


def one_column_each(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """∂loss/∂b, or the biases after an update with it, one column for each example."""
    kind, layer = equation.quantity.kind, equation.quantity.layer
    delta, b = node_of("delta", layer, derivation), node_of("b", layer, derivation)
    if delta is None or b is None or delta.shape[1] == 1:
        return
    if kind == "db":
        yield delta
    if kind == "b_new":
        columns = {Quantity("db", layer): delta, b.quantity: ops.matmul(b, ops.ones((1, delta.shape[1])))}
        yield from fitting(
            lambda: substitute(equation.expression, lambda n: columns.get(n.quantity), ops.rebuild)
        )


ROW = Misconception(
    name="sum-over-examples-omitted",
    words="One bias serves all examples, so its gradient is added up over them; here every example still "
    "has its own.",
    question="How many rows and columns do the biases have, and how many has your gradient?",
    rewrite=one_column_each,
    catches=(
        Example("db1", r"\delta_1", BATCH),
        Example("db2", r"\frac{\partial E}{\partial b_2} = \delta_2", BATCH),
        Example("db1", r"W_2^T \delta_2 \odot \sigma'(z_1)", Network([3, 4, 2], "relu", batch=4)),
        Example("db_l", r"\delta_i", BATCH),
        Example("b1_new", r"b_1 - \alpha \delta_1", BATCH),
    ),
    spares=(
        Example("db1", r"\delta_1 \mathbf{1}", BATCH),
        Example("db1", r"\frac{\partial E}{\partial b_{1,j}} = \sum_n \delta_{1,jn}", BATCH),
        Example("db1", r"\delta_1"),
        Example("dW1", r"\delta_1 x_0^T", BATCH),
    ),
)
