"""What an answer may mean: usually one thing, but some habits leave a careful reader two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from msgspec.structs import replace

from derive.network import Network
from grader.judging.direct import DIRECT, directly
from grader.judging.objections import directions
from grader.judging.question import Question
from grader.judging.sides import Sides, sides_of, understood
from grader.meaning.habits import senses
from grader.meaning.reach import widened
from grader.meaning.scripts import NotUnderstood
from grader.meaning.terms import WHOLE, Call, Entry, Length, Reference, Term, Transposed, rewritten
from grader.reading.tree import Tree

ROW_AS_LIST = "A row picked by a colon was taken as a list of numbers, as programs do."
OF_EXAMPLES = ("y", "z", "a", "delta", "dz", "da")
"""Kinds that have a column for each example of a batch."""


def meanings(question: Question, whole: Tree) -> Iterator[Sides]:
    """The ways to understand an answer, the plainest first. Raises `NotUnderstood` where there is none."""
    try:
        first = understood(question, whole)
    except NotUnderstood:
        others = list(_other_senses(question, whole))
        if not others:
            raise
        yield from others
        return
    yield _with_reach(question, whole, first)
    yield from _by_columns(question, first)
    yield from _entry_by_entry(first)
    yield from _rows_as_lists(first)
    yield from _other_senses(question, whole)
    yield from _along_direct_ways(question, first)


def _along_direct_ways(question: Question, sides: Sides) -> Iterator[Sides]:
    """∂u/∂a beside the other paths from a to u may be what a does to u by itself."""
    found = [directly(question, sides.notation, term) for term in sides.claimed]
    if any(term is not None for term in found):
        claimed = tuple(new or term for new, term in zip(found, sides.claimed, strict=True))
        yield replace(sides, claimed=claimed, remarks=(*sides.remarks, DIRECT))


def _by_columns(question: Question, sides: Sides) -> Iterator[Sides]:
    """In a batch, Σ_n δ_n x_nᵀ may be a sum over the examples: letters that stand alone pick columns."""
    if not isinstance(question.model, Network) or not question.model.batch:
        return
    every = [part for term in sides.claimed for part in term.walk() if _is_of_batch(part)]
    alone = {part.indices[0] for part in every if len(part.indices) == 1}
    alone -= {place for part in every if len(part.indices) > 1 for place in part.indices}
    if not alone:
        return
    rows = sides.notation.examples == "rows"

    def change(part: Term) -> Term | None:
        if not _is_of_batch(part) or part.indices[0] not in alone:
            return None
        return replace(part, indices=(part.indices[0], WHOLE) if rows else (WHOLE, part.indices[0]))

    claimed = tuple(rewritten(term, change) for term in sides.claimed)
    letters = " and ".join(f"${letter}$" for letter in sorted(map(str, alone)))
    yield replace(
        sides, claimed=claimed, remarks=(f"{letters} was taken to count the examples of the batch.",)
    )


def _entry_by_entry(sides: Sides) -> Iterator[Sides]:
    """Single bars around a vector may be meant as its length or as the size of every entry."""
    if not any(map(_is_size, (part for term in sides.claimed for part in term.walk()))):
        return
    claimed = tuple(rewritten(term, _as_size) for term in sides.claimed)
    yield replace(sides, claimed=claimed)


def _rows_as_lists(sides: Sides) -> Iterator[Sides]:
    """``W2[k,:]`` of a program is a list of numbers, which stands for a column as well."""
    rows = [part for term in sides.claimed for part in term.walk() if _is_row(part)]
    if rows and sides.notation.examples == "columns":
        claimed = tuple(
            rewritten(term, lambda part: Transposed(part.span, part) if _is_row(part) else None)
            for term in sides.claimed
        )
        yield replace(sides, claimed=claimed, remarks=(ROW_AS_LIST,))


def _is_row(part: Term) -> bool:
    return isinstance(part, Entry) and len(part.indices) == 2 and part.indices[1] == WHOLE


def _is_size(part: Term) -> TypeGuard[Length]:
    return isinstance(part, Length) and part.bars == 1


def _as_size(part: Term) -> Term | None:
    return Call(part.span, "abs", 0, (part.body,)) if _is_size(part) else None


def _is_of_batch(part: Term) -> TypeGuard[Entry]:
    """Whether a term is an entry, picked by letters, of something that has a value for every example."""
    if not isinstance(part, Entry) or not isinstance(part.body, Reference):
        return False
    return part.body.quantity.kind in OF_EXAMPLES and isinstance(part.indices[0], str)


def _other_senses(question: Question, whole: Tree) -> Iterator[Sides]:
    """The answer with a letter or sign taken in another sense that the course's notation leaves open."""
    notation = question.notation
    for habits, remark in senses(whole, notation, question.depth):
        try:
            sides = sides_of(question, whole, notation, question.namer(notation, whole, habits))
        except NotUnderstood:
            continue
        yield replace(sides, remarks=(remark,) if remark else ())


def _with_reach(question: Question, whole: Tree, strict: Sides) -> Sides:
    """Sums reach to the end of their term; where that leaves a letter loose, as far as the letter stands."""
    loose = loose_letters(question, strict)
    if not loose:
        return strict
    wide = widened(whole, loose)
    if wide == whole:
        return strict
    try:
        sides = understood(question, wide)
    except NotUnderstood:
        return strict
    if loose_letters(question, sides):
        return strict
    letters = " and ".join(f"${letter}$" for letter in sorted(loose))
    remark = (
        f"The sum over {letters} was taken to reach over all terms with {letters}; write brackets for that."
    )
    return replace(sides, remarks=(remark,))


def loose_letters(question: Question, sides: Sides) -> frozenset[str]:
    """The letters that count but that neither a sum nor the left side binds."""
    free = frozenset(sides.free)
    if not free:
        return free
    if sides.left and sides.left.letters:
        return free - set(sides.left.letters)
    return free if len(free) > directions(question, sides.notation) else frozenset()
