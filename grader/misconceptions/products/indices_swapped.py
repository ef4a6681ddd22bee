"""The indices of a weight are swapped: w_jk for w_kj."""

from collections.abc import Iterator

from msgspec.structs import replace

from derive.network import Network
from grader.meaning import terms
from grader.meaning.terms import Term
from grader.misconceptions.row import Example, Misconception


def swapping(answer: Term) -> Iterator[Term]:
    """The answer with the indices of one symbol swapped at all its places, or with two letters exchanged
    throughout."""
    for target in dict.fromkeys(_matrix_entries(answer)):
        turned = replace(target, indices=target.indices[::-1])
        yield terms.rewritten(answer, lambda term: turned if term == target else None)  # noqa: B023
    if isinstance(answer, terms.Gathered) and len(answer.letters) == 2:
        yield replace(answer, letters=answer.letters[::-1])


def _matrix_entries(answer: Term) -> Iterator[terms.Entry]:
    for term in answer.walk():
        if isinstance(term, terms.Entry) and len(term.indices) == 2 and term.indices[0] != term.indices[1]:
            yield term


ROW = Misconception(
    name="indices-swapped",
    words="The indices of a weight are swapped: one of them counts the neurons it leads to, the other "
    "those it comes from.",
    question="Which of the two comes first in this course, and which neurons do the indices of your "
    "weight count?",
    place="indices",
    repair=swapping,
    catches=(
        Example("delta1", r"\delta_{1,j} = \sum_k w_{2,jk} \delta_{2,k} \sigma'(z_{1,j})"),
        Example("z1", r"z_{1,j} = \sum_k w_{1,kj} x_{0,k} + b_{1,j}", Network([3, 3, 2], "tanh")),
        Example("dW1", r"\frac{\partial E}{\partial w_{1,jk}} = \delta_{1,k} x_{0,j}"),
        Example(
            "dW2", r"\frac{\partial E}{\partial w_{2,ij}} = x_{1,i} \delta_{2,j}", Network([3, 4, 4], "relu")
        ),
    ),
    spares=(
        Example("delta1", r"\delta_{1,j} = \sum_k w_{2,kj} \delta_{2,k} \sigma'(z_{1,j})"),
        Example("dW1", r"\frac{\partial E}{\partial w_{1,jk}} = \delta_{1,j} x_{0,k}"),
        Example("dW1", r"\delta_{1,k} x_{0,j}"),
    ),
)
