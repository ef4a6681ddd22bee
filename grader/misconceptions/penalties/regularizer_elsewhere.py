"""The penalty on the weights turns up in a quantity that does not depend on it."""

from collections.abc import Iterator

from msgspec.structs import replace

from derive.network import Network
from grader.meaning import terms
from grader.meaning.terms import Term
from grader.misconceptions.row import Example, Misconception

SQUARES = Network([3, 4, 2], "sigmoid", learning_rate=0.5, regularizer="l2")
STRENGTHS = ("lambda", "lambda1", "lambda2")


def without_penalties(answer: Term) -> Iterator[Term]:
    """The answer without the terms of its sums in which a strength of a penalty stands."""
    if any(_is_penalty(term) for term in answer.walk()):
        yield terms.rewritten(answer, _thinned)


def _thinned(term: Term) -> Term | None:
    if not isinstance(term, terms.Sum):
        return None
    kept = [at for at, part in enumerate(term.terms) if not any(map(_is_penalty, part.walk()))]
    if not kept or len(kept) == len(term.terms):
        return None
    return _sum_of(term, kept)


def _sum_of(term: terms.Sum, kept: list[int]) -> Term:
    first, *others = kept
    leading = term.terms[first]
    if first and term.signs[first - 1] == "-":
        leading = terms.Opposite(leading.span, leading)
    if not others:
        return leading
    return replace(
        term,
        terms=(leading, *(term.terms[at] for at in others)),
        signs=tuple(term.signs[at - 1] for at in others),
    )


def _is_penalty(term: Term) -> bool:
    return isinstance(term, terms.Reference) and term.quantity.kind in STRENGTHS


ROW = Misconception(
    name="regularizer-elsewhere",
    words="The penalty has no part in this quantity: it is a function of the weights alone, and joins at "
    "their gradient.",
    question="Does the penalty change when this quantity changes and the weights stay as they are?",
    repair=without_penalties,
    alone=True,
    catches=(
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2) + 2 \lambda W_2", SQUARES),
        Example("delta1", r"(W_2^T \delta_2 + 2 \lambda W_2) \odot \sigma'(z_1)", SQUARES),
        Example("db1", r"\delta_1 + 2 \lambda W_1", SQUARES),
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2) + \lambda \|W_2\|^2", SQUARES),
    ),
    spares=(
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)", SQUARES),
        Example("dW1", r"\delta_1 x_0^T + 2 \lambda W_1", SQUARES),
        Example("db1", r"\delta_1", SQUARES),
    ),
)
