"""The layer above is updated first, and δ is passed back through the already updated weights."""

from collections.abc import Iterator

from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.quantities import Quantity
from grader.misconceptions.edits import renamed
from grader.misconceptions.row import Example, Misconception


def with_new_weights(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """A δ computed with the weights after the update."""
    if equation.quantity.kind == "delta" and any(q.kind == "W" for q in equation.expression.symbols):
        yield renamed(equation.expression, lambda q: Quantity("W_new", q.layer) if q.kind == "W" else None)


ROW = Misconception(
    name="updated-weight-used-early",
    words="The weights used here are already updated: all gradients of one step are taken with the old ones.",
    question="Which weights did the forward pass use that produced this error?",
    rewrite=with_new_weights,
    everywhere=True,
    subtle=True,
    catches=(
        Example("delta1", r"(W_2^{new})^T \delta_2 \odot \sigma'(z_1)"),
        Example("delta1", r"(W_2 - \alpha \delta_2 x_1^T)^T \delta_2 \odot \sigma'(z_1)"),
    ),
    spares=(Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)"),),
)
