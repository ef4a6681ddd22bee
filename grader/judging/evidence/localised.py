"""The smallest piece of a wrong formula at which one small change makes the whole right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from derive.graph import Node
from derive.quantities import General, Quantity
from grader.judging.case import Case
from grader.judging.evidence.edits import CHANGES, EDITS, Changes, Edit
from grader.judging.question import Question
from grader.judging.recognising.mending import MENDABLE, values_of
from grader.judging.values import Lowered, agrees, attempted, has_shape, holds, own, plans_for, value
from grader.meaning import terms
from grader.meaning.lowering import Plan, Shared
from grader.meaning.terms import Term
from grader.reading.tree import Span

MOST = 200
"""So many changes are tried."""
MOST_WORK = 2000
"""So many terms they have together at most; a sum over an index counts as ``WORK_OF_SUM`` of them."""
WORK_OF_SUM = 10
MOST_PLANS = 2
"""So many ways to take its products are tried of each."""
KINDS = ("W", "b", "z", "a", "delta")
"""Kinds of quantities that are tried in the place of others, beside the target."""


class Place(Struct, frozen=True):
    """Where a change makes a formula right, and what kind of change."""

    span: Span
    edit: Edit


def localised(question: Question, term: Term, cases: Sequence[Case]) -> Place | None:
    """Where one small change makes a wrong formula right in all worlds of the question's own sizes: by the
    first kind of change that does, the smallest such piece; None if there is none among those tried."""
    sampled, left = next(own(cases), None), _most(term)
    if sampled is None or not left:
        return None
    quantities = list(_quantities(question, sampled))
    for edit in EDITS:
        tried = list(islice(_changed(edit.changes, term, quantities, edit.outermost), left))
        left -= len(tried)
        right = _right(tried, [case for case in cases if case.own], sampled)
        if right:
            return Place(_shortest(right), edit)
    return None


def place_of(question: Question, term: Term, cases: Sequence[Case], change: str) -> Span | None:
    """The smallest piece of a wrong formula at which one kind of change makes the whole right, whatever
    the sizes; None if there is none, or if it is the whole."""
    sampled = next(own(cases), None)
    if sampled is None:
        return None
    tried = _changed(CHANGES[change], term, list(_quantities(question, sampled)))
    right = _right(list(islice(tried, _most(term))), cases, sampled)
    return _shortest(right) if right and term.span not in right else None


def _most(term: Term) -> int:
    """How many changes of a formula are tried: fewer of a longer one, none of a very long one."""
    size = sum(WORK_OF_SUM if isinstance(part, terms.SumOver) else 1 for part in term.walk())
    return min(MOST, MOST_WORK // size) if size <= MENDABLE else 0


def _shortest(spans: Sequence[Span]) -> Span:
    return min(spans, key=lambda span: span[1] - span[0])


def _changed(
    changes: Changes, term: Term, quantities: Sequence[Quantity], outermost: bool = False
) -> Iterator[tuple[Span, Term]]:
    """Every formula that one kind of change makes, with the piece that is changed."""
    for piece, around in islice(_pieces(term), 1 if outermost else None):
        for changed in changes(piece, quantities):
            yield _blamed(piece, changed), around(changed)


def _right(tried: Sequence[tuple[Span, Term]], cases: Sequence[Case], first: Case) -> list[Span]:
    """The pieces whose change makes the formula right; all are computed together in one world."""
    shared = Shared()
    fitting = [
        (span, term, *found) for span, term in tried if (found := _fitting(term, first, shared)) is not None
    ]
    values = values_of([node for *_, node in fitting], first)
    return [
        span
        for (span, term, plan, _), found in zip(fitting, values, strict=True)
        if agrees(found, first.expected) and _holds(term, plan, cases)
    ]


def _fitting(term: Term, case: Case, shared: Shared) -> tuple[Plan, Node] | None:
    """The strictest way to take a formula in which it has the shape that is asked for."""
    for plan in plans_for(term)[:MOST_PLANS]:
        node: Lowered = attempted(term, case, plan, shared)
        if isinstance(node, Node) and has_shape(node, case):
            return plan, node
    return None


def _holds(term: Term, plan: Plan, cases: Sequence[Case]) -> bool:
    nodes = [(attempted(term, case, plan), case) for case in cases]
    return all(has_shape(node, case) and holds(node, value(node, case), case) for node, case in nodes)


def _blamed(piece: Term, changed: Term) -> Span:
    """What is shown of a changed piece: of a product or sum that lost a part, that part."""
    left = (changed,) if changed in piece.parts else changed.parts
    gone = [part for part in piece.parts if part not in left]
    return gone[0].span if len(gone) == 1 and len(piece.parts) == len(left) + 1 else piece.span


def _pieces(term: Term) -> Iterator[tuple[Term, Callable[[Term], Term]]]:
    """Every piece of a formula, with what puts another one in its place; the whole first."""
    if isinstance(term, terms.Gathered):
        yield from ((piece, _then(around, term)) for piece, around in _pieces(term.body))
        return
    yield term, lambda new: new
    for name in terms.names_of_fields(type(term)):
        for piece, put in _inside(getattr(term, name)):
            yield from ((deep, _in_field(term, name, put, around)) for deep, around in _pieces(piece))


def _then(around: Callable[[Term], Term], outer: terms.Gathered) -> Callable[[Term], Term]:
    return lambda new: replace(outer, body=around(new))


def _in_field(
    term: Term, name: str, put: Callable[[Term], Any], around: Callable[[Term], Term]
) -> Callable[[Term], Term]:
    return lambda new: replace(term, **{name: put(around(new))})


def _inside(field: Any) -> Iterator[tuple[Term, Callable[[Term], Any]]]:
    """The terms in a field, with what makes the field anew with another in its place."""
    if isinstance(field, Term):
        yield field, lambda new: new
    elif isinstance(field, tuple):
        for place, item in enumerate(field):
            for piece, put in _inside(item):
                yield piece, _in_row(field, place, put)


def _in_row(row: tuple[Any, ...], place: int, put: Callable[[Term], Any]) -> Callable[[Term], Any]:
    return lambda new: (*row[:place], put(new), *row[place + 1 :])


def _quantities(question: Question, case: Case) -> Iterator[Quantity]:
    """What may be tried in the place of another quantity: whatever the answer may use and has a value."""
    layers: list[Any] = sorted({q.layer for q in case.frame.shapes if isinstance(q.layer, int)})
    if question.general:
        layers = [General("l") + offset for offset in (-1, 0, 1)] + [General("L")]
    named = [Quantity(kind, layer) for layer in layers for kind in KINDS]
    others = [
        Quantity("y"),
        *(q for q in case.frame.shapes if q.layer is None and len(case.frame.shapes) < 40),
    ]
    for quantity in dict.fromkeys([*named, *others]):
        if _usable(question, case, quantity):
            yield quantity


def _usable(question: Question, case: Case, quantity: Quantity) -> bool:
    try:
        here = case.frame.quantity(quantity)
    except KeyError:
        return False
    return here in case.view.values and question.may_use(quantity) and not question.is_asked(quantity)
