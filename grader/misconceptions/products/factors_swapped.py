"""The factors of a matrix product stand in the wrong order: δ Wᵀ for Wᵀ δ."""

from collections.abc import Iterator

from msgspec.structs import replace

from derive.network import Network
from grader.meaning import terms
from grader.meaning.products import ELEMENTWISE
from grader.meaning.terms import Product, Term
from grader.misconceptions.row import Example, Misconception


def exchanged(answer: Term) -> Iterator[Term]:
    """The answer with two neighbouring factors exchanged."""
    for target in dict.fromkeys(answer.walk()):
        for other in _orders(target) if isinstance(target, Product) else ():
            yield terms.rewritten(answer, lambda term: other if term == target else None)  # noqa: B023


def _orders(product: Product) -> Iterator[Term]:
    for place, join in enumerate(product.joins):
        if join not in ELEMENTWISE and join != "/":
            before, (left, right), after = _split(product.factors, place)
            yield replace(product, factors=(*before, right, left, *after))


def _split(factors: tuple[Term, ...], place: int) -> tuple[tuple[Term, ...], ...]:
    return factors[:place], factors[place : place + 2], factors[place + 2 :]


ROW = Misconception(
    name="factors-swapped",
    words="The factors of a matrix product stand in the wrong order: matrices cannot be exchanged.",
    question="How many rows and columns does each factor have, and which of them must agree?",
    award=0.75,
    repair=exchanged,
    catches=(
        Example("z2", r"x_1 W_2 + b_2"),
        Example("delta1", r"\delta_2 W_2^T \odot \sigma'(z_1)"),
        Example("delta1", r"(\delta_2 W_2^T) \odot (1 - x_1^2)", Network([3, 4, 2], "tanh")),
        Example("dW1", r"x_0^T \delta_1"),
    ),
    spares=(
        Example("z2", r"W_2 x_1 + b_2"),
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)"),
        Example("dW1", r"(x_0 \delta_1^T)^T"),
        Example("loss", r"(x_2 - y)^T (x_2 - y) \frac{1}{2}"),
    ),
)
