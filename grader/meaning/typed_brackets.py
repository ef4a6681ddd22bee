"""Brackets behind a letter as programs and plain text have them: ``W2[k,j]`` an entry, ``W(2)`` a layer."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from grader.meaning import terms
from grader.meaning.heads import STEPS, head_of
from grader.meaning.scripts import NotUnderstood, is_letters, places_in, whole
from grader.meaning.terms import Place, Term
from grader.reading import tree
from grader.reading.tree import Tree

if TYPE_CHECKING:
    from grader.meaning.names import Namer

INDEX_LETTERS = tuple("ijklmnopqrst")
"""Letters that count where they stand in square brackets, whatever else they may name."""


def layer(namer: Namer, here: Tree, beside: Tree) -> Term | None:
    """``W(2)``, typed for the layer in brackets above a letter that says nothing without one; in square ones
    where the notation has them."""
    if isinstance(beside, tree.Scripted) and beside.sub is None and isinstance(beside.base, tree.Group):
        inner = layer(namer, here, beside.base) if beside.base.bracket == "[" else None
        return None if inner is None else namer.with_scripts(inner, beside)
    if not isinstance(here, tree.Name) or not isinstance(beside, tree.Group):
        return None
    if beside.bracket not in ("(", namer.vocabulary.fence):
        return None
    if len(beside.items) != 1 or not isinstance(beside.items[0], tree.Number) or _has_meaning(namer, here):
        return None
    span = (here.span[0], beside.span[1])
    try:
        named = namer.vocabulary.named(tree.Scripted(span, here, sup=beside))
    except NotUnderstood:
        return None
    return None if named is None else namer.reference(span, named)


def _has_meaning(namer: Namer, here: tree.Name) -> bool:
    """Whether a letter alone is a function, or a quantity that needs no layer."""
    return (head_of(here) is not None and here.text not in STEPS) or namer.is_quantity(here)


def entry(namer: Namer, here: Tree, beside: Tree) -> Term | None:
    """``W2[k,j]`` and ``d2[0]``, entries as programs write them, with the power behind one; None for a factor
    in square brackets."""
    if isinstance(beside, tree.Scripted) and beside.sub is None:
        inner = entry(namer, here, beside.base)
        return None if inner is None else namer.with_scripts(inner, beside)
    if not isinstance(beside, tree.Group) or beside.bracket != "[":
        return None
    if (line := _line(namer, here, beside)) is not None:
        return line
    numbers = _numbers(namer, beside)
    if not numbers and not (all(_counts(namer, item) for item in beside.items) and is_letters(beside)):
        return None
    body = namer.term(here)
    inside = body.body if isinstance(body, terms.Transposed) else body
    if not isinstance(inside, terms.Reference):
        return None
    return terms.Entry((here.span[0], beside.span[1]), body, numbers or places_in(beside))


def _line(namer: Namer, here: Tree, beside: tree.Group) -> Term | None:
    """``X[:,n]`` and ``W2[k,:]``: a whole column or row; None for anything else."""
    places = [_place(namer, item) for item in beside.items]
    if terms.WHOLE not in places or len(places) != 2 or len(set(map(str, places)) - {"None"}) != 2:
        return None
    body = namer.term(here)
    if not isinstance(body, terms.Reference | terms.Transposed):
        return None
    return terms.Entry((here.span[0], beside.span[1]), body, tuple(p for p in places if p is not None))


def _place(namer: Namer, item: Tree) -> Place | None:
    """What one side of the comma in square brackets picks; None for what picks nothing."""
    if isinstance(item, tree.Name):
        return item.text if item.text == terms.WHOLE or _counts(namer, item) else None
    number = whole(item) if isinstance(item, tree.Number) else None
    return None if number is None else number + 1 - namer.counts_from


def entry_of_two(namer: Namer, here: Tree, row: Tree, column: Tree) -> Term | None:
    """``W2[k][j]``, an entry as programs in other languages write it; None for anything else."""
    inside = column.base if isinstance(column, tree.Scripted) and column.sub is None else column
    groups = (row, inside)
    if not all(isinstance(g, tree.Group) and g.bracket == "[" and len(g.items) == 1 for g in groups):
        return None
    assert isinstance(row, tree.Group) and isinstance(inside, tree.Group)
    places = tuple(_place(namer, group.items[0]) for group in (row, inside))
    if any(place is None or place == terms.WHOLE for place in places):
        return None
    body = namer.term(here)
    if not isinstance(body, terms.Reference | terms.Transposed):
        return None
    picked = terms.Entry((here.span[0], inside.span[1]), body, tuple(p for p in places if p is not None))
    return picked if inside is column else namer.with_scripts(picked, column)  # type: ignore[arg-type]


def _numbers(namer: Namer, beside: tree.Group) -> tuple[int, ...]:
    """The entry that numbers alone pick, counted from 1; none for a list that may be a vector, as two numbers
    may where nothing is counted from 0."""
    found = [whole(item) if isinstance(item, tree.Number) else None for item in beside.items]
    places = tuple(number + 1 - namer.counts_from for number in found if number is not None)
    is_pick = len(places) == 1 or (len(places) == 2 and namer.counts_from == 0)
    return places if is_pick and len(places) == len(found) and min(places) > 0 else ()


def counts_from_zero(answer: Tree) -> bool:
    """Whether an entry number 0 occurs in square brackets right behind a name."""
    return any(_has_entry_0(part) for part in answer.walk() if isinstance(part, tree.Product))


def _has_entry_0(product: tree.Product) -> bool:
    for here, beside in pairwise(product.factors):
        inside = beside.base if isinstance(beside, tree.Scripted) else beside
        if isinstance(inside, tree.Group) and inside.bracket == "[" and here.span[1] == inside.span[0]:
            (first, *others) = inside.items
            if not others and isinstance(first, tree.Number) and first.text == "0":
                return True
    return False


def _counts(namer: Namer, item: Tree) -> bool:
    """Whether something in square brackets can only be an index."""
    if not isinstance(item, tree.Name):
        return isinstance(item, tree.Number)
    return item.text in INDEX_LETTERS or (len(item.text) == 1 and not namer.is_quantity(item))
