"""Code as statements, as far as it is Python; what the rest may set is unknown."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from itertools import pairwise

from grader.chapter.programs.reader import Reader
from grader.chapter.programs.values import Function, Unknown, is_mutable

MAX_LINE = 2_000
"""Longer lines are no code that a person typed."""

MAX_LINES = 2_000
"""Longer listings are not read, nor any that follow."""

_TOP = re.compile(r"^(?=[^\s#)\]}])", re.MULTILINE)


def parsed(text: str, reader: Reader) -> Iterator[ast.stmt]:
    """The statements of a text one after the other; each is to be followed before the next is asked for."""
    if text.count("\n") > MAX_LINES:
        reader.close()
        return
    whole = statements(text)
    pieces = [text] if whole is not None or '"""' in text or "'''" in text else _pieces(text)
    line = 0
    for piece in pieces:
        found = whole if whole is not None else statements(piece)
        for statement in found or ():
            yield ast.increment_lineno(statement, line) if line else statement
        if found is None:
            _forget(piece, reader)
        line += piece.count("\n")


def statements(text: str) -> list[ast.stmt] | None:
    """The statements of a text, or None if it is not Python."""
    if any(len(line) > MAX_LINE for line in text.split("\n")):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _pieces(text: str) -> list[str]:
    """A text cut before every line that is not indented."""
    starts = [match.start() for match in _TOP.finditer(text)]
    edges = [0, *(start for start in starts if start), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


def _forget(text: str, reader: Reader) -> None:
    """Whatever a text that could not be parsed may set or change is unknown after it."""
    named = {name: reader.names.get(name) for name in _NAME.findall(text)}
    bodies = [value.body for value in named.values() if isinstance(value, Function)]
    reader.doubt([statement for body in bodies for statement in body], _UNREAD)
    changed = {name for name, value in named.items() if is_mutable(value) and not isinstance(value, Function)}
    for name in changed.union(*map(_set_in, text.split("\n"))):
        reader.names[name] = Unknown(_UNREAD)


def _set_in(line: str) -> set[str]:
    """The names that a line of code in any language may set."""
    if _DEFINES.match(line) or "++" in line or "--" in line:
        return set(_NAME.findall(line))
    return set(_NAME.findall(line[: max((match.start() for match in _EQUALS.finditer(line)), default=0)]))


_UNREAD = "code that could not be read stands before it"
_NAME = re.compile(r"[A-Za-z_]\w*")
_EQUALS = re.compile(r"(?<![=!<>])=(?!=)")
_DEFINES = re.compile(
    r"\s*(?:def|class|import|from|for|with|global|nonlocal|except|del|var|let|const|function)\b"
)
"""How lines begin in which any name may be set."""
