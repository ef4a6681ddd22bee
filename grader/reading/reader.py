"""Reads a student's mathematics: text in LaTeX, Unicode or plain spelling becomes a tree with positions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.reading.brackets import nest
from grader.reading.items import Bracket, Item, flat
from grader.reading.limits import refuse_large
from grader.reading.scanner import Piece, Spelled
from grader.reading.spelling import spell
from grader.reading.statements import statements
from grader.reading.tree import Group, Name, Number, Tree
from grader.reading.unreadable import Unreadable
from grader.reading.words import EXPECTED_WORDS

if TYPE_CHECKING:
    from lark import Lark


@dataclass(frozen=True, slots=True)
class Reading:
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

    Positions refer to the whole text. Raises `Unreadable` as `read` does.
    """
    spelled, found = _statements(text)
    return tuple(_reading(spelled, statement) for statement in found)


def _statements(text: str) -> tuple[Spelled, list[list[Item]]]:
    spelled = spell(text)
    found = statements(nest(spelled, _read_script(text)), spelled)
    if not found:
        raise Unreadable(len(text), "there is no formula here", "", ("a name", "a number"))
    return spelled, found


def _reading(spelled: Spelled, statement: list[Item]) -> Reading:
    tree = _parse(statement, "statement", len(spelled.text))
    refuse_large(tree)
    return Reading(spelled.text, tree, tuple(spelled.remarks))


# the parser


class _Feed:
    """The lexer that lark sees: it hands over tokens that are already made."""

    def __init__(self, conf: Any) -> None:
        pass

    def lex(self, data: Iterable[Any]) -> Iterator[Any]:
        yield from data


@lru_cache(maxsize=1)
def _parser() -> Lark:
    """The parser, built at the first reading; lark is not imported before."""
    from lark import Lark
    from lark.lexer import Lexer

    from grader.reading.building import Builder

    feed = type("Feed", (_Feed, Lexer), {})
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(
        grammar,
        parser="lalr",
        lexer=feed,
        start=["statement", "items"],
        transformer=Builder(),
        maybe_placeholders=False,
        keep_all_tokens=True,
    )


def _parse(content: list[Item], start: str, end: int) -> Any:
    from lark.exceptions import UnexpectedToken

    pieces = list(flat(content))
    try:
        return _parser().parse([_token(piece) for piece in pieces], start=start)
    except UnexpectedToken as unexpected:
        raise _explained(unexpected, pieces, end) from None


def _token(piece: Piece) -> Any:
    from lark import Token

    token = Token(piece.kind, piece.value, start_pos=piece.start, end_pos=piece.end)
    if piece.tree is not None:
        token.value = piece.tree
    return token


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
        items = _parse(script.inside, "items", script.end)
    except Unreadable:
        squeezed = "".join(text[slice(*span)].split())
        if sign == "SUP" or "\\" in squeezed:
            raise
        return Name(span, squeezed)
    return items[0] if len(items) == 1 else Group(span, "{", items)


# errors and limits


_SENTENCES = {
    "DAMAGED": "this number is damaged: it has more than one point",
    "PERIOD": "this point belongs to no number",
    "TEXT": "words stand here inside a formula",
    "FENCE": "the edge of a formula stands inside it",
    "RELATION": "something is missing before this relation",
    "JOIN": "something is missing before this sign",
    "PLUS": "something is missing before this sign",
    "MINUS": "something is missing between two signs",
    "COMMA": "something is missing before this comma",
    "SUP": "this superscript hangs on nothing",
    "SUB": "this subscript hangs on nothing",
    "SCRIPT": "this script hangs on nothing",
    "PRIME": "this prime hangs on nothing",
    "BIG": "a sum or product needs brackets around it here",
}
"""What is wrong when a piece of this kind stands where it cannot."""


def _explained(unexpected: Any, pieces: list[Piece], end: int) -> Unreadable:
    """The parser's complaint as a sentence a student can use."""
    token = unexpected.token
    expected = sorted(
        {EXPECTED_WORDS[kind] for kind in unexpected.accepts or unexpected.expected if kind in EXPECTED_WORDS}
    )
    if token.type == "$END":
        position = pieces[-1].end if pieces else end
        return Unreadable(
            position, f"something is missing at the end: {_wanted(expected)}", "", tuple(expected)
        )
    sentence = _SENTENCES.get(token.type, "this cannot stand here")
    if token.type in ("RPAR", "RSQB", "RCURLY", "RBRACE", "RBAR", "MATRIXEND"):
        sentence = f"something is missing before this closing bracket: {_wanted(expected)}"
    return Unreadable(token.start_pos, sentence, str(token), tuple(expected))


def _wanted(words: list[str]) -> str:
    """The most telling of the words for what was expected, in a row."""
    telling = [word for word in words if word in ("a name", "a number")] or words
    return _either(telling)


def _either(words: list[str]) -> str:
    return " or ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} or {words[-1]}"
