"""Formulas that can be decided by their values: identities, derivatives, sides whose names are all known."""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from derive.notation import TRANSPOSES
from grader.chapter.evidence import Judgement, attempt, is_symbolic
from grader.chapter.functions import Value
from grader.chapter.intervals import Interval
from grader.chapter.names import names_in
from grader.chapter.operations import Undefined, entries
from grader.chapter.spelling import MOST_REMEMBERED, derivative_of, is_name, spelling
from grader.chapter.values import Scope, evaluate
from grader.ledger import Ledger, same
from grader.reading.tree import Name, Number, Product, Quotient, Scripted, Tree

POINTS = 8
"""At so many points both sides are evaluated."""

MAX_LETTERS = 60
"""With more letters behind a formula than this, those further back are taken as independent."""

_NOT_DECIDED = (
    "formulas about layers and derivatives are judged from a network, which this page does not give"
)


def judge_formula(target: Tree, before: list[Tree], ledger: Ledger) -> Judgement:
    """A side with letters against the sides before it."""
    others = [tree for tree in before if not is_name(tree) or _is_derivative(tree)]
    if not others:
        return Judgement("unchecked", "unchecked", "it defines what stands before it")
    for other in reversed(others):
        judgement = _by_known_values(target, other, ledger) or _by_points(target, other, ledger)
        if judgement:
            return judgement
    return Judgement("unchecked", "unchecked", _NOT_DECIDED)


def _is_derivative(tree: Tree) -> bool:
    return isinstance(tree, Quotient)


def _by_known_values(target: Tree, other: Tree, ledger: Ledger) -> Judgement | None:
    """Both sides have values, from names that each have had only one."""
    if is_name(target) or is_name(other):
        return None
    first, second = (attempt(tree, ledger.scope()) for tree in (other, target))
    if not (isinstance(first, Interval) and isinstance(second, Interval)):
        return None
    rounded = [attempt(tree, ledger.rounded_scope()) for tree in (other, target)]
    if all(isinstance(value, Interval) for value in rounded) and rounded[0].meets(rounded[1]):  # type: ignore[union-attr]
        return Judgement("confirmed", "unchecked", "both sides have the same value", first)
    if same(first, second):
        return Judgement("confirmed", "unchecked", "both sides have the same value", first)
    symbolic = all(is_symbolic(tree, ledger) and ledger.settled(tree) for tree in (other, target))
    if not symbolic or first.meets(_widened(second)):
        return None
    reason = f"the side before it is {first.middle:.6g}, this one {second.middle:.6g}"
    return Judgement("contradicted", "unchecked", reason, first)


def _widened(value: Interval) -> Interval:
    return Interval.around(value.middle, value.half + 1e-6 * abs(value.middle))


def _by_points(target: Tree, other: Tree, ledger: Ledger) -> Judgement | None:
    """Both sides as functions of their letters, evaluated at sample points."""
    speaks = _can_be_identity(target, ledger) or _can_be_identity(other, ledger)
    if not speaks and names_in(target) != names_in(other):
        return None
    decided = _agreements(target, other, ledger)
    if len(decided) < POINTS // 2:
        return None
    if all(decided):
        return Judgement("confirmed", "unchecked", f"both sides agree at {len(decided)} sample points")
    often = ledger.defined_often & (names_in(target) | names_in(other))
    slope = _speaks_of_slopes(target) or _speaks_of_slopes(other)
    if (
        any(decided)
        or _turns(target)
        or _turns(other)
        or _has_numbers_put_in(target)
        or _has_numbers_put_in(other)
        or often
        or not slope
        or _unknown_functions(target, ledger)
        or _unknown_functions(other, ledger)
        or _strangers(target, other, ledger)
        or not ledger.settled(target)
        or not ledger.settled(other)
    ):
        return None
    return Judgement(
        "contradicted", "unchecked", f"the two sides differ at all of {len(decided)} sample points"
    )


def _agreements(target: Tree, other: Tree, ledger: Ledger) -> list[bool]:
    """Whether the sides agree at each point where both have values; derivatives go through everything that
    depends on their name, or else through nothing, and so on."""
    decided: list[bool] = []
    for way in _ways(ledger):
        equal = (_equal_at(target, other, _sample_scope(point, ledger, way)) for point in range(POINTS))
        found = _telling(equal, later=bool(decided))
        if len(found) >= POINTS // 2 and all(found):
            return found
        decided = decided or found
    return decided


def _telling(outcomes: Iterable[bool | None], later: bool) -> list[bool]:
    """The outcomes at points with values, up to where no further one matters: after one of each, after too
    many points without values, and where a way was decided before, after one that disagrees."""
    found: list[bool] = []
    missing = 0
    for outcome in outcomes:
        if outcome is None:
            missing += 1
        else:
            found.append(outcome)
        if missing > POINTS // 2 or (False in found and (later or True in found)):
            break
    return found


@dataclass(frozen=True)
class Way:
    """How names follow from each other at a sample point, and which have the value that the page gives."""

    formulas: Mapping[str, Tree]
    labels: Mapping[str, Interval]
    total: bool


def _ways(ledger: Ledger) -> Iterator[Way]:
    """The plainest first; a name that is given as 0 or 1 may be a label, and the formula only hold for it."""
    first = {**ledger.formulas, **ledger.first_formulas}
    labels = {
        name: entry.exact
        for name, entry in ledger.entries.items()
        if entry.how == "given" and isinstance(entry.exact, Interval) and entry.exact.middle in (0, 1)
    }
    formulas = [ledger.formulas] if first == ledger.formulas else [ledger.formulas, first]
    for known in ({}, labels) if labels else ({},):
        yield from (Way(each, known, total) for total in (True, False) for each in formulas)


def _turns(tree: Tree) -> bool:
    """Whether something is transposed: then letters are vectors, and numbers in their place prove nothing."""
    above = [part.sup for part in tree.walk() if isinstance(part, Scripted)]
    return any(isinstance(mark, Name) and mark.text in TRANSPOSES for mark in above)


def _has_numbers_put_in(tree: Tree) -> bool:
    """Whether a factor is 1 or 0: nobody writes it but as the value that a slope has here."""
    factors = [factor for part in tree.walk() if isinstance(part, Product) for factor in part.factors]
    return any(isinstance(factor, Number) and factor.value in (0, 1) for factor in factors)


def _unknown_functions(tree: Tree, ledger: Ledger) -> bool:
    """Whether something has a prime of which the page does not say what function it is: it may be any."""
    primed = (part.base for part in tree.walk() if isinstance(part, Scripted) and part.primes)
    return any(spelling(base) not in {*ledger.functions, *ledger.definitions} for base in primed)


def _strangers(target: Tree, other: Tree, ledger: Ledger) -> bool:
    """Whether one side has a letter that does not occur in what the other side differentiates."""
    sides = ((target, other), (other, target))
    return any(
        _speaks_of_slopes(first) and _letters(second, ledger) - _reach(first, ledger)
        for first, second in sides
    )


_POWER = re.compile(r".+\^\d+")


def _letters(tree: Tree, ledger: Ledger) -> frozenset[str]:
    inside = frozenset(name for half in _differentiated(tree) for name in names_in(half))
    powers = {name for name in names_in(tree) | inside if _POWER.fullmatch(name)} - ledger.whole_names
    names = {name.rstrip("'") for name in names_in(tree) | inside if not name.startswith("d(")} - powers
    return frozenset(names - set(ledger.functions) - {"e", "pi"})


def _differentiated(tree: Tree) -> list[Tree]:
    quotients = [derivative_of(part) for part in tree.walk() if isinstance(part, Quotient)]
    return [half for halves in quotients if halves for half in halves]


def _reach(tree: Tree, ledger: Ledger) -> frozenset[str]:
    """The letters of a side and of the formulas and functions behind them."""
    found: set[str] = set()
    waiting = list(_letters(tree, ledger))
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        behind = [ledger.formulas.get(name), getattr(ledger.definitions.get(name), "body", None)]
        waiting.extend(letter for body in behind if body is not None for letter in _letters(body, ledger))
    return frozenset(found)


def _can_be_identity(tree: Tree, ledger: Ledger) -> bool:
    """Whether a side speaks of a derivative or of a function that is known."""
    return _speaks_of_slopes(tree) or bool(names_in(tree) & (set(ledger.functions) | set(ledger.definitions)))


def _speaks_of_slopes(tree: Tree) -> bool:
    primes = any(isinstance(part, Scripted) and part.primes for part in tree.walk())
    return primes or any(isinstance(part, Quotient) and derivative_of(part) for part in tree.walk())


def _equal_at(target: Tree, other: Tree, scope: Scope) -> bool | None:
    try:
        first, second = evaluate(target, scope), evaluate(other, scope)
    except Undefined:
        return None
    if np.shape(first) != np.shape(second):
        return None
    pairs = zip(entries(first), entries(second), strict=True)
    return all(_close(one.middle, other.middle) for one, other in pairs)


def _close(first: float, second: float) -> bool:
    return abs(first - second) <= 1e-6 * max(abs(first), abs(second), 1e-3)


def _sample_scope(point: int, ledger: Ledger, way: Way) -> Scope:
    """Every letter has a value of its own at each point; a quantity with a formula follows from them."""
    found: dict[str, Value | None] = {}

    def value_of(name: str) -> Value | None:
        if (
            name in ledger.functions
            or name in ledger.definitions
            or name.startswith("d(")
            or name in ("e", "pi")
        ):
            return None
        if name in way.labels:
            return way.labels[name]
        if name not in found:
            found[name] = sample(
                name, point
            )  # also while its formula is at work, should it go round in a circle
            formula = way.formulas.get(name)
            followed = attempt(formula, scope) if formula is not None and len(found) < MAX_LETTERS else None
            found[name] = found[name] if followed is None else followed
        return found[name]

    scope = replace(ledger.scope(), value_of=value_of, formulas=way.formulas, total=way.total)
    return scope


@lru_cache(maxsize=MOST_REMEMBERED)
def sample(name: str, point: int) -> Interval:
    """A number between -2 and 2, away from 0, that depends on nothing but the name and the point."""
    seed = zlib.crc32(f"{name}/{point}".encode()) / 2**32
    return Interval.exactly(math.copysign(0.3 + 1.7 * abs(2 * seed - 1), seed - 0.5))
