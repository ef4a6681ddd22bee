"""The names of a network's quantities in a notation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from derive.notation import Notation
from derive.quantities import KINDS, General, LayerIndex, Quantity
from grader.meaning import terms
from grader.meaning.scripts import NEW, Marks, NotUnderstood, entry, marks_of, pieces, split
from grader.meaning.terms import Term
from grader.meaning.vocabulary import Named
from grader.reading import tree
from grader.reading.tree import Span, Tree

OUTPUT_LETTERS = ("hat_y", "yhat", "o")
"""Names of the network's output that carry no layer."""
LAYER_LETTERS = ("l", "i", "k", "ell")
"""Letters students use for a layer in general, beside the notation's own."""
NO_NEW_VALUE = "only weights, biases, weighted inputs, activations and the loss have a new value"


@dataclass(frozen=True)
class NetworkVocabulary:
    """Names of a network of ``depth`` layers written in ``notation``; ``general`` allows layer letters.

    ``sizes`` says what letters without a layer number count: examples, or outputs. ``strict`` refuses layers
    on the other side than the notation has them.
    """

    notation: Notation
    depth: int
    general: bool = False
    sizes: Mapping[str, Quantity] = field(default_factory=dict)
    strict: bool = False

    def named(self, name: tree.Name | tree.Scripted) -> Named | None:
        letter, sub, sup, primes = split(name)
        if letter is None:
            return None
        if letter in self.sizes and sub is None and sup is None:
            return Named(self.sizes[letter])
        if letter in OUTPUT_LETTERS and sub is None and not primes:
            return self._output(sup)
        if self._kind(letter, None, Marks()) is None and letter != "x":
            return None
        marks = marks_of(sup)
        kind = self._kind(letter, sub, marks)
        if kind is None:
            return None
        if kind == "n" and marks.index is None:
            return Named(Quantity("n", self._layer(sub, kind, letter, name.span)))
        if not KINDS[kind].layered if kind in KINDS else False:
            return self._unlayered(name, kind, sub, marks, primes)
        return self._layered(name, kind, letter, sub, marks, primes)

    def _output(self, sup: Tree | None) -> Named:
        marks = marks_of(sup)
        last = Quantity("a", General("L") if self.general else self.depth)
        return Named(last, (), marks.transposed, marks.index)

    def derivative(self, of: Tree, by: Tree, span: Span) -> Term:
        """∂of/∂by: of the loss a gradient, of anything else what the chain rule needs."""
        by_name = self._differentiated_by(by)
        of_name = self.named(of) if isinstance(of, tree.Name | tree.Scripted) else None
        if of_name is None or of_name.entry or of_name.transposed or of_name.power is not None:
            raise NotUnderstood(
                of.span, f"derivatives are taken of {self.notation.letter('loss')}, z or a here"
            )
        if of_name.quantity.kind == "loss":
            return self._gradient(by_name, span)
        if of_name.quantity.kind not in ("z", "a") or by_name.entry:
            raise NotUnderstood(
                of.span, f"derivatives are taken of {self.notation.letter('loss')}, z or a here"
            )
        return terms.Partial(span, of_name.quantity, by_name.quantity)

    def gradient(self, by: Tree, span: Span) -> Term | None:
        """What ``dW_1`` and ``db_1`` mean in programs: the gradient of the loss; None if nothing."""
        named = self.named(by) if isinstance(by, tree.Name | tree.Scripted) else None
        if named is None or named.quantity.kind not in ("W", "b", "z"):
            return None
        gradient = self._gradient(named, span)
        return terms.Transposed(span, gradient) if named.transposed else gradient

    def _differentiated_by(self, by: Tree) -> Named:
        if isinstance(by, tree.Name) and self._kind(by.text, None, Marks()) == "a" and by.text != "x":
            # A derivative by "the activation" without a layer is the one by the output, as in ∇_a C.
            return Named(Quantity("a", General("L") if self.general else self.depth))
        named = self.named(by) if isinstance(by, tree.Name | tree.Scripted) else None
        if named is None or named.transposed or named.quantity.kind not in ("W", "b", "z", "a"):
            raise NotUnderstood(
                by.span, "derivatives are taken by weights, biases, weighted inputs or activations"
            )
        return named

    def _gradient(self, by: Named, span: Span) -> Term:
        gradient = terms.Reference(span, Quantity("d" + by.quantity.kind, by.quantity.layer))
        return terms.Entry(span, gradient, by.entry) if by.entry else gradient

    # -- what the letter is ----------------------------------------------------------------------------------

    def _kind(self, letter: str, sub: Tree | None, marks: Marks) -> str | None:
        if letter in ("dW", "db", "dz", "da", "dZ", "dA", "dw", "dB"):
            stem = self._kind(letter[1:], sub, marks)
            return None if stem is None else "d" + stem
        if letter == "x" and self.notation.letter("a") != "x" and sub is None and marks.index is None:
            return "a"
        for candidate in (letter, letter.swapcase()):
            kinds = self.notation.kinds(candidate)
            if candidate != letter:
                kinds = tuple(kind for kind in kinds if kind in ("a", "z", "W", "b", "y"))
            if kinds:
                return kinds[0]
        return None

    def _unlayered(self, name: Tree, kind: str, sub: Tree | None, marks: Marks, primes: int) -> Named:
        if primes and kind != "y":
            raise NotUnderstood(name.span, "a prime does not say by what is differentiated: write ∂/∂")
        sub, new = self._without_new(sub, marks.new)
        if new and kind != "loss":
            raise NotUnderstood(name.span, NO_NEW_VALUE)
        quantity = Quantity(kind + "_new" if new else kind)
        numbers = entry(sub) if sub is not None and kind == "y" else ()
        return Named(quantity, numbers, marks.transposed or primes % 2 == 1, marks.index)

    def _layered(
        self, name: Tree, kind: str, letter: str, sub: Tree | None, marks: Marks, primes: int
    ) -> Named:
        sub, new = self._without_new(sub, marks.new)
        number, numbers, power = self._places(sub, marks)
        layer = self._layer(number, kind, letter, name.span)
        if new and kind not in ("W", "b", "z", "a"):
            raise NotUnderstood(name.span, NO_NEW_VALUE)
        return Named(
            Quantity(kind + "_new" if new else kind, layer),
            numbers,
            marks.transposed or primes % 2 == 1,
            power,
        )

    def _without_new(self, sub: Tree | None, new: bool) -> tuple[Tree | None, bool]:
        """``W1_new`` in plain spelling carries the word in its subscript."""
        if isinstance(sub, tree.Name) and sub.text in NEW:
            return None, True
        parts = [piece for piece, _ in pieces(sub)]
        words = [piece for piece in parts if isinstance(piece, tree.Name | tree.Text) and piece.text in NEW]
        if words and len(parts) == 2:
            return next(piece for piece in parts if piece not in words), True
        return sub, new

    def _places(self, sub: Tree | None, marks: Marks) -> tuple[Tree | None, tuple[int, ...], Tree | None]:
        """Which script is the layer, which an entry, which a power."""
        if self.notation.place == "sub":
            if marks.index is not None and marks.bracketed:
                below = f"{self.notation.letter('a')}_2"
                raise NotUnderstood(
                    marks.index.span,
                    f"a number in brackets is no power; this course writes layers below, as in {below}",
                )
            return sub, (), marks.index
        if marks.index is None:
            if sub is not None and self.strict:
                raise NotUnderstood(sub.span, "here layers stand above")
            return sub, (), None
        return marks.index, entry(sub) if sub is not None else (), None

    def _layer(self, number: Tree | None, kind: str, letter: str, span: Span) -> LayerIndex:
        if number is None:
            if letter == "x":
                return 0
            if self.depth == 1 and not self.general:
                return 1
            raise NotUnderstood(span, f"which layer is meant by `{letter}`? It needs a layer number")
        index = self._index(number)
        if isinstance(index, General):
            if index.letter == "l" and not self.general:
                raise NotUnderstood(
                    number.span, "this question is about one particular layer: write its number"
                )
            return index if self.general else self.depth + index.offset
        lowest = 0 if kind in ("a", "da", "n") else 1
        if not lowest <= index <= self.depth:
            first, last = self.notation.printed(lowest), self.notation.printed(self.depth)
            raise NotUnderstood(
                span,
                f"you use layer {self.notation.printed(index)}, "
                f"but here `{letter}` goes from layer {first} to {last}",
            )
        return index

    def _index(self, number: Tree) -> LayerIndex:
        while isinstance(number, tree.Group) and len(number.items) == 1:
            number = number.items[0]
        if isinstance(number, tree.Number) and number.value.denominator == 1:
            return self.notation.internal(int(number.value))
        if isinstance(number, tree.Name):
            return self._letter(number)
        if isinstance(number, tree.Sum) and len(number.terms) == 2 and isinstance(number.terms[0], tree.Name):
            step = number.terms[1]
            if isinstance(step, tree.Number) and step.value.denominator == 1:
                return self._letter(number.terms[0]) + (
                    int(step.value) if number.signs[0] == "+" else -int(step.value)
                )
        raise NotUnderstood(number.span, "this is no layer number")

    def _letter(self, name: tree.Name) -> General:
        if name.text == self.notation.last:
            return General("L")
        if name.text in (self.notation.layer, *LAYER_LETTERS):
            return General("l")
        raise NotUnderstood(
            name.span,
            f"`{name.text}` is no layer: write a number, or {self.notation.layer} for a layer in general",
        )
