"""A factor 2 or ½ is wrong: the ½ of the loss forgotten, or the 2 of the square."""

from collections.abc import Callable, Iterator
from fractions import Fraction

from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from grader.misconceptions.edits import is_forward, scaled_gradients
from grader.misconceptions.row import Example, Misconception

SQUARED = Network([3, 4, 2], "sigmoid", "squared-error", learning_rate=0.5)


def times(factor: Fraction) -> Callable[[Equation, Derivation], Iterator[Node]]:
    """Everything times the factor; in an update, the gradient times it."""

    def rescaled(equation: Equation, derivation: Derivation) -> Iterator[Node]:
        if not is_forward(equation.quantity):
            yield from scaled_gradients(equation.expression, factor)

    return rescaled


DOUBLED = Misconception(
    name="factor-2",
    words="There is a factor 2 too much: check whether the loss has a ½ in front.",
    question="Which numbers stand in the loss of this question, and what becomes of them on the way?",
    place="number",
    award=0.75,
    rewrite=times(Fraction(2)),
    catches=(
        Example("delta2", r"2 (x_2 - y) \odot \sigma'(z_2)"),
        Example("dW1", r"2 \delta_1 x_0^T"),
        Example("loss", r"\|x_2 - y\|^2"),
    ),
    spares=(
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)"),
        Example("delta2", r"2 (x_2 - y) \odot \sigma'(z_2)", SQUARED),
    ),
)

HALVED = Misconception(
    name="factor-half",
    words="A factor 2 is missing: check whether the loss really has a ½ in front.",
    question="Where does a factor 2 come from in this question, and what takes it away again?",
    award=0.75,
    rewrite=times(Fraction(1, 2)),
    catches=(
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)", SQUARED),
        Example("loss", r"\frac{1}{2} \|x_2 - y\|^2", SQUARED),
    ),
    spares=(
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)"),
        Example("delta2", r"2 (x_2 - y) \odot \sigma'(z_2)", SQUARED),
    ),
)
