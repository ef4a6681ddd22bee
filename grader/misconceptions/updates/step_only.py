"""An update that is only the step: the old weights are left out."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from derive.quantities import Quantity
from grader.misconceptions.parts import addends
from grader.misconceptions.row import Example, Misconception

MOMENTUM = Network([3, 4, 2], "tanh", learning_rate=0.5, update="momentum")


def without_old_value(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """An update without the parameter it starts from, with either sign."""
    old = Quantity(equation.quantity.kind.removesuffix("_new"), equation.quantity.layer)
    if equation.quantity.kind in ("W_new", "b_new"):
        for step in addends(equation.expression):
            if step.quantity != old:
                yield step
                yield ops.negate(step)


ROW = Misconception(
    name="step-only",
    words="This is only the step; the new value is the old one plus the step.",
    question="From where is the step taken?",
    rewrite=without_old_value,
    catches=(
        Example("W1_new", r"-\alpha \delta_1 x_0^T"),
        Example("b2_new", r"\alpha \delta_2", Network([3, 4, 2], "relu", learning_rate=0.1)),
        Example("W1_new", r"v_{W_1}^{new}", MOMENTUM),
        Example("W_l_new", r"-\alpha \delta_i x_{i-1}^T"),
    ),
    spares=(
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T"),
        Example("b2_new", r"-\alpha \delta_2 + b_2"),
        Example("W1_new", r"W_1 + v_{W_1}^{new}", MOMENTUM),
    ),
)
