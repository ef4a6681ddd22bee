"""A transpose is left out: W δ where Wᵀ δ is meant, δ x where δ xᵀ is meant."""

from collections.abc import Iterator
from dataclasses import replace

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
    """The answer with one of its factors transposed, or with one transpose taken away."""
    for target in dict.fromkeys(answer.walk()):
        if isinstance(target, terms.Reference | terms.Call):
            yield _exchanged(answer, target, terms.Transposed(target.span, target))
        if isinstance(target, terms.Transposed):
            yield _exchanged(answer, target, target.body)


def _exchanged(answer: Term, old: Term, new: Term) -> Term:
    return terms.rewritten(answer, lambda term: new if term == old else None)


ROW = Misconception(
    name="missing-transpose",
    words="A transpose is missing or too many: check how many rows and columns each factor has.",
    question="Which shapes do the factors have, and which shape must the result have?",
    theory=without_transposes,
    repair=transposing_one,
    catches=(
        Example("delta1", r"\delta_1 = W_2 \delta_2 \odot \sigma'(z_1)"),
        Example("dW1", r"\delta_1 x_0"),
        Example("dW2", r"\frac{\partial E}{\partial W_2} = \delta_2 x_1"),
    ),
    spares=(
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)"),
        Example("dW1", r"\delta_1 x_0^T"),
    ),
)
