"""The loss as a function of what it depends on: J(W, b), E(θ) and C(a^L, y) say no more than J, E and C."""

from __future__ import annotations

from derive.quantities import Quantity
from grader.meaning.scripts import NotUnderstood, marks_of, split
from grader.meaning.vocabulary import Named, Vocabulary
from grader.reading import tree
from grader.reading.tree import Tree

LETTERS = ("W", "w", "b", "Theta", "theta")
"""Letters for parameters, one of them or all."""


def are_parameters(part: Tree | None) -> bool:
    """Whether something in round brackets is a list of parameters, or a letter for all of them. One matrix of
    one layer is none: ``∇_{Z_2} E (W_2)`` is a product."""
    if not isinstance(part, tree.Group) or part.bracket != "(":
        return False
    if len(part.items) == 1:
        return isinstance(part.items[0], tree.Name) and part.items[0].text in LETTERS
    return all(isinstance(item, tree.Name | tree.Scripted) and _is_parameter(item) for item in part.items)


def _is_parameter(name: tree.Name | tree.Scripted) -> bool:
    letter, _, above, primes = split(name)
    return letter in LETTERS and not primes and not marks_of(above).transposed


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
