"""Which layer a script names, and which of a letter's scripts is the layer, an entry or a power."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from derive.notation import Notation
from derive.quantities import General, LayerIndex
from grader.meaning.examples import is_counter
from grader.meaning.scripts import Marks, NotUnderstood, is_letters, pieces, places_in, whole
from grader.meaning.terms import Place
from grader.reading import tree
from grader.reading.tree import Span, Tree

LAYER_LETTERS = ("l", "i", "k", "ell")
"""Letters students use for a layer in general, beside the notation's own."""


class Scripts(Struct, frozen=True):
    """What the scripts of a letter say: the layer, as written; an entry; what is left as a power."""

    layer: Tree | None
    entry: tuple[Place, ...] = ()
    power: Tree | None = None


class Layers(Struct, frozen=True):
    """The layers of a network of ``depth`` in a notation; ``general`` allows letters for them. ``strict``
    refuses layers on the other side than the notation has them; ``fenced`` says that the answer has its
    layers in brackets, ``glued`` that they follow their letter at once, so that a bare number above is a
    power."""

    notation: Notation
    depth: int
    general: bool = False
    strict: bool = False
    fenced: bool = False
    glued: bool = False

    def scripts(self, sub: Tree | None, marks: Marks, kind: str) -> Scripts:
        """Which script is the layer, which an entry, which a power. Raises `NotUnderstood`."""
        return (
            self._below(sub, marks, kind) if self.notation.place == "sub" else self._above(sub, marks, kind)
        )

    def _below(self, sub: Tree | None, marks: Marks, kind: str) -> Scripts:
        """Layers stand below; an entry may follow behind a comma, as in δ_{2,j}."""
        if marks.index is not None and marks.bracketed:
            below = f"{self.notation.letter('a')}_2"
            raise NotUnderstood(
                marks.index.span,
                f"a number in brackets is no power; this course writes layers below, as in {below}",
            )
        counted = marks.index if is_counter(marks.index) else None
        if sub is not None and counted is not None and width_of(kind) is None:
            return Scripts(sub, places_in(counted))
        if isinstance(sub, tree.Group) and sub.bracket == "{" and len(sub.items) > 1:
            first, *others = sub.items
            rest = tree.Group(sub.span, "{", tuple(others))
            if is_letters(rest):
                return Scripts(first, places_in(rest, width_of(kind)), marks.index)
        if (parted := self._layer_and_entry(sub, kind)) is not None:
            return Scripts(parted[0], places_in(parted[1], width_of(kind)), marks.index)
        if (
            sub is not None
            and self.depth == 1
            and not self.general
            and is_letters(sub)
            and not self._names(sub)
        ):
            return Scripts(None, places_in(sub, width_of(kind)), marks.index)
        return Scripts(sub, (), marks.index)

    def _layer_and_entry(self, sub: Tree | None, kind: str) -> tuple[Tree, Tree] | None:
        """``W2_kj``, ``W_{2kj}``: a number and the letters of an entry; ``δ_{2,1}``: the second is the
        neuron's."""
        parts = [piece for piece, _ in pieces(sub)]
        if sub is None or len(parts) < 2 or not isinstance(parts[0], tree.Number):
            return None
        rest = tree.Group(sub.span, "{", tuple(parts[1:]))
        listed = isinstance(sub, tree.Group) and sub.bracket == "{"
        single = len(parts) == 2 and listed and width_of(kind) is None
        return (parts[0], rest) if is_letters(rest) or single else None

    def _above(self, sub: Tree | None, marks: Marks, kind: str) -> Scripts:
        """Layers stand above and entries below; a layer alone may stand below."""
        if marks.index is not None and (self._is_power(sub, marks) or self._is_behind_layer(sub, marks)):
            unpowered = replace(marks, index=None)
            return replace(self._above(sub, unpowered, kind), power=marks.index)
        if marks.index is not None:
            entry = () if sub is None else places_in(sub, width_of(kind))
            return Scripts(marks.index, entry, marks.power)
        if sub is not None and is_letters(sub) and not (self.general and self._names(sub)):
            return Scripts(None, places_in(sub, width_of(kind)))
        if sub is not None and self.strict:
            raise NotUnderstood(sub.span, "here layers stand above")
        return Scripts(sub)

    def _is_power(self, sub: Tree | None, marks: Marks) -> bool:
        """Whether a bare number above is a power: where layers stand in brackets and this one is known
        without it, or all others of the answer do."""
        if not self.notation.fence or marks.bracketed or not isinstance(marks.index, tree.Number):
            return False
        is_only_layer = self.depth == 1 and not self.general
        return self.fenced or (is_only_layer and is_letters(sub))

    def _is_behind_layer(self, sub: Tree | None, marks: Marks) -> bool:
        return self.glued and isinstance(sub, tree.Number) and isinstance(marks.index, tree.Number)

    def _names(self, sub: Tree) -> bool:
        """Whether a subscript may be a letter for a layer."""
        try:
            return isinstance(self._index(sub, "a"), General)
        except NotUnderstood:
            return False

    def layer(self, number: Tree | None, kind: str, letter: str, span: Span) -> LayerIndex:
        """The layer, counted from 0, behind a script. Raises `NotUnderstood`."""
        if number is None:
            if letter in ("x", "X"):
                return 0
            if self.depth == 1 and not self.general:
                return 1
            raise NotUnderstood(span, f"which layer is meant by `{letter}`? It needs a layer number")
        index = self._index(number, kind)
        if isinstance(index, General):
            if index.letter == "l" and not self.general:
                raise NotUnderstood(
                    number.span, "this question is about one particular layer: write its number"
                )
            return index if self.general else self.depth + index.offset
        self._refuse_outside(index, kind, letter, span)
        return index

    def _refuse_outside(self, index: int, kind: str, letter: str, span: Span) -> None:
        lowest = 0 if kind in ("a", "da", "n") else 1
        if not lowest <= index <= self.depth:
            first, last = self.notation.printed(lowest, kind), self.notation.printed(self.depth, kind)
            raise NotUnderstood(
                span,
                f"you use `{self._symbol(letter, index, kind)}`, "
                f"but in this network `{letter}` goes from layer {first} to layer {last}",
            )

    def _symbol(self, letter: str, index: int, kind: str) -> str:
        """A letter with its layer in plain spelling: ``W_5``, ``a^{(5)}``."""
        number = self.notation.printed(index, kind)
        if self.notation.place == "sub":
            return f"{letter}_{number}"
        left, right = self.notation.fence or ("", "")
        return f"{letter}^{{{left}{number}{right}}}" if left else f"{letter}^{number}"

    def _index(self, number: Tree, kind: str) -> LayerIndex:
        while isinstance(number, tree.Group) and len(number.items) == 1:
            number = number.items[0]
        if isinstance(number, tree.Number) and (counted := whole(number)) is not None:
            return self.notation.internal(counted, kind)
        if isinstance(number, tree.Name):
            return self._letter(number, kind)
        if isinstance(number, tree.Sum) and len(number.terms) == 2 and isinstance(number.terms[0], tree.Name):
            step = number.terms[1]
            if isinstance(step, tree.Number) and step.value.denominator == 1:
                return self._letter(number.terms[0], kind) + (
                    int(step.value) if number.signs[0] == "+" else -int(step.value)
                )
        example = self._symbol(self.notation.letter(kind), 1, kind)
        raise NotUnderstood(number.span, f"a layer number is expected here, as in {example}")

    def _letter(self, name: tree.Name, kind: str) -> General:
        for letters, layer in (
            ((self.notation.last,), General("L")),
            ((self.notation.layer, *LAYER_LETTERS), General("l")),
        ):
            if name.text in letters:
                printed = self.notation.numbered(layer, kind)
                assert isinstance(printed, General)
                return layer - printed.offset
        raise NotUnderstood(
            name.span,
            f"`{name.text}` is no layer: write a number, or {self.notation.layer} for a layer in general",
        )


def width_of(kind: str) -> int | None:
    """Two indices pick an entry of weights; of a vector one, or two with the example's: None."""
    return 2 if kind.removesuffix("_new").endswith("W") else None
