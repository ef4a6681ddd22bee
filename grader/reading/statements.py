"""Where one statement ends and the next begins: lines, gaps, commas and words between formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from msgspec.structs import replace

from grader.reading.items import Bracket, Item, states
from grader.reading.scanner import Piece, Spelled
from grader.reading.unreadable import Unreadable
from grader.reading.words import PROSE

Segment = tuple[Item | None, list[Item]]
"""A stretch of a line and the separator before it."""
_OPENING_RELATIONS = frozenset(["=", "approx", ":=", "to"])
_WORD = re.compile(r"\w+")
_SIGNS = frozenset(["PLUS", "MINUS", "JOIN", "RELATION", "SUB", "SUP"])
_LOOSE = {"TEXT": "words stand", "AMPERSAND": "an & stands", "GAP": "a gap stands"}
"""Separators that leave no trace in the tree, so that they must not stand between two factors."""
_SEPARATORS = {"COMMA": 0, "SEMICOLON": 0, "TEXT": 1, "AMPERSAND": 2, "GAP": 2}


def statements(items: list[Item], spelled: Spelled) -> list[list[Item]]:
    """The statements one after another, by lines, gaps, commas, words; ``= …`` on a new line goes on."""
    found: list[list[Item]] = []
    for line in _split(items, ("ROW", "NEWLINE")):
        parts = list(_apart(_labelled(_without_number(line, spelled)), spelled))
        if found and parts and _goes_on(found[-1], parts[0]):
            found[-1] += parts.pop(0)
        found += parts
    return [_begun(found[0]), *found[1:]] if found else found


def _begun(statement: list[Item]) -> list[Item]:
    """``= 0.5``: the answer to what was asked, whose left side is not repeated."""
    first = statement[0]
    if not isinstance(first, Piece) or first.kind != "RELATION" or first.value not in _OPENING_RELATIONS:
        return statement
    return statement[1:]


def _labelled(line: list[Item]) -> list[Item]:
    """``answer: …`` without its label; ``δ_1: …`` is read as ``δ_1 := …``. Raises `Unreadable`."""
    at = next((at for at, item in enumerate(line) if item.kind == "COLON"), None)
    if at is None:
        return line
    colon, before = line[at], line[:at]
    if all(item.kind in _LOOSE for item in before):
        return [*before, *line[at + 1 :]]
    if not _is_left_side(before) or not isinstance(colon, Piece):
        raise Unreadable(colon.start, "this colon has no meaning here: write = or ÷ for it", ":")
    return [*before, replace(colon, kind="RELATION", value=":="), *line[at + 1 :]]


def _is_left_side(items: list[Item]) -> bool:
    """One name with its scripts, or a derivative."""
    kinds = [item.kind for item in items]
    names = [item.value for item in items if isinstance(item, Piece) and item.kind == "NAME"]
    derivative = "FRAC" in kinds or bool({"partial", "nabla"} & set(names))
    return derivative or (len(names) == 1 and not {"PLUS", "MINUS", "JOIN", "RELATION"} & set(kinds))


def _goes_on(statement: list[Item], line: list[Item]) -> bool:
    """Whether a new line belongs to the statement above: it starts, or that one ended, with a sign."""
    own_statement = line[0].kind == "MINUS" and states(line)
    return statement[-1].kind in _SIGNS or (line[0].kind in _SIGNS and not own_statement)


def _split(items: list[Item], kinds: tuple[str, ...]) -> list[list[Item]]:
    parts: list[list[Item]] = [[]]
    for item in items:
        if item.kind in kinds:
            parts.append([])
        else:
            parts[-1].append(item)
    return [part for part in parts if part]


def _without_number(line: list[Item], spelled: Spelled) -> list[Item]:
    """``… \\quad (12)``: the number of the equation at the end of a line."""
    last = line[-1]
    numbered = (
        len(line) > 2
        and isinstance(last, Bracket)
        and last.kind == "LPAR"
        and [item.kind for item in last.inside] == ["NUMBER"]
        and line[-2].kind == "GAP"
    )
    if numbered:
        spelled.remark("the number of the equation was left out")
    return line[:-2] if numbered else line


def _apart(line: list[Item], spelled: Spelled) -> Iterator[list[Item]]:
    """The statements on one line: a separator parts two of them when both have a relation, or when an
    expression stands before an equation that says what a name is."""
    statement: list[Item] = []
    stated = False
    for separator, segment in _segments(line, spelled):
        new = states(segment)
        if new and (stated or _is_expression(statement, segment)):
            yield _trimmed(statement)
            statement, stated = segment, True
        else:
            statement += [separator, *segment] if separator and statement else segment
            stated = stated or new
    if _trimmed(statement):
        yield _trimmed(statement)


def _is_expression(before: list[Item], equation: list[Item]) -> bool:
    """Whether what stands before an equation is an expression of its own, not the first of several names
    that the equation is about."""
    at = next(at for at, item in enumerate(equation) if item.kind == "RELATION")
    signs = {item.kind for item in before} & {"PLUS", "MINUS", "JOIN"}
    return bool(signs) and _is_left_side(equation[:at])


def _segments(line: list[Item], spelled: Spelled) -> list[Segment]:
    """What stands between separators, with the strongest before it; ``& = …`` belongs to what it follows."""
    segments: list[Segment] = [(None, [])]
    for item in line:
        if item.kind not in _SEPARATORS:
            segments[-1][1].append(item)
            continue
        if isinstance(item, Piece) and item.kind == "TEXT" and not _says_nothing(item.value):
            spelled.remark(f"the words “{item.value[:40]}” were left out")
        before = segments[-1][0]
        if segments[-1][1]:
            segments.append((item, []))
        elif before is None or _SEPARATORS[item.kind] >= _SEPARATORS[before.kind]:
            segments[-1] = (item, [])
    joined = _joined([segment for segment in segments if segment[1]])
    _refuse_loose(joined)
    return joined


def _says_nothing(text: str) -> bool:
    """Words that everybody leaves out, which need no remark."""
    return all(word in PROSE or word.lower() in PROSE for word in _WORD.findall(text))


def _joined(segments: list[Segment]) -> list[Segment]:
    """Segments of one formula put together again where a sign joins them across a loose separator."""
    out: list[Segment] = []
    for separator, segment in segments:
        loose = bool(out) and separator is not None and separator.kind in _LOOSE
        if loose and (segment[0].kind in _SIGNS or out[-1][1][-1].kind in _SIGNS):
            out[-1][1].extend(segment)
        else:
            out.append((separator, segment))
    return out


def _refuse_loose(segments: list[Segment]) -> None:
    for (_, before), (separator, segment) in pairwise(segments):
        if separator and separator.kind in _LOOSE and not (states(before) and states(segment)):
            what = _LOOSE[separator.kind]
            raise Unreadable(separator.start, f"{what} between two parts of a formula here: what joins them?")


def _trimmed(items: list[Item]) -> list[Item]:
    """Without the point or comma that ends a sentence."""
    while items and items[-1].kind in ("PERIOD", "COMMA", "SEMICOLON"):
        items = items[:-1]
    return items
