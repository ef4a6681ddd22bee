"""How one answer writes its names, where a letter with a number can be read in two ways: seen once, for all
of the answer's names."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from derive.notation import Notation
from grader.meaning import bias_inside
from grader.meaning.scripts import pieces, split
from grader.reading import tree
from grader.reading.tree import Tree

INPUT_LETTERS = ("x", "X")
"""Names of the input that carry no layer."""
UNLAYERED = (*INPUT_LETTERS, "y", "t", "Y", "hat_y")
"""Letters whose number may count neurons without saying anything about layers."""


class Habits(Struct, frozen=True):
    """``fenced`` if layers stand in brackets, so that a bare number above is a power; ``glued`` if they
    follow their letter at once, as in a2^2, with the same effect; ``numbers_inputs`` if x_1 is the first
    input, since no layer stands below any letter.

    ``passed`` is what the letter of the gradient that is handed on stands for, and the layer it has where
    none is written; ``whole_loss`` says that ∂J/∂z is of the mean of the examples' losses, where the
    notation's errors are of each example's own; ``bias_inside`` that w a holds the bias; ``fresh`` that the
    letter of what an update remembers is its value after the update.
    """

    fenced: bool = False
    glued: bool = False
    numbers_inputs: bool = False
    passed: tuple[str, int] | None = None
    whole_loss: bool = False
    bias_inside: bool = False
    fresh: bool = False


NONE = Habits()


def habits_of(answer: Tree, notation: Notation) -> Habits:
    """What the names of an answer have in common."""
    if notation.place != "sup":
        return NONE
    names = [part for part in answer.walk() if isinstance(part, tree.Scripted)]
    return Habits(
        fenced=bool(notation.fence) and any(map(_is_fenced, names)),
        glued=any(_has_layer_below(name) and _is_glued(name) for name in names),
        numbers_inputs=any(map(_is_numbered_input, names)) and not any(map(_has_layer_below, names)),
    )


def habits_key(notation: Notation, depth: int) -> tuple[object, ...]:
    """What notations have in common in which the same answers show the same habits, and may have the same
    senses."""
    layers = depth if notation.passed else 0
    brackets, bias = bool(notation.fence), bool(notation.bias_column)
    return notation.place, brackets, notation.passed, layers, bool(notation.error_per_example), bias


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


# -- other senses --------------------------------------------------------------------------------------------


def senses(answer: Tree, notation: Notation, depth: int) -> Iterator[tuple[Habits, str]]:
    """Other things that the names of an answer may mean in a notation, each with a remark on what was
    taken."""
    own = habits_of(answer, notation)
    if notation.passed and _passes(answer, notation.passed):
        for layer in range(depth, 0, -1):
            for kind in ("delta", "da"):
                yield replace(own, passed=(kind, layer)), ""
    if notation.place == "sup" and _glues_layers(answer):
        yield replace(own, glued=True), ""
    if notation.error_per_example and _differentiates_loss(answer):
        yield replace(own, whole_loss=True), WHOLE_LOSS
    if any(_letter(part) in REMEMBERED for part in answer.walk()):
        yield replace(own, fresh=True), FRESH
    if notation.bias_column:
        yield replace(own, bias_inside=True), bias_inside.REMARK


REMEMBERED = ("v", "m", "s")
"""Letters that may stand for what an update rule remembers."""
FRESH = "The letter for what the update rule remembers was taken as its value after the update."
WHOLE_LOSS = (
    "The derivative of the loss was taken as that of the mean over the examples, with its share in it."
)


def _glues_layers(answer: Tree) -> bool:
    """Whether some letters have a number above and one right behind them, and none another one below."""
    names = [
        name
        for name in answer.walk()
        if isinstance(name, tree.Scripted) and _is_number(name.sub) and _is_number(name.sup)
    ]
    return bool(names) and all(map(_is_glued, names))


def _is_glued(name: tree.Scripted) -> bool:
    return name.sub is not None and name.sub.span[0] == name.base.span[1]


def _passes(answer: Tree, letter: str) -> bool:
    """Whether a letter occurs that is not put before brackets as a function."""
    parts = list(answer.walk())
    called = (
        isinstance(beside, tree.Group) and _letter(here) == letter
        for part in parts
        if isinstance(part, tree.Product)
        for here, beside, join in zip(part.factors, part.factors[1:], part.joins, strict=False)
        if join == ""
    )
    return any(_letter(part) == letter for part in parts) and not any(called)


def _letter(part: Tree) -> str | None:
    return split(part)[0] if isinstance(part, tree.Name | tree.Scripted) else None


def _differentiates_loss(answer: Tree) -> bool:
    """Whether ∂ or ∇ occurs."""
    return any(isinstance(part, tree.Name) and part.text in ("partial", "nabla") for part in answer.walk())
