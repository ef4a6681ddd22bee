"""Examples of a batch that are picked by a number or letter above: a^{[1](i)} is column i of A^{[1]}."""

from __future__ import annotations

from msgspec.structs import replace

from derive.notation import Notation
from derive.perspective import NEURONS
from grader.meaning.scripts import Marks, NotUnderstood, place_of
from grader.meaning.terms import WHOLE, Place
from grader.reading import tree
from grader.reading.tree import Tree


def is_counter(part: Tree | None) -> bool:
    """Whether what stands above can count examples: a single letter."""
    return isinstance(part, tree.Name) and len(part.text) == 1 and part.text.isalpha()


def of_example(marks: Marks, kind: str, notation: Notation) -> Marks:
    """The marks of a letter whose layer is known without them, or stands elsewhere: what stands above then
    counts examples if it is a letter, or stands in brackets; a bare number is a power."""
    if marks.index is None or marks.example is not None or kind not in NEURONS:
        return marks
    layers = (notation.layer, notation.last)
    named = is_counter(marks.index) and getattr(marks.index, "text", "") not in layers
    if named or (marks.bracketed and isinstance(marks.index, tree.Number)):
        return replace(marks, index=None, bracket="", example=marks.index)
    return marks


def with_example(entry: tuple[Place, ...], example: Tree | None, notation: Notation) -> tuple[Place, ...]:
    """The places of an entry, or of all neurons, in one example. Raises `NotUnderstood`."""
    if example is None:
        return entry
    if len(entry) > 1:
        raise NotUnderstood(example.span, "an entry of one example takes one index below")
    places = (entry[0] if entry else WHOLE, place_of(example))
    return places if notation.examples == "columns" else places[::-1]
