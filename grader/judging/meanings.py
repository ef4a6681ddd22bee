"""What an answer may mean: usually one thing, but some habits leave a careful reader two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.judging.question import Question
from grader.judging.sides import Sides, directions, sides_of, understood
from grader.meaning.habits import senses
from grader.meaning.reach import widened
from grader.meaning.scripts import NotUnderstood
from grader.meaning.terms import letters_in
from grader.reading.tree import Tree


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
    yield from _other_senses(question, whole)


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
    free = frozenset(letter for term in sides.claimed for letter in letters_in(term))
    if not free:
        return free
    if sides.left and sides.left.letters:
        return free - set(sides.left.letters)
    return free if len(free) > directions(question, sides.notation) else frozenset()
