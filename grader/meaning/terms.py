"""What a piece of student mathematics says once its names are known: quantities, functions, and how they are
put together.

Terms know no sizes. `grader.meaning.names` makes them from trees by a notation, `grader.meaning.lowering`
turns them into expressions with shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter, is_
from typing import Any

from derive.quantities import General, Quantity
from grader.reading.tree import Span


class _Walked:
    """Keeps what `Term.walk` found: a term is walked several times, and it never changes."""

    __slots__ = ("_everything",)
    _everything: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Term(_Walked):
    """Anything that was understood; ``span`` is where it stands in the answer."""

    span: Span

    @property
    def parts(self) -> tuple[Term, ...]:
        """The terms directly below this one."""
        return _parts_of(type(self))(self)  # type: ignore[arg-type]  # mypy asks the class for a hash

    def walk(self) -> tuple[Term, ...]:
        """This term and everything below it."""
        try:
            return self._everything
        except AttributeError:
            found = _everything(self)
            object.__setattr__(self, "_everything", found)
            return found


def _everything(term: Term) -> tuple[Term, ...]:
    found: list[Term] = []
    waiting = [term]
    while waiting:
        term = waiting.pop()
        found.append(term)
        waiting += term.parts[::-1]
    return tuple(found)


def names_of_fields(kind: type[Term]) -> tuple[str, ...]:
    """The fields of a kind of term beside its span."""
    names: tuple[str, ...] = getattr(kind, "__slots__", ())
    return names


@lru_cache(maxsize=64)
def _parts_of(kind: Any) -> Callable[[Term], tuple[Term, ...]]:
    """How to get what stands directly below a kind of term, from what its fields are declared to hold."""
    held = {field.name: str(field.type) for field in fields(kind) if "Term" in str(field.type)}
    ways = set(held.values())
    if not held:
        return lambda term: ()
    if ways == {"tuple[Term, ...]"} and len(held) == 1:
        return attrgetter(*held)
    if ways == {"Term"}:
        return _alone(*held) if len(held) == 1 else attrgetter(*held)
    return lambda term: tuple(part for name in held for part in _flat(getattr(term, name)))


def _alone(name: str) -> Callable[[Term], tuple[Term, ...]]:
    return lambda term: (getattr(term, name),)


def _flat(value: Any) -> Iterator[Term]:
    if isinstance(value, Term):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _flat(item)


@dataclass(frozen=True, slots=True)
class Constant(Term):
    """A number as typed; ``half_unit`` is half a unit of its last digit."""

    value: Fraction
    half_unit: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Reference(Term):
    """A named quantity."""

    quantity: Quantity


Place = int | str
"""One coordinate of an entry: a number from 1, a letter that counts, or `WHOLE`."""
WHOLE = ":"
"""The coordinate that picks all rows or columns, as in the column of one example."""


@dataclass(frozen=True, slots=True)
class Entry(Term):
    """One entry; one number or letter for a column, row and column for a matrix."""

    body: Term
    indices: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class SumOver(Term):
    """The sum over all values of a letter; ``high`` is how far it runs, None where that is not said."""

    letter: str
    high: Term | None
    body: Term


@dataclass(frozen=True, slots=True)
class Kronecker(Term):
    """1 where two letters have the same value, else 0."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Gathered(Term):
    """The matrix (or vector) of the shape of ``like`` that a formula gives for every entry, which the
    ``letters`` pick."""

    body: Term
    letters: tuple[str, ...]
    like: Quantity


@dataclass(frozen=True, slots=True)
class Call(Term):
    """A function of `derive.functions.FUNCTIONS` or one of `grader.meaning.calls.CALLS`, or its derivative of
    an order.

    ``function`` None stands for the network's own activation, whichever the layer of the argument has.
    """

    function: str | None
    order: int
    arguments: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Ones(Term):
    """A column of ones, of whatever length fits."""


@dataclass(frozen=True, slots=True)
class Partial(Term):
    """The derivative of one quantity by another; of the loss it is a `Reference` to the gradient instead."""

    of: Quantity
    by: Quantity


@dataclass(frozen=True, slots=True)
class PartialEntry(Term):
    """The derivative of an entry of one quantity by an entry of another."""

    of: Quantity
    of_at: tuple[Place, ...]
    by: Quantity
    by_at: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Transposed(Term):
    """The transpose of something."""

    body: Term


@dataclass(frozen=True, slots=True)
class Power(Term):
    """Something to a power."""

    body: Term
    exponent: Term


@dataclass(frozen=True, slots=True)
class Opposite(Term):
    """Something with a minus sign."""

    body: Term


@dataclass(frozen=True, slots=True)
class Sum(Term):
    """Terms added and subtracted."""

    terms: tuple[Term, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Product(Term):
    """Factors, and how each was joined to the next (see `grader.reading.tree.Product`)."""

    factors: tuple[Term, ...]
    joins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quotient(Term):
    """One thing over another."""

    top: Term
    bottom: Term


@dataclass(frozen=True, slots=True)
class SingleNumber(Term):
    """What must be a single number: it was taken for one when an integral or limit was worked out."""

    body: Term


@dataclass(frozen=True, slots=True)
class MatrixOf(Term):
    """A matrix written out; ``is_list`` for a flat list, which may be a row or a column."""

    rows: tuple[tuple[Term, ...], ...]
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Length(Term):
    """‖body‖, or |body| (``bars`` 1), which of a vector may be its length or the size of each entry."""

    body: Term
    bars: int = 2


@dataclass(frozen=True, slots=True)
class Derivative(Term):
    """∂(body)/∂by, or by the entry ``by_at`` of it."""

    body: Term
    by: Quantity
    by_at: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Cases(Term):
    """The first of the ``values`` whose condition holds; ``conditions`` are worth 1 or 0, or `Otherwise`."""

    values: tuple[Term, ...]
    conditions: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Otherwise(Term):
    """The condition that always holds."""


MIXING = ("softmax", "winner-take-all")
"""Functions whose outputs depend on all inputs, so that their derivative is no slope for each entry."""


def uses(term: Term) -> frozenset[Quantity]:
    """The quantities a term mentions."""
    return frozenset(part.quantity for part in term.walk() if isinstance(part, Reference))


def letters_in(term: Term) -> tuple[str, ...]:
    """The letters that count entries and that no sum binds, in the order in which they stand."""
    if _PICKING.isdisjoint(map(type, term.walk())):
        return ()
    letters = dict.fromkeys(letter for part in term.parts for letter in letters_in(part))
    letters |= dict.fromkeys(place for place in places_of(term) if isinstance(place, str) and place != WHOLE)
    if not letters:
        return ()
    bound: tuple[str, ...] = term.letters if isinstance(term, Gathered) else ()
    if isinstance(term, SumOver):
        bound = (term.letter,)
    return tuple(letter for letter in letters if letter not in bound)


_PICKING = frozenset((Entry, Kronecker, Derivative, PartialEntry))
"""Kinds of terms with coordinates."""


def places_of(term: Term) -> tuple[Place, ...]:
    """The coordinates that stand at a term itself."""
    if isinstance(term, Entry):
        return term.indices
    if isinstance(term, Kronecker):
        return (term.first, term.second)
    if isinstance(term, Derivative):
        return term.by_at
    return (*term.of_at, *term.by_at) if isinstance(term, PartialEntry) else ()


def differentiated_by(term: Term) -> Quantity | None:
    """What a derivative is taken by: z of ∂E/∂z and of δ, a of ∂z/∂a; None for what is no derivative."""
    if isinstance(term, Partial):
        return term.by
    if isinstance(term, Reference):
        stem = {"delta": "z", "dz": "z", "da": "a"}.get(term.quantity.kind)
        return Quantity(stem, term.quantity.layer) if stem else None
    return None


def raised(term: Term, by: int) -> Term:
    """The same about other layers: layer l becomes layer l + ``by``."""

    def moved(quantity: Quantity) -> Quantity:
        layer = quantity.layer
        is_general = isinstance(layer, General) and layer.letter == "l"
        return replace(quantity, layer=layer + by) if is_general else quantity  # type: ignore[operator]

    def change(part: Term) -> Term | None:
        names = ("quantity", "of", "by")
        found = {name: moved(getattr(part, name)) for name in names if hasattr(part, name)}
        return replace(part, **found) if found else None  # type: ignore[arg-type]

    return rewritten(term, change) if by else term


def rewritten(term: Term, change: Callable[[Term], Term | None]) -> Term:
    """The term with everything for which ``change`` gives a replacement exchanged, from the leaves up."""
    names = names_of_fields(type(term))
    fresh = {name: _rewritten_in(getattr(term, name), change) for name in names}
    same = all(fresh[name] is getattr(term, name) for name in names)
    rebuilt = term if same else replace(term, **fresh)
    return change(rebuilt) or rebuilt


def _rewritten_in(value: Any, change: Callable[[Term], Term | None]) -> Any:
    if isinstance(value, Term):
        return rewritten(value, change)
    if isinstance(value, tuple):
        fresh = tuple(_rewritten_in(item, change) for item in value)
        return value if all(map(is_, fresh, value)) else fresh
    return value
