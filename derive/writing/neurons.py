"""Written-out formulas of courses that number the neurons through the whole network: n₃ = σ(w₁₃ n₁ + …)."""

from __future__ import annotations

from derive.indices import Places
from derive.quantities import Quantity
from derive.writing.boxes import Box, Digits, Fraction, Script, letter, row
from derive.writing.layout import Writer
from derive.writing.quantities import STATES, together

LETTERS = {"a": "n", "W": "w"}
"""Letters that differ from those between matrices."""


class NeuronWriter(Writer, frozen=True):
    """Numbers the neurons of ``layers`` (sizes, input first) one after the other; w_ij leads from i to j."""

    layers: tuple[int, ...] = ()

    def entry(self, quantity: Quantity, places: Places, indices: tuple[Box, ...]) -> Box:
        """An entry by the numbers of its neurons; one that is picked by letters as usual."""
        numbers = tuple(place for place in places if isinstance(place, int))
        last = len(self.layers) - 1
        layer = last if quantity.kind == "y" else quantity.layer
        if len(numbers) != len(indices) or not isinstance(layer, int):
            return super().entry(quantity, places, indices)
        return self._box(quantity.kind, self._through(layer, numbers))

    def _through(self, layer: int, numbers: tuple[int, ...]) -> tuple[Box, ...]:
        """The numbers in the network of neurons that are numbered in their layers."""
        before = [sum(self.layers[:number]) for number in (layer, layer - 1)]
        through = [number + start for number, start in zip(numbers, before, strict=False)]
        return tuple(Digits(str(number)) for number in reversed(through))

    def _box(self, kind: str, neurons: tuple[Box, ...]) -> Box:
        stem, new, _ = kind.partition("_new")
        if new:
            inner = self._box(stem, neurons)
            assert isinstance(inner, Script)
            return Script(inner.base, inner.sub, letter("new"))
        if kind in ("dW", "db", "dz", "da"):
            loss = letter(self.notation.letter("loss"))
            return Fraction(
                row(letter("partial"), loss), row(letter("partial"), self._box(kind[1:], neurons))
            )
        if kind[0] in STATES and kind[1:] in ("W", "b"):
            return Script(letter(STATES[kind[0]]), sub=self._box(kind[1:], neurons))
        return Script(letter(LETTERS.get(kind, self.notation.letter(kind))), sub=together(neurons))
