"""Definitions by cases: which value holds under which condition, in an environment or in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from grader.reading.items import Bracket, Item, states
from grader.reading.scanner import SPACE, Piece, Scanner
from grader.reading.unreadable import Unreadable
from grader.reading.words import CASE_WORDS

_WORD = re.compile(rf"{SPACE}*([^\W\d_]+)")
_COMPARES = re.compile(r"[<>=≤≥⩽⩾≠]|\\(?:geq?|leq?|neq?|lt|gt)(?![A-Za-z])")
_BETWEEN = frozenset(["AMPERSAND", "WHEN", "TEXT", "GAP", "COMMA", "SEMICOLON", "FENCE", "NEWLINE", "PERIOD"])
"""What parts a value from its condition or surrounds them, and is not part of either."""
_ROW_ENDS = frozenset(["COMMA", "SEMICOLON", "ROW", "NEWLINE"])
_WORDS = frozenset(["WHEN", "ELSE"])

Row = tuple[list[Item], list[Item]]
"""A value and its condition, which is empty for "otherwise"."""


# the scanner's part


def are_words_of_cases(text: str) -> bool:
    """``if``, ``1 if``, ``0 otherwise``: only words of cases, and perhaps numbers."""
    found = re.findall(r"[^\W\d_]+", text)
    return bool(found) and all(word.lower() in CASE_WORDS for word in found)


def words_of_condition(scan: Scanner, start: int, end: int) -> bool:
    """``\\text{if $z > 0$}``: a word that begins a condition, and perhaps the condition itself."""
    word = _WORD.match(scan.text, start, end)
    row = CASE_WORDS.get(word[1].lower()) if word else None
    if word and row:
        scan.add(*row, word.start(1), word.end(1))
        start = word.end()
    rest = scan.text[start:end]
    if (row and row[0] == "WHEN") or are_words_of_cases(rest) or _COMPARES.search(rest):
        scan.add_inner(rest, start)
    elif not row:
        scan.add("TEXT", rest.strip(), start, end)
    return True


# environments


def rows_of_environment(inside: list[Item]) -> list[Item]:
    """The rows between ``\\begin{cases}`` and its end, ready for the grammar."""
    lines: list[list[Item]] = [[]]
    for item in inside:
        if item.kind == "ROW":
            lines.append([])
        else:
            lines[-1].append(item)
    return _encoded([_row(line) for line in lines if any(item.kind not in _BETWEEN for item in line)])


def as_cases(rows: Bracket) -> Bracket:
    """An array behind a lone brace, as the cases that are meant; its cells are tidied already."""
    if rows.kind == "CASES":
        return rows
    opening, closing = replace(rows.open, kind="CASES"), replace(rows.close, kind="CASESEND")
    return Bracket(opening, rows_of_environment(rows.inside), closing)


def _row(line: list[Item]) -> Row:
    """The value before the first sign or word that parts, the condition behind it."""
    if line[0].kind == "ELSE":
        return _bare(line), []
    if line[0].kind in _BETWEEN | _WORDS:
        raise Unreadable(line[0].start, "there is no value before this condition", "", ("a value",))
    at = next((at for at, item in enumerate(line) if at and item.kind in _BETWEEN | _WORDS), len(line))
    value, condition = line[:at], line[at:]
    if states(value):
        raise Unreadable(value[0].start, "put an & or the word “if” between this value and its condition")
    if any(item.kind == "ELSE" for item in condition):
        return _bare(value), []
    if not _bare(condition) and any(item.kind == "TEXT" for item in condition):
        raise Unreadable(
            condition[0].start, "this condition is in words: write it as a formula, such as z > 0"
        )
    return _bare(value), _bare(condition)


def _bare(items: list[Item]) -> list[Item]:
    return [item for item in items if item.kind not in _BETWEEN | _WORDS]


def _encoded(rows: list[Row]) -> list[Item]:
    """Rows as the grammar wants them: a value, & and its condition, with a row's end between."""
    out: list[Item] = []
    for value, condition in rows:
        if out:
            out.append(Piece("ROW", "", out[-1].end, out[-1].end))
        out += value
        if condition:
            out += [Piece("AMPERSAND", "", condition[0].start, condition[0].start), *condition]
    return out


# words


def by_words(items: list[Item]) -> list[Item]:
    """``1 if z > 0 else 0`` and ``1 for z > 0, 0 otherwise`` as a bracket; other words stay words."""
    if _WORDS.isdisjoint([item.kind for item in items]):
        return items
    out: list[Item] = []
    for chunks in _grouped(_chunks(items)):
        out += _case_bracket(chunks) or [_as_text(item) for chunk in chunks for item in chunk]
    return out


def _chunks(items: list[Item]) -> list[list[Item]]:
    """What stands between commas and line ends, each with the one that ends it; ``, if …`` goes on."""
    chunks: list[list[Item]] = [[]]
    for item in items:
        chunks[-1].append(item)
        if item.kind in _ROW_ENDS:
            chunks.append([])
    joined = chunks[:1]
    for chunk in chunks[1:]:
        if chunk and (chunk[0].kind == "WHEN" or (chunk[0].kind == "ELSE" and not _bare(chunk))):
            joined[-1].extend(chunk)
        elif chunk:
            joined.append(chunk)
    return joined


def _grouped(chunks: list[list[Item]]) -> Iterator[list[list[Item]]]:
    """Chunks that may be the rows of one definition together, all others alone."""
    group: list[list[Item]] = []
    for chunk in chunks:
        goes_on = group and _has_words(group[0]) and _has_words(chunk) and not states(_value(chunk))
        if group and not goes_on:
            yield group
            group = []
        group.append(chunk)
    yield group


def _has_words(chunk: list[Item]) -> bool:
    return any(item.kind in _WORDS for item in chunk)


def _value(chunk: list[Item]) -> list[Item]:
    at = next((at for at, item in enumerate(chunk) if item.kind in _WORDS), len(chunk))
    return chunk[:at]


def _case_bracket(chunks: list[list[Item]]) -> list[Item]:
    """The left side that stands before, and the rows in a bracket; empty where these are no cases."""
    if not _has_words(chunks[0]):
        return []
    value = _value(chunks[0])
    first = next((at + 1 for at in reversed(range(len(value))) if value[at].kind == "RELATION"), 0)
    before, chunks = chunks[0][:first], [chunks[0][first:], *chunks[1:]]
    rows = [row for chunk in chunks for row in _rows(chunk)]
    if len(rows) < 2 or not all(value for value, _ in rows):
        return []
    inside = _encoded(rows)
    edge, last = inside[0].start, chunks[-1][-1]
    ends = [last] if last.kind in ("ROW", "NEWLINE") else []
    opening, closing = Piece("CASES", "cases", edge, edge), Piece("CASESEND", "cases", last.end, last.end)
    return [*before, Bracket(opening, inside, closing), *ends]


def _rows(chunk: list[Item]) -> Iterator[Row]:
    """``1 if z > 0 else 0`` holds two rows, every other chunk one."""
    parts: list[list[Item]] = [[]]
    for item in chunk:
        if item.kind == "ELSE":
            parts.append([])
        else:
            parts[-1].append(item)
    for part in parts:
        if _bare(part):
            value = _value(part)
            yield _bare(value), _bare(part[len(value) :])


def _as_text(item: Item) -> Item:
    return replace(item, kind="TEXT") if isinstance(item, Piece) and item.kind in _WORDS else item
