"""The mean over examples or outputs: forgotten, taken twice, or taken where the loss is a sum."""

from collections.abc import Callable, Iterator
from fractions import Fraction

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from grader.misconceptions.row import Example, Misconception

BATCH = Network([3, 4, 2], "sigmoid", "half-squared-error", learning_rate=0.5, batch=5)
SUMMED = Network([3, 4, 2], "sigmoid", "half-squared-error", batch=5, reduction="sum")
OUTPUTS = Network([4, 2, 3], "tanh", "mean-squared-error", learning_rate=0.5)


def averaged(network: Network) -> list[int]:
    """How many examples, and how many outputs, the loss is a mean of."""
    return _above_1(
        network.reduction == "mean" and network.columns, network.loss_row.mean and network.layers[-1]
    )


def summed(network: Network) -> list[int]:
    """How many examples, and how many outputs, the loss is a sum of."""
    return _above_1(
        network.reduction != "mean" and network.columns, not network.loss_row.mean and network.layers[-1]
    )


def _above_1(*counts: int | str) -> list[int]:
    """The counts by which something changes, and all of them together."""
    known = [count for count in counts if isinstance(count, int) and count > 1]
    return [*known, known[0] * known[1]] if len(known) == 2 else known


def counted(factors: Callable[[Network], list[Fraction]]) -> Callable[[Equation, Derivation], Iterator[Node]]:
    """The loss of the examples, and the error of the last layer, times each of the factors."""

    def rescaled(equation: Equation, derivation: Derivation) -> Iterator[Node]:
        network, quantity = derivation.network, equation.quantity
        if network is None or quantity.kind not in ("loss", "loss_new", "delta"):
            return
        if quantity.kind != "delta" or quantity.layer == network.depth:
            penalties = 0 if quantity.kind == "delta" else len(network.regularizer)
            for factor in factors(network):
                yield _scaled(equation.expression, factor, penalties)

    return rescaled


def _scaled(expression: Node, factor: Fraction, penalties: int) -> Node:
    """The expression times a factor, but for the last terms of its sum."""
    if penalties and expression.op == "add":
        data, penalty = expression.args
        return ops.add(_scaled(data, factor, penalties - 1), penalty)
    return ops.scale(factor, expression)


OMITTED = Misconception(
    name="mean-omitted",
    words="The loss is a mean, and the division by the number of its terms is missing here.",
    question="By what is the sum in the loss divided, and what becomes of that factor in its derivative?",
    award=0.75,
    rewrite=counted(lambda network: [Fraction(count) for count in averaged(network)]),
    catches=(
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)", BATCH),
        Example("loss", r"\frac{1}{2} \|x_2 - y\|^2", BATCH),
        Example("delta2", r"2 (x_2 - y) \odot (1 - x_2^2)", OUTPUTS),
        Example("dW2", r"((x_2 - y) \odot x_2 \odot (1 - x_2)) x_1^T", BATCH),
        Example("W2_new", r"W_2 - \alpha ((x_2 - y) \odot \sigma'(z_2)) x_1^T", BATCH),
        Example("delta_L", r"(x_L - y) \odot \sigma'(z_L)", BATCH),
    ),
    spares=(
        Example("delta2", r"\frac{1}{N} (x_2 - y) \odot \sigma'(z_2)", BATCH),
        Example("dW2", r"\delta_2 x_1^T", BATCH),
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)", SUMMED),
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)"),
        Example("delta2", r"\frac{2}{3} (x_2 - y) \odot (1 - x_2^2)", OUTPUTS),
    ),
)

TWICE = Misconception(
    name="mean-twice",
    words="The mean is taken twice: the number of its terms divides once too often.",
    question="Which of your quantities contain that division already?",
    place="part",
    award=0.75,
    rewrite=counted(lambda network: [Fraction(1, count) for count in averaged(network)]),
    catches=(
        Example("dW2", r"\frac{1}{N} \delta_2 x_1^T", BATCH),
        Example("db1", r"\frac{1}{N} \delta_1 \mathbf{1}", BATCH),
        Example("W1_new", r"W_1 - \frac{\alpha}{N} \delta_1 x_0^T", BATCH),
        Example("dW_l", r"\frac{1}{N} \delta_i x_{i-1}^T", BATCH),
        Example("dW2", r"\frac{1}{3} \delta_2 x_1^T", OUTPUTS),
    ),
    spares=(
        Example("dW2", r"\delta_2 x_1^T", BATCH),
        Example("dW2", r"\frac{1}{N} ((x_2 - y) \odot \sigma'(z_2)) x_1^T", BATCH),
        Example("loss", r"\frac{1}{2N} \|x_2 - y\|^2", BATCH),
        Example("db2", r"\delta_2 \mathbf{1}", BATCH),
    ),
)

FOR_SUM = Misconception(
    name="mean-for-sum",
    words="A mean is taken here, and this loss is a sum: nothing is divided by the number of its terms.",
    question="How does the loss of the question put the examples and outputs together?",
    place="part",
    award=0.75,
    rewrite=counted(lambda network: [Fraction(1, count) for count in summed(network)]),
    catches=(
        Example("delta2", r"\frac{1}{N} (x_2 - y) \odot \sigma'(z_2)", SUMMED),
        Example("dW1", r"\frac{1}{N} \delta_1 x_0^T", SUMMED),
        Example("loss", r"\frac{1}{2n} \|x_2 - y\|^2"),
        Example(
            "delta2", r"\frac{2}{3} (x_2 - y) \odot \sigma'(z_2)", Network([4, 2, 3], "tanh", "squared-error")
        ),
    ),
    spares=(
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)", SUMMED),
        Example("delta2", r"\frac{1}{N} (x_2 - y) \odot \sigma'(z_2)", BATCH),
        Example("delta2", r"\frac{2}{n} (x_2 - y) \odot (1 - x_2^2)", OUTPUTS),
    ),
)
