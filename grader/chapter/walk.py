"""Reading down the page: every chain is judged by what stands above it and adds to what is known below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.chapter.chains import Chain, Side, squeeze
from grader.chapter.claims import ClaimVerdict, Kind
from grader.chapter.functions import BY_SPELLING, Value
from grader.chapter.identities import judge_formula
from grader.chapter.intervals import Interval
from grader.chapter.numbers import (
    Judgement,
    attempt,
    case_scope,
    has_digits,
    is_symbolic,
    judge,
    judge_arrow,
    judge_case,
    judge_expression,
)
from grader.chapter.printed import Printed, printed_numbers, significant
from grader.chapter.shapes import Network
from grader.chapter.spelling import bare, is_name, spelling
from grader.chapter.substitution import is_number, substituted
from grader.chapter.tables import Table
from grader.chapter.values import Definition, ends_in_number, evaluate, names_in, numbers_in
from grader.documents import Document
from grader.ledger import Entry, Ledger, Result, expanded, near
from grader.reading.tree import Group, Matrix, Name, Product, Quotient, Tree


Item = Chain | Table

MANY_DIGITS = 5
"""A number with so many significant digits that is put in for a name is the rounded result of something, not a given."""


@dataclass
class Walk:
    """One pass down a document with the ledger that grows on the way."""

    document: Document
    ledger: Ledger

    def __post_init__(self) -> None:
        self.network = Network(self.ledger)

    def read(self, item: Item) -> Iterator[ClaimVerdict]:
        """The verdicts on a chain or table; what it defines is entered in the ledger."""
        if isinstance(item, Table):
            yield from self._table(item)
        elif not item.listed:
            shapes = self._shapes(item)
            yield from self._arrows(item)
            for sides in _stretches(item):
                for verdict in self._stretch(sides):
                    yield shapes.pop((verdict.line, verdict.column), verdict)
            yield from shapes.values()

    def _arrows(self, chain: Chain) -> Iterator[ClaimVerdict]:
        """``[1, -2, 0] \\to [0.7, 0.04, 0.26]``: the second list may be a known function of the first."""
        for before, relation, after in zip(chain.sides, chain.relations, chain.sides[1:], strict=False):
            numbers = printed_numbers(after)
            if relation == "to" and len(numbers) > 1 and len(printed_numbers(before)) == len(numbers):
                judgements = judge_arrow(numbers, attempt(before.tree, self.ledger.rounded_scope()))  # type: ignore[arg-type]
                for number, judgement in zip(numbers, judgements, strict=True):
                    yield self._claim([before, after], 1, number, judgement, alone=False)

    def _shapes(self, chain: Chain) -> dict[tuple[int, int], ClaimVerdict]:
        """What rows and columns say about a chain, by the place of the side."""
        line = self.document.position(chain.start)[0]
        found = {}
        for side, judgement in self.network.read(chain, line):
            place = self.document.position(side.start)
            found[place] = self._claim([chain.sides[0], side], 1, None, judgement, "shape")
        return found

    def _stretch(self, sides: list[Side]) -> Iterator[ClaimVerdict]:
        """A stretch of sides that are all meant to be equal."""
        head, line = sides[0], self.document.position(sides[0].start)[0]
        if self._given(sides, line):
            return
        start = self._definition(sides)
        self._take_substitutions(sides[start:], line)
        update = _is_update(head, sides[1:])
        first = 1 if update else start
        wrong, broken = False, None
        for position in range(max(1, first), len(sides)):
            for verdict in self._link(sides, first, position, broken):
                if verdict.verdict == "contradicted":
                    wrong, broken = True, broken or self._broken(sides[position - 1], verdict)
                yield verdict
        if not start:
            self._enter(sides, line, wrong)

    def _broken(self, before: Side, verdict: ClaimVerdict) -> int | None:
        """The line on which arithmetic failed; between letters and numbers either may be the slip."""
        numeric = before.tree is not None and not is_symbolic(before.tree, self.ledger)
        return verdict.line if numeric else None

    def _table(self, table: Table) -> Iterator[ClaimVerdict]:
        """One row of numbers gives names their values; in a table of cases every row is computed from its own inputs."""
        if len(table.rows) == 1 and not any(spelled(name) in self.ledger.formulas for name in table.names):
            for name, cell in zip(table.names, table.rows[0], strict=True):
                self._given([name, cell], self.document.position(cell.start)[0])
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
            yield self._claim([cell], 0, number, judge_case(number, name, value), alone=False)

    # ---- givens, definitions, substitutions

    def _given(self, sides: list[Side], line: int) -> bool:
        """``w_1 = 0.3``, ``[x_1, x_2] = [0, 0]``: nothing on the page determines it, so it is no claim."""
        if len(sides) != 2 or sides[0].tree is None and not sides[0].text:
            return False
        numbers = printed_numbers(sides[1])
        names = _names(sides[0])
        computed = sides[0].tree is not None and len(names) == 1 and not is_name(bare(sides[0].tree))
        if not numbers or not names or (computed and attempt(sides[0].tree, self.ledger.scope()) is not None):
            return False
        value = attempt(sides[1].tree, self.ledger.scope()) if sides[1].tree else None
        if value is None or (len(names) > 1 and len(names) != len(numbers)):
            return False
        if len(names) == 1 and self._restates(names[0], value):
            return False
        values = [value] if len(names) == 1 else [Interval.exactly(number.value) for number in numbers]
        for name, each in zip(names, values, strict=True):
            self.ledger.give(name, each, line)
        self.ledger.givens.update(number.text.lstrip("-") for number in numbers)
        return True

    def _restates(self, name: str, value: Value) -> bool:
        """Whether a computed quantity is printed once more, or a formula that can be evaluated gets its number here."""
        entry, known = self.ledger.entries.get(name), self.ledger.exact(name)
        if entry is None or known is None or entry.how == "given":
            return False
        return entry.printed is None or near(entry.printed, value) or near(known, value)

    def _definition(self, sides: list[Side]) -> int:
        """Enters ``f(x) = body`` and answers from which side on the chain is to be judged: the body."""
        head, body = sides[0].tree, sides[1].tree
        function = _function_head(head) if head is not None else None
        if function is None or body is None:
            return 0
        name, parameters = function
        if name not in self.ledger.functions and not set(parameters) & names_in(body):
            return 0
        old = self.ledger.definitions.get(name)
        definition = Definition(parameters, body)
        if name in self.ledger.functions and old is None and not _own_words(body):
            return 0
        if old is not None and old != definition:
            self.ledger.defined_often.add(name)
        self.ledger.definitions[name] = definition
        return 1

    def _take_substitutions(self, sides: list[Side], line: int) -> None:
        """A formula that stands once with letters and once with numbers says which number each letter has."""
        trees = [side.tree for side in sides if side.tree is not None]
        for symbolic in trees:
            if is_name(symbolic) or not is_symbolic(symbolic, self.ledger):
                continue
            for numeric in trees:
                if self._agree(symbolic, numeric):
                    continue
                for name, number in (substituted(symbolic, numeric) or {}).items():
                    self._used(name, number, line)

    def _agree(self, symbolic: Tree, numeric: Tree) -> bool:
        """Whether what is known already makes both sides equal, perhaps with factors in another order."""
        values = [attempt(tree, self.ledger.local_scope(9)) for tree in (symbolic, numeric)]
        return all(isinstance(value, Interval) for value in values) and values[0].meets(values[1])  # type: ignore[union-attr]

    def _used(self, name: str, number: Tree, line: int) -> None:
        """A number that stands where a name stood; a name that has about that value keeps it."""
        value = evaluate(number, self.ledger.scope())
        known = self.ledger.printed(name)
        if known is not None and near(known, value):
            return
        self.ledger.give(name, value, line, "used")
        digits = numbers_in(number)[0]
        if self.ledger.source(digits) is None and significant(digits.text) < MANY_DIGITS:
            self.ledger.givens.add(digits.text)

    # ---- links

    def _link(
        self, sides: list[Side], first: int, position: int, broken: int | None
    ) -> Iterator[ClaimVerdict]:
        """The claim that a side equals those before it, one verdict for each number it prints."""
        target = sides[position]
        before = [side.tree for side in sides[first:position] if side.tree is not None]
        numbers = printed_numbers(target)
        if numbers and not before:
            yield from (self._claim(sides, position, number, _UNREAD_LEFT) for number in numbers)
        elif numbers:
            for index, number in enumerate(numbers):
                judgement = judge(number, before, index, len(numbers), self.ledger, broken)
                yield self._number_claim(sides, position, number, judgement, len(numbers))
        elif target.tree is None:
            yield self._claim(sides, position, None, Judgement("unchecked", "unchecked", _unread(target)))
        elif before and has_digits(target.tree) and not is_symbolic(target.tree, self.ledger):
            yield self._claim(sides, position, None, judge_expression(target.tree, before, self.ledger))
        else:
            yield self._claim(
                sides, position, None, judge_formula(target.tree, before, self.ledger), "formula"
            )

    def _number_claim(
        self, sides: list[Side], position: int, number: Printed, judgement: Judgement, count: int
    ) -> ClaimVerdict:
        line = self.document.position(number.start)[0]
        wrong = judgement.verdict == "contradicted"
        exact = (
            judgement.value
            if judgement.value is not None and (wrong or number.agrees(judgement.value))
            else number.interval
        )
        if significant(number.text) >= 3 and judgement.verdict != "unchecked":
            since = (judgement.follows_from or line) if wrong else None
            self.ledger.results[number.text.lstrip("-")] = Result(line, _unsigned(exact, number), since)
        self.ledger.last_result = number.value
        return self._claim(sides, position, number, judgement, alone=count == 1)

    def _claim(
        self,
        sides: list[Side],
        position: int,
        number: Printed | None,
        judgement: Judgement,
        kind: Kind = "number",
        alone: bool = True,
    ) -> ClaimVerdict:
        side = sides[position]
        start, end = (number.start, number.end) if number else (side.start, side.end)
        line, column = self.document.position(start)
        begin = sides[position - 1].start if alone and sides[position - 1].text else start
        return ClaimVerdict(
            line=line,
            column=column,
            text=" ".join(self.document.text[begin : max(end, side.end if alone else end)].split())[:400],
            kind=kind,
            verdict=judgement.verdict,
            local=judgement.local,
            reason=judgement.reason,
            printed=number.text if number else None,
            value=f"{judgement.value.middle:.10g}" if judgement.value else None,
            diagnosis=judgement.diagnosis.name if judgement.diagnosis else None,
            root=judgement.follows_from is None,
            follows_from=judgement.follows_from,
            width=max(1, end - start),
        )

    # ---- what the chain adds

    def _enter(self, sides: list[Side], line: int, wrong: bool) -> None:
        """The first side, if it is a name, gets the formula and the numbers of the others."""
        names = _names(sides[0])
        if len(names) != 1 or len(sides) < 2:
            return
        rest = [side.tree for side in sides[1:] if side.tree is not None]
        symbolic = [
            tree for tree in rest if is_symbolic(tree, self.ledger) and names[0] not in names_in(tree)
        ]
        printed = self._last_printed(sides)
        exact = self._exact(rest, significant_of(sides), printed)
        formula = next(
            (tree for tree in symbolic if attempt(tree, self.ledger.scope()) is not None),
            next(iter(symbolic), None),
        )
        if wrong:
            formula, exact = (
                None,
                next((self._exact([tree], 1, printed) for tree in rest if tree not in symbolic), None),
            )
        if formula is None and exact is None and printed is None:
            return
        for name in expanded(names[0]):
            self.ledger.compute(
                Entry(name, line, "computed", exact, printed if printed is not None else exact, formula)
            )

    def _last_printed(self, sides: list[Side]) -> Value | None:
        """The last plain number of a chain with the room that its digits leave."""
        for side in reversed(sides[1:]):
            if side.tree is not None and printed_numbers(side) and not side.percent:
                return attempt(side.tree, self.ledger.rounded_scope())
        return None

    def _exact(self, rest: list[Tree], digits: int, printed: Value | None) -> Value | None:
        """The exact value of a chain: from names that are settled, else from numbers that are exact or traced."""
        for tree in rest:
            usable = (
                self.ledger.settled(tree)
                if is_symbolic(tree, self.ledger)
                else self.ledger.grounded(tree, digits)
            )
            value = attempt(tree, self.ledger.traced_scope()) if usable and not _is_plain(tree) else None
            if value is not None and (printed is None or near(value, printed)):
                return value
        return None


def whole_names(items: Iterable[Item]) -> frozenset[str]:
    """The spellings with a number above that the page puts on a left side: those are names there, such as ``a_1^2``."""
    heads = (side for item in items for side in (item.names if isinstance(item, Table) else item.sides[:1]))
    parts = (part for side in heads for part in _listed(side) if ends_in_number(part))
    return frozenset(spelling(part) for part in parts if spelling(part))


def _listed(side: Side) -> tuple[Tree, ...]:
    tree = bare(side.tree) if side.tree is not None else None
    if tree is None:
        return ()
    return tuple(bare(part) for part in tree.parts) if isinstance(tree, Group | Matrix) else (tree,)


_UNREAD_LEFT = Judgement("unchecked", "unchecked", "what stands before it could not be read")


def _unread(side: Side) -> str:
    return f"it could not be read: {side.problem}"


def _stretches(chain: Chain) -> Iterator[list[Side]]:
    """The chain cut at arrows and inequalities, which claim no equality."""
    sides = [chain.sides[0]]
    for relation, side in zip(chain.relations, chain.sides[1:], strict=True):
        if relation != "=":
            yield from [sides] if len(sides) > 1 else []
            sides = []
        sides.append(side)
    if len(sides) > 1:
        yield sides


def spelled(side: Side) -> str:
    """The canonical spelling of a side that is a name."""
    return spelling(bare(side.tree)) if side.tree is not None else ""


def _names(side: Side) -> list[str]:
    """The name, or the list of names, that a side is; a side that is no mathematics counts as a name as it stands."""
    if side.tree is None:
        return [squeeze(side.text)] if side.text else []
    tree = bare(side.tree)
    if isinstance(tree, Group | Matrix):
        names = [spelling(bare(part)) for part in tree.parts]
        return names if all(names) else []
    name = spelling(tree)
    return [name or squeeze(side.text)] if name or _is_label(tree) else []


def _is_label(tree: Tree) -> bool:
    """``in_{h1}`` or ``P(y=0)``: letters that stand together without being a formula of numbers."""
    if isinstance(tree, Quotient):
        return "partial" in names_in(tree.numerator) and not numbers_in(tree)
    return isinstance(tree, Product) and not numbers_in(tree) and set(tree.joins) == {""}


def _is_plain(tree: Tree) -> bool:
    return is_number(tree)


def _function_head(tree: Tree) -> tuple[str, tuple[str, ...]] | None:
    r"""``f(x, y)`` as a name and its parameters."""
    match tree:
        case Product(factors=(head, Group(bracket="(", items=items)), joins=("",)):
            parameters = tuple(spelling(item) for item in items)
            name = spelling(head)
            if name and all(parameters) and len(set(parameters)) == len(parameters) and "'" not in name:
                return name, parameters
    return None


def _own_words(body: Tree) -> bool:
    """Whether the body of a known function says something new: ``\\sigma(z) = \\frac{1}{1+e^{-z}}`` does, ``\\sigma(z) = a`` does not."""
    return not isinstance(bare(body), Name) and bool(numbers_in(body))


def _is_update(head: Side, others: list[Side]) -> bool:
    """``W = W - \\alpha \\delta``: the new value of a name from its old one, no equation."""
    names = _names(head)
    trees = [side.tree for side in others if side.tree is not None]
    return len(names) == 1 and any(names[0] in names_in(tree) for tree in trees)


def significant_of(sides: list[Side]) -> int:
    """How many digits the outcome of a chain is printed with."""
    numbers = [number for side in sides for number in printed_numbers(side)]
    return significant(numbers[-1].text) if numbers else 6


def _unsigned(exact: Interval, number: Printed) -> Interval:
    return -exact if number.text.startswith("-") else exact
