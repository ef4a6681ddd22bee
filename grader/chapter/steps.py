"""Steps inside an expression: ``1/(1 + e^{-0.82}) = 1/(1 + 0.4404)`` also says that e^{-0.82} is 0.4404."""

from __future__ import annotations

from dataclasses import dataclass, replace

from grader.chapter.chains import Side
from grader.chapter.spelling import bare
from grader.reading.tree import (
    Group,
    Matrix,
    Name,
    Negate,
    Norm,
    Number,
    Product,
    Quotient,
    Scripted,
    Sum,
    Tree,
)

MAX_STEPS = 12
"""A line that works out more at once is judged as a whole."""


@dataclass(frozen=True, slots=True)
class Step:
    """A part of one side and the number in its place in the next; ``alone`` if all else is the same, so
    that nothing but this number can be meant."""

    before: Side
    after: Side
    alone: bool


def steps(before: Side, after: Side) -> list[Step]:
    """What was worked out from one side of a chain to the next, where both are built alike around it."""
    if before.tree is None or after.tree is None:
        return []
    pairs, alike = _worked_out(before.tree, after.tree)
    if len(pairs) > MAX_STEPS:
        return []
    alone = alike and len(pairs) == 1
    return [
        Step(replace(before, tree=first, percent=False), replace(after, tree=second, percent=False), alone)
        for first, second in pairs
    ]


def _worked_out(before: Tree, after: Tree) -> tuple[list[tuple[Tree, Tree]], bool]:
    """The parts with the numbers in their places, and whether all others are the same on both sides."""
    found: list[tuple[Tree, Tree]] = []
    alike = True
    waiting = [(bare(before), bare(after))]
    while waiting:
        first, second = waiting.pop()
        worked = isinstance(_unsigned(second), Number) and not isinstance(_unsigned(first), Number)
        if worked and second is not bare(after):
            found.append((first, second))
        elif _built(first) == _built(second):
            parts = zip(first.parts, second.parts, strict=True)
            waiting.extend((bare(one), bare(other)) for one, other in parts)
        else:
            alike = False
    return found[::-1], alike


def _unsigned(tree: Tree) -> Tree:
    return bare(tree.body) if isinstance(tree, Negate) else tree


def _built(tree: Tree) -> tuple[object, ...]:
    """What two trees must share so that their parts correspond."""
    shape: tuple[object, ...] = ()
    match tree:
        case Sum(signs=signs):
            shape = signs
        case Product(joins=joins):
            shape = ("/" in joins,)
        case Group(bracket=bracket):
            shape = (bracket,)
        case Matrix(rows=rows):
            shape = tuple(map(len, rows))
        case Scripted(sub=sub, sup=sup, primes=primes):
            shape = (sub is None, sup is None, primes)
        case Negate() | Quotient() | Norm():
            shape = ()
        case Number(text=text) | Name(text=text):
            shape = (text,)
        case _:
            return (type(tree), id(tree))
    return (type(tree), len(tree.parts), shape)
