"""What a line of a derivation says of an activation as a function: σ′ = 1, f′(x) = 1, σ′ = σ(1 − σ)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec.structs import replace

from grader.judging.derivations.abbreviations import Name
from grader.meaning.heads import head_of
from grader.meaning.scripts import split
from grader.reading import tree
from grader.reading.tree import Tree


def is_of_function(sides: Sequence[Tree]) -> bool:
    """Whether a chain begins with an activation of a letter that stands for any number, or with its slope
    alone."""
    return len(sides) > 1 and (_is_slope_alone(sides[0]) or _variable(sides[0]) is not None)


def at_input(sides: Sequence[Tree], weighted_input: Tree) -> tuple[Tree, ...]:
    """The sides with every activation taken at a weighted input, as is what its letter stands for."""
    variable = _variable(sides[0])
    return tuple(_at(side, weighted_input, variable) for side in sides)


def _is_slope_alone(part: Tree) -> bool:
    head = head_of(part) if isinstance(part, Name) else None
    return head is not None and head.order > 0 and head.power is None


def _variable(part: Tree) -> str | None:
    """The letter x of f(x) and f′(x); None for anything else."""
    if not isinstance(part, tree.Product) or len(part.factors) != 2 or part.joins != ("",):
        return None
    function, argument = part.factors
    if not isinstance(argument, tree.Group) or len(argument.items) != 1 or not _is_function(function):
        return None
    (inside,) = argument.items
    return inside.text if isinstance(inside, tree.Name) else None


def _is_function(part: Tree) -> bool:
    return isinstance(part, Name) and head_of(part) is not None


def _at(part: Tree, place: Tree, variable: str | None) -> Tree:
    """A side of which every function has its argument."""
    if _is_function(part):
        return _applied(part, place)
    if isinstance(part, tree.Name) and part.text == variable:
        return place
    if isinstance(part, tree.Product):
        return _product_at(part, place, variable)
    if isinstance(part, tree.Scripted):
        return replace(part, base=_at(part.base, place, variable))
    if isinstance(part, tree.Group):
        return replace(part, items=tuple(_at(item, place, variable) for item in part.items))
    if isinstance(part, tree.Sum):
        return replace(part, terms=tuple(_at(term, place, variable) for term in part.terms))
    if isinstance(part, tree.Negate):
        return replace(part, body=_at(part.body, place, variable))
    if isinstance(part, tree.Quotient):
        above, below = (_at(each, place, variable) for each in (part.numerator, part.denominator))
        return replace(part, numerator=above, denominator=below)
    return part


def _product_at(part: tree.Product, place: Tree, variable: str | None) -> Tree:
    """Factors in which σ(1 − σ) is a product of two values, and f(x) one."""
    found: list[Tree] = []
    for here, behind in pairwise((*part.factors, None)):
        assert here is not None
        inside = behind.base if isinstance(behind, tree.Scripted) else behind
        is_call = _is_function(here) and isinstance(inside, tree.Group) and not _names_function(inside)
        found.append(here if is_call else _at(here, place, variable))
    return replace(part, factors=tuple(found))


def _names_function(part: Tree) -> bool:
    """Whether a function without an argument stands in a bracket."""
    parts = list(part.walk())
    applied = {id(p.factors[0]) for p in parts if isinstance(p, tree.Product) and _variable(p) is not None}
    return any(_is_function(inner) and id(inner) not in applied for inner in parts)


def _applied(function: Tree, place: Tree) -> Tree:
    inside = tree.Group(function.span, "(", (place,))
    applied = tree.Product(function.span, (function, inside), ("",))
    return tree.Group(function.span, "(", (applied,))


def layers_of(sides: Sequence[Tree], every: Sequence[int]) -> Iterator[int]:
    """The layers that a line may speak of: that below the letter of a function, as in f_2′, else any."""
    named = split(sides[0])[1] if isinstance(sides[0], Name) else None
    number = int(named.text) if isinstance(named, tree.Number) and named.text.isdecimal() else None
    yield from every if number is None else (number,)
