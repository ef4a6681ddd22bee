"""Definitions by cases as values: each row counts where its condition holds and none above it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from derive import ops
from derive.graph import SCALAR, Node
from derive.shape_rules import show
from grader.meaning import terms
from grader.meaning.conditions import condition_term
from grader.meaning.entries import Lower
from grader.meaning.frame import Frame
from grader.meaning.products import Plan, Unfit
from grader.meaning.scripts import NotUnderstood
from grader.meaning.sizes import broadcast, common
from grader.meaning.terms import Term
from grader.reading import tree

if TYPE_CHECKING:
    from grader.meaning.names import Namer


def by_cases(namer: Namer, part: tree.Cases) -> Term:
    """The values and their conditions. Raises `NotUnderstood` for what is no condition."""
    rows = tuple((namer.term(value), _condition(namer, condition)) for value, condition in part.rows)
    return terms.Cases(part.span, tuple(value for value, _ in rows), tuple(found for _, found in rows))


def _condition(namer: Namer, part: tree.Tree | None) -> Term:
    if part is None:
        return terms.Otherwise((0, 0))
    if isinstance(part, tree.Group) and len(part.items) == 1:
        part = part.items[0]
    if not isinstance(part, tree.Relation):
        raise NotUnderstood(part.span, "a condition is expected here, as in z > 0")
    return condition_term(namer, part)


def chosen(lower: Lower, term: Any, frame: Frame, plan: Plan) -> Node:
    """The value of the first row whose condition holds, entry by entry. Raises `Unfit`."""
    lowered = [lower(value, frame, plan) for value in term.values]
    holds = [lower(condition, frame, plan) for condition in term.conditions]
    shape = common([*lowered, *holds])
    left: Node | None = None
    total: Node | None = None
    for value, condition in zip(lowered, holds, strict=True):
        here = _spread(condition, shape, term, frame)
        counts = here if left is None else ops.times(left, here)
        piece = ops.times(counts, _spread(value, shape, term, frame))
        total = piece if total is None else ops.add(total, piece)
        rest = ops.minus(ops.ones(shape), here)
        left = rest if left is None else ops.times(left, rest)
    assert total is not None
    return total


def _spread(node: Node, shape: tuple[Any, Any], term: Any, frame: Frame) -> Node:
    node = broadcast(node, shape, frame.examples)
    if node.shape == SCALAR != shape:
        node = ops.scale(node, ops.ones(shape))
    if node.shape != shape:
        raise Unfit(term.span, f"these cases mix {show(node.shape)} with {show(shape)}")
    return node
