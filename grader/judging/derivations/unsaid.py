"""What a line of a derivation leaves unsaid: a letter for the layer, or no layer at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import islice, product
from math import prod

from msgspec import Struct, field
from msgspec.structs import replace

from derive.network import Network
from derive.notation import Notation
from derive.quantities import General, Quantity
from grader.judging.derivations.abbreviations import Abbreviation, Name, WithOwnNames, put_in, text_of
from grader.judging.derivations.contraction import by_way_of_z
from grader.judging.derivations.functions import at_input, is_of_function, layers_of
from grader.judging.derivations.ground import Ground, quantities_of
from grader.judging.derivations.links import compared
from grader.judging.question import Question
from grader.meaning import terms
from grader.meaning.differentials import DIFFERENTIALS
from grader.meaning.limits import Undecidable
from grader.meaning.names import Namer
from grader.meaning.network_vocabulary import NetworkVocabulary
from grader.meaning.scripts import NotUnderstood, split
from grader.meaning.terms import Term, letters_in
from grader.reading import tree
from grader.reading.rebuilding import rebuilt
from grader.reading.tree import Tree

Said = list[Term]
"""The sides of a chain, as one way to fill in what was not said understands them."""
MOST_WAYS = 27
"""In so many ways layers are put to the names of a line that says none, at most."""
MOST_TRIES = 48
"""So often layers are put to names in one derivation, at most."""


class Tries(Struct):
    """How often layers may still be put to names."""

    left: int = MOST_TRIES

    def take(self) -> bool:
        """Whether there is one more."""
        self.left -= 1
        return self.left >= 0


class _Line(Struct, frozen=True, dict=True):
    """What is said in one chain, and by whom; ``short`` is what the student's own ``names`` are short for."""

    question: Question
    notation: Notation
    vocabulary: NetworkVocabulary
    sides: Sequence[Tree]
    names: frozenset[str]
    short: Mapping[str, Abbreviation]
    tries: Tries = field(default_factory=Tries)

    @cached_property
    def ground(self) -> Ground:
        return Ground(self.question, self.notation)

    @property
    def known(self) -> WithOwnNames:
        return WithOwnNames(self.vocabulary, self.names)

    def said(self, sides: Sequence[Tree], vocabulary: WithOwnNames) -> Said:
        """What the sides say. Raises `NotUnderstood`."""
        namer = Namer(vocabulary)
        return [put_in(namer.term(side), self.short) for side in sides]

    def holds(self, meant: Said) -> bool:
        return holds(meant, self.ground)


def unsaid(
    question: Question,
    notation: Notation,
    sides: Sequence[Tree],
    names: frozenset[str],
    short: Mapping[str, Abbreviation],
    tries: Tries,
) -> Iterator[Said]:
    """What a chain means that is not understood as it stands: every equation that it makes. The first way
    that makes true ones is taken; if none does, the first that makes any."""
    vocabulary = question.namer(notation).vocabulary
    if not isinstance(vocabulary, NetworkVocabulary) or not isinstance(question.model, Network):
        return
    if tries.left < 0:
        return
    line = _Line(question, notation, vocabulary, sides, names, short, tries)
    first: list[Said] = []
    for way in WAYS:
        found: list[Said] = []
        with suppress(NotUnderstood):
            found.extend(way(line))
        if found and all(map(line.holds, found)):
            yield from found
            return
        first = first or found
    yield from first


# -- a letter for the layer ----------------------------------------------------------------------------------


def _of_every_layer(line: _Line) -> Iterator[Said]:
    """A line about layer l, in a question about particular layers: what it says of each."""
    question, depth = line.question, line.vocabulary.depth
    if question.general:
        return
    said = line.said(line.sides, WithOwnNames(replace(line.vocabulary, general=True), line.names))
    shapes = question.cases_in(line.notation)[0].frame.shapes
    letters = {q.layer.letter for term in said for q in quantities_of(term) if isinstance(q.layer, General)}
    for number in range(1, depth) if "l" in letters else [0]:
        meant = [_numbered(term, {"l": number, "L": depth}) for term in said]
        if not all(q in shapes or q.kind == "n" for term in meant for q in quantities_of(term)):
            continue
        # A letter that may count layers or neurons says of layers only what is true of them.
        if not any(map(letters_in, meant)) or line.holds(meant):
            yield meant


def _numbered(term: Term, layers: Mapping[str, int]) -> Term:
    def number(quantity: Quantity) -> Quantity:
        layer = quantity.layer
        if not isinstance(layer, General):
            return quantity
        return replace(quantity, layer=layers[layer.letter] + layer.offset)

    def change(part: Term) -> Term | None:
        held = {name: number(getattr(part, name)) for name in ("quantity", "of", "by") if hasattr(part, name)}
        return replace(part, **held) if held else None

    return terms.rewritten(term, change)


# -- no layer ------------------------------------------------------------------------------------------------


def _of_some_layer(line: _Line) -> Iterator[Said]:
    """A line whose names say no layer, such as σ′(z) = a(1 − a): the layers of which it is true, if any."""
    yield from (meant for meant in _said_of_layers(line) if line.holds(meant))


def _of_no_layer(line: _Line) -> Iterator[Said]:
    """A line whose names say no layer and that is true of none: what it says of the layer that is asked
    for."""
    unlayered = _names_without_layer(line)
    ways = prod(len(_layers_of(line, name)) for name in unlayered)
    if not unlayered or ways > MOST_WAYS or line.tries.left < 0 or _says_layer_otherwise(line):
        return
    asked = line.question.asked
    if isinstance(asked.layer, int):
        yield _said_of(line, dict.fromkeys(unlayered, int(line.notation.printed(asked.layer, asked.kind))))


def _said_of_layers(line: _Line) -> Iterator[Said]:
    """What a line says with layers put to its names, the same to all of them first."""
    unlayered = _names_without_layer(line)
    same = [(layer,) * len(unlayered) for layer in _layers(line)]
    every = product(*(_layers_of(line, name) for name in unlayered))
    for numbers in dict.fromkeys((*same, *islice(every, MOST_WAYS))):
        if not line.tries.take():
            return
        with suppress(NotUnderstood):
            yield _said_of(line, dict(zip(unlayered, numbers, strict=True)))


def _layers(line: _Line) -> range:
    """The layers as printed, the last one first: some courses count the input as layer 1."""
    return range(line.vocabulary.depth + line.notation.first, 0, -1)


def _layers_of(line: _Line, name: str) -> list[int]:
    """The layers, as printed, that a name may be of, the last one first; only activations have layer 0."""
    kind = next(iter(line.notation.kinds(name.split("_")[0])), "z")
    lowest = 0 if kind == "a" else 1
    return [int(line.notation.printed(n, kind)) for n in range(line.vocabulary.depth, lowest - 1, -1)]


def _said_of(line: _Line, layers: Mapping[str, int]) -> Said:
    known, notation = line.known, line.notation

    def with_layer(name: Name) -> Tree | None:
        return _with_layer(name, notation, layers.get(_spelt(name), 1))

    return line.said([_named_anew(side, known, with_layer) for side in line.sides], known)


def _names_without_layer(line: _Line) -> tuple[str, ...]:
    found: dict[str, None] = {}

    def note(name: Name) -> Tree | None:
        if _with_layer(name, line.notation, 1) is None:
            return None
        found[_spelt(name)] = None
        return name

    for side in line.sides:
        _named_anew(side, line.known, note)
    return tuple(found)


def _named_anew(side: Tree, known: WithOwnNames, change: Callable[[Name], Tree | None]) -> Tree:
    """A tree with every name that lacks a layer changed."""

    def changed(part: Tree) -> Tree | None:
        if not isinstance(part, tree.Name | tree.Scripted):
            return None
        if isinstance(part, tree.Name) and part.text in DIFFERENTIALS:
            return part
        try:
            means = known.kronecker(part) is not None or known.named(part) is not None
        except NotUnderstood:
            return change(part)
        return part if means else None

    return rebuilt(side, changed)


def _spelt(name: Name) -> str:
    """A name with what stands below it, da_j as a_j: a_j and a_k may be of different layers."""
    letter, sub, _, _ = split(name)
    letter = letter[1:] if letter and len(letter) == 2 and letter.startswith("d") else letter
    return f"{letter}_{text_of(sub)}" if sub is not None else str(letter)


def _says_layer_otherwise(line: _Line) -> bool:
    """Whether a name without a number stands for one layer's quantity, as o for the output: some mean any
    layer's by it."""
    for name in (p for side in line.sides for p in side.walk() if isinstance(p, tree.Name | tree.Scripted)):
        with suppress(NotUnderstood):
            named = line.known.named(name)
            numbered = any(isinstance(part, tree.Number) for part in name.walk())
            if named is not None and named.quantity.layer is not None and not numbered:
                return True
    return False


def holds(meant: Said, ground: Ground) -> bool:
    """Whether the sides of an equation are equal."""
    meant = [by_way_of_z(term) for term in meant]
    stands = ground.stands(meant)
    try:
        return all(compared(meant[0], term, stands, meant[0]).equal for term in meant[1:])
    except Undecidable:
        return False


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


# -- no argument ---------------------------------------------------------------------------------------------


def _of_function(line: _Line) -> Iterator[Said]:
    """A line about an activation as a function, σ′ = 1: of the layers of which it is true, the last; of none,
    what it says of the layer that is asked for."""
    if not is_of_function(line.sides):
        return
    letter = tree.Name(line.sides[0].span, line.notation.letter("z"))
    asked = line.question.asked
    home = line.notation.printed(asked.layer, "z") if asked.layer is not None else None
    said: list[Said] = []
    first: list[Said] = []
    for number in layers_of(line.sides, range(line.vocabulary.depth + line.notation.first, 0, -1)):
        with suppress(NotUnderstood):
            place = _with_layer(letter, line.notation, number)
            assert place is not None
            said.append(line.said(at_input(line.sides, place), line.known))
            first = said[-1:] if str(number) == home or not first else first
    yield from next(([meant] for meant in said if line.holds(meant)), first)


def truly_of_function(
    question: Question,
    notation: Notation,
    sides: Sequence[Tree],
    names: frozenset[str],
    short: Mapping[str, Abbreviation],
) -> list[Said]:
    """What a line says of an activation as a function, f′(x) = 1, if it is true of some layer's."""
    vocabulary = question.namer(notation).vocabulary
    if not is_of_function(sides) or not isinstance(vocabulary, NetworkVocabulary):
        return []
    line = _Line(question, notation, vocabulary, sides, names, short)
    return [meant for meant in _of_function(line) if line.holds(meant)]


WAYS: tuple[Callable[[_Line], Iterator[Said]], ...] = (
    _of_every_layer,
    _of_some_layer,
    _of_no_layer,
    _of_function,
)
"""Ways to fill in what was not said, in the order in which they are tried."""
