"""The slope of the activation is half remembered: a for a (1 − a), 1 − a for 1 − a²."""

from collections.abc import Iterator, Mapping

from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from grader.misconceptions.places import by_value, in_lines, is_slope
from grader.misconceptions.row import Example, Misconception

TANH = Network([3, 4, 2], "tanh")
BATCH = Network([3, 4, 2], ["tanh", "sigmoid"], batch=5)

MISREMEMBERED: Mapping[str, tuple[str, ...]] = {
    "sigmoid": (
        "1 - a",
        "a * (1 + a)",
        "a ** 2",
        "a - 1",
        "(1 - a) ** 2",
        "a ** 2 * (1 - a)",
        "a * (1 - a) ** 2",
        "a * (1 - a ** 2)",
        "z * (1 - z)",
        "a * (1 - z)",
        "z * (1 - a)",
        "1 - z",
        "exp(-z) / (1 + exp(-z))",
        "1 / (1 + exp(-z)) ** 2",
        "exp(-z)",
        "1 / (a * (1 - a))",
    ),
    "tanh": (
        "1 - a",
        "1 + a",
        "1 + a ** 2",
        "a ** 2",
        "(1 - a) ** 2",
        "a * (1 - a ** 2)",
        "(1 - a ** 2) ** 2",
        "1 - z ** 2",
        "1 - z",
        "1 / (1 - a ** 2)",
    ),
    "softplus": ("a * (1 - a)", "1 - a", "exp(z)", "1 / (1 + exp(z))"),
    "relu": ("z", "1 / z"),
}
"""What people write for the slope of an activation, with a for its value."""


def half_remembered(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """An error with something near the slope of the activation."""

    def change(node: Node) -> Iterator[Node]:
        if is_slope(node):
            for formula in MISREMEMBERED.get(node.data[0], ()):
                yield by_value(formula, node)

    if equation.quantity.kind == "delta":
        yield from in_lines(equation, derivation, change)


ROW = Misconception(
    name="slope-half-remembered",
    words="The slope of the activation is only half remembered: something in its formula is missing or "
    "wrong.",
    question="What do you get when you differentiate the activation's formula?",
    award=0.5,
    rewrite=half_remembered,
    catches=(
        Example("delta2", r"(x_2 - y) \odot (1 - x_2)"),
        Example("delta1", r"W_2^T \delta_2 \odot x_1 \odot (1 + x_1)"),
        Example("delta1", r"\delta_{1,j} = \sum_k w_{2,kj} \delta_{2,k} (1 - x_{1,j})", TANH),
        Example("delta1", r"W_2^T \delta_2 \odot (1 - z_1^2)", TANH),
        Example("delta2", r"\frac{1}{5} (x_2 - y) \odot x_2^2", BATCH),
        Example("dW1", r"(W_2^T \delta_2 \odot (1 + x_1^2)) x_0^T", TANH),
    ),
    spares=(
        Example("delta2", r"(x_2 - y) \odot x_2 \odot (1 - x_2)"),
        Example("delta1", r"W_2^T \delta_2 \odot (1 - x_1) \odot (1 + x_1)", TANH),
        Example("delta1", r"W_2^T \delta_2 \odot (1 - \tanh^2(z_1))", TANH),
    ),
)
