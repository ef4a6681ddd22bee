"""What an update carries over from the round before: forgotten, or with the wrong sign."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node, symbol
from derive.network import Network
from derive.quantities import KINDS, Quantity
from grader.misconceptions.parts import is_update, with_other
from grader.misconceptions.row import Example, Misconception

MOMENTUM = Network([3, 4, 2], "tanh", learning_rate=0.5, update="momentum")
RMSPROP = Network([3, 4, 2], "tanh", learning_rate=0.5, update="rmsprop")
SHARE = Quantity("momentum")


def with_other_sign(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The share of the last change subtracted."""
    yield from with_other(equation.expression, SHARE, ops.negate(symbol(SHARE, (1, 1))))


def from_nothing(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """An update that remembers nothing: what was remembered is 0."""
    for used in equation.expression.symbols if is_update(equation.quantity) else ():
        if used.kind in KINDS and KINDS[used.kind].role == "state":
            zero = ops.scale(0, ops.ones(equation.expression.shape))
            yield from with_other(equation.expression, used, zero)


SIGN = Misconception(
    name="momentum-sign",
    words="The momentum has the wrong sign: a share of the last change is kept, so that what has been going "
    "in one direction keeps going.",
    question="If the last two gradients are equal, should the second step be longer or shorter than the "
    "first?",
    rewrite=with_other_sign,
    catches=(
        Example("vW1_new", r"-\mu v_{W_1} - \alpha \delta_1 x_0^T", MOMENTUM),
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T - \mu v_{W_1}", MOMENTUM),
        Example("vb2_new", r"-\alpha \delta_2 - \mu v_{b_2}", Network([4, 2, 3], "relu", update="momentum")),
    ),
    spares=(
        Example("vW1_new", r"\mu v_{W_1} - \alpha \delta_1 x_0^T", MOMENTUM),
        Example("W1_new", r"W_1 - (\alpha \delta_1 x_0^T - \mu v_{W_1})", MOMENTUM),
        Example("b2_new", r"b_2 - \alpha \delta_2 + \mu v_{b_2}", MOMENTUM),
    ),
)

OMITTED = Misconception(
    name="memory-omitted",
    words="What is carried over from the round before is missing: the momentum, or the old running mean.",
    question="Which of the numbers in the rule were computed in the round before?",
    rewrite=from_nothing,
    catches=(
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T", MOMENTUM),
        Example("vb1_new", r"-\alpha \delta_1", MOMENTUM),
        Example("sW1_new", r"(1 - \rho) (\delta_1 x_0^T)^2", RMSPROP),
        Example("sb2_new", r"\delta_2 \odot \delta_2", Network([3, 4, 2], "relu", update="adagrad")),
    ),
    spares=(
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T + \mu v_{W_1}", MOMENTUM),
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T"),
        Example("sW1_new", r"\rho s_{W_1} + (1 - \rho) (\delta_1 x_0^T)^2", RMSPROP),
    ),
)
