"""The value of an expression that stands in words, found without changing anything."""

from __future__ import annotations

import ast
from typing import Any

from grader.chapter.programs.parsing import statements
from grader.chapter.programs.reader import Reader
from grader.chapter.programs.values import Function, Known, Lost, Unread

MAX_WORDS = 100


def value_stated(reader: Reader, text: str) -> Any:
    """The value of an expression in a comment or in output; None if it has none that is known."""
    text = text.strip()
    for candidate in (text, text.rpartition(" ")[2]):
        body = statements(candidate[:MAX_WORDS]) if candidate else None
        if body and len(body) == 1 and isinstance(body[0], ast.Expr) and _has_name(body[0]):
            return value_of(reader, body[0].value)
    return None


def _has_name(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Name) for part in ast.walk(node))


def value_of(reader: Reader, node: ast.expr) -> Any:
    """The value of an expression that changes nothing; None if it may, or if it is not known."""
    calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
    if not all(_is_quiet(reader, call) for call in calls):
        return None
    reader.limit = reader.steps + 1000
    try:
        return reader.evaluate(node)
    except (Unread, Lost, RecursionError):
        return None


def _is_quiet(reader: Reader, call: ast.Call) -> bool:
    """Whether a call changes nothing: a known function of a library, or one of the page in one line."""
    function = reader.peek(call.func)
    if isinstance(function, Known):
        return True
    return (
        isinstance(function, Function)
        and len(function.body) == 1
        and isinstance(function.body[0], ast.Return)
        and all(_is_quiet(reader, part) for part in ast.walk(function.body[0]) if isinstance(part, ast.Call))
    )
