"""Reading down the page: every chain is judged by what stands above it and adds to what is known below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.chapter.cases import case_scope, judge_arrow, judge_case
from grader.chapter.chains import Chain, Side, side_of
from grader.chapter.claims import ClaimVerdict, Kind
from grader.chapter.course.course import Course
from grader.chapter.course.judging import judged_in
from grader.chapter.definitions import NO_DEFINITIONS, Definitions, place_of_body
from grader.chapter.dimensions import Dimensions, ShapeSaid
from grader.chapter.doubts import blamed, doubted
from grader.chapter.evidence import Judgement, attempt, has_digits, is_symbolic
from grader.chapter.heads import Item, is_assigned, is_update, spelled, stretches, worth
from grader.chapter.identities import judge_formula
from grader.chapter.intervals import Interval
from grader.chapter.learning import Learner
from grader.chapter.named import judged_by_name
from grader.chapter.network.facts import Stretch
from grader.chapter.numbers import judge, judge_expression
from grader.chapter.observing.observation import Observation
from grader.chapter.printed import Printed, printed_numbers, significant
from grader.chapter.programs.listings import Listing
from grader.chapter.programs.program import Programs
from grader.chapter.shapes import Network
from grader.chapter.standard.page import NO_PAGE, Page
from grader.chapter.stepping import judge_step
from grader.chapter.steps import steps
from grader.chapter.tables import Table
from grader.documents import Document
from grader.ledger import Ledger, Result, same
from grader.reading.tree import Tree

FAR = 100
"""What stands so far before a claim is no part of its text."""
NEAR = 12
"""So many sides before it can speak for or against a side of a long chain."""


@dataclass
class Walk:
    """One pass down a document with the ledger that grows on the way."""

    document: Document
    ledger: Ledger
    course: Course | None = None
    definitions: Definitions = NO_DEFINITIONS
    page: Page = NO_PAGE

    def __post_init__(self) -> None:
        self.network = Network(self.ledger)
        self.stretches: list[Stretch] = []
        self.learner = Learner(self.ledger)
        self.programs = Programs(self.document, self.ledger)
        self.dimensions = Dimensions(self.ledger)
        self._in_letters: dict[int, Judgement] = {}

    def read(self, item: Item | Listing | ShapeSaid | Observation) -> Iterator[ClaimVerdict]:
        """The verdicts on a chain or table; what it defines is entered in the ledger."""
        if isinstance(item, Table):
            yield from self._table(item)
        elif isinstance(item, Listing):
            yield from self.programs.read(item)
        elif isinstance(item, ShapeSaid):
            yield from self._dimensions(item)
        elif isinstance(item, Observation):
            yield self.claim([side_of(item.place)], 0, item.printed, item.judgement, item.kind, False)
        elif not item.listed:
            shapes = self._shapes(item)
            yield from self._arrows(item)
            for sides in stretches(item):
                assigned = is_assigned(item) and sides[0] is item.sides[0]
                for verdict in self._stretch(sides, assigned):
                    yield shapes.pop((verdict.line, verdict.column), verdict)
            yield from shapes.values()

    def _dimensions(self, said: ShapeSaid) -> Iterator[ClaimVerdict]:
        """``$x_1$ is a $4 \\times 1$ vector``, by what is known of the names in it."""
        line, place = self.document.position(said.start)[0], side_of(said.place)
        for subject in said.subjects:
            if judgement := self.dimensions.judged(subject, said.shape, line):
                yield self.claim([subject, place], 1, None, judgement, "shape")

    def _arrows(self, chain: Chain) -> Iterator[ClaimVerdict]:
        """``[1, -2, 0] \\to [0.7, 0.04, 0.26]``: the second list may be a known function of the first."""
        for before, relation, after in zip(chain.sides, chain.relations, chain.sides[1:], strict=False):
            numbers = printed_numbers(after)
            if relation == "to" and len(numbers) > 1 and len(printed_numbers(before)) == len(numbers):
                judgements = judge_arrow(numbers, attempt(before.tree, self.ledger.rounded_scope()))  # type: ignore[arg-type]
                for number, judgement in zip(numbers, judgements, strict=True):
                    yield self.claim([before, after], 1, number, judgement, alone=False)

    def _shapes(self, chain: Chain) -> dict[tuple[int, int], ClaimVerdict]:
        """What rows and columns say about a chain, by the place of the side."""
        line = self.document.position(chain.start)[0]
        found = {}
        for side, judgement in self.network.read(chain, line):
            place = self.document.position(side.start)
            found[place] = self.claim([chain.sides[0], side], 1, None, judgement, "shape")
        return found

    def _stretch(self, sides: list[Side], assigned: bool = False) -> Iterator[ClaimVerdict]:
        """A stretch of sides that are all meant to be equal."""
        harm = next((side.problem for side in sides if side.damaged), "")
        if harm:
            yield from self._harmed(sides, Judgement("unchecked", "unchecked", harm))
            return
        head, line = sides[0], self.document.position(sides[0].start)[0]
        self.stretches.append(Stretch(tuple(sides), line, assigned))
        if self.learner.given(sides, line):
            return
        start = self.learner.definition(sides)
        update = is_update(head, sides[1:])
        first = 1 if update else start
        in_letters, known = dict(self._judged_in_letters(sides, first)), len(self.ledger.history)
        self.learner.substitutions(sides[start:], line)
        learnt = len(self.ledger.history) > known
        # What letters alone left open, the numbers behind them may decide.
        self._in_letters = {
            at: one for at, one in in_letters.items() if one.verdict != "unchecked" or not learnt
        }
        wrong, broken = False, None
        for position in range(max(1, first), len(sides)):
            for verdict in self._link(sides, first, position, broken):
                if verdict.verdict == "contradicted":
                    wrong, broken = True, broken or self._broken(sides[position - 1], verdict)
                yield verdict
        if not start:
            self.learner.enter(sides, line, wrong)

    def _judged_in_letters(self, sides: list[Side], first: int) -> Iterator[tuple[int, Judgement]]:
        """What the links between letters are judged before the numbers behind them are put in."""
        for position in range(max(1, first), min(len(sides), NEAR)):
            target = sides[position].tree
            if target is None or has_digits(target) or not is_symbolic(target, self.ledger):
                continue
            before = [tree for side in sides[first:position] for tree in worth(side)]
            yield position, judge_formula(target, before, self.ledger)

    def _harmed(self, sides: list[Side], harm: Judgement) -> Iterator[ClaimVerdict]:
        """Nothing in a chain of which a side is damaged is judged, and nothing of it is learnt."""
        for position, side in enumerate(sides[1:], start=1):
            numbers = printed_numbers(side)
            yield from (self.claim(sides, position, number, harm) for number in numbers)
            if side.damaged or (position == 1 and sides[0].damaged and not numbers):
                yield self.claim(sides, position, None, harm)

    def _broken(self, before: Side, verdict: ClaimVerdict) -> int | None:
        """The line on which arithmetic failed; between letters and numbers either may be the slip."""
        numeric = before.tree is not None and not is_symbolic(before.tree, self.ledger)
        return verdict.line if numeric else None

    def _table(self, table: Table) -> Iterator[ClaimVerdict]:
        """One row of numbers gives names their values; of several, each is computed from its own inputs."""
        if len(table.rows) == 1 and not any(spelled(name) in self.ledger.formulas for name in table.names):
            for name, cell in zip(table.names, table.rows[0], strict=True):
                self.learner.given([name, cell], self.document.position(cell.start)[0])
            return
        for row in table.rows:
            yield from self._case(table, row)

    def _case(self, table: Table, row: tuple[Side, ...]) -> Iterator[ClaimVerdict]:
        cells = dict(zip(map(spelled, table.names), row, strict=True))
        given = {name: cell for name, cell in cells.items() if name not in self.ledger.formulas}
        inputs = {name: Interval.exactly(printed_numbers(cell)[0].value) for name, cell in given.items()}
        scope = case_scope(self.ledger, inputs)
        for name, cell in cells.items():
            if name in given:
                continue
            number, value = printed_numbers(cell)[0], attempt(self.ledger.formulas[name], scope)
            yield self.claim([cell], 0, number, judge_case(number, name, value), alone=False)

    def _link(
        self, sides: list[Side], first: int, position: int, broken: int | None
    ) -> Iterator[ClaimVerdict]:
        """The claim that a side equals those before it, one verdict for each number it prints."""
        target = sides[position]
        before = [tree for side in sides[max(first, position - NEAR) : position] for tree in worth(side)]
        numbers = printed_numbers(target)
        if numbers and not before:
            yield from (self.claim(sides, position, number, _UNREAD_LEFT) for number in numbers)
        elif numbers:
            for index, number in enumerate(numbers):
                judgement = judge(number, before, index, len(numbers), self.ledger, broken)
                judgement = self._doubted(judgement, sides[:position], number)
                judgement = blamed(judgement, before, self.ledger)
                yield self._number_claim(sides, position, number, judgement, len(numbers))
        elif target.tree is None:
            yield self.claim(sides, position, None, Judgement("unchecked", "unchecked", _unread(target)))
        elif before and has_digits(target.tree) and not is_symbolic(target.tree, self.ledger):
            inner = list(self._steps(sides[position - 1], target))
            yield from inner
            if all(claim.verdict != "contradicted" for claim in inner):
                judgement = judge_expression(target.tree, before, self.ledger)
                judgement = self._doubted(judgement, sides[:position], None)
                yield self.claim(sides, position, None, blamed(judgement, before, self.ledger))
        else:
            yield self.claim(sides, position, None, self._formula(sides, position, before), "formula")

    def _doubted(self, judgement: Judgement, before: list[Side], number: Printed | None) -> Judgement:
        """A judgement after what the first of the sides before it and the nearest ones speak against it."""
        near = [before[0], *before[1:][-NEAR:]]
        return doubted(judgement, near, number, self.ledger, self._words(before[0]))

    def _words(self, side: Side) -> str:
        """What stands on the line before a side."""
        start = self.document.content.rfind("\n", 0, side.start) + 1
        return self.document.content[start : side.start]

    def _formula(self, sides: list[Side], position: int, before: list[Tree]) -> Judgement:
        """A side with letters: by known values, in the course of the page, or as a definition."""
        target = sides[position]
        assert target.tree is not None
        if lost := self.page.without_bias(sides[:position], target):
            return lost
        if named := judged_by_name(sides[:position], target.tree, self.ledger):
            return named
        judgement = self._in_letters.get(position) or judge_formula(target.tree, before, self.ledger)
        if judgement.verdict == "confirmed":
            return judgement
        if found := judged_in(self.course, sides[:position], target):
            return found
        if judgement.verdict == "unchecked" and (stated := self.page.judged(sides[:position], target)):
            return stated
        is_course = self.course is not None and self.course.speaks_of(sides[0].tree)
        if position != place_of_body(sides) or judgement.verdict != "unchecked":
            return judgement
        flipped = self.definitions.flipped(sides[0], target)
        return flipped or (None if is_course else self.definitions.judged(sides[0], target)) or judgement

    def _steps(self, before: Side, target: Side) -> Iterator[ClaimVerdict]:
        """The numbers put in place of parts of the side before; only one that stands alone may be wrong."""
        for step in steps(before, target):
            (number,) = printed_numbers(step.after)
            judgement = judge_step(step, number, self.ledger)
            if judgement:
                yield self.claim([step.before, step.after], 1, number, judgement)

    def _number_claim(
        self, sides: list[Side], position: int, number: Printed, judgement: Judgement, count: int
    ) -> ClaimVerdict:
        line = self.document.position(number.start)[0]
        wrong = judgement.verdict == "contradicted"
        known, value = judgement.sure, judgement.value
        exact = number.interval
        if value is not None and (wrong or (known and (number.agrees(value) or number.truncates(value)))):
            exact = value
        if significant(number.text) >= 3 and judgement.verdict != "unchecked":
            since = (judgement.follows_from or line) if wrong else None
            behind = [tree for side in sides[:position] for tree in worth(side)]
            ends = _is(value, number) and all(map(self.ledger.unrounded, behind))
            result = Result(line, _unsigned(exact, number), since, ends)
            self.ledger.results[number.text.lstrip("-")] = result
        self.ledger.last_result = number.value
        return self.claim(sides, position, number, judgement, alone=count == 1)

    def _width(self, start: int, last: int) -> int:
        """How many characters of the file a claim takes, on the line where it begins."""
        (line, column), (end, until) = self.document.position(start), self.document.position(last)
        return max(1, (until if end == line else len(self.document.line(line))) - column + 1)

    def claim(
        self,
        sides: list[Side],
        position: int,
        number: Printed | None,
        judgement: Judgement,
        kind: Kind = "number",
        alone: bool = True,
    ) -> ClaimVerdict:
        """A judgement of a side, or of one of its numbers, as a claim at its place on the page."""
        side = sides[position]
        start, end = (number.start, number.end) if number else (side.start, side.end)
        line, column = self.document.position(start)
        beside = alone and sides[position - 1].text and start - sides[position - 1].end < FAR
        begin = sides[position - 1].start if beside else start
        return ClaimVerdict(
            line=line,
            column=column,
            text=" ".join(self.document.content[begin : max(end, side.end if alone else end)].split())[:400],
            kind=kind,
            verdict=judgement.verdict,
            local=judgement.local,
            reason=judgement.reason,
            printed=number.text if number else None,
            value=f"{judgement.value.middle:.10g}" if judgement.value else None,
            diagnosis=judgement.diagnosis.name if judgement.diagnosis else None,
            root=judgement.follows_from is None,
            follows_from=judgement.follows_from,
            width=self._width(start, max(start, end - 1)),
        )


_UNREAD_LEFT = Judgement("unchecked", "unchecked", "what stands before it could not be read")


def _unread(side: Side) -> str:
    return f"it could not be read: {side.problem}"


def _is(value: Interval | None, number: Printed) -> bool:
    """Whether a value is known exactly, and has no more digits than are printed."""
    return value is not None and value.low == value.high and same(value, Interval.exactly(number.value))


def _unsigned(exact: Interval, number: Printed) -> Interval:
    return -exact if number.text.startswith("-") else exact
