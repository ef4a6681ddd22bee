"""Truth tables, and what is said of their columns: ``the output $a_1$ fits the XOR function``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.chapter.cells import Cell, tables_in
from grader.chapter.chains import squeeze
from grader.chapter.observing.logic.gates import BY_SIGN, logic_of, rows_of
from grader.chapter.observing.logic.neurons import named, neuron_of, plain_words, shown, sides_of
from grader.chapter.observing.observation import Observation, confirmed, contradicted, lines_of, place_of
from grader.documents import Document, Region

_GATE = re.compile(r"\b(?:XNOR|XOR|NAND|NOR|AND|OR)\b")
_SAYS = re.compile(
    r"\$?(?P<name>[A-Za-z][^\s$]{0,20})\$?\s+(?:exactly\s+)?(?:fits|computes|is|implements|equals|represents|gives|matches|realizes)"
    r"\s+(?:exactly\s+)?(?:the\s+|an?\s+)?(?:logical\s+)?(?P<gate>XOR|XNOR|AND|OR|NAND|NOR)\b"
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says that ``head`` is, in words, and its values for all of its inputs."""

    head: str
    words: str
    start: int
    inputs: tuple[str, ...]
    values: tuple[bool, ...]

    def over(self, inputs: tuple[str, ...]) -> tuple[bool, ...]:
        """The values for the inputs in this order."""
        values = dict(zip(rows_of(len(self.inputs)), self.values, strict=True))
        places = [inputs.index(name) for name in self.inputs]
        return tuple(values[tuple(row[place] for place in places)] for row in rows_of(len(inputs)))


@dataclass(frozen=True)
class TruthTable:
    """A table over all inputs: the place of each row, and the columns by their heads, in the usual order."""

    start: int
    inputs: tuple[str, ...]
    places: tuple[Region, ...]
    columns: dict[str, tuple[bool, ...]]
    heads: dict[str, str]
    """The columns' heads as they are written."""


def truth_tables(document: Document) -> Iterator[Observation]:
    """Every row of a truth table whose columns are gates that the page names, and what is said of columns."""
    text = document.readable
    tables = [table for rows in tables_in(text) if (table := _truth_table(rows, text))]
    if not tables:
        return
    said = list(_said(document))
    for table in tables:
        yield from _rows(table, [*said, *_by_name(text, table.inputs)])
    for match in _SAYS.finditer(text):
        before = [table for table in tables if table.start < match.start()]
        column = before[-1].columns.get(_plain(match["name"])) if before else None
        if column is not None and before and len(before[-1].inputs) == 2:
            gate = BY_SIGN[match["gate"]]
            right = column == tuple(gate.apply(a, b) for a, b in rows_of(2))
            words = f"its column in the table is {''.join(str(int(on)) for on in column)}{named(column)}"
            yield Observation(
                place_of(match, "gate"), (confirmed if right else contradicted)(words), "formula"
            )


def _plain(text: str) -> str:
    return re.sub(r"[{}$*`\\]", "", squeeze(text))


def _truth_table(rows: list[list[Cell]], text: str) -> TruthTable | None:
    """The table of two inputs or more over all their values, and its columns of zeros and ones."""
    heads = [cell.text for cell in rows[0]]
    head, *body = ([_plain(cell.text) for cell in row] for row in rows)
    count = len(body).bit_length() - 1
    if not 1 < count < len(head) or len(body) != 2**count or len(set(head)) != len(head):
        return None
    wanted = [[str(int(on)) for on in row] for row in rows_of(count)]
    order = sorted(range(len(body)), key=lambda at: body[at][:count])
    if [body[at][:count] for at in order] != wanted or not all(logic_of(name) for name in head[:count]):
        return None
    columns = {}
    for place, name in enumerate(head[count:], count):
        values = [body[at][place] for at in order]
        if set(values) <= {"0", "1"}:
            columns[name] = tuple(value == "1" for value in values)
    places = [rows[1 + at] for at in order]
    spans = tuple(Region(text[row[0].start : row[-1].end], row[0].start, "line") for row in places)
    return TruthTable(
        rows[0][0].start, tuple(head[:count]), spans, columns, dict(zip(head, heads, strict=True))
    )


def _said(document: Document) -> Iterator[Said]:
    """The expressions of gates on a page, in formulas or alone on a line, and its gates by their names."""
    for region in (*document.regions, *lines_of(document)):
        head, *others = sides_of(region)
        for side in (head, *others):
            logic = logic_of(side.text) if any(sign in side.text for sign in BY_SIGN) else None
            neuron = neuron_of(side) if others else None
            if logic is not None and logic.gates:
                inputs, values = logic.inputs, logic.table(logic.inputs)
                yield Said(_plain(head.text), plain_words(side), side.start, inputs, values)
            elif neuron is not None:
                yield Said(_plain(head.text), side.text, side.start, neuron.inputs, neuron.fires)


def _by_name(text: str, inputs: tuple[str, ...]) -> Iterator[Said]:
    """The gates of two inputs that a page names anywhere."""
    for match in _GATE.finditer(text) if len(inputs) == 2 else ():
        gate = BY_SIGN[match[0]]
        yield Said("", gate.name, match.start(), inputs, tuple(gate.apply(a, b) for a, b in rows_of(2)))


def _rows(table: TruthTable, said: list[Said]) -> Iterator[Observation]:
    known = {name: _meaning(name, column, table, said) for name, column in table.columns.items()}
    if not known or not all(known.values()):
        return
    for number, (place, row) in enumerate(zip(table.places, rows_of(len(table.inputs)), strict=True)):
        wrong = [
            f"{name} is {meant.words}, which is {int(meant.over(table.inputs)[number])} for {shown(row)}"
            for name, meant in known.items()
            if meant is not None and meant.over(table.inputs)[number] != table.columns[name][number]
        ]
        right = "; ".join(f"{name} is {meant.words}" for name, meant in known.items() if meant is not None)
        yield Observation(place, contradicted(wrong[0]) if wrong else confirmed(right))


def _meaning(name: str, column: tuple[bool, ...], table: TruthTable, said: list[Said]) -> Said | None:
    """What a column is: the expression at its head, one of the page with the same values, or, but for one
    row, what the page says before the table that its head is."""
    own = logic_of(table.heads[name])
    if own is not None and own.gates and set(own.inputs) == set(table.inputs):
        return Said(name, table.heads[name], table.start, own.inputs, own.table(table.inputs))
    fitting = [each for each in said if set(each.inputs) == set(table.inputs)]
    same = next((each for each in fitting if each.over(table.inputs) == column), None)
    if same is not None:
        return same
    before = [each for each in fitting if each.head == name and each.start < table.start]
    differ = (
        sum(one != other for one, other in zip(before[-1].over(table.inputs), column, strict=True))
        if before
        else 0
    )
    return before[-1] if differ == 1 else None
