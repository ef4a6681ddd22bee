"""The loss as a function of what it depends on: J(W, b), E(θ) and C(a^L, y) say no more than J, E and C."""

from __future__ import annotations

from derive.quantities import Quantity
from grader.meaning.scripts import NotUnderstood, split
from grader.meaning.vocabulary import Named, Vocabulary
from grader.reading import tree
from grader.reading.tree import Tree

LETTERS = ("W", "w", "b", "Theta", "theta")
"""Letters for parameters, one of them or all."""


def are_parameters(part: Tree | None) -> bool:
    """Whether something in round brackets is a list of parameters."""
    if not isinstance(part, tree.Group) or part.bracket != "(":
        return False
    return all(
        isinstance(item, tree.Name | tree.Scripted) and split(item)[0] in LETTERS for item in part.items
    )


def are_output_and_target(vocabulary: Vocabulary, part: Tree) -> bool:
    """Whether something in round brackets is the network's output and the target."""
    if not isinstance(part, tree.Group) or part.bracket != "(" or len(part.items) != 2:
        return False
    output = tree.Name(part.span, "hat_y")
    try:
        named = [vocabulary.named(item) for item in part.items if isinstance(item, tree.Name | tree.Scripted)]
        return len(named) == 2 and named[0] == vocabulary.named(output) and named[1] == Named(Quantity("y"))
    except NotUnderstood:
        return False
