"""The formula of the activation is half remembered: 1/(1 − e^(−z)) for 1/(1 + e^(−z))."""

from collections.abc import Iterator, Mapping

from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.graph_language import read_expression
from derive.network import Network
from derive.unfolding import INPUT, spread
from grader.misconceptions.places import activation_at, symbol_of
from grader.misconceptions.row import Example, Misconception

TANH = Network([3, 4, 2], "tanh")
SOFTMAX = Network([3, 4, 2], ["relu", "softmax"], "cross-entropy", batch=5)

MISREMEMBERED: Mapping[str, tuple[str, ...]] = {
    "sigmoid": (
        "1 / (1 - exp(-z))",
        "1 / exp(-z)",
        "1 / (1 + exp(-z)) ** 2",
        "exp(z) / (1 - exp(z))",
        "1 / (exp(z) + exp(-z))",
    ),
    "tanh": (
        "(exp(z) + exp(-z)) / (exp(z) - exp(-z))",
        "(exp(z) - exp(-z)) / 2",
        "exp(z) - exp(-z)",
        "(exp(z) - 1) / (exp(z) + 1)",
        "(1 - exp(z)) / (1 + exp(z))",
    ),
    "softmax": ("exp(z)", "1 / (1 + exp(-z))", "exp(z) / (1 + exp(z))"),
    "relu": ("abs(z)",),
    "softplus": ("log(1 + exp(-z))", "exp(z)"),
}
"""What people write for an activation."""


def half_remembered(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """An activation by a formula near the right one."""
    activation = activation_at(derivation, equation.quantity)
    if equation.quantity.kind == "a" and activation is not None:
        z = symbol_of("z", equation)
        for formula in MISREMEMBERED.get(activation.name, ()):
            yield spread(read_expression(formula, ("z",)), {INPUT: z}, z.shape)


ROW = Misconception(
    name="activation-half-remembered",
    words="The formula of the activation is only half remembered: a sign or a part of it is wrong.",
    question="Which values should this function take where its argument is very large, very small, or 0?",
    rewrite=half_remembered,
    catches=(
        Example("a1", r"\frac{1}{1 - e^{-z_1}}"),
        Example("a2", r"\frac{e^{z_2} + e^{-z_2}}{e^{z_2} - e^{-z_2}}", TANH),
        Example("a2", r"x_2 = e^{z_2}", SOFTMAX),
        Example("a1", r"\frac{e^{z_1} - e^{-z_1}}{2}", TANH),
    ),
    spares=(
        Example("a1", r"\frac{1}{1 + e^{-z_1}}"),
        Example("a2", r"\frac{e^{2 z_2} - 1}{e^{2 z_2} + 1}", TANH),
        Example("a1", r"\max(0, z_1)", SOFTMAX),
    ),
)
