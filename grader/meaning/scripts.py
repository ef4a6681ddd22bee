"""Letters with scripts taken apart: what is a transpose, a new value, a layer, an entry, an example, a
power."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from derive.notation import TRANSPOSES
from grader.meaning.terms import Place
from grader.reading import tree
from grader.reading.tree import Span, Tree

NEW = ("new", "neu", "nuevo", "updated", "next", "prime", "+")
"""Superscripts that mark a value after the update."""
LARGEST_INDEX = 10**6
"""Numbers from this one on count no entries."""


class NotUnderstood(ValueError):
    """A name that means nothing here; ``span`` is where it stands, the message is for the student."""

    def __init__(self, span: Span, message: str) -> None:
        super().__init__(message)
        self.span = span


class Marks(Struct, frozen=True):
    """A superscript taken apart: is it a transpose, a new value, an index, the number of an example, a
    power? ``bracket`` is what stands around the index, if anything does."""

    transposed: bool = False
    new: bool = False
    index: Tree | None = None
    bracket: str = ""
    example: Tree | None = None
    power: Tree | None = None

    @property
    def bracketed(self) -> bool:
        return bool(self.bracket)


Piece = tuple[Tree, str]
"""What stands in a script, and the bracket around it."""


def marks_of(sup: Tree | None) -> Marks:
    """The parts of a superscript. Raises `NotUnderstood` for something else."""
    if sup is None:
        return _NO_MARKS
    if isinstance(sup, tree.Name) and sup.text in TRANSPOSES:
        return _TRANSPOSED
    numbers: list[Piece] = []
    transposed = new = False
    for part, bracket in pieces(sup):
        if isinstance(part, tree.Name) and part.text in TRANSPOSES:
            transposed = True
        elif isinstance(part, tree.Name | tree.Text) and part.text in NEW:
            new = True
        else:
            numbers.append((part, bracket))
    listed = isinstance(sup, tree.Group) and len(sup.items) > 1
    return replace(_numbered(numbers, listed), transposed=transposed, new=new)


def _numbered(numbers: list[Piece], listed: bool) -> Marks:
    """Which of the numbers and letters in a superscript is the layer's, the example's, a power."""
    if not numbers:
        return _NO_MARKS
    (first, bracket), *others = numbers
    if not others:
        return Marks(index=first, bracket=bracket)
    (second, fence) = others[0]
    if len(others) == 1:
        if bracket and fence:
            inside = (second, fence, first) if fence == "[" != bracket else (first, bracket, second)
            return Marks(index=inside[0], bracket=inside[1], example=inside[2])
        if bracket and isinstance(second, tree.Number):
            return Marks(index=first, bracket=bracket, power=second)
        if fence or (listed and isinstance(second, tree.Name) and not isinstance(first, tree.Name)):
            return Marks(index=first, example=second)
        if listed and isinstance(first, tree.Name):
            return Marks(index=second, example=first)
    raise NotUnderstood(others[-1][0].span, "this superscript holds more than a layer number and a transpose")


_NO_MARKS = Marks()
_TRANSPOSED = Marks(transposed=True)


def pieces(part: Tree | None, bracket: str = "") -> list[Piece]:
    """What stands side by side in a script, and the round or square bracket around each."""
    if part is None:
        return []
    if isinstance(part, tree.Group):
        inside = part.bracket if part.bracket in "([" else ""
        return [piece for item in part.items for piece in pieces(item, inside)]
    if isinstance(part, tree.Product) and not any(part.joins):
        return [piece for factor in part.factors for piece in pieces(factor, bracket)]
    if isinstance(part, tree.Scripted) and part.sub is None and part.sup is not None and not part.primes:
        return pieces(part.base, bracket) + pieces(part.sup, bracket)
    return [(part, bracket)]


def split(name: tree.Name | tree.Scripted) -> tuple[str | None, Tree | None, Tree | None, int]:
    """Letter, subscript, superscript and primes of a name; the letter is None for a bracket with scripts."""
    if isinstance(name, tree.Name):
        return name.text, None, None, 0
    base = name.base
    if isinstance(base, tree.Group) and len(base.items) == 1 and isinstance(base.items[0], tree.Name):
        base = base.items[0]
    if isinstance(base, tree.Scripted) and isinstance(base.base, tree.Name):
        sub, sup = _together(base.sub, name.sub), _together(base.sup, name.sup)
        if name.sup is None or base.sup is None:
            return base.base.text, sub, sup, base.primes + name.primes
    return (base.text if isinstance(base, tree.Name) else None), name.sub, name.sup, name.primes


def _together(inner: Tree | None, outer: Tree | None) -> Tree | None:
    """Two scripts on the same side of a letter, as in ``W2_new``."""
    if inner is None or outer is None:
        return inner or outer
    return tree.Product((inner.span[0], outer.span[1]), (inner, outer), ("",))


def places_in(sub: Tree, width: int | None = None) -> tuple[Place, ...]:
    """``1``, ``j``, ``jk``, ``j,k`` or ``1k`` as coordinates; ``13`` as row and column where there are two
    (``width``). Raises `NotUnderstood` for what picks no entry."""
    parts = [piece for piece, _ in pieces(sub)]
    if not 1 <= len(parts) <= 2:
        raise NotUnderstood(sub.span, f"an entry is picked by two indices at most, not by {len(parts)}")
    first = parts[0]
    if width == 2 and len(parts) == 1 and isinstance(first, tree.Number) and len(first.text) == 2:
        parts = [tree.Number(first.span, digit) for digit in first.text]
    return tuple(map(place_of, parts))


def without_new(sub: Tree | None, new: bool) -> tuple[Tree | None, bool]:
    """``W1_new`` in plain spelling carries the word in its subscript: what is left, and whether it is new."""
    if isinstance(sub, tree.Name) and sub.text in NEW:
        return None, True
    parts = [piece for piece, _ in pieces(sub)]
    words = [piece for piece in parts if isinstance(piece, tree.Name | tree.Text) and piece.text in NEW]
    others = [piece for piece in parts if piece not in words]
    if words and others:
        span = others[0].span[0], others[-1].span[1]
        return others[0] if len(others) == 1 else tree.Product(
            span, tuple(others), ("",) * (len(others) - 1)
        ), True
    return sub, new


def place_of(piece: Tree) -> Place:
    """One coordinate. Raises `NotUnderstood` for what is neither a letter nor a whole number."""
    if isinstance(piece, tree.Number) and (number := whole(piece)) is not None and number < LARGEST_INDEX:
        return number
    if isinstance(piece, tree.Name) and len(piece.text) == 1 and piece.text.isalpha():
        return piece.text
    raise NotUnderstood(piece.span, "an index is a letter or a whole number")


def whole(number: tree.Number) -> int | None:
    """A whole number in its plainest spelling, as indices are; None for 1.0 and 007."""
    text = number.text
    return int(text) if text.isdecimal() and len(text) < 9 and (text[0] != "0" or text == "0") else None


def is_letters(sub: Tree | None) -> bool:
    """Whether a subscript picks entries by at least one letter."""
    try:
        return sub is not None and any(isinstance(place, str) for place in places_in(sub))
    except NotUnderstood:
        return False
