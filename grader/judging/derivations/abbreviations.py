"""Names that a student gives: "let e = a_2 − y" makes e short for the rest of a derivation."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from derive.notation import Notation
from derive.quantities import Quantity
from grader.meaning import terms
from grader.meaning.heads import FUNCTION_NAMES, head_of
from grader.meaning.network_vocabulary import outputs_of
from grader.meaning.scripts import NotUnderstood, marks_of, places_in, split
from grader.meaning.terms import Entry, Gathered, Place, Reference, SumOver, Term, letters_in
from grader.meaning.vocabulary import Named, Vocabulary
from grader.reading import tree
from grader.reading.tree import BigOperator, Span, Tree

Name = tree.Name | tree.Scripted
OWN = "your "
"""How the kinds of a student's own names begin."""
MOST_PARTS = 400
"""How long a side may get by putting in what names are short for."""
_NEVER = ("partial", "nabla", "d", "e^")
"""What is no name though it looks like one."""


class Abbreviation(Struct, frozen=True):
    """What a name is short for; ``letters`` where it was said of an entry, as in e_j = a_j − y_j."""

    body: Term
    letters: tuple[str, ...] = ()


class WithOwnNames(Struct, frozen=True, dict=True):
    """A vocabulary and the names that a student gave, which become quantities of their own."""

    inner: Vocabulary
    names: frozenset[str] = frozenset()

    @cached_property
    def plain(self) -> dict[object, Named]:
        """Those of this derivation alone."""
        return {}

    @property
    def bias_inside(self) -> bool:
        return self.inner.bias_inside

    @property
    def fence(self) -> str:
        return self.inner.fence

    def named(self, name: Name) -> Named | None:
        for key, entry, sup in _spellings(name) if self.names else ():
            if key in self.names:
                marks = marks_of(sup)
                primes = split(name)[3]
                return Named(Quantity(OWN + key), entry, marks.transposed or primes % 2 == 1, marks.index)
        return self.inner.named(name)

    def derivative(self, of: Tree, by: Tree, span: Span) -> Term:
        return self.inner.derivative(of, by, span)

    def gradient(self, by: Tree, span: Span) -> Term | None:
        return None if "d" in self.names else self.inner.gradient(by, span)

    def unbiased(self, name: Name) -> Term | None:
        return self.inner.unbiased(name)

    def kronecker(self, name: Name) -> tuple[str, str] | None:
        return self.inner.kronecker(name)

    def picked(self, quantity: Quantity, places: tuple[Place, ...]) -> tuple[Quantity, tuple[Place, ...]]:
        return self.inner.picked(quantity, places)

    def example(self, number: Tree) -> tuple[Place, ...]:
        return self.inner.example(number)

    def known(self) -> str:
        return self.inner.known()

    def by_layers(self, part: BigOperator) -> Tree | None:
        return self.inner.by_layers(part)

    def variable(self, by: Tree) -> Named:
        return self.inner.variable(by)


def _spellings(name: Name) -> list[tuple[str, tuple[Place, ...], Tree | None]]:
    """A name with its scripts as the student may have given it: with all of them, without the superscript,
    or with a subscript that picks an entry."""
    letter, sub, sup, _ = split(name)
    if letter is None:
        return []
    found: list[tuple[str, tuple[Place, ...], Tree | None]] = [(_key(letter, sub, sup), (), None)]
    if sup is not None:
        found.append((_key(letter, sub, None), (), sup))
    if sub is not None:
        with suppress(NotUnderstood):
            found.append((_key(letter, None, None), places_in(sub), sup))
    return found


def keys_of(name: Name) -> list[str]:
    """The names that a letter with its scripts may be."""
    return [key for key, _, _ in _spellings(name)]


def _key(letter: str, sub: Tree | None, sup: Tree | None) -> str:
    below = "_" + text_of(sub) if sub is not None else ""
    return letter + below + ("^" + text_of(sup) if sup is not None else "")


def text_of(part: Tree) -> str:
    """What a script says, to tell names by."""
    if isinstance(part, tree.Name | tree.Number | tree.Text):
        return part.text
    return type(part).__name__ + ",".join(text_of(inner) for inner in part.parts)


def name_given(part: Tree, vocabulary: Vocabulary) -> tuple[str, tuple[str, ...]] | None:
    """The name that a left side gives, and the letters of its entry; None for names that mean something."""
    if not isinstance(part, tree.Name | tree.Scripted):
        return None
    head = head_of(part)
    if head is not None and (head.name in FUNCTION_NAMES or head.order):
        return None
    letter, sub, sup, primes = split(part)
    if letter is None or letter in _NEVER or primes or (letter.startswith("d") and len(letter) == 2):
        return None
    try:
        if vocabulary.named(part) is not None or vocabulary.kronecker(part) is not None:
            return None
        places = places_in(sub) if sub is not None else ()
    except NotUnderstood:
        return None
    letters = tuple(place for place in places if isinstance(place, str) and len(place) == 1)
    if letters and len(letters) == len(places) and sup is None:
        return letter, letters
    if sup is not None and marks_of(sup).transposed:
        return None
    return _key(letter, sub, sup), ()


def name_given_anew(
    part: Tree, notation: Notation, vocabulary: Vocabulary, written: frozenset[str]
) -> str | None:
    """A letter that courses may use for a quantity whose own letter stands elsewhere in the derivation, or
    for the output, or d: said of something else, as in "let J = diag(a) − a aᵀ" where the loss is C. None
    for other left sides."""
    if not isinstance(part, tree.Name) or part.text in notation.letters.values():
        return None
    own = [notation.letters.get(kind) for kind in notation.kinds(part.text)]
    is_free = part.text in ("d", *outputs_of(vocabulary)) or written.intersection(map(str, own))
    return part.text if is_free else None


# -- putting in ----------------------------------------------------------------------------------------------


def put_in(term: Term, known: Mapping[str, Abbreviation]) -> Term:
    """The term with everything written out that the student's names are short for. Raises `NotUnderstood`
    for a name that is used before anything was said of it, or for itself."""

    def entry(part: Term) -> Term | None:
        name = _own_name(part.body) if isinstance(part, Entry) else None
        short = known.get(name) if name is not None else None
        if short is None or not isinstance(part, Entry) or len(short.letters) != len(part.indices):
            return None
        return _relettered(short, part)

    def whole(part: Term) -> Term | None:
        name = _own_name(part)
        if name is None:
            return None
        if name not in known:
            raise NotUnderstood(part.span, f"`{name}` is used here, but nothing says what it is")
        return _whole(known[name], part.span)

    written = terms.rewritten(terms.rewritten(term, entry), whole)
    if sum(1 for _ in written.walk()) > MOST_PARTS:
        raise NotUnderstood(term.span, "your abbreviations make this too long to be judged")
    return written


def _own_name(part: Term) -> str | None:
    if isinstance(part, Reference) and part.quantity.kind.startswith(OWN):
        return part.quantity.kind.removeprefix(OWN)
    return None


def _relettered(short: Abbreviation, used: Entry) -> Term:
    """What e_k is short for, given what e_j is."""
    taken = dict(zip(short.letters, used.indices, strict=True))
    bound = {part.letter for part in short.body.walk() if isinstance(part, SumOver)}
    if bound & set(map(str, used.indices)):
        raise NotUnderstood(used.span, "the same letter counts two things here")

    def change(part: Term) -> Term | None:
        names = [name for name in ("indices", "of_at", "by_at") if hasattr(part, name)]
        held: dict[str, Any] = {name: tuple(taken.get(p, p) for p in getattr(part, name)) for name in names}
        return replace(part, **held) if held else None

    return terms.rewritten(short.body, change)


def _whole(short: Abbreviation, span: Span) -> Term:
    """What a name is short for, as a whole vector or matrix where it was said of entries."""
    if not short.letters:
        return short.body
    for part in short.body.walk():
        if isinstance(part, Entry) and part.indices == short.letters and isinstance(part.body, Reference):
            return Gathered(span, short.body, short.letters, part.body.quantity)
    raise NotUnderstood(span, "this was defined entry by entry: write its index")


def letters_left(short: Abbreviation) -> tuple[str, ...]:
    """Letters that count in what a name is short for, but not on its left side."""
    return tuple(letter for letter in letters_in(short.body) if letter not in short.letters)
