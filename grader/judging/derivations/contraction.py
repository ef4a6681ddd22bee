"""Derivatives by a weight matrix as a last factor: W_2ᵀ δ_2 · ∂x_1/∂W_1 goes by way of z_1."""

from __future__ import annotations

from msgspec.structs import replace

from derive.quantities import Quantity
from grader.meaning import terms
from grader.meaning.terms import Derivative, Partial, Product, Term, Transposed, uses


def by_way_of_z(term: Term) -> Term:
    """The term with ∂u/∂W, which has three indices, taken apart by the chain rule: what stands before it is
    handed back to z first, and from there to the weights."""
    return terms.rewritten(term, _apart)


def _is_direct(last: Partial | Derivative) -> bool:
    """Whether the weights stand in what is differentiated, or lead into it."""
    if isinstance(last, Derivative):
        return bool(last.by_at) or last.by in uses(last.body)
    return last.of == Quantity("z", last.by.layer) or last.of.kind not in ("z", "a")


def _apart(term: Term) -> Term | None:
    if not isinstance(term, Product) or len(term.factors) < 2:
        return None
    *before, last = term.factors
    if not isinstance(last, Partial | Derivative) or last.by.kind != "W" or _is_direct(last):
        return None
    z = Quantity("z", last.by.layer)
    rest = replace(term, factors=tuple(before), joins=term.joins[:-1]) if len(before) > 1 else before[0]
    back = Transposed(last.span, replace(last, by=z))
    handed = Product(term.span, (back, rest), ("",))
    return Product(term.span, (handed, Partial(last.span, z, last.by)), ("",))
