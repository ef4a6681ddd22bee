"""Lines that are said only of equal indices, or only of different ones: "a_i (1 − a_i) if i = j"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from msgspec.structs import replace

from grader.meaning.conditions import INDICES, SAME
from grader.meaning.terms import Constant, Kronecker, Product, Sum, SumOver, Term, letters_in, rewritten
from grader.reading import tree
from grader.reading.tree import Relation, Tree

Pair = tuple[str, str]
"""Two letters that a derivation tells apart."""


def pair_in(whole: Tree) -> tuple[Pair, Tree | None] | None:
    """The letters of a condition such as i = j or i ≠ j, and what stands behind its comma; None for anything
    else."""
    if not isinstance(whole, Relation) or len(whole.sides) != 2 or whole.relations[0] not in SAME:
        return None
    first, second = whole.sides
    rest: Tree | None = None
    if isinstance(second, tree.Group) and len(second.items) == 2:
        second, rest = second.items
    if not (isinstance(first, tree.Name) and isinstance(second, tree.Name)):
        return None
    return ((first.text, second.text), rest) if {first.text, second.text} <= INDICES else None


def letters_written(sides: Iterable[Tree]) -> frozenset[str]:
    """All letters and words that occur, z in dz too."""
    words = {part.text for side in sides for part in side.walk() if isinstance(part, tree.Name)}
    return frozenset(words | {word[1:] for word in words if len(word) == 2 and word.startswith("d")})


def letters_below(sides: Iterable[Tree]) -> frozenset[str]:
    """The letters that stand below names."""
    names = (part for side in sides for part in side.walk() if isinstance(part, tree.Scripted))
    below = (part for name in names if name.sub is not None for part in name.sub.walk())
    return frozenset(part.text for part in below if isinstance(part, tree.Name))


def in_cases(pairs: frozenset[Pair], left: Term, right: Term) -> Iterator[tuple[Term, Term]]:
    """Both sides where the letters of a pair are equal, and where they are not, for every pair that they
    hold."""
    letters = {*letters_in(left), *letters_in(right)}
    for first, second in sorted(pairs):
        if {first, second} <= letters:
            yield _equal(left, first, second), _equal(right, first, second)
            yield _different(left, first, second), _different(right, first, second)


def _different(term: Term, first: str, second: str) -> Term:
    """The term times 1 − δ_ij."""
    span = term.span
    apart = Sum(span, (Constant(span, Fraction(1)), Kronecker(span, first, second)), ("-",))
    return Product(span, (apart, term), ("",))


def _equal(term: Term, first: str, second: str) -> Term:
    """The term with one letter in the place of both; what is bound by a sum stays."""

    def change(part: Term) -> Term | None:
        if isinstance(part, Kronecker):
            return replace(part, first=_put(part.first), second=_put(part.second))
        names = [name for name in ("indices", "of_at", "by_at") if hasattr(part, name)]
        held: dict[str, Any] = {name: tuple(map(_put, getattr(part, name))) for name in names}
        return replace(part, **held) if held else None

    def _put(place: Any) -> Any:
        return first if place == second else place

    bound = any(isinstance(part, SumOver) and part.letter in (first, second) for part in term.walk())
    return term if bound else rewritten(term, change)
