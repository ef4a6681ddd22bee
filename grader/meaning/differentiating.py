"""Derivatives of expressions as they are written: ∂(W x + b) over ∂x, d/dz of σ(z)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.meaning import terms
from grader.meaning.differentials import DIFFERENTIALS, behind_differential
from grader.meaning.heads import head_of
from grader.meaning.parameters import are_output_and_target, are_parameters
from grader.meaning.scripts import NotUnderstood
from grader.meaning.terms import Term
from grader.reading import tree
from grader.reading.tree import Span, Tree

if TYPE_CHECKING:
    from grader.meaning.names import Namer


def fraction(namer: Namer, span: Span, top: Tree, bottom: Tree) -> Term | None:
    """The derivative that a fraction is, with ∂ or d above and below; None for any other fraction."""
    by = behind_differential(bottom)
    of = None if by is None else _behind_sign(top)
    return None if of is None or by is None else derivative(namer, span, of, by)


def slope_at(namer: Namer, here: Tree, beside: Tree) -> Term | None:
    """``\\frac{dσ}{dz}(z_1)``: the slope of a function, and where; None for anything else."""
    if not isinstance(here, tree.Quotient) or not isinstance(_base(beside), tree.Group):
        return None
    of, by = behind_differential(here.numerator), behind_differential(here.denominator)
    if not isinstance(by, tree.Name) or not isinstance(of, tree.Name) or namer.is_quantity(of):
        return None
    head = head_of(of)
    return None if head is None else namer.call(replace(head, order=head.order + 1), here, beside)


def operator(part: Tree) -> Tree | None:
    """What ``\\frac{d}{dz}`` differentiates by, before what stands behind it; None for anything else."""
    while isinstance(part, tree.Group) and len(part.items) == 1:
        part = part.items[0]
    if not isinstance(part, tree.Quotient) or not _is_sign(part.numerator):
        return None
    return behind_differential(part.denominator)


def operand(namer: Namer, part: tree.Product, at: int) -> tuple[Tree, int]:
    """What an operator before the factor ``at`` differentiates, and how many factors that is: a function with
    its argument, a bracket or the loss, else all factors up to the next sign. Raises `NotUnderstood`."""
    if at >= len(part.factors):
        raise NotUnderstood(part.factors[-1].span, "what is differentiated? Write it behind the fraction")
    here = part.factors[at]
    head = head_of(here)
    following = at + 1 < len(part.factors) and part.joins[at] == ""
    if following and head is not None and namer.takes(here, head, part.factors[at + 1]):
        return _cut(part, at, 2), 2
    if namer.is_loss(here):
        return here, 2 if following and are_parameters(part.factors[at + 1]) else 1
    if isinstance(here, tree.Group | tree.BigOperator | tree.Norm):
        return here, 1
    count = 1
    while at + count < len(part.factors) and part.joins[at + count - 1] in ("", "cdot"):
        count += 1
    return _cut(part, at, count), count


def derivative(namer: Namer, span: Span, of: Tree, by: Tree) -> Term:
    """The derivative of something named by something named, of a function by its argument, or of any
    expression."""
    inside, by = _without_parameters(namer, _unwrapped(of)), _unwrapped(by)
    if (slope := _slope_of_head(namer, span, inside, by)) is not None:
        return slope
    bracketed = isinstance(_base(inside), tree.Group | tree.Norm)
    if isinstance(inside, tree.Name | tree.Scripted) and (not bracketed or namer.is_quantity(inside)):
        return namer.vocabulary.derivative(inside, by, span)
    body, variable = namer.term(inside), namer.vocabulary.variable(by)
    slope = _slope_of_call(span, body, namer.term(by) if isinstance(body, terms.Call) else None)
    return slope or terms.Derivative(span, body, variable.quantity, variable.entry)


def _without_parameters(namer: Namer, of: Tree) -> Tree:
    """The loss in J(W, b) and in C(a^L, y); anything else as it is."""
    if not isinstance(of, tree.Product) or len(of.factors) != 2 or not namer.is_loss(of.factors[0]):
        return of
    loss, behind = of.factors
    return loss if are_parameters(behind) or are_output_and_target(namer.vocabulary, behind) else of


def _slope_of_head(namer: Namer, span: Span, of: Tree, by: Tree) -> Term | None:
    """``∂σ/∂z_1`` is σ′(z_1)."""
    head = head_of(of) if isinstance(of, tree.Name) and not namer.is_quantity(of) else None
    if head is None or not isinstance(by, tree.Name | tree.Scripted):
        return None
    at = namer.vocabulary.variable(by)
    if at.quantity.kind not in ("z", "a"):
        return None
    return terms.Call(span, head.function, head.order + 1, (namer.term(by),))


def _slope_of_call(span: Span, body: Term, variable: Term | None) -> Term | None:
    """``∂σ(z)/∂z`` is σ′(z)."""
    if not isinstance(body, terms.Call) or variable is None or len(body.arguments) != 1:
        return None
    if body.function in terms.MIXING or not _same(body.arguments[0], variable):
        return None
    return replace(body, span=span, order=body.order + 1)


def _behind_sign(top: Tree) -> Tree | None:
    """What stands behind ∂ or d above a fraction line; the sign of a sum's first term is that of the sum."""
    if (single := behind_differential(top)) is not None:
        return single
    top = _unwrapped(top)
    if isinstance(top, tree.Sum):
        first = _behind_sign(top.terms[0]) if isinstance(top.terms[0], tree.Product) else None
        return None if first is None else replace(top, terms=(first, *top.terms[1:]))
    if isinstance(top, tree.Product) and len(top.factors) > 2 and _is_sign(top.factors[0]):
        return _cut(top, 1, len(top.factors) - 1)
    return None


def _cut(part: tree.Product, at: int, count: int) -> Tree:
    factors = part.factors[at : at + count]
    if count == 1:
        return factors[0]
    span = (factors[0].span[0], factors[-1].span[1])
    return tree.Product(span, factors, part.joins[at : at + count - 1])


def _is_sign(part: Tree) -> bool:
    return isinstance(part, tree.Name) and part.text in DIFFERENTIALS


def _unwrapped(part: Tree) -> Tree:
    while isinstance(part, tree.Group) and len(part.items) == 1 and part.bracket != "[":
        part = part.items[0]
    return part


def _base(part: Tree) -> Tree:
    return part.base if isinstance(part, tree.Scripted) else part


def _same(left: Term, right: Term) -> bool:
    """Whether two terms name the same quantity, or the same entry of it."""
    if isinstance(left, terms.Entry) and isinstance(right, terms.Entry):
        return left.indices == right.indices and _same(left.body, right.body)
    named = isinstance(left, terms.Reference) and isinstance(right, terms.Reference)
    return named and left.quantity == right.quantity  # type: ignore[attr-defined]
