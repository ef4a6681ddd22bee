"""Statements whose form counts, not their value: definitions by cases, and functions within functions."""

from __future__ import annotations

from collections.abc import Callable

from grader.chapter.spelling import bare, spelling
from grader.chapter.standard.atoms import letter_of
from grader.reading import tree as t

DEEPEST = 12


def is_step(tree: t.Tree) -> bool:
    """1 where something is above 0, else 0."""
    match bare(tree):
        case t.Cases(rows=((value, t.Relation(sides=(_, limit), relations=(sign,))), (other, _))):
            return _is(value, 1) and _is(other, 0) and _is(limit, 0) and sign in (">", ">=")
    return False


def is_winner(tree: t.Tree) -> bool:
    """1 for the place of the largest, else 0."""
    match bare(tree):
        case t.Cases(rows=((value, t.Relation(sides=(place, most), relations=("=",))), (other, None))):
            picked = any(letter_of(part) in ("arg", "argmax") for part in most.walk())
            return picked and _is(value, 1) and _is(other, 0) and bool(spelling(place))
    return False


def is_composition(tree: t.Tree) -> bool:
    r"""``f_L(w_L, f_{L-1}(w_{L-1}, \dots, f_1(w_1, x) \dots))``: indices that go down together to 1."""
    first = last = _call(tree)
    seen: list[str] = []
    for _ in range(DEEPEST):
        if last is None:
            break
        function, arguments = last
        own = [_counted(part.sub) for part in _indexed(arguments)]
        if any(index != function for index in own):
            return False
        seen.append(function)
        last = next((inner for part in _inside(arguments) if (inner := _call(part))), None)
    return first is not None and len(seen) > 2 and seen[-1] == "1" and seen[1] == f"{seen[0]}-1"


def _call(tree: t.Tree) -> tuple[str, tuple[t.Tree, ...]] | None:
    """The index of a function with one, and what stands in its brackets."""
    match bare(tree):
        case t.Product(factors=(t.Scripted(sub=sub) as head, t.Group(bracket="(", items=items), *_)):
            return (_counted(sub), items) if sub is not None and letter_of(head) else None
    return None


def _indexed(arguments: tuple[t.Tree, ...]) -> list[t.Scripted]:
    return [part for part in map(bare, arguments) if isinstance(part, t.Scripted) and part.sub is not None]


def _inside(arguments: tuple[t.Tree, ...]) -> list[t.Tree]:
    return [part for part in arguments if not isinstance(part, t.Scripted)]


def _counted(sub: t.Tree | None) -> str:
    """``L-1`` for the tree of it, and 1 for the number."""
    if sub is not None and spelling(sub):
        return spelling(sub)
    match sub:
        case t.Number(text=text):
            return text
        case t.Group(items=(inside,)):
            return _counted(inside)
        case t.Sum(terms=(first, t.Number(text=text)), signs=("-",)):
            return f"{spelling(first)}-{text}"
    return ""


def _is(tree: t.Tree, number: int) -> bool:
    tree = bare(tree)
    return isinstance(tree, t.Number) and tree.value == number


FORMS: tuple[tuple[str, Callable[[t.Tree], bool]], ...] = (
    ("a step at 0", is_step),
    ("the winner takes all", is_winner),
    ("functions within functions, from the last layer to the first", is_composition),
)
"""One row for each form, in words."""


def form_of(tree: t.Tree) -> str:
    """The form that a tree has, in words; empty if it has none."""
    return next((words for words, has in FORMS if has(tree)), "")
