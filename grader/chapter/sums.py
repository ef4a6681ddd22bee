"""Sums over an index that runs from one number to another, written out term by term."""

from __future__ import annotations

from functools import lru_cache

from grader.reading.rebuilding import rebuilt
from grader.reading.tree import BigOperator, Group, Name, Negate, Number, Relation, Scripted, Sum, Tree

MOST_TERMS = 50
"""Longer sums are left as they are, and so are the products of nested ones."""


@lru_cache(maxsize=1024)
def written_out(tree: Tree) -> Tree:
    r"""A tree with its sums written out: ``\sum_{k=1}^{2} d_k h_{k-1}`` is ``d_1 h_0 + d_2 h_1``.

    >>> from grader.reading import read
    >>> from grader.chapter.names import names_in
    >>> sorted(names_in(written_out(read(r"\\sum_{k=1}^{2} d_k h_{k-1}").tree)))
    ['d_1', 'd_2', 'h_0', 'h_1']
    """
    if not any(isinstance(part, BigOperator) for part in tree.walk()):
        return tree
    return rebuilt(tree, _terms)


def _terms(part: Tree) -> Tree | None:
    match part:
        case BigOperator(
            kind="sum",
            low=Relation(sides=(Name(text=index), Number() as low), relations=("=",)),
            high=Number() as high,
            body=body,
        ) if 0 < high.value - low.value < MOST_TERMS and not _holds_a_sum(body):
            counted = range(int(low.value), int(high.value) + 1)
            terms = tuple(rebuilt(body, lambda each, at=at: _at(each, index, at)) for at in counted)  # type: ignore[misc]
            return Group(part.span, "(", (Sum(part.span, terms, ("+",) * (len(terms) - 1)),))
    return None


def _holds_a_sum(tree: Tree) -> bool:
    return any(isinstance(part, BigOperator) for part in tree.walk())


def _at(part: Tree, index: str, at: int) -> Tree | None:
    """The index as a number, and what is counted from it in a script."""
    match part:
        case Name(text=text) if text == index:
            return Number(part.span, str(at)) if at >= 0 else Negate(part.span, Number(part.span, str(-at)))
        case Sum(terms=(Name(text=text), Number(text=digits)), signs=(sign,)) if (
            text == index and digits.isdigit()
        ):
            moved = at + (int(digits) if sign == "+" else -int(digits))
            return Number(part.span, str(moved)) if moved >= 0 else None
        case Scripted(base=Name(text=text)) if text == index:
            return part
    return None
