"""New values held against the step that gave them: the old value less the rate times the derivative."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from grader.chapter.chains import Side
from grader.chapter.claims import ClaimVerdict
from grader.chapter.evidence import Judgement, attempt, show
from grader.chapter.functions import Value
from grader.chapter.heads import spelled
from grader.chapter.intervals import Interval
from grader.chapter.network.facts import DERIVATIVE, Stretch
from grader.chapter.network.marks import before_update
from grader.chapter.network.slips import STALE, UPHILL
from grader.chapter.network.updates import RATES
from grader.chapter.printed import Printed, printed_numbers
from grader.chapter.report import Report
from grader.chapter.walk import Walk
from grader.diagnoses import Case, diagnose
from grader.ledger import Entry, Ledger
from grader.reading.tree import Number, Product, Sum

ENOUGH = 2
"""So many numbers of a page that follow the rule show that it steps so."""
FEW_WRONG = 2
"""There is one that does not follow among so many at most; else the page has another rule."""


@dataclass(frozen=True, slots=True)
class Step:
    """A new number, and the old one and the derivative that belong to it, as exactly as they are known."""

    side: Side
    number: Printed
    old: Interval
    slopes: tuple[Interval, ...]
    """The derivative as it should be, and as printed."""
    rate: Interval
    told: int
    """The line on which the page gives the derivative."""
    worked: bool
    """Whether ``old - rate * slope`` is printed before it."""

    @property
    def outcomes(self) -> tuple[Interval, ...]:
        return tuple(self.old - self.rate * slope for slope in self.slopes)

    @property
    def follows(self) -> bool:
        """Whether the number comes out, up to rounding."""
        return any(
            self.number.truncates(value) or value.meets(self.number.interval) for value in self.outcomes
        )

    @property
    def moves(self) -> bool:
        """Whether the step is large enough to be seen in the printed digits."""
        return abs((self.rate * self.slopes[0]).middle) > 2 * self.number.half


def steps_judged(walk: Walk, report: Report) -> Report:
    """The report with verdicts on new values, if the page steps by the usual rule."""
    wrong = {claim.line for claim in report.with_verdict("contradicted") if claim.printed}
    steps = [step for step in _steps(walk) if step.moves and step.told not in wrong]
    right = [step for step in steps if step.follows]
    if len(right) < ENOUGH or FEW_WRONG * (len(steps) - len(right)) > len(right):
        return report
    claims = {(claim.line, claim.column, claim.printed): claim for claim in report.claims}
    for step in steps:
        claim = walk.claim([step.side], 0, step.number, _judged(step, walk.ledger), alone=False)
        place = claim.line, claim.column, claim.printed
        if _decides(step, claims.get(place)):
            claims[place] = claim
    ordered = sorted(claims.values(), key=lambda claim: (claim.line, claim.column))
    return replace(report, claims=tuple(ordered))


def _decides(step: Step, told: ClaimVerdict | None) -> bool:
    """Whether the step says more than what was said before: of a number that is right for the operands
    beside it, it may say that these are not the old value and the derivative."""
    if told is None or told.verdict == "unchecked":
        return True
    return told.verdict == "confirmed" and told.local == "confirmed" and step.worked and not step.follows


def _judged(step: Step, ledger: Ledger) -> Judgement:
    if step.follows:
        return Judgement("confirmed", "unchecked", "the step of the page gives it", step.outcomes[0])
    slips = {
        STALE: (step.old.middle,),
        "rate-omitted": ((step.old - step.slopes[0]).middle,),
        UPHILL: ((step.old + step.rate * step.slopes[0]).middle,),
    }
    row = diagnose(Case(step.number, step.outcomes[0], None, ledger.scope(), slips))
    words = f"{show(step.old)} - {show(step.rate)} * ({show(step.slopes[0])}) is {show(step.outcomes[0])}"
    reason = f"by the step of the page, {words}: {row.sentence}"
    return Judgement("contradicted", "unchecked", reason, step.outcomes[0], row)


# ---- the steps of a page


def _steps(walk: Walk) -> Iterator[Step]:
    """The first step of each name that has an old value and a derivative above it."""
    rate, seen = _rate(walk.ledger), set[str]()
    for stretch in walk.stretches if rate else ():
        stem = _stem(stretch)
        numbers = printed_numbers(stretch.sides[-1])
        if not stem or stem in seen or not numbers:
            continue
        old, (told, slopes) = (
            _before(walk.ledger, stem, stretch.line),
            _slopes(walk.ledger, stem, stretch.line),
        )
        columns = [_entries(value, len(numbers)) for value in (old, *slopes)]
        if rate is not None and len(columns) > 1 and all(columns):
            seen.add(stem)
            worked = _is_worked(stretch)
            for number, before, *behind in zip(numbers, *columns, strict=True):
                yield Step(stretch.sides[-1], number, before, tuple(behind), rate, told, worked)


def _stem(stretch: Stretch) -> str:
    """The name whose new value a stretch gives; empty if it gives none."""
    head = spelled(stretch.sides[0])
    return before_update(head) or (head if stretch.assigned else "")


def _is_worked(stretch: Stretch) -> bool:
    """Whether a difference of a number and a product of two stands before the outcome."""
    for side in stretch.sides[1:-1]:
        match side.tree:
            case Sum(terms=(_, Product(factors=(Number(), _))), signs=("-",)):
                return True
    return False


def _rate(ledger: Ledger) -> Interval | None:
    """The learning rate of the page, if it has one value."""
    found = [ledger.entries[name] for name in RATES if name in ledger.entries]
    value = found[0].exact if found and found[0].version == 1 else None
    return value if isinstance(value, Interval) and value.middle > 0 else None


def _before(ledger: Ledger, name: str, line: int) -> Value | None:
    """The value that a name had above a line."""
    told = [entry for entry in ledger.history if entry.name == name and entry.line < line]
    values = [entry.exact for entry in told if entry.how in ("given", "network") and entry.exact is not None]
    return values[0] if values and len(values) == len(told) else None


def _slopes(ledger: Ledger, name: str, line: int) -> tuple[int, list[Value]]:
    """Where above a line the page has the derivative by a name, and it as it should be and as printed."""
    told = [entry for entry in ledger.history if entry.line <= line and _is_by(entry, name)]
    if not told or len({entry.name for entry in told}) > 1:
        return 0, []
    last = told[-1]
    if last.disputed or (last.formula is not None and ledger.disputed_in(last.formula)):
        return 0, []
    values = [value for value in (last.exact, last.printed) if value is not None]
    if not values and last.formula is not None and ledger.settled(last.formula):
        found = attempt(last.formula, replace(ledger.scope(), value_of=ledger.printed))
        values = [] if found is None else [found]
    return last.line, values


def _is_by(entry: Entry, name: str) -> bool:
    derivative = DERIVATIVE.fullmatch(entry.name)
    return derivative is not None and derivative["by"] == name


def _entries(value: Value | None, count: int) -> list[Interval]:
    """The entries of a value, if it has so many."""
    if value is None or np.size(value) != count:
        return []
    return [entry for entry in np.ravel(np.asarray(value, dtype=object)) if isinstance(entry, Interval)]
