"""Brackets behind a letter as programs and plain text have them: ``W2[k,j]`` an entry, ``W(2)`` a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.meaning import terms
from grader.meaning.heads import STEPS, head_of
from grader.meaning.scripts import NotUnderstood, is_letters, places_in
from grader.meaning.terms import Term
from grader.reading import tree
from grader.reading.tree import Tree

if TYPE_CHECKING:
    from grader.meaning.names import Namer

INDEX_LETTERS = tuple("ijklmnopqrst")
"""Letters that count where they stand in square brackets, whatever else they may name."""


def layer(namer: Namer, here: Tree, beside: Tree) -> Term | None:
    """``W(2)``, typed for the layer in brackets above a letter that says nothing without one."""
    if not isinstance(here, tree.Name) or not isinstance(beside, tree.Group) or beside.bracket != "(":
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
    """``W2[k,j]``, an entry as programs write it, counted from 1; None for a factor in square
    brackets."""
    if not isinstance(beside, tree.Group) or beside.bracket != "[":
        return None
    if not all(_counts(namer, item) for item in beside.items) or not is_letters(beside):
        return None
    body = namer.term(here)
    inside = body.body if isinstance(body, terms.Transposed) else body
    if not isinstance(inside, terms.Reference):
        return None
    return terms.Entry((here.span[0], beside.span[1]), body, places_in(beside))


def _counts(namer: Namer, item: Tree) -> bool:
    """Whether something in square brackets can only be an index."""
    if not isinstance(item, tree.Name):
        return isinstance(item, tree.Number)
    return item.text in INDEX_LETTERS or (len(item.text) == 1 and not namer.is_quantity(item))
