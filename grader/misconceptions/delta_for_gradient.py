"""The error of the layer is taken for the gradient of its weights: the activation is left out."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from derive.quantities import Quantity
from grader.meaning import terms
from grader.meaning.terms import Term
from grader.misconceptions.parts import fitting, node_of
from grader.misconceptions.row import Example, Misconception


def error_alone(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """∂loss/∂W as δ alone, or as δ in every column."""
    layer = equation.quantity.layer
    delta = node_of("delta", layer, derivation)
    if equation.quantity.kind == "dW" and delta is not None:
        columns = equation.expression.shape[1]
        yield delta
        yield from fitting(lambda: ops.matmul(delta, ops.ones((delta.shape[1], columns))))


def with_activation(answer: Term) -> Iterator[Term]:
    """The answer with every δ, or a single one, multiplied by the activation below."""
    errors = dict.fromkeys(term for term in answer.walk() if _is_error(term))
    for chosen in ([error] for error in errors) if len(errors) < 2 else [list(errors)]:
        for turned in (False, True):
            yield terms.rewritten(answer, lambda t, c=chosen, w=turned: _product(t, w) if t in c else None)  # type: ignore[misc]


def _is_error(term: Term) -> bool:
    return isinstance(term, terms.Reference) and term.quantity.kind in ("delta", "dz")


def _product(error: Term, turned: bool) -> Term:
    """δ aᵀ, or aᵀ δ where the examples are rows."""
    assert isinstance(error, terms.Reference) and error.quantity.layer is not None
    below = terms.Reference(error.span, Quantity("a", error.quantity.layer - 1))
    factors: tuple[Term, ...] = (error, terms.Transposed(error.span, below))
    return terms.Product(error.span, factors[::-1] if turned else factors, ("",))


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
