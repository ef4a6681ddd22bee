"""The kinds of products are confused: a matrix product where entries are multiplied, or the reverse."""

from collections.abc import Iterator

from msgspec.structs import replace

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from grader.meaning import terms
from grader.meaning.products import ELEMENTWISE
from grader.meaning.terms import Term
from grader.misconceptions.places import exchanging, in_lines
from grader.misconceptions.row import Example, Misconception

BATCH = Network([3, 4, 2], "tanh", batch=5)


def as_matrices(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """An error with an inner or outer product for the elementwise one."""

    def change(node: Node) -> Iterator[Node]:
        if node.op == "hadamard":
            left, right = node.args
            for one, other in ((left, right), (right, left)):
                yield ops.matmul(ops.transpose(one), other)
                yield ops.matmul(one, ops.transpose(other))

    if equation.quantity.kind == "delta":
        yield from in_lines(equation, derivation, change)


def as_entries(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """A matrix product taken entry by entry, where the shapes allow it."""

    def change(node: Node) -> Iterator[Node]:
        if node.op == "matmul":
            yield from _entrywise(*node.args)

    yield from exchanging(equation.expression, change)


def _entrywise(left: Node, right: Node) -> Iterator[Node]:
    if left.shape == right.shape:
        yield ops.times(left, right)
    if left.shape == right.shape[::-1]:
        yield ops.times(left, ops.transpose(right))


def side_by_side(answer: Term) -> Iterator[Term]:
    """The answer with two factors side by side that were joined by ⊙."""
    for target in dict.fromkeys(answer.walk()):
        if isinstance(target, terms.Product):
            for place, join in enumerate(target.joins):
                if join in ELEMENTWISE and any(map(_is_matrix, target.factors[place : place + 2])):
                    joins = (*target.joins[:place], "", *target.joins[place + 1 :])
                    yield _exchanged(answer, target, replace(target, joins=joins))


def _is_matrix(factor: Term) -> bool:
    """Whether a factor is one that entries of a column are not multiplied by: weights, or something lying."""
    if isinstance(factor, terms.Transposed):
        return True
    return isinstance(factor, terms.Reference) and factor.quantity.kind == "W"


def _exchanged(answer: Term, old: Term, new: Term) -> Term:
    return terms.rewritten(answer, lambda term: new if term == old else None)


MATRIX_FOR_ELEMENTWISE = Misconception(
    name="matrix-product-for-elementwise",
    words="A matrix product stands where entries are multiplied: each neuron's gradient is multiplied by its "
    "own slope.",
    question="Which entries of the two factors belong to the same neuron, "
    "and which shape must the result have?",
    rewrite=as_matrices,
    catches=(
        Example("delta1", r"(W_2^T \delta_2)^T \sigma'(z_1)"),
        Example("delta1", r"(W_2^T \delta_2) \sigma'(z_1)^T"),
        Example("delta2", r"(x_2 - y)^T \sigma'(z_2)", Network([3, 4, 2], "tanh")),
        Example("delta1", r"(W_2^T \delta_2)^T (1 - x_1^2)", BATCH),
    ),
    spares=(
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)"),
        Example("delta1", r"\mathrm{diag}(\sigma'(z_1)) W_2^T \delta_2"),
        Example("delta1", r"W_2^T \delta_2 \odot (1 - x_1^2)", BATCH),
    ),
)

ELEMENTWISE_FOR_MATRIX = Misconception(
    name="elementwise-for-matrix-product",
    words="Entries are multiplied one by one where a matrix product is meant.",
    question="How many rows and columns do the factors have, and how many must the result have?",
    rewrite=as_entries,
    repair=side_by_side,
    catches=(
        Example("delta1", r"(W_2^T \odot \delta_2) \odot \sigma'(z_1)"),
        Example("dW1", r"\delta_1 \odot x_0", Network([3, 3, 2], "tanh")),
        Example("z1", r"W_1 \odot x_0 + b_1", Network([3, 4, 2], "relu", batch=5)),
        Example("dW1", r"\delta_1 \odot x_0^T"),
    ),
    spares=(
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)"),
        Example("dW1", r"\delta_1 x_0^T"),
        Example("z1", r"W_1 x_0 + b_1"),
    ),
)
