"""Follow-through: an answer that is wrong by itself may be right given the student's own earlier answers.

The earlier answers take the place of the true values, and what is asked is computed from there by the true
equations. An answer that agrees with that keeps its marks, unless the earlier answers have made it too easy:
wherever the true value depends on something, the value that follows must depend on it as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import numpy as np
from msgspec import Struct

from derive.functions import Array
from derive.notation import Notation
from derive.problem import Problem
from grader.judging.case import Case
from grader.judging.closeness import Truth, right
from grader.judging.follow_through.paths import Path, honest, leading_to, paths
from grader.judging.follow_through.stated import GIVEN, Stated, canonical, key_of, settled, stated
from grader.judging.formulas import claims_of
from grader.judging.numbers import typed_answers
from grader.judging.objections import circular, forbidden, loose_index, wrong_left_side
from grader.judging.question import Question, question_of
from grader.judging.sides import understood
from grader.judging.typed import TypedMatrix
from grader.judging.values import agrees, taken, value
from grader.reading import Reading
from grader.worlds.world import World

MOST_SLACK = 0.01
"""By how much at most an answer may differ because earlier ones were rounded when they were typed."""
LARGEST_DENOMINATOR = 10**6


class Answered(Struct, frozen=True):
    """An answer to another part, and whether it is right."""

    question: Question
    reading: Reading
    right: bool


def follows_from(question: Question, reading: Reading, answered: Sequence[Answered]) -> tuple[str, ...]:
    """The parts whose wrong answers, taken for true, make a wrong answer right; empty if there are none.

    Tried are all of them together, then those that what is asked is computed from at once, then each alone;
    with what was answered rightly kept, then computed anew as well.
    """
    said = [stated(one.question, one.reading) for one in answered if not one.right]
    usable = [one for one in said if one is not None and _usable(question, one)]
    known = {found for one in answered if one.right and (found := settled(one.question)) is not None}
    test = TESTS.get(question.part.answer)
    if test is None or question.general or not usable:
        return ()
    agreed = test(question, reading)
    for together in _choices(question, usable):
        for path in paths(question, together, known):
            if agreed(path):
                return tuple(one.part for one in path.used)
    return ()


def leads(problem: Problem, notation: str | None = None) -> dict[str, frozenset[str]]:
    """For every part that follows through, the parts whose answers may lead to its own."""
    questions = [question_of(problem, part.id, notation) for part in problem.parts if part.answer in TESTS]
    asked = {q.part.id: canonical(q.asked) for q in questions if not q.general}
    found = {}
    for question in questions:
        if question.part.follow_through and not question.general:
            behind = leading_to(question) - {canonical(question.asked)}
            found[question.part.id] = frozenset(id for id, quantity in asked.items() if quantity in behind)
    return {id: parts for id, parts in found.items() if parts}


def _usable(question: Question, earlier: Stated) -> bool:
    return not earlier.trivial and earlier.quantity != canonical(question.asked)


def _choices(question: Question, usable: Sequence[Stated]) -> Iterator[list[Stated]]:
    """Which earlier answers may have been used: of two about the same thing, the later one first."""
    equation = next(
        (e for e in question.worlds[0].equations if e.quantity == canonical(question.asked)), None
    )
    near = [one for one in usable if equation is not None and one.quantity in equation.expression.symbols]
    tried: list[list[Stated]] = []
    for group in (usable, near, *([one] for one in reversed(usable))):
        chosen = list({(one.quantity, one.entry): one for one in group}.values())
        if chosen and chosen not in tried:
            tried.append(chosen)
            yield chosen


# -- comparing -----------------------------------------------------------------------------------------------

Test = Callable[[Path], bool]


def _numbers(question: Question, reading: Reading) -> Test:
    """Whether numbers are what follows, by the rules of the part for digits and distances."""
    typed_ways = list(typed_answers(question, reading))

    def agreed(path: Path) -> bool:
        world = question.numbers
        values = path.stated(world, GIVEN) if world is not None else None
        if world is None or values is None or not typed_ways or not honest(path, world, values):
            return False
        found = path.result(world, values)
        return any(
            _same_numbers(question, path, world, found, typed, notation) for typed, notation in typed_ways
        )

    return agreed


def _same_numbers(
    question: Question, path: Path, world: World, found: Array, typed: TypedMatrix, notation: Notation
) -> bool:
    view = world.seen_in(notation)

    def seen(value: Array) -> Array:
        return view.value(question.asked, value)

    exact = None if question.exact_value is None else _fractions(seen(found)[0])
    truth = Truth(seen(found)[0], exact, _step(question, world, seen, found), seen)
    if typed.shape != truth.values.shape:
        return False
    good = right(typed, truth, question.part.tolerance)
    if exact is None:
        good = good | (np.abs(typed.values - truth.values) <= seen(_slack(path, world, found))[0])
    return bool(good.all())


def _step(question: Question, world: World, seen: Callable[[Array], Array], found: Array) -> Array | None:
    before = question.before_update
    return None if before is None else np.abs(seen(found - question.part_of(world.values[before]))[0])


def _slack(path: Path, world: World, found: Array) -> Array:
    """How far what follows may be off because numbers were typed with few digits."""
    signs = np.random.default_rng(0).choice([-1.0, 1.0], (8, 1, 1))
    values = path.stated(world, GIVEN, signs)
    assert values is not None
    off = np.abs(path.result(world, values) - found).max(axis=0, keepdims=True)
    return np.minimum(off, MOST_SLACK * np.abs(found))


def _fractions(values: Array) -> Array:
    """The numbers as fractions, so that those that can be given in full must be."""
    return np.array(
        [[Fraction(x).limit_denominator(LARGEST_DENOMINATOR) for x in row] for row in values.tolist()]
    )


def _formulas(question: Question, reading: Reading) -> Test:
    """Whether a formula has the value that follows in all worlds; of a chain, every side it or the truth."""
    sides = understood(question, reading.tree)
    objection = wrong_left_side(question, sides) or circular(question, sides) or loose_index(question, sides)
    claims = () if objection else claims_of(question, sides)
    cases = [case for case in question.cases_in(sides.notation) if case.own]
    found = [
        [value(node, case) for case, node in zip(cases, taken(cases, term)[0], strict=True)]
        for term in claims
    ]

    def agreed(path: Path) -> bool:
        wanted = [_wanted(path, case) for case in cases]
        if not claims or forbidden(question, claims[-1]) or any(value is None for value in wanted):
            return False
        follows = [all(map(agrees, values, wanted)) for values in found]
        true = [
            all(agrees(v, case.expected) for v, case in zip(values, cases, strict=True)) for values in found
        ]
        return follows[-1] and all(f or t for f, t in zip(follows, true, strict=True))

    return agreed


def _wanted(path: Path, case: Case) -> Array | None:
    """The value that follows in one world, as the notation has it; None where it gives nothing."""
    values = path.stated(case.world, key_of(path.question, case.world))
    if values is None or (case.sampled and not honest(path, case.world, values)):
        return None
    return case.view.value(case.quantity, path.result(case.world, values))


TESTS: dict[str, Callable[[Question, Reading], Test]] = {"number": _numbers, "formula": _formulas}
"""How each kind of answer is compared with what follows."""
