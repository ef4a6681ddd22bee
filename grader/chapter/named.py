"""Functions that have a name: what a page says they are is what everybody means, or a slip away from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from grader.chapter.chains import Side
from grader.chapter.evidence import Judgement, Slip, attempt
from grader.chapter.functions import BY_SPELLING, Function
from grader.chapter.heads import function_head
from grader.chapter.intervals import Interval
from grader.chapter.values import Scope
from grader.ledger import Ledger
from grader.reading.tree import Negate, Sum, Tree

POINTS = (-1.7, -0.6, 0.3, 0.9, 2.1)
"""Where a function that has a name is compared with what its name says."""

Number = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Misprint:
    """A way in which the formula of a known function goes wrong: what it then gives."""

    name: str
    sentence: str
    printed: Callable[[Number, float], float]


MISPRINTS = (
    Misprint("exponent-sign", "with the other sign before its argument", lambda f, x: f(-x)),
    Misprint("sign-flipped", "with the other sign", lambda f, x: -f(x)),
    Misprint("inverted", "upside down", lambda f, x: 1 / f(x)),
)
MISPRINTED = frozenset({"sigmoid", "tanh"})
"""Functions whose formula a page prints; that of ``log`` or ``max`` is no misprint but another statement."""


def judged_by_name(heads: Sequence[Side], body: Tree, ledger: Ledger) -> Judgement | None:
    r"""What the name of a function says of the body behind it, as in ``\sigma(s) = 1/(1 + e^s)``."""
    for row, parameter in _known(heads):
        if agrees(row, parameter, body):
            return Judgement("confirmed", "unchecked", f"the {row.name}, as usual")
        misprint = _misprint(row, parameter, body)
        if misprint and not _turned(ledger.formulas.get(parameter)):
            reason = f"it is the {row.name} {misprint.sentence}"
            return Judgement("contradicted", "unchecked", reason, diagnosis=Slip(misprint.name))
    return None


def _known(heads: Sequence[Side]) -> Iterator[tuple[Function, str]]:
    for head in heads:
        function = function_head(head.tree) if head.tree is not None else None
        row = BY_SPELLING.get(function[0]) if function else None
        if function and row and len(function[1]) == 1:
            yield row, function[1][0]


def _turned(formula: Tree | None) -> bool:
    """Whether what is put into the function brings its minus sign along."""
    first = formula.terms[0] if isinstance(formula, Sum) else formula
    return isinstance(first, Negate)


def is_known(head: Side) -> bool:
    """Whether a side is a function of one name that everybody knows."""
    return any(_known([head]))


def agrees(row: Function, parameter: str, body: Tree) -> bool:
    """Whether a body is what the function's name says."""
    return _follows(lambda x: row.apply(Interval.exactly(x)).middle, parameter, body)


def _misprint(row: Function, parameter: str, body: Tree) -> Misprint | None:
    def usual(x: float) -> float:
        return float(row.apply(Interval.exactly(x)).middle)

    fits = (each for each in MISPRINTS if _follows(partial(each.printed, usual), parameter, body))
    return next(fits, None) if row.name in MISPRINTED else None


def _follows(function: Number, parameter: str, body: Tree) -> bool:
    for x in POINTS:
        said = attempt(body, Scope({parameter: Interval.exactly(x)}.get))
        try:
            usual = function(x)
        except (ArithmeticError, ValueError):
            return False
        if not isinstance(said, Interval) or not near(usual, said.middle):
            return False
    return True


def near(first: float, second: float) -> bool:
    return abs(first - second) <= 1e-9 * max(1.0, abs(first))
