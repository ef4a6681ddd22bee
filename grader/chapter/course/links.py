"""A link of a chain, two formulas said to be equal, and what its names mean in a notation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from msgspec.structs import replace

from derive.notation import Notation
from derive.quantities import Quantity
from grader.meaning.habits import Habits, habits_key, habits_of, senses
from grader.meaning.limits import Undecidable
from grader.meaning.names import Namer
from grader.meaning.network_vocabulary import NetworkVocabulary
from grader.meaning.scripts import NotUnderstood
from grader.meaning.terms import (
    Derivative,
    Entry,
    Partial,
    PartialEntry,
    Product,
    Reference,
    SumOver,
    Term,
    Transposed,
    letters_in,
)
from grader.reading.tree import Name, Number, Relation, Tree
from grader.worlds.world import BATCH

PARAMETERS = ("W", "b")


@dataclass(frozen=True)
class Link:
    """``left = right``, as read."""

    left: Tree
    right: Tree

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.left, self.right))

    @cached_property
    def whole(self) -> Relation:
        return Relation((0, 0), (self.left, self.right), ("=",))

    @cached_property
    def is_general(self) -> bool:
        """Whether it is about formulas: it has letters, and no decimals beside them."""
        parts = tuple(self.whole.walk())
        names = all(any(isinstance(part, Name) for part in side.walk()) for side in self.whole.sides)
        return names and not any(isinstance(part, Number) and "." in part.text for part in parts)

    @cached_property
    def letters(self) -> frozenset[str]:
        return frozenset(part.text for part in self.whole.walk() if isinstance(part, Name))

    @cached_property
    def _habits(self) -> dict[tuple[object, ...], tuple[Habits, ...]]:
        return {}

    def habits(self, notation: Notation, depth: int) -> tuple[Habits, ...]:
        """The ways in which its names may be meant in a notation."""
        key = habits_key(notation, depth)
        if key not in self._habits:
            others = (sense for sense, _ in senses(self.whole, notation, depth))
            self._habits[key] = habits_of(self.whole, notation), *others
        return self._habits[key]


@dataclass(frozen=True)
class Understood:
    """What both sides mean; a parameter on the left that stands on the right too is its value after the
    update: W = W − η ∂E/∂W."""

    left: Term
    right: Term

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Worked out once: it is looked up for many kinds of network."""
        return hash((self.left, self.right))

    @property
    def sides(self) -> tuple[Term, Term]:
        return self.left, self.right

    @cached_property
    def quantities(self) -> frozenset[Quantity]:
        """Everything that is named, in derivatives too."""
        return frozenset(q for side in self.sides for part in side.walk() for q in _named(part))

    @property
    def left_quantity(self) -> Quantity | None:
        """The quantity that the left side is, whole or entry by entry; None for other expressions."""
        body = self.left.body if isinstance(self.left, Entry) else self.left
        return body.quantity if isinstance(body, Reference) else None

    @property
    def says_something(self) -> bool:
        """Whether it is about the network, and not of one quantity in itself."""
        right = {q for part in self.right.walk() for q in _named(part)}
        return bool(right) and self.left_quantity not in right

    @cached_property
    def needs_layers(self) -> bool:
        """Whether there is a transpose, a product entry by entry, a sum over neurons or a letter for one."""
        parts = [part for side in self.sides for part in side.walk()]
        return any(
            isinstance(part, Transposed | SumOver)
            or (isinstance(part, Product) and "odot" in part.joins)
            or (isinstance(part, Entry) and any(isinstance(place, str) for place in part.indices))
            for part in parts
        )

    @property
    def speaks_of_target(self) -> bool:
        """Whether the loss matters, because the target or the loss itself stands here."""
        return any(quantity.kind in ("y", "loss") for quantity in self.quantities)

    def sized(self, layers: tuple[int, ...]) -> tuple[int, ...]:
        """The layers with the sizes that are written out: where a_1, a_2 and a_3 stand, there are three."""
        found: dict[int, set[int]] = {}
        for layer, number in self._numbered:
            found.setdefault(layer, set()).add(number)
        full = {layer: max(numbers) for layer, numbers in found.items() if _all_named(numbers)}
        return tuple(full.get(layer, size) for layer, size in enumerate(layers))

    @property
    def _numbered(self) -> Iterator[tuple[int, int]]:
        for part in (part for side in self.sides for part in side.walk()):
            if isinstance(part, Entry) and isinstance(part.body, Reference):
                layer = part.body.quantity.layer
                for back, number in enumerate(part.indices):
                    if isinstance(layer, int) and isinstance(number, int):
                        yield layer - back, number


def _named(part: Term) -> tuple[Quantity, ...]:
    match part:
        case Reference():
            return (part.quantity,)
        case Partial() | PartialEntry():
            return part.of, part.by
        case Derivative():
            return (part.by,)
    return ()


def _all_named(numbers: set[int]) -> bool:
    return len(numbers) > 1 and numbers == set(range(1, len(numbers) + 1))


def meanings(link: Link, notation: Notation, depth: int, general: bool) -> Iterator[Understood]:
    """What the names of a link may mean in a notation; nothing where one of them means nothing."""
    if general and not link.letters & {notation.layer, notation.last}:
        return
    for habit in link.habits(notation, depth):
        namer = Namer(_vocabulary(notation, depth, general, habit), link.whole)
        try:
            left, right = namer.term(link.left), namer.term(link.right)
        except (NotUnderstood, Undecidable):
            continue
        if not set(letters_in(right)) - set(letters_in(left)):
            yield Understood(_assigned(left, right), right)


@lru_cache(maxsize=256)
def _vocabulary(notation: Notation, depth: int, general: bool, habits: Habits) -> NetworkVocabulary:
    """One for all formulas of a page that have these habits: it remembers what it has read."""
    return NetworkVocabulary(notation, depth, general, {notation.letter("N"): BATCH}, habits=habits)


def _assigned(left: Term, right: Term) -> Term:
    reference = left.body if isinstance(left, Entry) else left
    if not isinstance(reference, Reference) or reference.quantity.kind not in PARAMETERS:
        return left
    stands_right = any(
        isinstance(part, Reference) and part.quantity == reference.quantity for part in right.walk()
    )
    if not stands_right:
        return left
    new = replace(reference, quantity=replace(reference.quantity, kind=reference.quantity.kind + "_new"))
    return replace(left, body=new) if isinstance(left, Entry) else new
