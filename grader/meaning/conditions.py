"""Conditions used as numbers, such as [z > 0] or 𝟏_{z>0}: the slope of ReLU as many write it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from grader.meaning import terms
from grader.meaning.scripts import NotUnderstood, marks_of, split
from grader.meaning.terms import Term
from grader.reading import tree
from grader.reading.tree import Tree

if TYPE_CHECKING:
    from grader.meaning.names import Namer

MOST_ONES = 64
"""A vector with more ones than this is as long as fits."""

CONDITIONS = {">": False, ">=": False, "<": True, "<=": True}
"""Relations that make a condition, and whether their sides change places."""

SAME = ("=", "!=")
"""Relations between indices that make a condition."""
INDICES = frozenset("ijklmnpqr")
"""Letters that count neurons."""

INDICATORS = ("I", "bb_I", "indicator", "Ind", "chi", "1")
"""Names of the function that is 1 where its condition holds."""


def condition_in(part: Tree | None) -> tree.Relation | None:
    """The comparison in brackets of any kind, or below a 1; None where there is none."""
    while isinstance(part, tree.Group) and len(part.items) == 1:
        part = part.items[0]
    return part if isinstance(part, tree.Relation) else None


def is_indicator(part: Tree) -> bool:
    """A letter or word that is 1 where the condition behind it holds."""
    return isinstance(part, tree.Name) and part.text in INDICATORS


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


def ones_of_size(here: Tree, beside: Tree) -> Term | None:
    """``ones((1, 5))`` and ``ones(5)``, a row or a column of ones, as programs make them."""
    sizes = _sizes_in(beside) if isinstance(here, tree.Name) and here.text == "ones" else ()
    if not sizes:
        return None
    span = (here.span[0], beside.span[1])
    is_row = len(sizes) == 2 and _is_one(sizes[0])
    if len(sizes) == 2 and not is_row and not _is_one(sizes[1]):
        raise NotUnderstood(span, "a whole matrix of ones is not read here")
    length = sizes[-1] if is_row else sizes[0]
    if not isinstance(length, tree.Number) or not 1 <= length.value <= MOST_ONES:
        return terms.Transposed(span, terms.Ones(span)) if is_row else terms.Ones(span)
    one = terms.Constant(span, Fraction(1))
    count = int(length.value)
    return terms.MatrixOf(span, ((one,) * count,) if is_row else ((one,),) * count)


def _sizes_in(beside: Tree) -> tuple[Tree, ...]:
    """The one or two sizes in brackets; empty where something else stands there."""
    if not isinstance(beside, tree.Group) or beside.bracket != "(":
        return ()
    items = beside.items
    if len(items) == 1 and isinstance(items[0], tree.Group):
        items = items[0].items
    counted = [isinstance(item, tree.Number) for item in items]
    return items if any(counted) and len(items) <= 2 else ()


def _is_one(size: Tree) -> bool:
    return isinstance(size, tree.Number) and size.value == 1


def condition_term(namer: Namer, part: tree.Relation) -> Term:
    """``z > 0`` as a number: 1 where it holds, else 0, which is the slope of ReLU at z; ``i = j`` as δ_ij."""
    if (same := _indices_compared(namer, part)) is not None:
        return same
    sides = [_compared(namer, side) for side in part.sides]
    pairs = zip(sides, part.relations, sides[1:], strict=False)
    found = tuple(_comparison(part, *pair) for pair in pairs)
    return found[0] if len(found) == 1 else terms.Product(part.span, found, ("odot",) * (len(found) - 1))


def _indices_compared(namer: Namer, part: tree.Relation) -> Term | None:
    """Whether two indices are equal, or different; None for other comparisons."""
    first, second, *others = part.sides
    if others or part.relations[0] not in SAME or not isinstance(first, tree.Name):
        return None
    if not isinstance(second, tree.Name) or not {first.text, second.text} <= INDICES:
        return None
    if namer.is_quantity(first) or namer.is_quantity(second):
        return None
    equal = terms.Kronecker(part.span, first.text, second.text)
    if part.relations == ("=",):
        return equal
    return terms.Sum(part.span, (terms.Constant(part.span, Fraction(1)), equal), ("-",))


def _compared(namer: Namer, side: Tree) -> Term:
    """A side of a comparison; |z| is the size of each entry there."""
    if isinstance(side, tree.Norm) and side.bars == 1:
        return terms.Call(side.span, "abs", 0, (namer.term(side.body),))
    return namer.term(side)


def _comparison(part: tree.Relation, left: Term, relation: str, right: Term) -> Term:
    """Two neighbouring sides. What holds at single points only has no weight: z = 0 counts as never true."""
    if relation == "=":
        return terms.Constant(part.span, Fraction(0))
    if relation not in CONDITIONS:
        raise NotUnderstood(part.span, "a condition compares two things, as in z > 0")
    if CONDITIONS[relation]:
        left, right = right, left
    is_zero = isinstance(right, terms.Constant) and right.value == 0
    difference = left if is_zero else terms.Sum(part.span, (left, right), ("-",))
    return terms.Call(part.span, "relu", 1, (difference,))
