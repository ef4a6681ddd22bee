"""An inverse stands where a transpose belongs: W⁻¹ δ for Wᵀ δ."""

from collections.abc import Iterator
from functools import partial

from derive.network import Network
from grader.meaning.terms import Constant, Power, Term, Transposed, rewritten
from grader.misconceptions.row import Example, Misconception


def transposed(answer: Term) -> Iterator[Term]:
    """The answer with a transpose for an inverse, one after another."""
    for inverse in dict.fromkeys(part for part in answer.walk() if _is_inverse(part)):
        yield rewritten(answer, partial(_transposed_there, inverse))


def _is_inverse(part: Term) -> bool:
    return isinstance(part, Power) and isinstance(part.exponent, Constant) and part.exponent.value == -1


def _transposed_there(inverse: Term, part: Term) -> Term | None:
    return Transposed(part.span, part.body) if part == inverse and isinstance(part, Power) else None


ROW = Misconception(
    name="inverse-for-transpose",
    words="An inverse stands where a transpose belongs: going back undoes nothing, it multiplies each slope "
    "by the same weight as on the way forward.",
    question="If one output changes the loss a little, by how much does each input change it through that "
    "output?",
    repair=transposed,
    catches=(
        Example("delta1", r"W_2^{-1} \delta_2 \odot \sigma'(z_1)"),
        Example("delta1", r"(W_2^{-1} \delta_2) * (1 - x1^2)", Network([3, 4, 2], "tanh")),
        Example("delta1", r"W_2^{-1} \delta_2 \odot x_1 \odot (1 - x_1)", Network([3, 3, 3], "sigmoid")),
    ),
    spares=(
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)"),
        Example("a2", r"(1 + e^{-z_2})^{-1}"),
        Example("z1", r"W_1 x_0 + b_1"),
    ),
)
