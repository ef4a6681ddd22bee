"""Conditions used as numbers, such as [z > 0] or 𝟏_{z>0}: the slope of ReLU as many write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.meaning import terms
from grader.meaning.scripts import NotUnderstood, marks_of, split
from grader.meaning.terms import Term
from grader.reading import tree
from grader.reading.tree import Tree

if TYPE_CHECKING:
    from grader.meaning.names import Namer

CONDITIONS = {">": False, ">=": False, "<": True, "<=": True}
"""Relations that make a condition, and whether their sides change places."""


def condition_in(part: Tree | None) -> tree.Relation | None:
    """The comparison in brackets of any kind, or below a 1; None where there is none."""
    while isinstance(part, tree.Group) and len(part.items) == 1:
        part = part.items[0]
    return part if isinstance(part, tree.Relation) else None


def is_ones(part: Tree) -> bool:
    """A bold 1 or the word ones, and a plain 1 with a condition below."""
    base = part.base if isinstance(part, tree.Scripted) else part
    if isinstance(base, tree.Number):
        return isinstance(part, tree.Scripted) and condition_in(part.sub) is not None
    return isinstance(base, tree.Name) and base.text == "ones"


def ones_term(namer: Namer, part: tree.Name | tree.Scripted) -> Term:
    """A column of ones; what stands below may be its length, or a condition."""
    _, sub, sup, primes = split(part)
    if (condition := condition_in(sub)) is not None:
        return condition_term(namer, condition)
    ones: Term = terms.Ones(part.span)
    marks = marks_of(sup)
    if marks.index is not None:
        raise NotUnderstood(marks.index.span, "a vector of ones has no power here")
    return terms.Transposed(part.span, ones) if marks.transposed or primes % 2 else ones


def condition_term(namer: Namer, part: tree.Relation) -> Term:
    """``z > 0`` as a number: 1 where it holds, else 0, which is the slope of ReLU at z."""
    if len(part.sides) != 2 or part.relations[0] not in CONDITIONS:
        raise NotUnderstood(part.span, "a condition compares two things, as in z > 0")
    left, right = (namer.term(side) for side in part.sides)
    if CONDITIONS[part.relations[0]]:
        left, right = right, left
    is_zero = isinstance(right, terms.Constant) and right.value == 0
    difference = left if is_zero else terms.Sum(part.span, (left, right), ("-",))
    return terms.Call(part.span, "relu", 1, (difference,))
