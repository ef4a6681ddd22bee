"""Reads a student's mathematics: text in LaTeX, Unicode or plain spelling becomes a tree with positions."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

from grader.reading import parser
from grader.reading.brackets import nest
from grader.reading.items import Bracket, Item
from grader.reading.limits import refuse_large
from grader.reading.scanner import Piece, Spelled
from grader.reading.spelling import MAX_CHARACTERS, spell
from grader.reading.statements import statements
from grader.reading.tree import Group, Name, Number, Tree
from grader.reading.unreadable import Unreadable

_SOMETHING = re.compile(r"[^\W_]|[\\∂∇∑∏∫∞√]|[^\x00-\x7f]")
"""Anything that may be part of a formula; without it there is none."""


class Reading(Struct, frozen=True):
    """A text, what it was read as, and remarks on liberties that were taken."""

    text: str
    tree: Tree
    remarks: tuple[str, ...] = ()


def read(text: str) -> Reading:
    """The tree of one expression or one chain of equations.

    >>> read("W2.T @ delta2").tree == read("W2.T @ delta2 .").tree
    True
    >>> type(read(r"\\delta_1 = W_2^T \\delta_2").tree).__name__
    'Relation'

    Raises `Unreadable` at the first thing that cannot be read, or where a second statement begins.
    """
    spelled, found = _statements(text)
    if len(found) > 1:
        start = found[1][0].start
        raise Unreadable(
            start,
            "a second statement begins here: give one at a time",
            text[start : start + 20],
            ("the end",),
        )
    return _reading(spelled, found[0])


def read_lines(text: str) -> tuple[Reading, ...]:
    """Every statement of a text of several lines, or of several equations on one line, each read on its own.

    A line that begins with a relation or a sign, or follows one, goes on with the statement above; words
    between statements, comments and line ends part them. A relation at the very start falls away: what was
    asked stands before it.

    >>> len(read_lines("z = W x + b\\nd = z\\n= W x + b"))
    2

    Positions refer to the whole text. Raises `Unreadable` as `read` does.
    """
    spelled, found = _statements(text)
    return tuple(_reading(spelled, statement) for statement in found)


def _statements(text: str) -> tuple[Spelled, list[list[Item]]]:
    if not isinstance(text, str):
        raise Unreadable(0, f"an answer is a text, and this is of the kind {type(text).__name__[:20]}")
    if not _SOMETHING.search(text[:MAX_CHARACTERS]):
        start = len(text) - len(text.lstrip())
        raise Unreadable(start, "there is no formula here", "", ("a name", "a number"))
    spelled = spell(text)
    found = statements(nest(spelled, _read_script(text)), spelled)
    if not found:
        raise Unreadable(len(text), "there is no formula here", "", ("a name", "a number"))
    return spelled, found


def _reading(spelled: Spelled, statement: list[Item]) -> Reading:
    tree = parser.statement(statement, len(spelled.text))
    refuse_large(tree)
    return Reading(spelled.text, tree, tuple(spelled.remarks))


def _read_script(text: str) -> Any:
    """How the braces of a script become one piece that carries its tree."""

    def read_script(script: Bracket, sign: str) -> Item:
        tree = _script_tree(script, sign, text)
        return Piece("SCRIPT", text[script.start : script.end], script.start, script.end, tree)

    return read_script


def _script_tree(script: Bracket, sign: str, text: str) -> Tree:
    """The tree of a script; a subscript that is no expression, such as ``O1.H21``, is a name as it stands."""
    span = script.inside[0].start, script.inside[-1].end
    if len(script.inside) == 1 and isinstance(script.inside[0], Piece):
        simple = {"NUMBER": Number, "NAME": Name}.get(script.inside[0].kind)
        if simple:
            return simple(span, script.inside[0].value)
    try:
        items = parser.items(script.inside, script.close)
    except Unreadable:
        squeezed = "".join(text[slice(*span)].split())
        if sign == "SUP" or "\\" in squeezed:
            raise
        return Name(span, squeezed)
    return items[0] if len(items) == 1 else Group(span, "{", items)
