"""How derivatives are written: ∂E over ∂W, dE over dW, ∇ with a subscript."""

from __future__ import annotations

from grader.meaning.heads import is_function
from grader.meaning.scripts import split
from grader.reading import tree
from grader.reading.tree import Tree

DIFFERENTIALS = ("partial", "d")
"""What stands before a quantity in a derivative."""


def behind_differential(part: Tree) -> Tree | None:
    """What stands behind ∂ or d, or behind the d of ``dE``."""
    while isinstance(part, tree.Group) and len(part.items) == 1:
        part = part.items[0]
    if isinstance(part, tree.Product) and len(part.factors) == 2 and part.joins == ("",):
        first = part.factors[0]
        return part.factors[1] if isinstance(first, tree.Name) and first.text in DIFFERENTIALS else None
    letter = split(part)[0] if isinstance(part, tree.Name | tree.Scripted) else None
    if letter is None or len(letter) < 2 or letter[0] != "d" or is_function(letter) or letter == "delta":
        return None
    return _without_first_letter(part)


def _without_first_letter(part: Tree) -> Tree:
    if isinstance(part, tree.Name):
        return tree.Name((part.span[0] + 1, part.span[1]), part.text[1:])
    assert isinstance(part, tree.Scripted)
    return tree.Scripted(part.span, _without_first_letter(part.base), part.sub, part.sup, part.primes)


def nabla_by(part: Tree) -> Tree | None:
    """What ∇ is taken by: its subscript."""
    if isinstance(part, tree.Scripted) and isinstance(part.base, tree.Name) and part.base.text == "nabla":
        return part.sub
    return None
