"""EXPRESSIONS: one row for each kind of expression that is read, and none that is not harmless."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from grader.chapter.programs.builtin import listed
from grader.chapter.programs.calling import CALLS
from grader.chapter.programs.formats import Part, Text, few, formatted, shown
from grader.chapter.programs.members import member
from grader.chapter.programs.operators import binary, chosen, compare, either, truth, unary
from grader.chapter.programs.places import bind, item, key_of
from grader.chapter.programs.reader import Reader
from grader.chapter.programs.values import (
    Function,
    Unknown,
    Unread,
    checked,
)


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
    keys = [key_of(reader.evaluate(key) if key else None) for key in node.keys]
    return checked(dict(zip(keys, (reader.attempt(value) for value in node.values), strict=True)))


def _set(reader: Reader, node: ast.Set) -> Any:
    return checked({key_of(value) for value in _several(reader, node.elts)})


# ---- indices and attributes


def _subscript(reader: Reader, node: ast.Subscript) -> Any:
    return item(reader.evaluate(node.value), reader.evaluate(node.slice))


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


def _dict_comprehension(reader: Reader, node: ast.DictComp) -> Any:
    pair = ast.Tuple(elts=[node.key, node.value], ctx=ast.Load())
    pairs = _comprehension(reader, ast.ListComp(elt=pair, generators=node.generators))
    if any(isinstance(each, Unknown) for each in pairs):
        raise Unread("a dictionary of which not all is known")
    return {key_of(key): value for key, value in pairs}


def _rounds(reader: Reader, element: ast.expr, loops: list[ast.comprehension]) -> Iterator[Any]:
    if not loops:
        yield reader.attempt(element)
        return
    first, *rest = loops
    for value in listed(reader.evaluate(first.iter)):
        bind(reader, first.target, value)
        if all(truth(reader.evaluate(condition)) for condition in first.ifs):
            yield from _rounds(reader, element, rest)


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
    ast.UnaryOp: unary,
    ast.BinOp: binary,
    ast.Compare: compare,
    ast.BoolOp: either,
    ast.IfExp: chosen,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Attribute: _attribute,
    ast.Lambda: _lambda,
    ast.Call: _call,
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _dict_comprehension,
    ast.JoinedStr: _joined,
    **CALLS,
}
