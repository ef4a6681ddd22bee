"""Conditions used as numbers, such as [z > 0] or 𝟏_{z>0}: the slope of ReLU as many write it."""

from __future__ import annotations

from grader.reading import tree
from grader.reading.tree import Tree

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
