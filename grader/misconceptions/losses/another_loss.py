"""Another loss than the network's is used."""

from collections.abc import Iterator

from derive import ops
from derive.activations import GENERIC
from derive.derivation import Derivation
from derive.graph import Equation, Node, symbol
from derive.losses import LOSSES
from derive.network import Network
from derive.quantities import Quantity
from grader.misconceptions.places import TARGET, in_lines
from grader.misconceptions.row import Example, Misconception

SOFTMAX = Network([3, 4, 2], ["tanh", "softmax"], "cross-entropy")
BINARY = Network([3, 4, 2], "sigmoid", "binary-cross-entropy")
OPEN = Network([3, 4, 2], "generic", "generic")


USUAL = ("half-squared-error", "cross-entropy", "binary-cross-entropy")
"""Losses that one is taken for."""
SQUARED = ("half-squared-error", "squared-error", "mean-squared-error")
"""Losses that differ by a number only, which is another mistake."""


def other_loss(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The loss by another formula, or the output error with a − y for ∂loss/∂a."""
    network = derivation.network
    if network is None:
        return
    a, y = (symbol(q, network.shape(q)) for q in (Quantity("a", network.depth), TARGET))
    others = USUAL if network.loss not in SQUARED else USUAL[1:]
    if equation.quantity == derivation.graph.output and network.loss != GENERIC:
        for row in (LOSSES[name] for name in others if name != network.loss):
            yield row.of_batch(row.build(a, y), network.share)
    if equation.quantity == Quantity("delta", network.depth) and network.loss not in SQUARED:
        slope = Quantity("da", network.depth)
        difference = ops.scale(network.share, ops.minus(a, y))
        yield from in_lines(equation, derivation, lambda n: [difference] if n.quantity == slope else [])


ROW = Misconception(
    name="another-loss",
    words="This belongs to another loss than the one of this network.",
    question="Which loss does this network have?",
    award=0.25,
    rewrite=other_loss,
    catches=(
        Example("loss", r"\frac{1}{2} \|x_2 - y\|^2", SOFTMAX),
        Example("loss", r"-\sum_k y_k \ln x_{2,k}"),
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)", OPEN),
        Example("loss", r"-y^T \log(x_2) - (1 - y)^T \log(1 - x_2)", SOFTMAX),
    ),
    spares=(
        Example("loss", r"\frac{1}{2} \|x_2 - y\|^2"),
        Example("loss", r"-\sum_k y_k \ln x_{2,k}", SOFTMAX),
        Example("delta2", r"x_2 - y", BINARY),
    ),
)
