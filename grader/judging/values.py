"""What an answer is worth in every world, and when two values are the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from derive.functions import Array
from derive.graph import Node
from derive.kernels import Arithmetic
from derive.program import Values, value_of
from grader.judging.case import Case, allowance
from grader.meaning.limits import Undecidable
from grader.meaning.lowering import PLANS, Plan, Shared, Unfit, lower
from grader.meaning.terms import Term, joins_in

MOST_REMEMBERED = 200_000
"""About so many numbers are remembered of the expressions computed in one world."""

Lowered = Node | Unfit
Evaluations = list[tuple[Case, Array | Unfit]]
"""Every world with the answer's value there, or why it has none."""


def taken(cases: Sequence[Case], term: Term) -> tuple[list[Lowered], Plan]:
    """The expression a term means in every world, and the plan by which: the strictest that gives the
    asked shape in all worlds, else in those of the question's own sizes, else the strictest that gives any
    shape there."""
    tried: list[tuple[list[Lowered], Plan]] = []
    for plan in plans_for(term):
        attempt = _in_all(cases, term, plan)
        if all(map(has_shape, attempt, cases)):
            return attempt, plan
        tried.append((attempt, plan))
    own = [position for position, case in enumerate(cases) if case.own]
    for fits in (has_shape, _is_node):
        for attempt, plan in tried:
            if all(fits(attempt[position], cases[position]) for position in own):
                return attempt, plan
    return tried[0]


def _in_all(cases: Sequence[Case], term: Term, plan: Plan) -> list[Lowered]:
    """The expression in every world, worked out once for all worlds of the same sizes."""
    done: dict[object, Lowered] = {}
    for case in cases:
        if case.sizes not in done:
            done[case.sizes] = lowered(term, case, plan)
    return [done[case.sizes] for case in cases]


def plans_for(term: Term) -> tuple[Plan, ...]:
    """The plans by which a term may mean different things, the strictest first."""
    joins = joins_in(term)
    return PLANS[:1] if joins is None else _different(joins)


@lru_cache(maxsize=1024)
def _different(joins: frozenset[str]) -> tuple[Plan, ...]:
    """The plans that differ where factors are joined by these signs."""
    different: dict[Plan, Plan] = {}
    for plan in PLANS:
        different.setdefault(plan.among(set(joins)), plan)
    return tuple(different.values())


def has_shape(node: Lowered, case: Case) -> bool:
    """Whether an expression has the shape that is asked for."""
    return isinstance(node, Node) and node.shape == case.expected.shape[-2:]


def _is_node(node: Lowered, case: Case) -> bool:
    return isinstance(node, Node)


def lowered(term: Term, case: Case, plan: Plan, shared: Shared | None = None) -> Lowered:
    """The expression a term means in one world, or why it has none; ``shared`` has what others of many
    formulas that share parts meant there."""
    try:
        return lower(term, case.frame, plan, shared)
    except Unfit as unfit:
        return unfit.kept()


def attempted(term: Term, case: Case, plan: Plan, shared: Shared | None = None) -> Lowered:
    """The same for what nobody has written, an answer with something changed: what cannot be worked out does
    not fit."""
    try:
        return lowered(term, case, plan, shared)
    except Undecidable as limit:
        return Unfit(term.span, str(limit))


def value(node: Lowered, case: Case) -> Array | Unfit:
    """The value in every sample of one world."""
    if isinstance(node, Unfit):
        return node
    if len(case.memory) * case.expected.size > MOST_REMEMBERED:
        case.memory.clear()
    return filled(value_of(node, case.view.values, case.world.arithmetic, case.memory), case)


def filled(found: Array, case: Case) -> Array:
    """A value with all samples of its world: a constant may come without, a sum with axes it has used up."""
    if found.shape == case.expected.shape:
        return found
    found = found.reshape(found.shape[-3:])
    return np.broadcast_to(found, (case.expected.shape[0], *found.shape[-2:]))


def agrees(value: Array | Unfit, expected: Array, slack: Array | float = 0.0) -> bool:
    """Whether two values are the same in every sample and entry; NaN and infinity equal nothing.

    ``slack`` is what rounding may have done to each entry.
    """
    if isinstance(value, Unfit) or value.shape != expected.shape:
        return False
    return _near(value, expected, allowance(expected) + slack)


def _near(value: Array, expected: Array, allowed: Array) -> bool:
    with np.errstate(all="ignore"):
        return bool((np.abs(value - expected) <= allowed).all())


def holds(node: Lowered, found: Array | Unfit, case: Case) -> bool:
    """Whether an answer has the asked value in a world. Where the numbers are given, 1 − a may have lost
    its digits."""
    if isinstance(found, Unfit) or found.shape != case.expected.shape:
        return False
    if _near(found, case.expected, case.allowed):
        return True
    return not case.sampled and isinstance(node, Node) and agrees(found, case.expected, rounding(node, case))


def rounding(node: Node, case: Case) -> Array:
    """What rounding can do to each entry of a value in a case."""
    return noise(node, case.view.values, case.world.arithmetic)


def noise(node: Node, known: Values, arithmetic: Arithmetic) -> Array:
    """How far each entry of a value moves when every operation is a little off."""
    rng = np.random.default_rng(0)

    def shaken(exact: Array) -> Array:
        return np.asarray(exact * (1 + rng.uniform(-1, 1, np.shape(exact)) * np.finfo(float).eps))

    runs = [value_of(node, known, arithmetic, changed=shaken) for _ in range(4)]
    return 4 * np.ptp(np.stack(runs), axis=0)


def own(cases: Sequence[Case]) -> Iterator[Case]:
    """The worlds of the question's own sizes with random numbers."""
    return (case for case in cases if case.own and case.sampled)
