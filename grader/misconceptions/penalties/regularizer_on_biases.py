"""The penalty on the weights is put on the biases as well."""

from collections.abc import Iterator
from functools import reduce

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node, substitute
from derive.network import Network
from derive.quantities import Quantity
from derive.regularizers import penalties
from grader.misconceptions.parts import data_and_penalty, node_of
from grader.misconceptions.row import Example, Misconception

SQUARES = Network([3, 4, 2], "sigmoid", learning_rate=0.5, regularizer="l2")


def on_biases_too(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """∂loss/∂b, or the loss, with the penalty that weights have."""
    network = derivation.network
    if network is None or not network.regularizer or not network.bias:
        return
    if equation.quantity.kind == "db":
        layer = equation.quantity.layer
        b, W = node_of("b", layer, derivation), Quantity("W", layer)
        slope = data_and_penalty(derivation[f"dW{layer}"].equation, derivation)[1]
        terms = (
            substitute(term, lambda node: b if node.quantity == W else None, ops.rebuild) for term in slope
        )
        yield reduce(ops.add, terms, equation.expression)
    if equation.quantity.kind == "loss":
        biases = [node for layer in range(1, network.depth + 1) if (node := node_of("b", layer, derivation))]
        yield reduce(ops.add, penalties(network.regularizer, biases), equation.expression)


ROW = Misconception(
    name="regularizer-on-biases",
    words="The biases are penalised too; in this loss the penalty is on the weights alone.",
    question="Over which parameters does the penalty in the loss of the question run?",
    award=0.75,
    rewrite=on_biases_too,
    catches=(
        Example("db1", r"\delta_1 + 2 \lambda b_1", SQUARES),
        Example("b1_new", r"b_1 - \alpha (\delta_1 + 2 \lambda b_1)", SQUARES),
        Example("db2", r"\delta_2 + \lambda \operatorname{sign}(b_2)", Network([3, 4, 2], regularizer="l1")),
        Example(
            "loss",
            r"\frac{1}{2} \|x_2 - y\|^2 + \lambda (\|W_1\|^2 + \|W_2\|^2 + \|b_1\|^2 + \|b_2\|^2)",
            SQUARES,
        ),
        Example("db_l", r"\delta_i + 2 \lambda b_i", SQUARES),
    ),
    spares=(
        Example("db1", r"\delta_1", SQUARES),
        Example("b1_new", r"b_1 - \alpha \delta_1", SQUARES),
        Example("dW1", r"\delta_1 x_0^T + 2 \lambda W_1", SQUARES),
    ),
)
