"""What a line of a derivation leaves unsaid: a letter for the layer, or no layer at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from typing import Any

from derive.network import Network
from derive.notation import Notation
from derive.quantities import General, Quantity
from grader.judging.derivations.abbreviations import Abbreviation, WithOwnNames, put_in
from grader.judging.derivations.contraction import by_way_of_z
from grader.judging.derivations.ground import Ground, quantities_of
from grader.judging.derivations.links import compared
from grader.judging.question import Question
from grader.meaning import terms
from grader.meaning.limits import Undecidable
from grader.meaning.names import Namer
from grader.meaning.network_vocabulary import NetworkVocabulary
from grader.meaning.scripts import NotUnderstood
from grader.meaning.terms import Term, letters_in
from grader.reading import tree
from grader.reading.tree import Tree

Said = list[Term]
"""The sides of a chain, as one way to fill in what was not said understands them."""


def unsaid(
    question: Question,
    notation: Notation,
    sides: Sequence[Tree],
    names: frozenset[str],
    short: Mapping[str, Abbreviation],
) -> Iterator[Said]:
    """What a chain means that is not understood as it stands: every equation that it makes. The first way
    that makes any is taken."""
    vocabulary = question.namer(notation).vocabulary
    if not isinstance(vocabulary, NetworkVocabulary) or not isinstance(question.model, Network):
        return
    for way in WAYS:
        found = []
        with suppress(NotUnderstood):
            for meant in way(question, notation, vocabulary, sides, names):
                found.append([put_in(term, short) for term in meant])
        if found:
            yield from found
            return


# -- a letter for the layer ----------------------------------------------------------------------------------


def _of_every_layer(
    question: Question,
    notation: Notation,
    vocabulary: NetworkVocabulary,
    sides: Sequence[Tree],
    names: frozenset[str],
) -> Iterator[Said]:
    """A line about layer l, in a question about particular layers: what it says of each."""
    if question.general:
        return
    namer = Namer(WithOwnNames(replace(vocabulary, general=True), names))
    said = [namer.term(side) for side in sides]
    shapes = question.cases_in(notation)[0].frame.shapes
    letters = {q.layer.letter for term in said for q in quantities_of(term) if isinstance(q.layer, General)}
    numbers = range(1, vocabulary.depth) if "l" in letters else [0]
    for number in numbers:
        meant = [_numbered(term, {"l": number, "L": vocabulary.depth}) for term in said]
        if not all(q in shapes or q.kind == "n" for term in meant for q in quantities_of(term)):
            continue
        # A letter that may count layers or neurons says of layers only what is true of them.
        if not any(map(letters_in, meant)) or _holds(meant, Ground(question, notation)):
            yield meant


def _numbered(term: Term, layers: Mapping[str, int]) -> Term:
    def number(quantity: Quantity) -> Quantity:
        layer = quantity.layer
        if not isinstance(layer, General):
            return quantity
        return replace(quantity, layer=layers[layer.letter] + layer.offset)

    def change(part: Term) -> Term | None:
        held = {name: number(getattr(part, name)) for name in ("quantity", "of", "by") if hasattr(part, name)}
        return replace(part, **held) if held else None  # type: ignore[arg-type]

    return terms.rewritten(term, change)


# -- no layer ------------------------------------------------------------------------------------------------


def _of_some_layer(
    question: Question,
    notation: Notation,
    vocabulary: NetworkVocabulary,
    sides: Sequence[Tree],
    names: frozenset[str],
) -> Iterator[Said]:
    """A line whose names say no layer, such as σ′(z) = a(1 − a): the layer of which it is true, if any."""
    namer, ground = Namer(WithOwnNames(vocabulary, names)), Ground(question, notation)
    # As printed: some courses count the input as layer 1.
    for number in range(vocabulary.depth + 1, 0, -1):
        with suppress(NotUnderstood):
            meant = [namer.term(_layered(side, vocabulary, number)) for side in sides]
            if _holds(meant, ground):
                yield meant
                return


def _holds(meant: Said, ground: Ground) -> bool:
    meant = [by_way_of_z(term) for term in meant]
    stands = ground.stands(meant)
    try:
        return all(compared(meant[0], term, stands, meant[0]).equal for term in meant[1:])
    except Undecidable:
        return False


def _layered(part: Tree, vocabulary: NetworkVocabulary, number: int) -> Tree:
    """A tree with a layer at every name that has none."""

    def change(inner: Tree) -> Tree | None:
        if not isinstance(inner, tree.Name | tree.Scripted):
            return None
        try:
            vocabulary.named(inner)
        except NotUnderstood:
            return _with_layer(inner, vocabulary.notation, number)
        return inner

    return rebuilt(part, change)


def _with_layer(name: tree.Name | tree.Scripted, notation: Notation, number: int) -> Tree | None:
    layer = tree.Number(name.span, str(number))
    if isinstance(name, tree.Name):
        below = notation.place == "sub"
        return tree.Scripted(name.span, name, layer if below else None, None if below else layer)
    if not isinstance(name.base, tree.Name):
        return None
    if notation.place == "sup":
        return replace(name, sup=layer) if name.sup is None else None
    sub: Tree = layer if name.sub is None else tree.Group(name.span, "{", (layer, name.sub))
    return replace(name, sub=sub)


WAYS: tuple[Callable[..., Iterator[Said]], ...] = (_of_every_layer, _of_some_layer)
"""Ways to fill in what was not said, in the order in which they are tried."""


def rebuilt(part: Tree, change: Callable[[Tree], Tree | None]) -> Tree:
    """The tree with every part for which ``change`` gives another exchanged, from the root down."""
    other = change(part)
    if other is not None and (other is not part or isinstance(part, tree.Name | tree.Scripted)):
        return other
    held = {field.name: getattr(part, field.name) for field in fields(part) if field.name != "span"}
    fresh: dict[str, Any] = {name: _rebuilt_in(inner, change) for name, inner in held.items()}
    return replace(part, **fresh)


def _rebuilt_in(inner: Any, change: Callable[[Tree], Tree | None]) -> Any:
    if isinstance(inner, Tree):
        return rebuilt(inner, change)
    if isinstance(inner, tuple):
        return tuple(_rebuilt_in(each, change) for each in inner)
    return inner
