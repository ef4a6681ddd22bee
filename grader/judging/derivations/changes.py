"""The change Δw of a value in an update, which a derivation may speak of before the new value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from derive.quantities import Quantity
from grader.judging.question import Question
from grader.meaning import terms
from grader.meaning.names import Namer
from grader.meaning.scripts import NotUnderstood
from grader.meaning.terms import Reference, Term
from grader.reading import tree
from grader.reading.rebuilding import rebuilt
from grader.reading.tree import Tree

CHANGE = "change of "
"""How the name begins that Δw gets."""


def with_changes(whole: Tree) -> Tree:
    """The tree with every Δ and the letter behind it as one name."""
    names = (part.text for part in whole.walk() if isinstance(part, tree.Name))
    return rebuilt(whole, _joined) if "Delta" in names else whole


def _joined(part: Tree) -> Tree | None:
    if not isinstance(part, tree.Product):
        return None
    factors: list[Tree] = []
    joins: list[str] = []
    for at, factor in enumerate(part.factors):
        named = _named(factors[-1], factor) if factors and part.joins[at - 1] == "" else None
        if named is not None:
            factors[-1] = named
            continue
        if factors:
            joins.append(part.joins[at - 1])
        factors.append(factor)
    if len(factors) == len(part.factors):
        return None
    inside = tuple(rebuilt(factor, _joined) for factor in factors)
    return inside[0] if len(inside) == 1 else replace(part, factors=inside, joins=tuple(joins))


def _named(sign: Tree, of: Tree) -> Tree | None:
    """The name that Δ and what stands behind it make."""
    if not isinstance(sign, tree.Name) or sign.text != "Delta":
        return None
    span = (sign.span[0], of.span[1])
    if isinstance(of, tree.Name):
        return tree.Name(span, CHANGE + of.text)
    if isinstance(of, tree.Scripted) and isinstance(of.base, tree.Name):
        return replace(of, span=span, base=tree.Name((sign.span[0], of.base.span[1]), CHANGE + of.base.text))
    return None


def as_new_value(
    question: Question, namer: Namer, name: Tree, said: Sequence[Sequence[Term]]
) -> Iterator[list[Term]]:
    """What is said of the change of a value whose new value is asked for, as equations for the new value."""
    if not any(isinstance(part, tree.Name) and part.text.startswith(CHANGE) for part in name.walk()):
        return
    try:
        old = namer.term(rebuilt(name, _without_change))
    except NotUnderstood:
        return
    if not isinstance(old, Reference) or Quantity(old.quantity.kind + "_new", old.quantity.layer) != (
        question.asked
    ):
        return
    for _, *changes in said:
        sums = [terms.Sum(change.span, (old, change), ("+",)) for change in changes]
        yield [replace(old, quantity=question.asked), *sums]


def _without_change(part: Tree) -> Tree | None:
    if isinstance(part, tree.Name) and part.text.startswith(CHANGE):
        return replace(part, text=part.text.removeprefix(CHANGE))
    if isinstance(part, tree.Scripted):
        return replace(part, base=rebuilt(part.base, _without_change))
    return None
