"""What a piece of student mathematics says once its names are known: quantities, functions, and how they are
put together.

Terms know no sizes. `grader.meaning.names` makes them from trees by a notation, `grader.meaning.lowering`
turns them into expressions with shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache, wraps
from itertools import chain
from operator import attrgetter, is_
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from derive.quantities import General, Quantity
from grader.reading.tree import Span

T = TypeVar("T")


class Term(Struct, frozen=True, dict=True):
    """Anything that was understood; ``span`` is where it stands in the answer."""

    span: Span

    @property
    def parts(self) -> tuple[Term, ...]:
        """The terms directly below this one."""
        return _parts_of(type(self))(self)

    def walk(self) -> tuple[Term, ...]:
        """This term and everything below it."""
        return (self, *_below(self))


def once_a_term(work_out: Callable[[Term], T]) -> Callable[[Term], T]:
    """A function of a term that is worked out once and kept with it, for a term never changes. What it gives
    must not hold the term itself: only the garbage collector would free it then."""
    name = work_out.__name__

    @wraps(work_out)
    def kept(term: Term) -> T:
        known: dict[str, T] = vars(term)
        if name not in known:
            known[name] = work_out(term)
        return known[name]

    return kept


@once_a_term
def _below(term: Term) -> tuple[Term, ...]:
    found: list[Term] = []
    waiting = list(term.parts[::-1])
    while waiting:
        term = waiting.pop()
        found.append(term)
        waiting += term.parts[::-1]
    return tuple(found)


def names_of_fields(kind: type[Term]) -> tuple[str, ...]:
    """The fields of a kind of term beside its span."""
    return tuple(name for name in kind.__struct_fields__ if name != "span")


@lru_cache(maxsize=64)
def _parts_of(kind: type[Term]) -> Callable[[Term], tuple[Term, ...]]:
    """How to get what stands directly below a kind of term, from what its fields are declared to hold."""
    declared = {name: str(kind.__annotations__[name]) for name in names_of_fields(kind)}
    held = {name: what for name, what in declared.items() if "Term" in what}
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


class Constant(Term, frozen=True):
    """A number as typed; ``half_unit`` is half a unit of its last digit."""

    value: Fraction
    half_unit: Fraction = Fraction(0)


class Reference(Term, frozen=True):
    """A named quantity."""

    quantity: Quantity


Place = int | str
"""One coordinate of an entry: a number from 1, a letter that counts, or `WHOLE`."""
WHOLE = ":"
"""The coordinate that picks all rows or columns, as in the column of one example."""


class Entry(Term, frozen=True):
    """One entry; one number or letter for a column, row and column for a matrix."""

    body: Term
    indices: tuple[Place, ...]


class SumOver(Term, frozen=True):
    """The sum over all values of a letter; ``high`` is how far it runs, None where that is not said."""

    letter: str
    high: Term | None
    body: Term


class Kronecker(Term, frozen=True):
    """1 where two letters have the same value, else 0."""

    first: str
    second: str


class Gathered(Term, frozen=True):
    """The matrix (or vector) of the shape of ``like`` that a formula gives for every entry, which the
    ``letters`` pick."""

    body: Term
    letters: tuple[str, ...]
    like: Quantity


class Call(Term, frozen=True):
    """A function of `derive.functions.FUNCTIONS` or one of `grader.meaning.calls.CALLS`, or its derivative of
    an order.

    ``function`` None stands for the network's own activation, whichever the layer of the argument has.
    """

    function: str | None
    order: int
    arguments: tuple[Term, ...]


class Ones(Term, frozen=True):
    """A column of ones, of whatever length fits."""


class Partial(Term, frozen=True):
    """The derivative of one quantity by another, along all ways that lead there or only along the ``direct``
    one; of the loss it is a `Reference` to the gradient instead."""

    of: Quantity
    by: Quantity
    direct: bool = False


class PartialEntry(Term, frozen=True):
    """The derivative of an entry of one quantity by an entry of another."""

    of: Quantity
    of_at: tuple[Place, ...]
    by: Quantity
    by_at: tuple[Place, ...]


class Transposed(Term, frozen=True):
    """The transpose of something."""

    body: Term


class Power(Term, frozen=True):
    """Something to a power."""

    body: Term
    exponent: Term


class Opposite(Term, frozen=True):
    """Something with a minus sign."""

    body: Term


class Sum(Term, frozen=True):
    """Terms added and subtracted."""

    terms: tuple[Term, ...]
    signs: tuple[str, ...]


class Product(Term, frozen=True):
    """Factors, and how each was joined to the next (see `grader.reading.tree.Product`)."""

    factors: tuple[Term, ...]
    joins: tuple[str, ...]


class Quotient(Term, frozen=True):
    """One thing over another."""

    top: Term
    bottom: Term


class SingleNumber(Term, frozen=True):
    """What must be a single number: it was taken for one when an integral or limit was worked out."""

    body: Term


class MatrixOf(Term, frozen=True):
    """A matrix written out; ``is_list`` for a flat list, which may be a row or a column."""

    rows: tuple[tuple[Term, ...], ...]
    is_list: bool = False


class Length(Term, frozen=True):
    """‖body‖, or |body| (``bars`` 1), which of a vector may be its length or the size of each entry."""

    body: Term
    bars: int = 2


class Derivative(Term, frozen=True):
    """∂(body)/∂by, or by the entry ``by_at`` of it."""

    body: Term
    by: Quantity
    by_at: tuple[Place, ...] = ()


class Cases(Term, frozen=True):
    """The first of the ``values`` whose condition holds; ``conditions`` are worth 1 or 0, or `Otherwise`."""

    values: tuple[Term, ...]
    conditions: tuple[Term, ...]


class Otherwise(Term, frozen=True):
    """The condition that always holds."""


MIXING = ("softmax", "winner-take-all")
"""Functions whose outputs depend on all inputs, so that their derivative is no slope for each entry."""


def uses(term: Term) -> frozenset[Quantity]:
    """The quantities a term mentions."""
    return frozenset(part.quantity for part in term.walk() if isinstance(part, Reference))


@once_a_term
def letters_in(term: Term) -> tuple[str, ...]:
    """The letters that count entries and that no sum binds, in the order in which they stand."""
    if not any(isinstance(part, _PLACED) for part in term.walk()):
        return ()
    letters = dict.fromkeys(letter for part in term.parts for letter in letters_in(part))
    letters |= dict.fromkeys(place for place in places_of(term) if isinstance(place, str) and place != WHOLE)
    if not letters:
        return ()
    bound: tuple[str, ...] = term.letters if isinstance(term, Gathered) else ()
    if isinstance(term, SumOver):
        bound = (term.letter,)
    return tuple(letter for letter in letters if letter not in bound)


def joins_in(term: Term) -> frozenset[str] | None:
    """The signs between factors anywhere in a term; None where there is no product."""
    joins = [part.joins for part in term.walk() if isinstance(part, Product)]
    return frozenset(chain.from_iterable(joins)) if joins else None


def places_of(term: Term) -> tuple[Place, ...]:
    """The coordinates that stand at a term itself."""
    if isinstance(term, Entry):
        return term.indices
    if isinstance(term, Kronecker):
        return (term.first, term.second)
    if isinstance(term, Derivative):
        return term.by_at
    return (*term.of_at, *term.by_at) if isinstance(term, PartialEntry) else ()


_PLACED = (Entry, Kronecker, Derivative, PartialEntry)
"""Terms at which coordinates stand."""


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
        return replace(part, **found) if found else None

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
