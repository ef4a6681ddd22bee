"""How one answer writes its names, where a letter with a number can be read in two ways: seen once, for all of
the answer's names."""

from __future__ import annotations

from dataclasses import dataclass

from derive.notation import Notation
from grader.meaning.scripts import pieces, split
from grader.reading import tree
from grader.reading.tree import Tree

INPUT_LETTERS = ("x", "X")
"""Names of the input that carry no layer."""
UNLAYERED = (*INPUT_LETTERS, "y", "t", "Y", "hat_y")
"""Letters whose number may count neurons without saying anything about layers."""


@dataclass(frozen=True)
class Habits:
    """``fenced`` if layers stand in brackets, so that a bare number above is a power; ``numbers_inputs`` if
    x_1 is the first input, since no layer stands below any letter."""

    fenced: bool = False
    numbers_inputs: bool = False


NONE = Habits()


def habits_of(answer: Tree, notation: Notation) -> Habits:
    """What the names of an answer have in common."""
    if notation.place != "sup":
        return NONE
    names = [part for part in answer.walk() if isinstance(part, tree.Scripted)]
    return Habits(
        bool(notation.fence) and any(map(_is_fenced, names)),
        any(map(_is_numbered_input, names)) and not any(map(_has_layer_below, names)),
    )


def _is_fenced(name: tree.Scripted) -> bool:
    return any(bracket and isinstance(part, tree.Number) for part, bracket in pieces(name.sup))


def _is_numbered_input(name: tree.Scripted) -> bool:
    return _is_number(name.sub) and split(name)[0] in INPUT_LETTERS


def _has_layer_below(name: tree.Scripted) -> bool:
    """Whether a number stands below a letter that needs a layer, and nothing that names one above."""
    if not _is_number(name.sub) or not isinstance(name.base, tree.Name):
        return False
    return name.base.text not in UNLAYERED and not isinstance(
        name.sup, tree.Number | tree.Group | tree.Product
    )


def _is_number(part: Tree | None) -> bool:
    return isinstance(part, tree.Number)
