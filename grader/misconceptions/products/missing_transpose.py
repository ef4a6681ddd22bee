"""A transpose is left out: W δ where Wᵀ δ is meant, δ x where δ xᵀ is meant."""

from collections.abc import Iterator

from msgspec.structs import replace

from derive import ops
from derive.backprop import Theory
from grader.meaning import terms
from grader.meaning.terms import Term
from grader.misconceptions.row import Example, Misconception


def without_transposes(theory: Theory) -> Theory:
    """A matrix product hands back the other factor as it is."""
    pullbacks = (lambda node, g: ops.matmul(g, node.args[1]), lambda node, g: ops.matmul(node.args[0], g))
    return {**theory, "matmul": replace(theory["matmul"], pullbacks=pullbacks)}


def transposing_one(answer: Term) -> Iterator[Term]:
    """The answer with one of its factors transposed, with one transpose taken away, or with a transpose at
    the other factor."""
    for target in dict.fromkeys(answer.walk()):
        if isinstance(target, terms.Reference | terms.Call) and not _is_count(target):
            yield _exchanged(answer, target, terms.Transposed(target.span, target))
        if isinstance(target, terms.Transposed):
            yield _exchanged(answer, target, target.body)
        if isinstance(target, terms.Product):
            yield from (_exchanged(answer, target, other) for other in _regrouped(target))


def _is_count(term: Term) -> bool:
    """Whether a term counts neurons or examples: how far a sum runs is no factor."""
    return isinstance(term, terms.Reference) and term.quantity.kind in ("n", "N")


def _regrouped(product: terms.Product) -> Iterator[Term]:
    """A product of two factors with both turned, one without transposes from the other side, and one whose
    first two factors are turned together."""
    first, second, *others = product.factors
    if not others and isinstance(first, terms.Transposed) != isinstance(second, terms.Transposed):
        yield replace(product, factors=(_turned(first), _turned(second)))
    if isinstance(first, terms.Reference) and isinstance(second, terms.Reference):
        # δ W for Wᵀ δ, as δᵀ W would be read from the other side.
        yield replace(product, factors=(_turned(second), first, *others))
    if others:
        pair = terms.Product(product.span, (first, second), product.joins[:1])
        turned = terms.Transposed(product.span, pair)
        yield terms.Product(product.span, (turned, *others), product.joins[1:])


def _turned(term: Term) -> Term:
    return term.body if isinstance(term, terms.Transposed) else terms.Transposed(term.span, term)


def _exchanged(answer: Term, old: Term, new: Term) -> Term:
    return terms.rewritten(answer, lambda term: new if term == old else None)


ROW = Misconception(
    name="missing-transpose",
    words="A transpose is missing, or there is one too many: check how many rows and columns each factor "
    "has.",
    question="Which shapes do the factors have, and which shape must the result have?",
    place="transpose",
    theory=without_transposes,
    repair=transposing_one,
    catches=(
        Example("delta1", r"\delta_1 = W_2 \delta_2 \odot \sigma'(z_1)"),
        Example("dW1", r"\delta_1 x_0"),
        Example("dW2", r"\frac{\partial E}{\partial W_2} = \delta_2 x_1"),
        Example("dW1", r"\delta_1^T x_0"),
        Example("delta1", r"\delta_2^T W_2 \odot \sigma'(z_1)"),
        Example("delta1", r"\delta_2 W_2 \odot \sigma'(z_1)"),
    ),
    spares=(
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)"),
        Example("dW1", r"\delta_1 x_0^T"),
    ),
)
