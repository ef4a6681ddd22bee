"""The error of the layer is taken for the gradient of its weights: the activation is left out."""

from collections.abc import Callable, Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from derive.quantities import Quantity
from grader.meaning import terms
from grader.meaning.terms import Term
from grader.misconceptions.parts import fitting, node_of
from grader.misconceptions.row import Example, Misconception

Layout = Callable[[Term, Term], tuple[Term, ...]]
"""How an error and the activation below are multiplied."""


def error_alone(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """∂loss/∂W as δ alone, or as δ in every column."""
    layer = equation.quantity.layer
    delta = node_of("delta", layer, derivation)
    if equation.quantity.kind == "dW" and delta is not None:
        columns = equation.expression.shape[1]
        yield delta
        yield from fitting(lambda: ops.matmul(delta, ops.ones((delta.shape[1], columns))))


def with_activation(answer: Term) -> Iterator[Term]:
    """The answer with every δ multiplied by the activation below, in each layout that courses have."""
    for layout in LAYOUTS:
        edited = terms.rewritten(answer, lambda term, made=layout: _multiplied(term, made))  # type: ignore[misc]
        if edited != answer:
            yield edited


def _multiplied(term: Term, layout: Layout) -> Term | None:
    if not isinstance(term, terms.Reference) or term.quantity.kind not in ("delta", "dz"):
        return None
    assert term.quantity.layer is not None
    below = terms.Reference(term.span, Quantity("a", term.quantity.layer - 1))
    return terms.Product(term.span, layout(term, below), ("",))


def _turned(term: Term) -> Term:
    return terms.Transposed(term.span, term)


LAYOUTS: tuple[Layout, ...] = (
    lambda error, below: (error, _turned(below)),
    lambda error, below: (below, _turned(error)),
    lambda error, below: (_turned(below), error),
)
"""δ aᵀ; a δᵀ where neurons are columns of the weights; aᵀ δ where examples are rows as well."""


ROW = Misconception(
    name="delta-for-gradient",
    words="The error δ is the derivative of the loss by the weighted input; it is not yet the gradient of "
    "the weights.",
    question="How does the weighted input change with a single weight?",
    rewrite=error_alone,
    repair=with_activation,
    catches=(
        Example("dW1", r"\delta_1"),
        Example("W1_new", r"W_1 - \alpha \delta_1"),
        Example("dW2", r"\frac{\partial E}{\partial w_{2,jk}} = \delta_{2,j}", Network([3, 4, 2], "tanh")),
        Example("W_l_new", r"W_i - \alpha \delta_i"),
        Example("dW1", r"\delta_1 + 2 \lambda W_1", Network([3, 4, 2], "tanh", regularizer="l2")),
    ),
    spares=(
        Example("dW1", r"\delta_1 x_0^T"),
        Example("b1_new", r"b_1 - \alpha \delta_1"),
        Example("db1", r"\delta_1"),
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T"),
    ),
)
