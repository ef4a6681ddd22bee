"""A value after the update that is still the one before it."""

from collections.abc import Iterator

from msgspec.structs import replace

from derive.derivation import Derivation
from derive.graph import Equation, Node, symbol
from derive.network import Network
from derive.quantities import Quantity
from grader.misconceptions.row import Example, Misconception

SMALL = Network([2, 1], "identity", learning_rate=0.1)
GIVEN = {"x": [1, 2], "y": [3], "W1": [[1, 4]], "b1": [1]}


def still_the_old(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The value before the update."""
    stem, new, _ = equation.quantity.kind.partition("_new")
    if new:
        yield symbol(Quantity(stem, equation.quantity.layer), equation.expression.shape)


def with_fixed_biases(network: Network) -> Network | None:
    """The same network with biases that are never updated."""
    return replace(network, train_biases=False) if network.bias and network.train_biases else None


ROW = Misconception(
    name="value-not-updated",
    words="A value from before the update stands here where the updated one is meant.",
    question="What has changed by the update, and which quantities depend on it?",
    award=0.25,
    rewrite=still_the_old,
    network=with_fixed_biases,
    catches=(
        Example("W1_new", r"W_1"),
        Example("b2_new", r"b_2", Network([3, 4, 2], "relu", learning_rate=0.1)),
        Example("loss_new", "24.5", SMALL, GIVEN),
        Example("W1_new", "[[1, 4]]", SMALL, GIVEN),
        Example("loss_new", "6.125", SMALL, GIVEN),
    ),
    spares=(
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T"),
        Example("loss", "24.5", SMALL, GIVEN),
        Example("W1_new", r"W_1", Network([3, 4, 2], learning_rate=0)),
    ),
)
