"""What stands on which side of an answer: what it claims to give, and what it may not use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.notation import Notation
from derive.quantities import Quantity, parse_address
from derive.writing import quantity_latex
from grader.judging.finding import Finding, wrong
from grader.judging.question import Question
from grader.meaning import terms
from grader.meaning.scripts import NotUnderstood
from grader.meaning.terms import Reference, Term, uses
from grader.reading.tree import Relation, Scripted, Span, Tree

EQUALITIES = ("=", ":=", "approx", "to")


@dataclass(frozen=True)
class Left:
    """A left side: a quantity, or one entry of it."""

    quantity: Quantity
    entry: tuple[int, ...] = ()


@dataclass(frozen=True)
class Sides:
    """An answer taken apart: the notation it was read in, its left side if it has one, and what is claimed
    to equal it."""

    notation: Notation
    left: Left | None
    claimed: tuple[Term, ...]
    spans: tuple[Span, ...]


def understood(question: Question, whole: Tree) -> Sides:
    """The sides of an answer in the first notation that knows all its names. Raises the declared
    notation's `NotUnderstood`."""
    first: NotUnderstood | None = None
    for notation in question.notations:
        try:
            return _sides(question, whole, notation)
        except NotUnderstood as problem:
            first = first or problem
    assert first is not None
    raise first


def _sides(question: Question, whole: Tree, notation: Notation) -> Sides:
    namer = question.namer(notation)
    parts: Sequence[Tree] = (whole,)
    if isinstance(whole, Relation):
        parts = whole.sides
        strange = next((relation for relation in whole.relations if relation not in EQUALITIES), None)
        if strange is not None:
            raise NotUnderstood(whole.span, f"an answer says what equals what, but here stands `{strange}`")
    found = tuple(namer.term(part) for part in parts)
    spans = tuple(part.span for part in parts)
    left = _left(question, parts[0], found[0]) if len(found) > 1 else None
    if left is None:
        return Sides(notation, None, found, spans)
    claimed = found[1:]
    if isinstance(found[0], terms.Transposed) and left.quantity == _quantity(found[0].body):
        claimed = tuple(terms.Transposed(term.span, term) for term in claimed)
    return Sides(notation, left, claimed, spans[1:])


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
        return Left(inner, (*term.indices, 1)[:2])
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
    said, asked = _latex(question, left.quantity, left.entry, sides.notation), asked_latex(question)
    if not (question.is_asked(left.quantity) or _is_old_value(question, left.quantity)):
        return wrong(f"Your left side is ${said}$, but ${asked}$ is asked.")
    entry = (*question.entry, 1)[:2] if question.entry else ()
    if left.entry and left.entry != entry:
        return wrong(f"Your left side is ${said}$, but ${asked}$ is asked.")
    return None


def _is_old_value(question: Question, quantity: Quantity) -> bool:
    """An update may be written as an assignment: W = W − η ∂E/∂W."""
    return Quantity(quantity.kind + "_new", quantity.layer) == question.asked


def circular(question: Question, sides: Sides) -> Finding | None:
    """An answer that only repeats what is asked, under its own or another name."""
    asked = asked_latex(question)
    if all(repeats(question, term) for term in sides.claimed):
        return wrong(f"This only gives ${asked}$ another name; the question is what it equals.")
    for term in sides.claimed:
        if not repeats(question, term) and any(question.is_asked(q) for q in uses(term)):
            return wrong(f"The answer uses ${asked}$, which it is to give.")
    return None


def repeats(question: Question, term: Term) -> bool:
    """Whether a side is only the asked quantity itself, by any of its names."""
    while isinstance(term, terms.Transposed):
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


def asked_latex(question: Question) -> str:
    """What is asked, as LaTeX in the course's notation."""
    return _latex(question, question.asked, question.entry)


def _latex(
    question: Question, quantity: Quantity, entry: tuple[int, ...] = (), notation: Notation | None = None
) -> str:
    style = notation or question.notation
    latex = quantity_latex(quantity, style, question.derivation.graph.output)
    return rf"\left({latex}\right)_{{{','.join(map(str, entry))}}}" if entry else latex
