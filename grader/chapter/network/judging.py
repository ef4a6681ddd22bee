"""The verdicts of the network on the numbers of a page, joined to those that the chains alone allow."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from grader.chapter.claims import ClaimVerdict, Word
from grader.chapter.evidence import show
from grader.chapter.intervals import Interval
from grader.chapter.names import names_in, numbers_in
from grader.chapter.network.equations import equations_judged
from grader.chapter.network.facts import Facts, Stretch
from grader.chapter.network.readings import Page, Reading, page_of
from grader.chapter.network.slips import EARLY, STALE, UPHILL, slips
from grader.chapter.network.spoken import spoken_claims
from grader.chapter.printed import significant
from grader.chapter.values import Scope
from grader.diagnoses import OTHER, ROUNDED, Case, Diagnosis, diagnose, excuse
from grader.documents import Document

Spot = tuple[int, int]

COPYING = frozenset({"dropped-digit", "doubled-digit", "decimal-point"})
"""Slips by which a number that is put in for a name shows that it was meant to be the value of that name."""

STRUCTURAL = frozenset({"bias-omitted", "slope-omitted", "rate-omitted", "path-omitted", EARLY, UPHILL})
"""Slips of how a quantity is worked: a line that is right in itself shows them by its result."""

TELLING = 2
"""With fewer digits, a number that stands alone behind a name may well be a new given."""


@dataclass
class Judge:
    """One pass over the numbers of a page that its network determines, in the order of the page."""

    document: Document
    page: Page
    stretches: tuple[Stretch, ...]
    claims: dict[Spot, ClaimVerdict]
    links: Mapping[Spot, ClaimVerdict]
    wrong: dict[str, int] = field(default_factory=dict)
    """The digits of numbers found wrong, and the line of the error that they come from."""

    def run(self) -> None:
        """Puts the verdicts of the network among the claims."""
        readings = sorted(self.page.readings, key=lambda one: one.assertion.number.start)
        misread = {one.assertion.stretch for one in readings if self._misses(one)}
        for reading in readings:
            spot = self.document.position(reading.assertion.number.start)
            old = self.claims.get(spot)
            judge = self._put_in if reading.assertion.substituted else self._number
            new = judge(reading, old, reading.assertion.stretch in misread)
            new = new or old
            if new and new.verdict == "contradicted":
                self.wrong.setdefault(reading.assertion.number.text.lstrip("-"), new.follows_from or new.line)
            if new and new is not old:
                self.claims[spot] = new
                self._drop_signed(spot)

    def _drop_signed(self, spot: Spot) -> None:
        """Takes away a claim about the same number with the sign that stands before it."""
        before = spot[0], spot[1] - 1
        if before in self.claims and (self.claims[before].printed or "").startswith("-"):
            del self.claims[before]

    def _misses(self, reading: Reading) -> bool:
        """Whether the outcome of a chain is not what the network gives."""
        known = reading.value == reading.value and not reading.assertion.substituted
        return known and not reading.agrees and not self.page.rounded(reading)

    # ---- the outcome of a chain, or a number that stands alone behind a name

    def _number(self, reading: Reading, old: ClaimVerdict | None, _: bool) -> ClaimVerdict | None:
        if reading.value != reading.value:
            return None
        if reading.agrees:
            return self._confirmed(reading, old)
        if old is None or old.verdict == "unchecked":
            return self._alone(reading, old)
        if old.verdict == "confirmed":
            return self._inherited(reading, old)
        return self._named(reading, old)

    def _confirmed(self, reading: Reading, old: ClaimVerdict | None) -> ClaimVerdict | None:
        if old is not None and old.verdict == "confirmed":
            return None
        if old is not None and old.verdict == "contradicted" and not self.page.trusted(reading.kind):
            return None
        return self._claim(reading, old, "confirmed", "the network behind the page gives it")

    def _alone(self, reading: Reading, old: ClaimVerdict | None) -> ClaimVerdict | None:
        """Nothing is printed beside the number that it could be held against."""
        assertion = reading.assertion
        rounding = excuse(Case(assertion.number, _exact(reading), None, self._scope))
        if rounding:
            return self._claim(reading, old, "confirmed", rounding.sentence, rounding)
        if self.page.rounded(reading):
            return self._claim(reading, old, "confirmed", ROUNDED.sentence, ROUNDED)
        row = self._diagnosis(reading)
        given = reading.kind == "value" and assertion.alone
        telling = row is not OTHER and significant(assertion.number.text) >= TELLING
        if not self._may_contradict(reading) or (given and not telling):
            return None
        return self._claim(reading, old, "contradicted", f"{_GIVES} {_shown(reading)}: {row.sentence}", row)

    def _inherited(self, reading: Reading, old: ClaimVerdict) -> ClaimVerdict | None:
        """A number that is right for its operands, one of which is not what it stands for."""
        if self.page.rounded(reading) or not self._may_contradict(reading):
            return None
        if self._broken(reading):
            row = self._diagnosis(reading)
            reason = (
                f"{_GIVES} {_shown(reading)}, but a formula before it is another quantity: {row.sentence}"
            )
            return self._claim(reading, old, "contradicted", reason, row)
        root = self._root(reading)
        if root is None:
            return self._otherwise(reading, old)
        reason = (
            f"right for its operands, but they carry the error of line {root}; without it {_shown(reading)}"
        )
        new = self._claim(reading, old, "contradicted", reason)
        return replace(new, local=old.local, root=False, follows_from=root)

    def _otherwise(self, reading: Reading, old: ClaimVerdict) -> ClaimVerdict | None:
        """A line that is right in itself, with operands that its name does not have: what a slip gives."""
        row = self._diagnosis(reading)
        stale = row.name == STALE and (reading.assertion.after or self.page.later(reading.assertion.line))
        number = reading.assertion.number
        telling = significant(number.text) >= TELLING or self._exactly(reading, row.name)
        if not telling or not (stale or row.name in STRUCTURAL):
            return None
        reason = f"right for its operands, but {_GIVES} {_shown(reading)}: {row.sentence}"
        return self._claim(reading, old, "contradicted", reason, row)

    def _exactly(self, reading: Reading, slip: str) -> bool:
        """Whether a slip gives a number with few digits without any rounding."""
        found = slips(self.page.place(reading.assertion)).get(slip, ())
        return any(math.isclose(value, reading.assertion.number.value, rel_tol=1e-9) for value in found)

    def _named(self, reading: Reading, old: ClaimVerdict) -> ClaimVerdict | None:
        """A number that is wrong anyhow: perhaps the network says how it came about."""
        if old.diagnosis not in (None, OTHER.name) or not self._may_contradict(reading):
            return None
        row = self._diagnosis(reading)
        if row is OTHER:
            return None
        return replace(old, diagnosis=row.name, reason=old.reason.replace(OTHER.sentence, row.sentence))

    def _broken(self, reading: Reading) -> bool:
        """Whether a chain begins with the right formula of a name and goes on to another quantity."""
        stretch, number = self.stretches[reading.assertion.stretch], reading.assertion.number
        if reading.assertion.after:
            return False
        network = self.page.network(reading.assertion.line)
        trees = [
            side.tree for side in stretch.sides[1:] if side.tree is not None and side.start < number.start
        ]
        values = [network.worth(tree) for tree in trees if names_in(tree)]
        begins = bool(values) and math.isclose(values[0], reading.value, rel_tol=1e-9)
        return begins and any(abs(value - number.value) <= 1.001 * number.half for value in values)

    def _root(self, reading: Reading) -> int | None:
        """The line of an error that the operands of a chain carry: a wrong number, or a link that fails."""
        stretch = self.stretches[reading.assertion.stretch]
        number = reading.assertion.number
        for side in stretch.sides[1:]:
            if side.tree is None or side.start > number.start:
                continue
            for each in numbers_in(side.tree):
                spot = self.document.position(side.start + each.span[0])
                known = self.claims.get(spot)
                if side.start + each.span[0] != number.start and known and known.verdict == "contradicted":
                    return known.follows_from or known.line
                if (
                    each.text in self.wrong
                    and significant(each.text) > 2
                    and side is not reading.assertion.side
                ):
                    return self.wrong[each.text]
            link = self.links.get(self.document.position(side.start))
            if link and link.verdict == "contradicted":
                return link.line
        return None

    # ---- a number put in for a name

    def _put_in(self, reading: Reading, old: ClaimVerdict | None, misread: bool) -> ClaimVerdict | None:
        """Wrong if it is a miscopy of what it stands for, or if the outcome of its chain is wrong as well."""
        if old is not None or reading.value != reading.value or reading.agrees:
            return None
        row = self._diagnosis(reading)
        if not misread and row.name not in COPYING:
            return None
        number = reading.assertion.number
        cut = significant(number.text) > 2 and number.truncates(_exact(reading))
        if cut or self.page.rounded(reading) or not self._may_contradict(reading):
            return None
        reason = f"it stands for {reading.assertion.name}, which is {_shown(reading)}: {row.sentence}"
        new = self._claim(reading, None, "contradicted", reason, row)
        root = self.wrong.get(number.text.lstrip("-"))
        return replace(new, root=root is None, follows_from=root)

    # ---- what they share

    def _may_contradict(self, reading: Reading) -> bool:
        return self.page.trusted(reading.kind) and self.page.settled(reading)

    def _diagnosis(self, reading: Reading) -> Diagnosis:
        found = slips(self.page.place(reading.assertion))
        sign = self.page.sign if reading.kind == "derivative" else 1.0
        signed = {name: tuple(value * sign for value in values) for name, values in found.items()}
        return diagnose(Case(reading.assertion.number, _exact(reading), None, self._scope, signed))

    @property
    def _scope(self) -> Scope:
        return self.page.facts.ledger.scope()

    def _claim(
        self,
        reading: Reading,
        old: ClaimVerdict | None,
        verdict: Word,
        reason: str,
        row: Diagnosis | None = None,
    ) -> ClaimVerdict:
        number, side = reading.assertion.number, reading.assertion.side
        line, column = self.document.position(number.start)
        before = self.stretches[reading.assertion.stretch].sides[0].start
        text = self.document.text[before if reading.assertion.alone else side.start : side.end]
        return ClaimVerdict(
            line=line,
            column=column,
            text=old.text if old else " ".join(text.split())[:400],
            kind="number",
            verdict=verdict,
            local=old.local if old else "unchecked",
            reason=reason,
            printed=number.text,
            value=_shown(reading),
            diagnosis=row.name if row else None,
            width=max(1, number.end - number.start),
        )


_GIVES = "the network behind the page gives"


def _exact(reading: Reading) -> Interval:
    return Interval.exactly(reading.value)


def _shown(reading: Reading) -> str:
    return show(_exact(reading))


def judged_by_network(
    document: Document, facts: Facts, stretches: Iterable[Stretch], claims: Iterable[ClaimVerdict]
) -> tuple[Page, tuple[ClaimVerdict, ...]]:
    """The networks of a page, and its claims with their verdicts put in, in the order of the page."""
    listed = tuple(claims)
    numbers = {(claim.line, claim.column): claim for claim in listed if claim.printed is not None}
    others = [claim for claim in listed if claim.printed is None]
    links = {(claim.line, claim.column): claim for claim in others}
    page = page_of(facts, _explained(document, facts, numbers))
    walked = tuple(stretches)
    Judge(document, page, walked, numbers, links).run()
    places = {(claim.line, claim.column): at for at, claim in enumerate(others)}
    for spot, claim in equations_judged(document, page, walked, links):
        others[places[spot]] = claim
    for claim in spoken_claims(document, page):
        old = numbers.get((claim.line, claim.column))
        if old is None or old.verdict == "unchecked":
            numbers[claim.line, claim.column] = claim
    found = [*others, *numbers.values()]
    return page, tuple(sorted(found, key=lambda claim: (claim.line, claim.column)))


def _explained(document: Document, facts: Facts, numbers: Mapping[Spot, ClaimVerdict]) -> frozenset[int]:
    starts = {one.number.start for one in facts.assertions}
    claims = {start: numbers.get(document.position(start)) for start in starts}
    return frozenset(start for start, claim in claims.items() if claim and claim.local != "unchecked")
