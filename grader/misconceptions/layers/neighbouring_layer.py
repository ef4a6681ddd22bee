"""A quantity of the neighbouring layer is used: W of this layer instead of the next, the activation above
instead of below."""

from collections.abc import Iterator, Mapping

from derive.derivation import Derivation
from derive.graph import Equation, Node, Shape, ShapeError, symbol
from derive.network import Network
from derive.quantities import Quantity
from grader.misconceptions.edits import exchanged
from grader.misconceptions.row import Example, Misconception


def from_next_door(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The right side with one quantity taken from the layer above or below, where that fits."""
    shapes = derivation.graph.shapes | {step.quantity: step.formula.shape for step in derivation}
    for used in sorted(equation.expression.symbols, key=lambda q: q.address):
        for neighbour in _neighbours(used, shapes):
            try:
                yield exchanged(equation.expression, used, symbol(neighbour, shapes[neighbour]))
            except ShapeError:
                continue


def _neighbours(used: Quantity, shapes: Mapping[Quantity, Shape]) -> list[Quantity]:
    if not isinstance(used.layer, int):
        return []
    around = [Quantity(used.kind, used.layer + step) for step in (-1, 1)]
    return [quantity for quantity in around if quantity in shapes]


ROW = Misconception(
    name="neighbouring-layer",
    words="One of the quantities belongs to the neighbouring layer.",
    question="Which layer does each quantity in your formula belong to, and which layer is needed there?",
    place="layer",
    award=0.25,
    rewrite=from_next_door,
    catches=(
        Example("z2", r"W_2 x_1 + b_1", Network([3, 4, 4], "tanh")),
        Example("z2", r"W_1 x_1 + b_2"),
    ),
    spares=(
        Example("z2", r"W_2 x_1 + b_2"),
        Example("dW1", r"\delta_1 x_0^T"),
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)"),
    ),
)
