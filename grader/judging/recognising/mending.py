"""Edits of the student's own answer, each undoing what one misconception does to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec import Struct

from derive.functions import Array
from derive.graph import Equation, Node
from derive.program import Program
from derive.quantities import Quantity
from grader.judging.case import Case
from grader.judging.values import attempted, filled, plans_for
from grader.meaning.lowering import Plan, Shared
from grader.meaning.terms import Term
from grader.misconceptions import MISCONCEPTIONS, Misconception

MENDABLE = 80
"""Answers with more terms than this are not mended edit by edit."""
MOST_WORK = 6_000
"""So many terms the edits of an answer have together at most: fewer edits of a longer one are tried."""


class Mended(Struct, frozen=True):
    """An answer without one misconception, as read by one plan, and its value in one case."""

    row: Misconception
    term: Term
    plan: Plan
    value: Array


def mended(term: Term, case: Case) -> tuple[Mended, ...]:
    """Every edit of an answer that has a value in a case, in the order of the table; all are computed
    together."""
    size = sum(1 for _ in term.walk())
    if size > MENDABLE:
        return ()
    tried, shared = list(islice(_edits(term), MOST_WORK // size)), Shared()
    edits = [
        (row, edited, plan, node)
        for row, edited, plan in tried
        if isinstance(node := attempted(edited, case, plan, shared), Node)
    ]
    values = values_of([node for *_, node in edits], case)
    return tuple(
        Mended(row, edited, plan, value) for (row, edited, plan, _), value in zip(edits, values, strict=True)
    )


def _edits(term: Term) -> Iterator[tuple[Misconception, Term, Plan]]:
    """What undoes one misconception or another in an answer, in every way to take its products."""
    for row in MISCONCEPTIONS.values():
        for edited in dict.fromkeys(row.repair(term)) if row.repair is not None else ():
            yield from ((row, edited, plan) for plan in plans_for(edited))


def values_of(nodes: Sequence[Node], case: Case) -> list[Array]:
    """The values of many expressions that share most of their parts."""
    equations = [Equation(Quantity("edit", number), node) for number, node in enumerate(nodes)]
    results = Program(equations, case.world.arithmetic).run(case.view.values)
    return [filled(results[equation.quantity], case) for equation in equations]
