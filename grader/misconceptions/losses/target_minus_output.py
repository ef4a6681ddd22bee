"""The difference between output and target has the wrong sign: y − a, or a + y."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from grader.meaning import terms
from grader.meaning.terms import Term
from grader.misconceptions.places import exchanging, is_error
from grader.misconceptions.row import Example, Misconception

SOFTMAX = Network([3, 4, 2], ["tanh", "softmax"], "cross-entropy")


def turned(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The output error with y − a for a − y."""
    if equation.quantity.kind == "delta":
        yield from exchanging(
            equation.expression, lambda node: [ops.minus(*reversed(node.args))] if is_error(node) else []
        )


def subtracts_from_target(answer: Term) -> bool:
    """Whether target minus an activation stands in an answer, whole or entry by entry."""
    return any(
        isinstance(part, terms.Sum) and part.signs == ("-",) and [*map(_kind, part.terms)] == ["y", "a"]
        for part in answer.walk()
    )


def _kind(term: Term) -> str:
    named = term.body if isinstance(term, terms.Entry) else term
    return named.quantity.kind if isinstance(named, terms.Reference) else ""


def added(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The loss or the output error with a + y for a − y."""
    if equation.quantity.kind in ("delta", "loss"):
        yield from exchanging(equation.expression, lambda n: [ops.add(*n.args)] if is_error(n) else [])


ROW = Misconception(
    name="target-minus-output",
    words="Target minus output stands here where output minus target belongs: an output that is too large "
    "makes the loss grow.",
    question="Does the loss grow or shrink when an output that is already too large grows further?",
    award=0.75,
    rewrite=turned,
    shows=subtracts_from_target,
    catches=(
        Example("delta2", r"\delta_2 = (y - x_2) \odot \sigma'(z_2)"),
        Example("delta2", r"(y - x_2) \odot (1 - x_2^2)", Network([3, 4, 2], "tanh")),
        Example("delta2", r"y - x_2", SOFTMAX),
        Example("delta2", r"\frac{1}{5} (y - x_2)", Network([3, 4, 2], "identity", batch=5)),
        Example("delta2", r"2 (y - x_2) \odot \sigma'(z_2)", Network([3, 4, 2], "relu", "squared-error")),
        Example("delta1", r"W_2^T ((y - x_2) \odot \sigma'(z_2)) \odot \sigma'(z_1)"),
    ),
    spares=(
        Example("delta2", r"-(y - x_2) \odot \sigma'(z_2)"),
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)"),
        Example("delta2", r"-(y - x_2)", SOFTMAX),
        Example("loss", r"\frac{1}{2} \|y - x_2\|^2"),
    ),
)

ADDED = Misconception(
    name="target-added",
    words="Output and target are added; an error is their difference.",
    question="What should the error be when the output equals the target?",
    rewrite=added,
    everywhere=True,
    catches=(
        Example("delta2", r"(x_2 + y) \odot \sigma'(z_2)"),
        Example("loss", r"\frac{1}{2} \|x_2 + y\|^2", Network([3, 4, 2], "tanh")),
        Example("delta2", r"x_2 + y", SOFTMAX),
        Example(
            "dW2", r"\frac{1}{5} ((x_2 + y) \odot \sigma'(z_2)) x_1^T", Network([3, 4, 2], "relu", batch=5)
        ),
    ),
    spares=(
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)"),
        Example("delta2", r"(x_2 + (-y)) \odot \sigma'(z_2)"),
        Example("loss", r"\frac{1}{2} \|x_2 - y\|^2"),
    ),
)
