"""EXPRESSIONS: one row for each kind of expression that is read, and none that is not harmless."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import numpy as np

from grader.chapter.programs.calling import CALLS
from grader.chapter.programs.formats import Part, Text, few, formatted, percent, shown
from grader.chapter.programs.libraries import listed
from grader.chapter.programs.members import member
from grader.chapter.programs.operations import BY_NAME, bounded, taken
from grader.chapter.programs.reader import Reader
from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.values import (
    Function,
    Instance,
    Unknown,
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


def _constant(reader: Reader, node: ast.Constant) -> Any:
    return checked(node.value)


def _name(reader: Reader, node: ast.Name) -> Any:
    return reader.look_up(node.id)


def _several(reader: Reader, nodes: list[ast.expr]) -> Iterator[Any]:
    for node in nodes:
        if isinstance(node, ast.Starred):
            yield from listed(reader.evaluate(node.value))
        else:
            yield reader.attempt(node)


def _list(reader: Reader, node: ast.List) -> Any:
    return checked(list(_several(reader, node.elts)))


def _tuple(reader: Reader, node: ast.Tuple) -> Any:
    return checked(tuple(_several(reader, node.elts)))


def _dict(reader: Reader, node: ast.Dict) -> Any:
    keys = [_key(reader.evaluate(key) if key else None) for key in node.keys]
    return checked(dict(zip(keys, (reader.attempt(value) for value in node.values), strict=True)))


def _key(value: Any) -> Any:
    """A key of a dictionary; raises `Unread` for anything but texts and numbers."""
    if not isinstance(value, str | int | float) and not (
        isinstance(value, tuple) and all(isinstance(part, str | int) for part in value)
    ):
        raise Unread("a key of this kind is not read")
    return value


def _set(reader: Reader, node: ast.Set) -> Any:
    return checked({_key(value) for value in _several(reader, node.elts)})


# ---- operators


def _unary(reader: Reader, node: ast.UnaryOp) -> Any:
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


def _binary(reader: Reader, node: ast.BinOp) -> Any:
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
    if operation is None or not (row or _computable(first, second)):
        raise Unread("an operator that is not read")
    result = checked(operation(first, second))
    if not isinstance(result, list | tuple | str):
        reader.spend(1 + np.size(getattr(result, "data", result)) // 100)
        reader.scale.met(_sized(result))
    return result


def _computable(*values: Any) -> bool:
    return all(is_number(value) or isinstance(value, np.ndarray) for value in values)


def _sized(result: Any) -> Any:
    return result.data if isinstance(result, Tracked) else result


def _divided(reader: Reader, first: Any, second: Any) -> None:
    """Notes a division; between whole numbers it may have meant something else once."""
    if reader.old_division and all(isinstance(value, int) for value in (first, second)):
        raise Unread("whole numbers are divided differently in Python 2")
    if _computable(_sized(second)):
        reader.scale.divided(_sized(second))


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
    value = _sized(value)
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.item()
    if value is None or is_number(value) or isinstance(value, str | list | tuple | dict | set | range):
        return bool(value)
    raise Unread("a condition that is not known")


def _compare(reader: Reader, node: ast.Compare) -> Any:
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
    left, right = _sized(left), _sized(right)
    if isinstance(sign, ast.Is | ast.IsNot) and (left is None or right is None):
        return (left is right) == isinstance(sign, ast.Is)
    if isinstance(sign, ast.In | ast.NotIn):
        return _contains(right, left) == isinstance(sign, ast.In)
    if type(sign) not in COMPARED or not (_computable(left, right) or _texts(left, right)):
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


def _bool(reader: Reader, node: ast.BoolOp) -> Any:
    wanted = isinstance(node.op, ast.Or)
    value: Any = None
    for part in node.values:
        value = reader.evaluate(part)
        if truth(value) == wanted:
            break
    return value


def _if(reader: Reader, node: ast.IfExp) -> Any:
    return reader.evaluate(node.body if truth(reader.evaluate(node.test)) else node.orelse)


# ---- indices and attributes


def _subscript(reader: Reader, node: ast.Subscript) -> Any:
    return item(reader.evaluate(node.value), reader.evaluate(node.slice))


def item(owner: Any, key: Any) -> Any:
    """What stands at an index; raises `Unread` if that is not known."""
    if isinstance(owner, dict):
        found = owner[_key(key)]
    elif isinstance(owner, Tracked):
        found = taken(array_key(key))(owner)
    elif isinstance(owner, np.ndarray):
        found = owner[array_key(key)]
    elif isinstance(owner, list | tuple | str | range) and isinstance(key, int | np.integer | slice):
        found = owner[key]
    else:
        raise Unread("an index that is not read")
    if isinstance(found, Unknown):
        raise Unread(found.reason)
    return checked(found)


def array_key(key: Any) -> Any:
    """An index of an array; raises `Unread` for what is none."""
    if isinstance(key, tuple):
        return tuple(array_key(part) for part in key)
    if isinstance(key, range):
        return listed(key)
    plain = key is None or key is Ellipsis or isinstance(key, int | np.integer | slice)
    several = isinstance(key, np.ndarray) and key.dtype.kind in "bi"
    if not plain and not several and not (isinstance(key, list) and all(map(is_number, key))):
        raise Unread("an index that is not read")
    return key


def _slice(reader: Reader, node: ast.Slice) -> slice:
    ends = [reader.evaluate(part) if part else None for part in (node.lower, node.upper, node.step)]
    if not all(end is None or isinstance(end, int | np.integer) for end in ends):
        raise Unread("a slice that is not read")
    return slice(*ends)


def _attribute(reader: Reader, node: ast.Attribute) -> Any:
    return member(reader, reader.evaluate(node.value), node.attr)


# ---- functions


def _lambda(reader: Reader, node: ast.Lambda) -> Function:
    body: list[ast.stmt] = [ast.Return(value=node.body)]
    return Function("lambda", node.args, body, defaults_of(reader, node.args), list(reader.frames))


def defaults_of(reader: Reader, parameters: ast.arguments) -> dict[str, Any]:
    """The default values of a function's parameters, by name."""
    names = [argument.arg for argument in (*parameters.posonlyargs, *parameters.args)]
    late = {a.arg: d for a, d in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True) if d}
    count = len(parameters.defaults)
    early = dict(zip(names[len(names) - count :], parameters.defaults, strict=True))
    return {name: reader.attempt(node) for name, node in {**early, **late}.items()}


def _call(reader: Reader, node: ast.Call) -> Any:
    function = reader.evaluate(node.func)
    arguments = list(_several(reader, node.args))
    if any(keyword.arg is None for keyword in node.keywords):
        raise Unread("a call with keywords that are not written out")
    keywords = {str(keyword.arg): reader.attempt(keyword.value) for keyword in node.keywords}
    return reader.call(function, arguments, keywords)


# ---- comprehensions


def _comprehension(reader: Reader, node: ast.ListComp | ast.GeneratorExp) -> list[Any]:
    reader.frames = [*reader.frames, {}]
    try:
        return checked(list(_rounds(reader, node.elt, node.generators)))  # type: ignore[no-any-return]
    finally:
        reader.frames = reader.frames[:-1]


def _rounds(reader: Reader, element: ast.expr, loops: list[ast.comprehension]) -> Iterator[Any]:
    if not loops:
        yield reader.attempt(element)
        return
    first, *rest = loops
    for value in listed(reader.evaluate(first.iter)):
        bind(reader, first.target, value)
        if all(truth(reader.evaluate(condition)) for condition in first.ifs):
            yield from _rounds(reader, element, rest)


def bind(reader: Reader, target: ast.expr, value: Any) -> None:
    """Gives a name, or each of several names, its value."""
    if isinstance(target, ast.Name):
        reader.assign(target.id, value)
    elif isinstance(target, ast.Tuple | ast.List):
        values = listed(value)
        if len(values) != len(target.elts) or any(isinstance(t, ast.Starred) for t in target.elts):
            raise Unread("the values do not fit the names")
        for part, each in zip(target.elts, values, strict=True):
            bind(reader, part, each)
    elif isinstance(target, ast.Subscript):
        _bind_item(reader, target, value)
    elif isinstance(target, ast.Attribute):
        _bind_attribute(reader, target, value)
    else:
        raise Unread("an assignment that is not read")


def _bind_item(reader: Reader, target: ast.Subscript, value: Any) -> None:
    owner, key = reader.evaluate(target.value), reader.evaluate(target.slice)
    if isinstance(owner, dict):
        owner[_key(key)] = value
    elif isinstance(owner, list) and isinstance(key, int):
        owner[key] = value
    elif isinstance(owner, np.ndarray) and (_computable(value) or isinstance(value, list)):
        owner[array_key(key)] = value
    else:
        raise Unread("an assignment that is not read")


def _bind_attribute(reader: Reader, target: ast.Attribute, value: Any) -> None:
    owner = reader.evaluate(target.value)
    if isinstance(owner, Instance):
        owner.fields[target.attr] = value
    elif isinstance(owner, Tracked) and target.attr in ("data", "grad", "requires_grad", "label"):
        _bind_tracked(owner, target.attr, value)
    else:
        raise Unread("an assignment that is not read")


def _bind_tracked(owner: Tracked, name: str, value: Any) -> None:
    value = _sized(value)
    if name == "requires_grad":
        owner.needs = truth(value)
    elif name != "label":
        if not (value is None or _computable(value)):
            raise Unread("a value that is not known is put into a number")
        setattr(owner, name, value)


# ---- texts with values in them


def _joined(reader: Reader, node: ast.JoinedStr) -> Text:
    parts: list[Part] = []
    for value in node.values:
        if isinstance(value, ast.FormattedValue):
            parts.extend(few(_placed(reader, value)))
        else:
            parts.extend(shown(reader.evaluate(value)))
    reader.spend(len(parts) // 10)
    return Text(few(parts))


def _placed(reader: Reader, node: ast.FormattedValue) -> Iterator[Part]:
    spec = reader.evaluate(node.format_spec) if node.format_spec else Text(())
    if any(part.value is not None for part in spec.parts):
        spec = Text((Part(""),))
    return formatted(reader.attempt(node.value), "".join(part.text for part in spec.parts))


EXPRESSIONS: dict[type, Callable[..., Any]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.List: _list,
    ast.Tuple: _tuple,
    ast.Dict: _dict,
    ast.Set: _set,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Compare: _compare,
    ast.BoolOp: _bool,
    ast.IfExp: _if,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Attribute: _attribute,
    ast.Lambda: _lambda,
    ast.Call: _call,
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.JoinedStr: _joined,
    **CALLS,
}
