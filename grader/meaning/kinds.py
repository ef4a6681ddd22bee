"""Which kind of quantity a letter stands for in a notation: weights, errors, the input, a gradient."""

from __future__ import annotations

from msgspec import Struct

from derive.notation import Notation
from derive.quantities import Quantity
from grader.meaning.examples import is_counter, of_example
from grader.meaning.habits import INPUT_LETTERS, Habits
from grader.meaning.scripts import Marks, is_letters
from grader.reading import tree
from grader.reading.tree import Tree

GRADIENT_NAMES = ("dW", "db", "dz", "da", "dZ", "dA", "dw", "dB")
"""Names of gradients in programs: a d before the letter of what they are taken by."""
EITHER_CASE = ("a", "z", "W", "b", "y")
"""Kinds whose letters may be written large or small."""


class Kinds(Struct, frozen=True):
    """The letters of ``notation``; ``strict`` and ``habits`` as in `NetworkVocabulary`."""

    notation: Notation
    strict: bool
    habits: Habits

    def kind(self, letter: str, sub: Tree | None, marks: Marks) -> str | None:
        """The kind that a letter with its scripts stands for; None for a letter that means nothing here."""
        if letter in GRADIENT_NAMES:
            stem = self.kind(letter[1:], sub, marks)
            return None if stem is None else self.gradient(Quantity(stem)).kind
        if letter == "delta" and (
            self.strict or marks.index or "delta" not in self.notation.letters.values()
        ):
            return "delta"
        if self.is_input(letter, sub, marks):
            return "a"
        if kinds := self.notation.kinds(letter):
            return kinds[0]
        other = self.notation.kinds(letter.swapcase())
        return next((kind for kind in other if kind in EITHER_CASE), None)

    def is_activation(self, letter: str) -> bool:
        """Whether a letter without scripts is that of the activations of all layers."""
        own = self.notation.own.get("a", ())
        return letter not in (*INPUT_LETTERS, *own) and self.kind(letter, None, Marks()) == "a"

    def is_input(self, letter: str, sub: Tree | None, marks: Marks) -> bool:
        """Whether a letter is the input though no layer is named: alone, with entries below, or with the
        number of an example or a power above."""
        if letter not in INPUT_LETTERS or self.notation.letter("a") == letter:
            return False
        if sub is not None and not is_letters(sub) and not self.habits.numbers_inputs:
            return False
        is_power = bool(self.notation.fence) and not marks.bracketed and isinstance(marks.index, tree.Number)
        is_example = is_counter(marks.index) and of_example(marks, "a", self.notation).index is None
        return marks.index is None or is_power or is_example

    def gradient(self, by: Quantity) -> Quantity:
        """The gradient by a quantity; where a notation has no δ, that by the weighted input is it."""
        is_delta = by.kind == "z" and "delta" not in self.notation.letters
        return Quantity("delta" if is_delta else "d" + by.kind, by.layer)
