"""Sums over the layers of a network, Σ_l ‖W_l‖², and over all of its weights, Σ_w w²: written out term by
term."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from derive.notation import Notation
from grader.meaning.scripts import pieces, whole
from grader.reading import tree
from grader.reading.tree import BigOperator, Group, Name, Number, Product, Scripted, Tree, names_of_fields

MOST_LAYERS = 50
"""Sums over more layers are not written out."""
ALWAYS_LAYERS = ("l", "ell")
"""Letters that count layers wherever they stand alone below a letter, beside the notation's own."""
FRESH = "jkpqrsuv"
"""Letters for the entries of weights."""


class LayerSums(Struct, frozen=True):
    """Knows sums over the layers of a network of ``depth`` in a notation; ``is_weight`` says whether a letter
    stands for weights."""

    notation: Notation
    depth: int
    is_weight: Callable[[str], bool]

    def written_out(self, part: BigOperator) -> Tree | None:
        """A sum over layers or over all weights as the terms it stands for; None for any other sum."""
        if part.kind != "sum" or part.low is None:
            return None
        below = [piece for piece, _ in pieces(part.low)]
        for place, piece in enumerate(below):
            terms = self._terms(part, piece)
            if terms is None:
                continue
            others = (*below[:place], *below[place + 1 :])
            return _added(part, [_under(part, others, term) for term in terms])
        return None

    def _terms(self, part: BigOperator, piece: Tree) -> list[Tree] | None:
        """What stands under the sum, for every value of one of the letters below it."""
        letter, first = piece, None
        if isinstance(piece, tree.Relation) and piece.relations == ("=",):
            letter, start = piece.sides
            first = whole(start) if isinstance(start, Number) else None
            if first is None:
                return None
        if not isinstance(letter, Name):
            return None
        if first is None and self.is_weight(letter.text) and _stands_alone(letter.text, part.body):
            return [self._of_weight(letter.text, layer, part) for layer in range(1, self.depth + 1)]
        if self.depth < 2 or not self._counts_layers(letter.text, part.body):
            return None
        numbers = self._numbers(first, part.high)
        return [_at(part.body, letter.text, number) for number in numbers] if numbers else None

    # -- over layers -----------------------------------------------------------------------------------------

    def _counts_layers(self, letter: str, body: Tree) -> bool:
        """Whether a letter is the layer of weights in the body, and nothing but a layer anywhere else."""
        names = [part for part in body.walk() if isinstance(part, Scripted) and _in_scripts(part, letter)]
        if sum(_is(part, letter) for part in body.walk()) != sum(_count(name, letter) for name in names):
            return False
        weights = (name for name in names if isinstance(name.base, Name) and self.is_weight(name.base.text))
        return any(weights) and all(self._is_layer_of(name, letter) for name in names)

    def _is_layer_of(self, name: Scripted, letter: str) -> bool:
        in_sub, in_sup = _mentions(name.sub, letter), _mentions(name.sup, letter)
        if self.notation.place == "sup" and in_sup:
            return not in_sub
        alone = in_sub and not in_sup and _is_number(name.sub, letter)
        if self.notation.place == "sup":
            return alone and letter in (self.notation.layer, *ALWAYS_LAYERS)
        listed = isinstance(name.sub, Group) and _is_number(name.sub.items[0], letter)
        return not in_sup and (alone or listed)

    def _numbers(self, first: int | None, high: Tree | None) -> range | None:
        """The printed numbers of the layers that a sum runs over, of those that have weights: many courses
        write Σ from 1 to L whatever their first weights are called. None where that is not clear."""
        start = max(first or 0, int(self.notation.printed(1, "W")))
        last = self._last(high)
        return None if last is None or not 0 <= last - start < MOST_LAYERS else range(start, last + 1)

    def _last(self, high: Tree | None) -> int | None:
        while isinstance(high, Group) and len(high.items) == 1:
            high = high.items[0]
        if isinstance(high, Number):
            return whole(high)
        last = int(self.notation.printed(self.depth, "W"))
        if isinstance(high, tree.Sum) and len(high.terms) == 2 and isinstance(high.terms[1], Number):
            letter, step = high.terms[0], whole(high.terms[1])
            if step is None or not self._is_last(letter):
                return None
            top = int(self.notation.printed(self.depth))
            return min(top + step if high.signs[0] == "+" else top - step, last)
        return last if high is None or self._is_last(high) else None

    def _is_last(self, letter: Tree) -> bool:
        return isinstance(letter, Name) and letter.text in (self.notation.last, "L")

    # -- over all weights ------------------------------------------------------------------------------------

    def _of_weight(self, letter: str, layer: int, part: BigOperator) -> Tree:
        """What the body is of every weight of one layer, added up."""
        used = {name.text for name in part.walk() if isinstance(name, Name)}
        row, column = (Name(part.span, each) for each in [c for c in FRESH if c not in used][:2])
        entry = self._entry(letter, Number(part.span, self.notation.printed(layer, "W")), (row, column))

        def change(name: Tree) -> Tree | None:
            return Group(name.span, "(", (entry,)) if _is(name, letter) else None

        low = Group(part.span, "{", (row, column))
        return replace(part, low=low, high=None, body=_changed(part.body, change))

    def _entry(self, letter: str, layer: Number, indices: tuple[Name, Name]) -> Scripted:
        span, both = layer.span, Product(layer.span, indices, ("",))
        if self.notation.place == "sub":
            return Scripted(span, Name(span, letter), sub=Group(span, "{", (layer, both)))
        fence = self.notation.fence[0] if self.notation.fence else ""
        above = Group(span, fence, (layer,)) if fence else layer
        return Scripted(span, Name(span, letter), sub=both, sup=above)


# -- pieces of trees -----------------------------------------------------------------------------------------


def _is(part: Tree, letter: str) -> bool:
    return isinstance(part, Name) and part.text == letter


def _mentions(part: Tree | None, letter: str) -> bool:
    return part is not None and any(_is(inner, letter) for inner in part.walk())


def _in_scripts(name: Scripted, letter: str) -> bool:
    return _mentions(name.sub, letter) or _mentions(name.sup, letter)


def _count(name: Scripted, letter: str) -> int:
    """How often a letter stands in the scripts of a name itself."""
    return sum(_is(inner, letter) for script in (name.sub, name.sup) if script for inner in script.walk())


def _is_number(script: Tree | None, letter: str) -> bool:
    """Whether a script is only a letter, or one more or less than it."""
    while isinstance(script, Group) and len(script.items) == 1:
        script = script.items[0]
    if isinstance(script, tree.Sum) and len(script.terms) == 2 and isinstance(script.terms[1], Number):
        script = script.terms[0]
    return script is not None and _is(script, letter)


def _stands_alone(letter: str, body: Tree) -> bool:
    """Whether a letter stands in the body, at most with a power on it."""
    named = [part for part in body.walk() if isinstance(part, Scripted) and _is(part.base, letter)]
    powers = all(name.sub is None and isinstance(name.sup, Number) and not name.primes for name in named)
    return _mentions(body, letter) and powers


def _at(body: Tree, letter: str, number: int) -> Tree:
    """The body for one value of a letter."""

    def change(part: Tree) -> Tree | None:
        if _is(part, letter):
            return Number(part.span, str(number))
        return _summed(part) if isinstance(part, tree.Sum) else None

    return _changed(body, change)


def _summed(part: tree.Sum) -> Tree | None:
    """The number that two whole numbers give, as in the script l − 1; None for other sums."""
    values = [whole(term) if isinstance(term, Number) else None for term in part.terms]
    if len(values) != 2 or values[0] is None or values[1] is None:
        return None
    number = values[0] + values[1] if part.signs[0] == "+" else values[0] - values[1]
    return Number(part.span, str(number)) if number >= 0 else None


def _changed(part: Tree, change: Callable[[Tree], Tree | None]) -> Tree:
    """The tree with everything for which ``change`` gives a replacement exchanged, from the leaves up."""
    fresh = {name: _changed_in(getattr(part, name), change) for name in names_of_fields(part)}
    rebuilt = replace(part, **fresh)
    return change(rebuilt) or rebuilt


def _changed_in(value: Any, change: Callable[[Tree], Tree | None]) -> Any:
    if isinstance(value, Tree):
        return _changed(value, change)
    return tuple(_changed_in(item, change) for item in value) if isinstance(value, tuple) else value


def _under(part: BigOperator, below: tuple[Tree, ...], body: Tree) -> Tree:
    """The sum over the other letters below the sign, if there are any."""
    if not below:
        return body
    low = below[0] if len(below) == 1 else Group(part.span, "{", below)
    return replace(part, low=low, high=None, body=body)


def _added(part: BigOperator, terms: list[Tree]) -> Tree:
    if len(terms) == 1:
        return Group(part.span, "(", tuple(terms))
    return Group(part.span, "(", (tree.Sum(part.span, tuple(_bracketed(terms)), ("+",) * (len(terms) - 1)),))


def _bracketed(terms: list[Tree]) -> Iterator[Tree]:
    """Terms that may be added: a body that is a sum stays together."""
    for term in terms:
        yield Group(term.span, "(", (term,)) if isinstance(term, tree.Sum) else term
