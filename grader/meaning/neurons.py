"""Neurons that are numbered through a network, the inputs first: n_3 = σ(w_{13} n_1 + w_{23} n_2 + b_3)."""

from __future__ import annotations

from collections.abc import Mapping

from derive.quantities import Quantity
from grader.meaning.network_vocabulary import Name, NetworkVocabulary
from grader.meaning.scripts import NotUnderstood, marks_of, places_in, split
from grader.meaning.vocabulary import Named
from grader.reading import tree
from grader.reading.tree import Span, Tree

KINDS_OF_LETTERS: Mapping[str, str] = {
    "n": "a",
    "z": "z",
    "b": "b",
    "delta": "delta",
    "w": "W",
    "W": "W",
    "y": "y",
    "t": "y",
}
"""What a letter with the number of a neuron, or two of them, stands for."""


class NeuronVocabulary(NetworkVocabulary, frozen=True):
    """Names of the neurons of a network whose ``layers`` have these sizes; other names as in the notation.

    ``w_{13}`` leads from neuron 1 to neuron 3.
    """

    layers: tuple[int, ...] = ()

    def named(self, name: Name) -> Named | None:
        """The entry that a letter with numbers of neurons names."""
        letter, sub, sup, primes = split(name)
        kind = KINDS_OF_LETTERS.get(letter or "")
        if kind is None or sub is None or primes:
            return super().named(name)
        marks = marks_of(sup)
        if kind == "W":
            quantity, entry = self._weight(sub)
        else:
            quantity, entry = self._of_neuron(kind, sub)
        if marks.new:
            quantity = self._new(quantity, name.span)
        return Named(quantity, entry, marks.transposed, marks.index)

    def _of_neuron(self, kind: str, sub: Tree) -> tuple[Quantity, tuple[int, ...]]:
        layer, place = self._place(_number(sub), sub.span)
        if kind == "y":
            return Quantity("y"), (place,)
        if layer == 0 and kind != "a":
            raise NotUnderstood(sub.span, "inputs have neither bias nor error")
        return Quantity(kind, layer), (place,)

    def _weight(self, sub: Tree) -> tuple[Quantity, tuple[int, ...]]:
        found = places_in(sub, 2)
        if len(found) != 2 or not all(isinstance(place, int) for place in found):
            raise NotUnderstood(sub.span, "a weight has two numbers: the neurons it comes from and leads to")
        (below, source), (above, to) = (self._place(int(number), sub.span) for number in found)
        if above != below + 1:
            raise NotUnderstood(sub.span, f"no weight leads from neuron {found[0]} to neuron {found[1]}")
        return Quantity("W", above), (to, source)

    def _place(self, number: int, span: Span) -> tuple[int, int]:
        """The layer of a neuron, and its place there, counted from 1."""
        left = number
        for layer, size in enumerate(self.layers):
            if 1 <= left <= size:
                return layer, left
            left -= size
        raise NotUnderstood(span, f"there is no neuron {number}: they go from 1 to {sum(self.layers)}")


def _number(sub: Tree) -> int:
    found = places_in(sub)
    if len(found) != 1 or not isinstance(found[0], int):
        raise NotUnderstood(sub.span, "the number of one neuron is expected here")
    return found[0]


def names_neurons(part: Tree) -> bool:
    """Whether names such as n_3 occur."""
    return any(
        isinstance(name, tree.Scripted)
        and isinstance(name.base, tree.Name)
        and name.base.text == "n"
        and isinstance(name.sub, tree.Number)
        for name in part.walk()
    )
