"""STATEMENTS: one row for each kind of statement that is followed; any other makes what it sets unknown."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.chapter.programs.builtin import listed
from grader.chapter.programs.expressions import defaults_of
from grader.chapter.programs.formats import Part, few, shown
from grader.chapter.programs.libraries import HARMLESS, resolve
from grader.chapter.programs.operators import combined, truth
from grader.chapter.programs.places import bind
from grader.chapter.programs.reader import ELSEWHERE, MAX_PRINTED, Reader
from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.values import Class, Function, Lost, Module, Unknown, Unread


@dataclass(frozen=True, slots=True)
class Left:
    """How a body was left: by ``return`` with a value, by ``break`` or by ``continue``."""

    by: str
    value: Any = None


def _assign(reader: Reader, node: ast.Assign) -> None:
    value = reader.attempt(node.value)
    for target in node.targets:
        if isinstance(value, Unknown) and not isinstance(target, ast.Name):
            reader.doubt([target], value.reason)
        else:
            bind(reader, target, value)


def _annotated(reader: Reader, node: ast.AnnAssign) -> None:
    if node.value is not None:
        bind(reader, node.target, reader.attempt(node.value))


def _augmented(reader: Reader, node: ast.AugAssign) -> None:
    """``x += y``: arrays and lists change in place, so that all their names see it."""
    place = loaded(node.target)
    before, more = reader.evaluate(place), reader.evaluate(node.value)
    changed = combined(reader, node.op, before, more)
    if isinstance(before, np.ndarray) and not isinstance(more, Tracked):
        before[...] = _same_kind(before, changed)
        changed = before
    elif isinstance(before, list):
        before[:] = changed
        changed = before
    elif isinstance(before, Tracked) and not before.family.keeps_all:
        if before.needs or not isinstance(before.data, np.ndarray):
            raise Unread("a tensor that is changed in place")
        before.data[...] = changed.data
        changed = before
    bind(reader, node.target, changed)


def _same_kind(before: np.ndarray, result: Any) -> Any:
    if before.dtype.kind != "f" and np.asarray(result).dtype.kind == "f":
        raise Unread("whole numbers cannot become fractions in place")
    return result


def loaded(target: ast.expr) -> ast.expr:
    """The target of an assignment as an expression."""
    match target:
        case ast.Name(id=name):
            return ast.Name(id=name, ctx=ast.Load())
        case ast.Attribute(value=value, attr=attr):
            return ast.Attribute(value=value, attr=attr, ctx=ast.Load())
        case ast.Subscript(value=value, slice=index):
            return ast.Subscript(value=value, slice=index, ctx=ast.Load())
    raise Unread("an assignment that is not read")


def _expression(reader: Reader, node: ast.Expr) -> None:
    reader.last = None
    match node.value:
        case ast.Call(func=ast.Name(id="print")) if "print" not in reader.names:
            _print(reader, node.value)
        case ast.Call() as call if _is_harmless(reader, call):
            return
        case _:
            reader.last = reader.attempt(node.value)


def _is_harmless(reader: Reader, call: ast.Call) -> bool:
    node: ast.expr = call.func
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    root = reader.find(node.id) if isinstance(node, ast.Name) else None
    return isinstance(root, Module) and ".".join([root.path, *reversed(names)]).startswith(HARMLESS)


def _print(reader: Reader, call: ast.Call) -> None:
    """Notes what is printed, each value as far as it is known."""
    separator, end = " ", "\n"
    for keyword in call.keywords:
        text = reader.attempt(keyword.value)
        if keyword.arg == "sep" and isinstance(text, str):
            separator = text
        elif keyword.arg == "end" and isinstance(text, str):
            end = text
    parts: list[Part] = []
    for position, node in enumerate(call.args):
        value = Unknown("a row of values") if isinstance(node, ast.Starred) else reader.attempt(node)
        parts.extend([Part(separator if position else ""), *few(shown(reader.in_words(value)))])
    reader.spend(len(parts) // 2)
    if len(reader.printed) > MAX_PRINTED:
        raise Lost("it prints too much")
    reader.printed.append([*parts, Part(end)])


# ---- definitions


def _function(reader: Reader, node: ast.FunctionDef) -> None:
    if node.decorator_list or any(isinstance(p, ast.Yield | ast.YieldFrom) for p in ast.walk(node)):
        raise Unread("a function of this kind is not read")
    reader.assign(node.name, _made(reader, node))


def _made(reader: Reader, node: ast.FunctionDef) -> Function:
    return Function(node.name, node.args, node.body, defaults_of(reader, node.args), list(reader.frames))


def _class(reader: Reader, node: ast.ClassDef) -> None:
    plain = all(isinstance(base, ast.Name) and base.id == "object" for base in node.bases)
    if not plain or node.decorator_list or node.keywords:
        raise Unread(f"the class {node.name[:40]} is not read")
    members: dict[str, Any] = {}
    for part in node.body:
        if isinstance(part, ast.FunctionDef):
            odd = bool(part.decorator_list)
            members[part.name] = Unknown("a method of this kind is not read") if odd else _made(reader, part)
        elif isinstance(part, ast.Assign) and all(isinstance(t, ast.Name) for t in part.targets):
            members.update(
                {t.id: reader.attempt(part.value) for t in part.targets if isinstance(t, ast.Name)}
            )
    reader.assign(node.name, Class(node.name, members))


def _import(reader: Reader, node: ast.Import) -> None:
    for alias in node.names:
        path = alias.name if alias.asname else alias.name.partition(".")[0]
        reader.assign(alias.asname or path, Module(path))


def _import_from(reader: Reader, node: ast.ImportFrom) -> None:
    for alias in node.names:
        path = f"{node.module or ''}.{alias.name}"
        if alias.name != "*" and node.module != "__future__":
            reader.assign(alias.asname or alias.name, resolve(path))
        elif alias.name == "division":
            reader.old_division = False


# ---- the way through


def _if(reader: Reader, node: ast.If) -> Any:
    try:
        chosen = node.body if truth(reader.evaluate(node.test)) else node.orelse
    except Unread as reason:
        if any(isinstance(p, ast.Return | ast.Break | ast.Continue | ast.Raise) for p in ast.walk(node)):
            raise Lost(str(reason)) from None
        raise
    return reader.run(chosen)


def _for(reader: Reader, node: ast.For) -> Any:
    values = reader.evaluate(node.iter)
    for value in values if isinstance(values, range) else listed(values):
        reader.spend()
        if isinstance(value, Unknown) and not isinstance(node.target, ast.Name):
            raise Unread(value.reason)
        bind(reader, node.target, value)
        left = reader.run(node.body)
        if left is not None and left.by != "continue":
            return left if left.by == "return" else None
    return reader.run(node.orelse)


def _while(reader: Reader, node: ast.While) -> Any:
    while _goes_on(reader, node):
        left = reader.run(node.body)
        if left is not None and left.by != "continue":
            return left if left.by == "return" else None
    return reader.run(node.orelse)


def _goes_on(reader: Reader, node: ast.While) -> bool:
    try:
        return truth(reader.evaluate(node.test))
    except Unread as reason:
        raise Lost(str(reason)) from None


def _with(reader: Reader, node: ast.With) -> Any:
    for item in node.items:
        if item.optional_vars is not None:
            reader.doubt([item.optional_vars], "it depends on what was opened")
        if "no_grad" not in ast.dump(item.context_expr):
            reader.doubt([node], "a block of this kind is not read")
            return None
    return _without_gradients(reader, node)


def _without_gradients(reader: Reader, node: ast.With) -> Any:
    """What is changed in place here keeps asking for gradients afterwards."""
    asking = [value for value in reader.names.values() if isinstance(value, Tracked) and value.needs]
    for value in asking:
        value.needs = False
    try:
        return reader.run(node.body)
    finally:
        for value in asking:
            value.needs = True


def _raise(reader: Reader, node: ast.Raise) -> Any:
    raise Lost("the program stops with an error")


def _return(reader: Reader, node: ast.Return) -> Left:
    return Left("return", reader.attempt(node.value) if node.value else None)


def _global(reader: Reader, node: ast.Global) -> None:
    if reader.frames[-1] is not reader.names:
        reader.frames[-1].setdefault(ELSEWHERE, {}).update(dict.fromkeys(node.names, reader.names))


def _nonlocal(reader: Reader, node: ast.Nonlocal) -> None:
    for name in node.names:
        frame = next(frame for frame in reader.frames[-2:0:-1] if name in frame)
        reader.frames[-1].setdefault(ELSEWHERE, {})[name] = frame


def _delete(reader: Reader, node: ast.Delete) -> None:
    for target in node.targets:
        if not isinstance(target, ast.Name):
            raise Unread("something is deleted")
        reader.frames[-1][target.id] = Unknown("it was deleted")


STATEMENTS: dict[type, Callable[..., Any]] = {
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Expr: _expression,
    ast.FunctionDef: _function,
    ast.ClassDef: _class,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.If: _if,
    ast.For: _for,
    ast.While: _while,
    ast.With: _with,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Delete: _delete,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Break: lambda reader, node: Left("break"),
    ast.Continue: lambda reader, node: Left("continue"),
    ast.Pass: lambda reader, node: None,
    ast.Assert: lambda reader, node: None,
}
