"""What stands on which side of an answer: what it claims to give, and what it may not use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from derive.notation import Notation
from derive.perspective import NEURONS, is_turned
from derive.quantities import General, Quantity, parse_address
from derive.writing import latex
from derive.writing.boxes import Digits, letter
from derive.writing.quantities import quantity_box
from grader.judging.finding import Finding, wrong
from grader.judging.question import Question
from grader.meaning import terms
from grader.meaning.layers import width_of
from grader.meaning.names import Namer
from grader.meaning.scripts import NotUnderstood
from grader.meaning.terms import Place, Reference, Term, letters_in, uses
from grader.reading.tree import Name, Product, Relation, Scripted, Span, Tree

EQUALITIES = ("=", ":=", "approx", "to")


@dataclass(frozen=True)
class Left:
    """A left side: a quantity, or entries of it, picked by numbers or letters."""

    quantity: Quantity
    entry: tuple[Place, ...] = ()

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters of an entry that may be any; empty for the whole and for a particular entry."""
        letters = tuple(place for place in self.entry if isinstance(place, str))
        return letters if len(set(letters)) == len(self.entry) else ()


@dataclass(frozen=True)
class Sides:
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
    return between(question, parts[0], found, notation)


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


# -- objections ----------------------------------------------------------------------------------------------


def wrong_left_side(question: Question, sides: Sides) -> Finding | None:
    """An answer that says what something else equals is wrong, whatever stands on the right."""
    left = sides.left
    if left is None:
        return None
    other = not (question.is_asked(left.quantity) or _is_old_value(question, left.quantity))
    part = left.entry and not left.letters and left.entry != own_entry(question, sides.notation)
    if not (other or part):
        return None
    said, asked = _latex(question, left.quantity, left.entry, sides.notation), asked_latex(question)
    hint = "" if other else _too_little(question)
    return wrong(f"Your left side is ${said}$, but ${asked}$ is asked.{hint}")


def _too_little(question: Question) -> str:
    return "" if question.entry else " Your answer is about one entry only; give all of them."


def loose_index(question: Question, sides: Sides) -> Finding | None:
    """A letter that counts but is neither summed over nor on the left makes no formula."""
    counted = sides.left.letters if sides.left else ()
    free = sides.free
    if counted and (loose := [letter for letter in free if letter not in counted]):
        names = " and ".join(f"${letter}$" for letter in loose)
        verb = "are" if len(loose) > 1 else "is"
        return wrong(f"{names} {verb} not summed over, and not on the left side either: is a sum missing?")
    if not counted and len(free) > (directions(question, sides.notation) or 1):
        names = " and ".join(f"${letter}$" for letter in free)
        asked = asked_latex(question)
        return wrong(
            f"{names} are left free, which is more than an entry of ${asked}$ has: is a sum missing?"
        )
    return None


def directions(question: Question, notation: Notation) -> int:
    """How many indices an entry of what is asked has at most; none for a number."""
    if question.entry:
        return 0
    case = question.cases_in(notation)[0]
    if width_of(question.asked.kind) == 2:
        return 2
    return sum(size != 1 for size in case.view.frame.shapes[case.quantity])


def _is_old_value(question: Question, quantity: Quantity) -> bool:
    """An update may be written as an assignment: W = W − η ∂E/∂W."""
    return Quantity(quantity.kind + "_new", quantity.layer) == question.asked


def circular(question: Question, sides: Sides) -> Finding | None:
    """An answer that only repeats what is asked, under its own or another name."""
    sentence = _why_circular(question, sides)
    return wrong(sentence.replace("{}", f"${asked_latex(question)}$")) if sentence else None


def _why_circular(question: Question, sides: Sides) -> str | None:
    """What to say of an answer that leads back to what is asked; None for others."""
    if all(repeats(question, term) for term in sides.claimed):
        return "This only gives {} another name; the question is what it equals."
    if all(repeats(question, term) or _defines(question, term) for term in sides.claimed):
        return "This only says what {} is the derivative of; the question is what comes out."
    for term in sides.claimed:
        if not repeats(question, term) and any(question.is_asked(q) for q in uses(term)):
            return "The answer uses {}, which it is to give."
    return None


def _defines(question: Question, term: Term) -> bool:
    """Whether a side is only a derivative that has not been taken: ∂(the loss written out) by what is
    asked."""
    while isinstance(term, terms.Transposed | terms.Gathered | terms.Entry):
        term = term.body
    if not isinstance(term, terms.Derivative):
        return False
    names = (Quantity("d" + term.by.kind, term.by.layer), Quantity("delta", term.by.layer))
    return question.is_asked(names[0]) or (term.by.kind == "z" and question.is_asked(names[1]))


def repeats(question: Question, term: Term) -> bool:
    """Whether a side is only the asked quantity itself, by any of its names."""
    while isinstance(term, terms.Transposed | terms.Gathered | terms.Entry):
        term = term.body
    return isinstance(term, Reference) and question.is_asked(term.quantity)


def forbidden(question: Question, term: Term) -> Finding | None:
    """A right value that uses what it may not use."""
    used = sorted((q for q in uses(term) if not question.may_use(q)), key=lambda q: q.address)
    if not used:
        return None
    names = ", ".join(f"${_latex(question, q)}$" for q in used)
    if question.part.in_terms_of is None:
        return wrong(f"The answer uses {names}, which is found only after what is asked.")
    allowed = (parse_address(address)[0] for address in question.part.in_terms_of)
    wanted = ", ".join(f"${_latex(question, q)}$" for q in allowed)
    return wrong(
        f"The value is right, but the answer is to be given in terms of {wanted}; it uses {names}.", award=0.5
    )


def own_entry(question: Question, notation: Notation) -> tuple[int, ...]:
    """The entry that is asked for, as a notation counts it; empty for all of the quantity."""
    entry = question.entry
    if len(entry) == 2 and entry[1] == 1 and question.asked.kind.removesuffix("_new") in NEURONS:
        entry = entry[:1]
    return entry[::-1] if is_turned(question.asked.kind, notation) else entry


def quantity_latex(question: Question, quantity: Quantity, notation: Notation | None = None) -> str:
    """A quantity as LaTeX in the course's notation."""
    return _latex(question, quantity, notation=notation)


def asked_latex(question: Question) -> str:
    """What is asked, as LaTeX in the course's notation."""
    return _latex(question, question.asked, own_entry(question, question.notation))


def _latex(
    question: Question, quantity: Quantity, entry: tuple[Place, ...] = (), notation: Notation | None = None
) -> str:
    style, output = notation or question.notation, question.derivation.graph.output
    boxes = tuple(letter(place) if isinstance(place, str) else Digits(str(place)) for place in entry)
    return latex(quantity_box(quantity, style, output.kind, boxes))
