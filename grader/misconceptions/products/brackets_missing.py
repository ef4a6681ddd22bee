"""Brackets are missing, so that products or differences are taken in another order than meant."""

from collections.abc import Iterator

from msgspec.structs import replace

from derive.network import Network
from grader.meaning import terms
from grader.meaning.terms import Product, Sum, Term
from grader.misconceptions.row import Example, Misconception

FACTORS = 6
"""Products with more factors than this are not tried with brackets."""


def bracketed(answer: Term) -> Iterator[Term]:
    """The answer with one pair of brackets more."""
    for target in dict.fromkeys(answer.walk()):
        for other in _with_brackets(target):
            yield terms.rewritten(answer, lambda term: other if term == target else None)  # noqa: B023


def _with_brackets(target: Term) -> Iterator[Term]:
    if isinstance(target, Product) and len(target.factors) <= FACTORS:
        yield from _around_factors(target)
    if isinstance(target, Sum) and isinstance(target.terms[0], Product):
        yield _around_terms(target, target.terms[0])


def _around_factors(product: Product) -> Iterator[Term]:
    """Brackets around some neighbouring factors."""
    factors, joins = product.factors, product.joins
    for first in range(len(factors) - 1):
        for last in range(first + 1, len(factors) - (first == 0)):
            inner = Product(product.span, factors[first : last + 1], joins[first:last])
            yield replace(
                product,
                factors=(*factors[:first], inner, *factors[last + 1 :]),
                joins=(*joins[:first], *joins[last:]),
            )


def _around_terms(total: Sum, first: Product) -> Term:
    """A product whose last factor is the beginning of a sum, with brackets around all of that."""
    inner = replace(total, terms=(first.factors[-1], *total.terms[1:]))
    return replace(first, factors=(*first.factors[:-1], inner))


ROW = Misconception(
    name="brackets-missing",
    words="Brackets are missing: as it stands, this means something else than you probably intend.",
    question="What is multiplied first here, and to what does each factor belong?",
    award=0.75,
    repair=bracketed,
    catches=(
        Example("delta1", r"W_2^T (x_2 - y) \odot \sigma'(z_2) \odot \sigma'(z_1)"),
        Example("delta1", r"W_2^T x_2 - y", Network([3, 4, 2], "identity")),
        Example("delta2", r"\frac{1}{5} x_2 - y", Network([3, 4, 2], "identity", batch=5)),
    ),
    spares=(
        Example("delta1", r"W_2^T ((x_2 - y) \odot \sigma'(z_2)) \odot \sigma'(z_1)"),
        Example("delta1", r"W_2^T (x_2 - y)", Network([3, 4, 2], "identity")),
        Example("dW2", r"((x_2 - y) \odot \sigma'(z_2)) x_1^T"),
    ),
)
