"""Which names and which numbers a piece of mathematics holds, and where a number above a name is a power."""

from __future__ import annotations

from functools import lru_cache

from msgspec.structs import replace

from grader.chapter.spelling import MOST_REMEMBERED, bare, spelling
from grader.reading import tree as t

TRANSPOSES = frozenset({"T", "top"})


def ends_in_number(tree: t.Tree) -> bool:
    """Whether a number, or a sum of numbers, stands above a name: a power unless the whole is a name here.

    A number in brackets, as in ``w^{(1)}``, is always part of the name.
    """
    if not isinstance(tree, t.Scripted) or tree.sup is None:
        return False
    inside = bare(tree.sup)
    counted = isinstance(inside, t.Sum) and all(isinstance(term, t.Number) for term in inside.terms)
    return counted or isinstance(tree.sup, t.Number | t.Negate)


def below(tree: t.Scripted) -> t.Tree:
    """A name without what stands above it."""
    return replace(tree, sup=None) if tree.sub is not None else tree.base


def untransposed(base: t.Tree, sup: t.Tree) -> t.Tree | None:
    r"""What ``x^T`` or ``W^{[1]T}`` is the transpose of."""
    if isinstance(sup, t.Name) and sup.text in TRANSPOSES:
        return base
    match sup:
        case t.Product(factors=(*rest, t.Name(text=last))) if last in TRANSPOSES and len(rest) == 1:
            stem, sub = (base.base, base.sub) if isinstance(base, t.Scripted) else (base, None)
            return t.Scripted(base.span, stem, sub, rest[0])
    return None


@lru_cache(maxsize=MOST_REMEMBERED)
def names_in(tree: t.Tree) -> frozenset[str]:
    """The spellings of all names in a tree, functions among them; ``x^2`` holds itself and, as a power, x."""
    found: set[str] = set()
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        name = spelling(part)
        found.update({name} - {""})
        if not name:
            waiting.extend(part.parts)
        elif (
            isinstance(part, t.Scripted)
            and part.sup is not None
            and (ends_in_number(part) or untransposed(part.base, part.sup))
        ):
            waiting.append(below(part))
    return frozenset(found)


def written_names(tree: t.Tree) -> frozenset[str]:
    """The spellings of all names as they are written: ``x^2`` only holds itself."""
    found: set[str] = set()
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        name = spelling(part)
        found.update({name} - {""})
        waiting.extend(() if name else part.parts)
    return frozenset(found)


def numbers_in(tree: t.Tree) -> list[t.Number]:
    """The numbers that a tree computes with; ``e^{-0.5}`` holds 0.5, the name ``w_{13}`` none."""
    found: list[t.Number] = []
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, t.Number):
            found.append(part)
        elif isinstance(part, t.Scripted) and isinstance(part.base, t.Name):
            waiting.extend([part.sup] if part.base.text == "e" and part.sup is not None else [])
        elif not (isinstance(part, t.Quotient) and spelling(part)):
            waiting.extend(reversed(part.parts))
    return found
