"""A sum runs over the wrong index: Σ_k w_kj δ_j for Σ_k w_kj δ_k."""

from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from grader.meaning.terms import SumOver, Term, letters_in, rewritten
from grader.misconceptions.places import exchanging
from grader.misconceptions.row import Example, Misconception


def over_another(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """A matrix product in which only one factor is summed, or a gradient of weights that is summed."""

    def change(node: Node) -> Iterator[Node]:
        if node.op == "matmul" and equation.quantity.kind in ("z", "delta"):
            left, right = node.args
            yield ops.times(_row_sums(left, right), right)
        if node.op == "matmul" and equation.quantity.kind == "dW":
            yield from _gradient_summed(node)

    yield from exchanging(equation.expression, change)


def _row_sums(matrix: Node, like: Node) -> Node:
    """The sum of every row, in as many columns as ``like`` has."""
    return ops.matmul(matrix, ops.ones((matrix.shape[1], like.shape[1])))


def _gradient_summed(gradient: Node) -> Iterator[Node]:
    rows, columns = gradient.shape
    yield ops.matmul(ops.ones((rows, rows)), gradient)
    yield ops.matmul(gradient, ops.ones((columns, columns)))


def over_a_loose_letter(term: Term) -> Iterator[Term]:
    """The sums of an answer with another of their letters below: Σ_k w_kj δ_k for Σ_j w_kj δ_k."""
    for total in (part for part in term.walk() if isinstance(part, SumOver)):
        for letter in letters_in(total.body):
            if letter != total.letter:
                yield rewritten(term, partial(_counting, total, letter))


def _counting(total: SumOver, letter: str, part: Term) -> Term | None:
    return replace(total, letter=letter, high=None) if part == total else None


ROW = Misconception(
    name="summed-over-wrong-index",
    words="A sum runs over the wrong index, or a factor in it carries the wrong one.",
    question="What does each index or axis count, and over which of them must be summed?",
    rewrite=over_another,
    repair=over_a_loose_letter,
    catches=(
        Example("delta1", r"\delta_{1,j} = \sum_k w_{2,kj} \delta_{2,j} \sigma'(z_{1,j})"),
        Example("delta1", r"\delta_{1,j} = \sum_j w_{2,kj} \delta_{2,k} \sigma'(z_{1,j})"),
        Example("z1", r"z_{1,j} = \sum_k w_{1,jk} x_{0,j} + b_{1,j}", Network([3, 3, 2], "tanh")),
        Example("dW1", r"\frac{\partial E}{\partial w_{1,jk}} = \sum_i \delta_{1,i} x_{0,k}"),
        Example(
            "dW1",
            r"\frac{\partial E}{\partial w_{1,jk}} = \sum_i \delta_{1,j} x_{0,i}",
            Network([3, 4, 2], "relu"),
        ),
    ),
    spares=(
        Example("delta1", r"\delta_{1,j} = \sum_k w_{2,kj} \delta_{2,k} \sigma'(z_{1,j})"),
        Example("delta1", r"\delta_{1,m} = \sigma'(z_{1,m}) \sum_n w_{2,nm} \delta_{2,n}"),
        Example("z1", r"z_{1,j} = \sum_k w_{1,jk} x_{0,k} + b_{1,j}"),
    ),
)
