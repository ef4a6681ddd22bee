"""∂u/∂a along the direct way alone: where several paths lead from a to u, the chain rule that adds them up is
written dv/du (∂u/∂s ∂s/∂a + ∂u/∂a), and the last ∂u/∂a there is only what a does to u by itself."""

from __future__ import annotations

from msgspec.structs import replace

from derive.graph import Graph
from derive.notation import Notation
from derive.quantities import Quantity
from grader.judging.question import Question
from grader.meaning.terms import Partial, Reference, Term, rewritten

DIRECT = "A derivative was taken along the direct way alone, for the other paths are written out beside it."


def directly(question: Question, notation: Notation, term: Term) -> Term | None:
    """The same with derivatives along the direct way alone, where there are other ways too; None where there
    are none. What is only the derivative of the output by a quantity is left as it is."""
    partials = question.cases_in(notation)[0].frame.partials
    if partials is None or isinstance(term, Reference):
        return None
    output = question.model.output if isinstance(question.model, Graph) else None

    def change(part: Term) -> Term | None:
        if isinstance(part, Partial) and partials.several(part.of, part.by):
            return replace(part, direct=True)
        by = _by(part) if output is not None else None
        if by is not None and output is not None and partials.several(output, by):
            return Partial(part.span, output, by, direct=True)
        return None

    found = rewritten(term, change)
    return None if found is term else found


def _by(part: Term) -> Quantity | None:
    """What the output of a graph is differentiated by; None for everything else."""
    if not isinstance(part, Reference) or not part.quantity.kind.startswith("d_"):
        return None
    return Quantity(part.quantity.kind[2:])
