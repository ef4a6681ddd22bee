"""Sums over an index as they are written: which letters run, from where, and how far."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from grader.meaning import terms
from grader.meaning.bias_inside import sums_inputs
from grader.meaning.limits import MOST_SUMS, Undecidable
from grader.meaning.scripts import NotUnderstood, pieces
from grader.meaning.terms import Term
from grader.reading import tree
from grader.reading.tree import Span, Tree

if TYPE_CHECKING:
    from grader.meaning.names import Namer


_NO_SUM = {
    "prod": "products over an index are not read here: write the factors one after another, or a sum with "
    "\\sum if you mean to add",
}
"""Signs with an index below them that are no sums, each with what to write instead."""


def sum_over(namer: Namer, part: tree.BigOperator) -> Term:
    """A sum over one letter or several; without a letter, of all entries. Raises `NotUnderstood`."""
    if part.kind != "sum":
        raise NotUnderstood(
            part.span, _NO_SUM.get(part.kind, f"only sums are read here, not `{part.kind}` over an index")
        )
    if (written_out := namer.vocabulary.by_layers(part)) is not None:
        return namer.term(written_out)
    total = namer.term(part.body)
    if part.low is None and part.high is None:
        return terms.Call(part.span, "sum", 0, (total,))
    if part.low is None:
        raise NotUnderstood(part.span, "which letter does this sum run over? Write it below the sign")
    below, left_out = _told(part.low)
    for pair in left_out:
        total = _without_equal(part.span, pair, total)
    for letter, first in reversed(_letters_below(below)):
        start = _start(namer, letter, total) if first is None else first
        if not start and sum(isinstance(inner, terms.SumOver) for inner in total.walk()) > MOST_SUMS:
            raise Undecidable("sums stand in sums too deeply to be judged here")
        rest = terms.SumOver(part.span, letter, _high(namer, part.high), total)
        total = rest if start else _with_first(namer, letter, total, rest)
    return total


def _with_first(namer: Namer, letter: str, body: Term, rest: Term) -> Term:
    """A sum from 0: number 0 is that of the bias, whose input is 1."""

    def at_zero(term: Term) -> Term | None:
        if not isinstance(term, terms.Entry) or letter not in term.indices:
            return None
        places = tuple(0 if place == letter else place for place in term.indices)
        if not isinstance(term.body, terms.Reference):
            return terms.Entry(term.span, term.body, places)
        quantity, places = namer.vocabulary.picked(term.body.quantity, places)
        whole = terms.Reference(term.body.span, quantity)
        return terms.Entry(term.span, whole, places) if places else whole

    return terms.Sum(body.span, (terms.rewritten(body, at_zero), rest), ("+",))


def _start(namer: Namer, letter: str, body: Term) -> int:
    """From where a sum runs if nothing says it: over the inputs of a neuron perhaps from 0."""
    return 0 if namer.vocabulary.bias_inside and sums_inputs(letter, body) else 1


def _high(namer: Namer, high: Tree | None) -> Term | None:
    """How far a sum runs; None for a letter that says nothing here."""
    if high is None or isinstance(high, tree.Name):
        return None
    try:
        found = namer.term(high)
    except NotUnderstood:
        return None
    return found if isinstance(found, terms.Constant | terms.Reference) else None


def _told(low: Tree) -> tuple[list[Tree], list[tuple[str, str]]]:
    """What stands below a sum: its letters and where they begin, and the pairs that may not be equal, as in
    Σ_{k ≠ i}, where the first letter runs."""
    below: list[Tree] = []
    pairs: list[tuple[str, str]] = []
    for piece, _ in pieces(low):
        if not isinstance(piece, tree.Relation) or piece.relations != ("!=",):
            below.append(piece)
            continue
        first, other = piece.sides
        if not (isinstance(first, tree.Name) and isinstance(other, tree.Name)):
            raise NotUnderstood(piece.span, "a sum leaves out what two letters have in common, as in k ≠ i")
        pairs.append((first.text, other.text))
        below.append(first)
    started = {piece.sides[0].text for piece in below if _is_start(piece)}  # type: ignore[attr-defined]
    plain = [piece for piece in below if not (isinstance(piece, tree.Name) and piece.text in started)]
    return plain, pairs


def _is_start(piece: Tree) -> bool:
    return isinstance(piece, tree.Relation) and isinstance(piece.sides[0], tree.Name)


def _without_equal(span: Span, pair: tuple[str, str], body: Term) -> Term:
    """The body, and 0 where two letters are equal."""
    differ = terms.Sum(span, (terms.Constant(span, Fraction(1)), terms.Kronecker(span, *pair)), ("-",))
    return terms.Product(span, (differ, body), ("",))


def _letters_below(below: list[Tree]) -> list[tuple[str, int | None]]:
    """The letters that a sum runs over, and the number from which, where one is said."""
    found: list[tuple[str, int | None]] = []
    for piece in below:
        letter, start = piece, None
        if isinstance(piece, tree.Relation) and piece.relations == ("=",):
            letter, first = piece.sides
            if not isinstance(first, tree.Number) or first.value not in (0, 1):
                raise NotUnderstood(first.span, "sums start at 1 here, or at 0 for the bias")
            start = int(first.value)
        if not isinstance(letter, tree.Name) or len(letter.text) != 1:
            raise NotUnderstood(piece.span, "a sum runs over a letter, as in \\sum_k")
        found.append((letter.text, start))
    return found
