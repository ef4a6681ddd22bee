"""How expressions and statements are followed where derivatives are wanted: nothing is changed in place."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.chapter.programs.builtin import listed
from grader.chapter.programs.expressions import EXPRESSIONS
from grader.chapter.programs.operations import BY_NAME, bounded, taken
from grader.chapter.programs.operators import BINARY, PLAIN_BINARY, combined, compare
from grader.chapter.programs.places import array_key, item, key_of
from grader.chapter.programs.statements import STATEMENTS, loaded
from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.training.calls import TRAINING_CALLS, attribute, combinable, is_plain_text
from grader.chapter.programs.training.foreseen import is_step
from grader.chapter.programs.training.numeric import NUMERIC
from grader.chapter.programs.training.tape import leaf, opaque, plain, put, tracked_in
from grader.chapter.programs.values import Instance, Module, Unknown, Unread, checked

MAX_TEXT = 200

PASSES = 2
"""A loss may be computed at the end of a pass, for the next one."""

BESIDE = {"numpy.c_": "column_stack", "numpy.r_": "hstack"}
"""What is written with square brackets although it is a function."""


def _binary(reader: Any, node: ast.BinOp) -> Any:
    return joined(reader, node.op, reader.evaluate(node.left), reader.evaluate(node.right))


def joined(reader: Any, sign: ast.operator, first: Any, second: Any) -> Any:
    """What an operator makes of two values, numbers tracked."""
    if combinable(first, second):
        bounded(plain(first), plain(second))
        reader.spend(1 + (np.size(plain(first)) + np.size(plain(second))) // 100)
        if type(sign) in BINARY:
            return BY_NAME[BINARY[type(sign)][0]](first, second)
        if type(sign) in PLAIN_BINARY:
            result = checked(PLAIN_BINARY[type(sign)](plain(first), plain(second)))
            return opaque(result, [*tracked_in(first), *tracked_in(second)])
    if is_plain_text(first, second) and isinstance(sign, ast.Add) and len(first) + len(second) < MAX_TEXT:
        return first + second
    if isinstance(first, list | tuple | str) or isinstance(second, list | tuple | str):
        first = first if isinstance(first, list | tuple) else plain(first)
        second = second if isinstance(second, list | tuple) else plain(second)
        if isinstance(sign, ast.Add) and isinstance(first, list) and isinstance(second, list):
            return checked([*first, *second])
    return combined(reader, sign, first, second)


def _compare(reader: Any, node: ast.Compare) -> Any:
    return plain(compare(reader, node))


def _subscript(reader: Any, node: ast.Subscript) -> Any:
    owner = leaf(reader.evaluate(node.value))
    if isinstance(owner, Module) and owner.path in BESIDE:
        return NUMERIC[BESIDE[owner.path]](reader.evaluate(node.slice))
    key = plain(reader.evaluate(node.slice))
    if isinstance(owner, Tracked):
        return taken(array_key(key))(owner)
    return item(owner, key)


def _slice(reader: Any, node: ast.Slice) -> slice:
    ends = [plain(reader.evaluate(part)) if part else None for part in (node.lower, node.upper, node.step)]
    if not all(end is None or isinstance(end, int | np.integer) for end in ends):
        raise Unread("a slice that is not read")
    return slice(*ends)


def _attribute(reader: Any, node: ast.Attribute) -> Any:
    return attribute(reader, reader.evaluate(node.value), node.attr)


def _text(reader: Any, node: ast.JoinedStr) -> Any:
    """A text of fixed pieces and whole numbers, such as the key of a layer."""
    parts = []
    for piece in node.values:
        value = plain(reader.evaluate(piece.value if isinstance(piece, ast.FormattedValue) else piece))
        if not isinstance(value, str | int | np.integer):
            return EXPRESSIONS[ast.JoinedStr](reader, node)
        parts.append(str(value))
    return "".join(parts)[:MAX_TEXT]


def _call(reader: Any, node: ast.Call) -> Any:
    match node:
        case ast.Call(func=ast.Name(id="str"), args=[one], keywords=[]) if "str" not in reader.names:
            value = plain(reader.evaluate(one))
            if isinstance(value, int | np.integer | str):
                return str(value)
        case ast.Call(func=ast.Name(id="max" | "min" as name), args=[one, other], keywords=[]):
            return BY_NAME[f"{name}imum"](reader.evaluate(one), reader.evaluate(other))
    return EXPRESSIONS[ast.Call](reader, node)


TRAINING_EXPRESSIONS: dict[type, Callable[..., Any]] = {
    **EXPRESSIONS,
    ast.BinOp: _binary,
    ast.Compare: _compare,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Attribute: _attribute,
    ast.JoinedStr: _text,
    ast.Call: _call,
    **TRAINING_CALLS,
}


# ---- statements


def _assign(reader: Any, node: ast.Assign) -> None:
    value = reader.attempt(node.value)
    if is_step(node):
        value = reader.renewed(node.targets[0], reader.attempt(loaded(node.targets[0])), value)
    for target in node.targets:
        bind(reader, target, value)


def _annotated(reader: Any, node: ast.AnnAssign) -> None:
    if node.value is not None:
        bind(reader, node.target, reader.attempt(node.value))


def bind(reader: Any, target: ast.expr, value: Any) -> None:
    """Gives a target its value; numbers are tracked from here on."""
    if isinstance(value, Unknown) and not isinstance(target, ast.Name):
        reader.doubt([target], value.reason)
        return
    value = reader.in_general(target, leaf(value))
    _leaves_in(reader, value)
    match target:
        case ast.Name(id=name):
            reader.assign(name, value)
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            _bind_all(reader, targets, value)
        case ast.Subscript():
            _bind_item(reader, target, value)
        case ast.Attribute(value=owner, attr=name):
            _bind_attribute(reader, reader.evaluate(owner), name, value)
        case _:
            raise Unread("an assignment that is not read")
    if not isinstance(target, ast.Tuple | ast.List):
        reader.happened(target, value)


def _leaves_in(reader: Any, value: Any) -> None:
    """Tracks the arrays in a new dictionary or list, each under its key."""
    if isinstance(value, dict | list):
        for key, part in list(value.items() if isinstance(value, dict) else enumerate(value)):
            if isinstance(part, np.ndarray) or (isinstance(part, float) and isinstance(key, str)):
                value[key] = reader.in_general(ast.Name(id=str(key)), leaf(part))
                reader.note(key if isinstance(key, str) else "", value[key])


def _bind_all(reader: Any, targets: list[ast.expr], value: Any) -> None:
    values = listed(value)
    if len(values) != len(targets) or any(isinstance(target, ast.Starred) for target in targets):
        raise Unread("the values do not fit the names")
    for target, each in zip(targets, values, strict=True):
        bind(reader, target, each)


def _bind_item(reader: Any, target: ast.Subscript, value: Any) -> None:
    owner, key = reader.evaluate(target.value), plain(reader.evaluate(target.slice))
    if isinstance(owner, dict):
        owner[key_of(key)] = value
    elif isinstance(owner, list) and isinstance(key, int):
        owner[key] = value
    elif isinstance(owner, Tracked) and isinstance(owner.data, np.ndarray) and combinable(value):
        reader.exchange(owner, put(owner, array_key(key), value))
    else:
        raise Unread("an assignment that is not read")


def _bind_attribute(reader: Any, owner: Any, name: str, value: Any) -> None:
    if isinstance(owner, Instance):
        owner.fields[name] = value
    elif isinstance(owner, Tracked) and name == "data":
        reader.exchange(owner, value)
    elif isinstance(owner, Tracked) and name == "grad":
        owner.grad = value
    elif not (isinstance(owner, Tracked) and name == "requires_grad"):
        raise Unread("an assignment that is not read")


def _augmented(reader: Any, node: ast.AugAssign) -> None:
    """``x += y``: an array changes in place, so that all its names see it."""
    before, more = reader.evaluate(loaded(node.target)), reader.evaluate(node.value)
    changed = reader.renewed(node.target, before, joined(reader, node.op, before, more))
    if isinstance(before, list):
        before[:] = changed
    elif isinstance(before, Tracked) and isinstance(before.data, np.ndarray) and before.data.ndim:
        if np.shape(plain(changed)) != before.data.shape:
            raise Unread("it cannot be computed: the shapes do not fit in place")
        if not isinstance(node.target, ast.Subscript) or isinstance(_owner(reader, node.target), list | dict):
            reader.exchange(before, changed)
            reader.happened(node.target, changed)
            return
        bind(reader, node.target, changed)
    else:
        bind(reader, node.target, changed)


def _owner(reader: Any, target: ast.Subscript) -> Any:
    return reader.evaluate(target.value)


def _for(reader: Any, node: ast.For) -> Any:
    """A loop that learns is followed twice, any other to its end."""
    values = reader.evaluate(node.iter)
    values = values if isinstance(values, range) else listed(values)
    for value in values[:PASSES] if reader.learns(node) else values:
        reader.spend()
        bind(reader, node.target, value)
        left = reader.run(node.body)
        if left is not None and left.by != "continue":
            return left if left.by == "return" else None
    return reader.run(node.orelse)


def _while(reader: Any, node: ast.While) -> Any:
    """A loop of which it is not known how often it runs is followed a few times."""
    for _ in range(PASSES):
        if plain(reader.attempt(node.test)) is False:
            break
        left = reader.run(node.body)
        if left is not None and left.by != "continue":
            return left if left.by == "return" else None
    return None


def _with(reader: Any, node: ast.With) -> Any:
    """Derivatives are taken of everything here, so what only asks for none changes nothing."""
    if all("no_grad" in ast.dump(item.context_expr) and item.optional_vars is None for item in node.items):
        return reader.run(node.body)
    return STATEMENTS[ast.With](reader, node)


TRAINING_STATEMENTS: dict[type, Callable[..., Any]] = {
    **STATEMENTS,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.For: _for,
    ast.While: _while,
    ast.With: _with,
}
