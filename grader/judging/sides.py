"""What stands on which side of an answer: what it claims to give, and what it may not use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property, partial

from msgspec import Struct
from msgspec.structs import replace

from derive.notation import Notation
from derive.quantities import General, Quantity
from grader.judging.question import Question
from grader.meaning import terms
from grader.meaning.names import Namer
from grader.meaning.scripts import NotUnderstood
from grader.meaning.terms import Place, Reference, Term, letters_in
from grader.reading.tree import Name, Product, Relation, Scripted, Span, Tree

_EXPONENTS = range(-30, 0)
EQUALITIES = ("=", ":=", "approx", "to")


class Left(Struct, frozen=True):
    """A left side: a quantity, or entries of it, picked by numbers or letters."""

    quantity: Quantity
    entry: tuple[Place, ...] = ()

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters of an entry that may be any; empty for the whole and for a particular entry."""
        letters = tuple(place for place in self.entry if isinstance(place, str))
        return letters if len(set(letters)) == len(self.entry) else ()


class Sides(Struct, frozen=True, dict=True):
    """An answer taken apart: the notation it was read in, its left side if it has one, and what is claimed
    to equal it; ``remarks`` on how it was understood."""

    notation: Notation
    left: Left | None
    claimed: tuple[Term, ...]
    spans: tuple[Span, ...]
    remarks: tuple[str, ...] = ()

    @cached_property
    def free(self) -> tuple[str, ...]:
        """The letters that count entries and that no sum binds."""
        return tuple(dict.fromkeys(letter for term in self.claimed for letter in letters_in(term)))


def understood(question: Question, whole: Tree) -> Sides:
    """The sides of an answer in the first notation that knows all its names. Raises `NotUnderstood` as the
    reading in the declared notation does that got furthest."""
    furthest: NotUnderstood | None = None
    for notation, namer in question.readers(whole):
        try:
            return sides_of(question, whole, notation, namer)
        except NotUnderstood as problem:
            if notation == question.notation and (furthest is None or problem.span > furthest.span):
                furthest = problem
    assert furthest is not None
    raise furthest


def sides_of(question: Question, whole: Tree, notation: Notation, namer: Namer) -> Sides:
    """The sides of an answer whose names one namer understands. Raises `NotUnderstood`."""
    parts: Sequence[Tree] = (whole,)
    if isinstance(whole, Relation):
        parts = whole.sides
        strange = next((relation for relation in whole.relations if relation not in EQUALITIES), None)
        if strange is not None:
            raise NotUnderstood(whole.span, f"an answer says what equals what, but here stands `{strange}`")
    if len(parts) > 1 and (changed := _behind_change(parts[0])) is not None:
        return _of_change(question, changed, tuple(map(namer.term, (changed, *parts[1:]))), notation)
    found = tuple(namer.term(part) for part in parts)
    if question.tiny:
        found = tuple(terms.rewritten(term, partial(_as_setting, question.tiny)) for term in found)
    return between(question, parts[0], found, notation)


def _as_setting(tiny: Mapping[Fraction, Quantity], term: Term) -> Term | None:
    """The setting that a number such as 1e-8 or 10^{-8} stands for; None for anything else."""
    number = term.value if isinstance(term, terms.Constant) else _power_of_ten(term)
    return Reference(term.span, tiny[number]) if number is not None and number in tiny else None


def _power_of_ten(term: Term) -> Fraction | None:
    if not isinstance(term, terms.Power) or not isinstance(term.exponent, terms.Constant):
        return None
    is_of_ten = isinstance(term.body, terms.Constant) and term.body.value == 10
    exponent = term.exponent.value
    return Fraction(10) ** int(exponent) if is_of_ten and exponent in _EXPONENTS else None


def _behind_change(part: Tree) -> Tree | None:
    """What stands behind the Δ of ΔW = −η ∂E/∂W."""
    if not isinstance(part, Product) or len(part.factors) != 2 or part.joins != ("",):
        return None
    sign, of = part.factors
    return of if isinstance(sign, Name) and sign.text == "Delta" else None


def _of_change(question: Question, changed: Tree, found: tuple[Term, ...], notation: Notation) -> Sides:
    """An equation for the change of a value, as one for the new value: what it was, and the change."""
    old, *changes = found
    quantity = _quantity(old.body if isinstance(old, terms.Entry) else old)
    if quantity is None or Quantity(quantity.kind + "_new", quantity.layer) != question.asked:
        raise NotUnderstood(changed.span, "a change Δ is asked of nothing here")
    new = terms.rewritten(
        old,
        lambda term: (
            replace(term, quantity=question.asked) if term == Reference(term.span, quantity) else None
        ),
    )
    sums = tuple(terms.Sum(change.span, (old, change), ("+",)) for change in changes)
    return between(question, changed, (new, *sums), notation)


def between(question: Question, first: Tree, found: tuple[Term, ...], notation: Notation) -> Sides:
    """The sides of an answer whose terms are known; ``first`` is how the first of them was written."""
    if len(found) > 1 and (inside := _shared(found[0])) is not None:
        count = Reference(found[0].span, Quantity("N"))
        found = (inside, *(terms.Product(term.span, (count, term), ("",)) for term in found[1:]))
    spans = tuple(term.span for term in found)
    left = _left(question, first, found[0]) if len(found) > 1 else None
    if left is None:
        return Sides(notation, None, found, spans)
    shift = _shift(question, left.quantity)
    claimed = tuple(terms.raised(term, shift) for term in found[1:])
    if isinstance(found[0], terms.Transposed) and left.quantity == _quantity(found[0].body):
        claimed = tuple(terms.Transposed(term.span, term) for term in claimed)
    if shift:
        left = replace(left, quantity=question.asked)
    left = _without_only_ones(question, left, notation)
    return Sides(notation, left, claimed, spans[1:])


def _shared(term: Term) -> Term | None:
    """What is divided by the number of examples; None for anything else."""
    if not isinstance(term, terms.Product) or len(term.factors) != 2:
        return None
    share, inside = term.factors
    is_share = isinstance(share, terms.Quotient) and _quantity(share.bottom) == Quantity("N")
    return inside if is_share and getattr(share.top, "value", None) == 1 else None  # type: ignore[attr-defined]


def _without_only_ones(question: Question, left: Left, notation: Notation) -> Left:
    """A left side without the number 1 of the only neuron of a layer: w_{1k} is every weight of it."""
    if question.entry or question.general or not question.is_asked(left.quantity):
        return left
    case = question.cases_in(notation)[0]
    shape = case.view.frame.shapes[case.quantity]
    sizes = shape if len(left.entry) == 2 else (max(shape, key=str),)
    if len(left.entry) != len(sizes):
        return left
    pairs = zip(left.entry, sizes, strict=True)
    return replace(left, entry=tuple(place for place, size in pairs if (place, size) != (1, 1)))


def _shift(question: Question, left: Quantity) -> int:
    """How many layers further up the question asks what an answer gives for any layer: δ^{l-1} for δ^l."""
    asked, layer = question.asked.layer, left.layer
    if not isinstance(asked, General) or not isinstance(layer, General) or asked.letter != layer.letter:
        return 0
    raised = replace(left, layer=asked)
    return asked.offset - layer.offset if question.is_asked(raised) and asked.letter == "l" else 0


def _left(question: Question, part: Tree, term: Term) -> Left | None:
    """What a left side names; with a prime where an updated value is asked, the new value; None for an
    expression."""
    if isinstance(term, terms.Transposed):
        inner = _quantity(term.body)
        primed = isinstance(part, Scripted) and part.primes == 1
        if inner is None:
            return None
        new = Quantity(inner.kind + "_new", inner.layer)
        return Left(new if primed and question.is_asked(new) else inner)
    if isinstance(term, terms.Entry) and (inner := _quantity(term.body)) is not None:
        return Left(inner, term.indices)
    quantity = _quantity(term)
    return Left(quantity) if quantity is not None else None


def _quantity(term: Term) -> Quantity | None:
    return term.quantity if isinstance(term, Reference) else None
