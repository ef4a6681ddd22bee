"""Code as statements, as far as it is Python; what the rest may set is unknown."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from itertools import pairwise

from grader.chapter.programs.reader import Reader
from grader.chapter.programs.values import Unknown

MAX_LINE = 2_000
"""Longer lines are no code that a person typed."""

MAX_STATEMENTS = 2_000

_TOP = re.compile(r"^(?=[^\s#)\]}])", re.MULTILINE)
_SET = re.compile(r"[A-Za-z_]\w*")


def parsed(text: str, reader: Reader) -> Iterator[ast.stmt]:
    """The statements of a text one after the other; each is to be followed before the next is asked for."""
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
            body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return body if len(body) <= MAX_STATEMENTS else None


def _pieces(text: str) -> list[str]:
    """A text cut before every line that is not indented."""
    starts = [match.start() for match in _TOP.finditer(text)][:MAX_STATEMENTS]
    edges = [0, *(start for start in starts if start), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


def _forget(text: str, reader: Reader) -> None:
    """Every name in a text that could not be parsed is unknown after it."""
    for name in set(_SET.findall(text)):
        reader.names[name] = Unknown("code that could not be read stands before it")
