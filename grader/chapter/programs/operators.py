"""Operators and comparisons: one row each, and what they make of two values."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from itertools import chain
from typing import Any

import numpy as np

from grader.chapter.programs.formats import Text, few, percent, shown
from grader.chapter.programs.members import member
from grader.chapter.programs.operations import BY_NAME, bounded
from grader.chapter.programs.reader import Reader
from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.values import (
    Instance,
    Unread,
    checked,
    is_number,
    parts_of,
)

BINARY: dict[type, tuple[str, str]] = {
    ast.Add: ("add", "add"),
    ast.Sub: ("subtract", "sub"),
    ast.Mult: ("multiply", "mul"),
    ast.Div: ("divide", "truediv"),
    ast.Pow: ("power", "pow"),
    ast.MatMult: ("matmul", "matmul"),
}
"""Operators, by the row of `OPERATIONS` and by the name that a class gives them."""

PLAIN_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
"""Operators that are read for single numbers and arrays, but through which no gradient passes."""

COMPARED: dict[type, Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def unary(reader: Reader, node: ast.UnaryOp) -> Any:
    value = reader.evaluate(node.operand)
    if isinstance(node.op, ast.Not):
        return not truth(value)
    if isinstance(node.op, ast.UAdd):
        return value
    if isinstance(node.op, ast.USub):
        if isinstance(value, Instance):
            return reader.call(member(reader, value, "__neg__"), [], {})
        return checked(BY_NAME["negate"](value))
    raise Unread("an operator that is not read")


def binary(reader: Reader, node: ast.BinOp) -> Any:
    return combined(reader, node.op, reader.evaluate(node.left), reader.evaluate(node.right))


def combined(reader: Reader, sign: ast.operator, first: Any, second: Any) -> Any:
    """What an operator makes of two values; raises `Unread`."""
    bounded(first, second)
    if isinstance(first, str | Text) or isinstance(second, Text):
        return _with_text(sign, first, second)
    if isinstance(first, Instance) or isinstance(second, Instance):
        return _by_class(reader, BINARY[type(sign)][1], first, second)
    if isinstance(sign, ast.Div):
        _divided(reader, first, second)
    row = BINARY.get(type(sign))
    operation = BY_NAME[row[0]] if row else PLAIN_BINARY.get(type(sign))
    if operation is None or not (row or computable(first, second)):
        raise Unread("an operator that is not read")
    result = checked(operation(first, second))
    if not isinstance(result, list | tuple | str):
        reader.spend(1 + np.size(getattr(result, "data", result)) // 100)
        reader.scale.met(sized(result))
    return result


def computable(*values: Any) -> bool:
    return all(is_number(value) or isinstance(value, np.ndarray) for value in values)


def sized(result: Any) -> Any:
    return result.data if isinstance(result, Tracked) else result


def _divided(reader: Reader, first: Any, second: Any) -> None:
    """Notes a division; between whole numbers it may have meant something else once."""
    if reader.old_division and all(isinstance(value, int) for value in (first, second)):
        raise Unread("whole numbers are divided differently in Python 2")
    if computable(sized(second)):
        reader.scale.divided(sized(second))


def _with_text(sign: ast.operator, first: Any, second: Any) -> Any:
    if isinstance(sign, ast.Mod) and isinstance(first, str):
        return Text(few(percent(first, second if isinstance(second, tuple) else (second,))))
    texts = isinstance(first, str | Text) and isinstance(second, str | Text)
    if isinstance(sign, ast.Add) and texts:
        return Text(few(chain(shown(first), shown(second))))
    if isinstance(sign, ast.Mult) and isinstance(first, str):
        return BY_NAME["multiply"](first, second)
    raise Unread("texts combined in a way that is not read")


def _by_class(reader: Reader, name: str, first: Any, second: Any) -> Any:
    """An operator that a class of the page defines, for its left or its right side."""
    if isinstance(first, Instance) and f"__{name}__" in first.kind.members:
        return reader.call(member(reader, first, f"__{name}__"), [second], {})
    if isinstance(second, Instance) and not isinstance(first, Instance):
        return reader.call(member(reader, second, f"__r{name}__"), [first], {})
    raise Unread("an operator that its class does not define")


def truth(value: Any) -> bool:
    """Whether a value counts as true; raises `Unread` if that is not known."""
    value = sized(value)
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.item()
    if value is None or is_number(value) or isinstance(value, str | list | tuple | dict | set | range):
        return bool(value)
    raise Unread("a condition that is not known")


def compare(reader: Reader, node: ast.Compare) -> Any:
    left = reader.evaluate(node.left)
    result: Any = True
    for sign, right_node in zip(node.ops, node.comparators, strict=True):
        right = reader.evaluate(right_node)
        result = _compared(sign, left, right)
        if len(node.ops) > 1 and not truth(result):
            return False
        left = right
    return result


def _compared(sign: ast.cmpop, left: Any, right: Any) -> Any:
    left, right = sized(left), sized(right)
    if isinstance(sign, ast.Is | ast.IsNot) and (left is None or right is None):
        return (left is right) == isinstance(sign, ast.Is)
    if isinstance(sign, ast.In | ast.NotIn):
        return _contains(right, left) == isinstance(sign, ast.In)
    if type(sign) not in COMPARED or not (computable(left, right) or _texts(left, right)):
        raise Unread("a comparison that is not read")
    bounded(left, right)
    return checked(COMPARED[type(sign)](left, right))


def _texts(*values: Any) -> bool:
    return all(isinstance(value, str) for value in values)


def _contains(values: Any, value: Any) -> bool:
    if isinstance(values, dict) and isinstance(value, str | int | float):
        return value in values
    if isinstance(values, set | list | tuple) and all(isinstance(p, str | int | float) for p in values):
        return value in values
    if isinstance(values, set | list | tuple) and isinstance(value, Instance | Tracked):
        return any(part is value for part in parts_of(values))
    raise Unread("a comparison that is not read")


def either(reader: Reader, node: ast.BoolOp) -> Any:
    wanted = isinstance(node.op, ast.Or)
    value: Any = None
    for part in node.values:
        value = reader.evaluate(part)
        if truth(value) == wanted:
            break
    return value


def chosen(reader: Reader, node: ast.IfExp) -> Any:
    return reader.evaluate(node.body if truth(reader.evaluate(node.test)) else node.orelse)
