"""CALLS: one row for each kind of thing that can be called, and how it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.chapter.programs.builtin import known
from grader.chapter.programs.formats import Text, braces, few
from grader.chapter.programs.libraries import why_unknown
from grader.chapter.programs.reader import Reader
from grader.chapter.programs.tracked import TENSORS, Tracked
from grader.chapter.programs.values import (
    Class,
    Function,
    Instance,
    Known,
    Lost,
    Method,
    Module,
    Unknown,
    Unread,
    checked,
)


def _known(reader: Reader, row: Known, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    """A function of the table; lists may hold what is not known, single arguments may not."""
    surplus = set(keywords) - row.keywords
    if surplus:
        raise Unread(f"{row.name} with {sorted(surplus)[0][:40]} is not read")
    plain = [known(argument) for argument in arguments]
    named = {name: known(value) for name, value in keywords.items()}
    result = row.apply(*([reader] if row.calls else []), *plain, **named)
    if isinstance(result, Tracked) and result.family is TENSORS:
        reader.scale.single = True
    if "float32" in row.name or "float32" in str(named.get("dtype", "")):
        reader.scale.single = True
    if isinstance(result, float):
        reader.scale.met(result)
    return checked(result)


def _module(reader: Reader, module: Module, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    raise Unread(why_unknown(module.path))


def _method(reader: Reader, method: Method, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    if isinstance(method.owner, str):
        return Text(few(braces(method.owner, arguments, keywords)))
    if isinstance(method.function, Known) and not method.function.keywords and _keeps(method.function):
        return method.function.apply(method.owner, *arguments, **keywords)
    return reader.call(method.function, [method.owner, *arguments], keywords)


def _keeps(row: Known) -> bool:
    """Whether a method keeps values as they are, and so may be handed unknown ones."""
    return row.name in ("append", "insert")


def _class(reader: Reader, kind: Class, arguments: list[Any], keywords: dict[str, Any]) -> Instance:
    made = Instance(kind)
    start = kind.members.get("__init__")
    if isinstance(start, Unknown):
        raise Unread(start.reason)
    if start is not None:
        reader.call(start, [made, *arguments], keywords)
    elif arguments or keywords:
        raise Unread(f"how a {kind.name} is made is not known")
    return made


def _instance(reader: Reader, owner: Instance, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    return reader.call(known(owner.kind.members.get("__call__")), [owner, *arguments], keywords)


def _function(reader: Reader, function: Function, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    """A function of the page, its body followed in a frame of its own."""
    frame = _frame(function, arguments, keywords)
    before, reader.frames = reader.frames, [*function.frames, frame]
    try:
        left = reader.run(function.body)
    except Lost as reason:
        reader.doubt(function.body, str(reason))
        for value in frame.values():
            reader.taint(value, str(reason))
        raise Unread(str(reason)) from None
    finally:
        reader.frames = before
    return known(left.value) if left is not None else None


def _frame(function: Function, arguments: list[Any], keywords: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a function with their values; raises `Unread` where they do not fit."""
    rules = function.parameters
    if rules.vararg or rules.kwarg:
        raise Unread("a function of any number of arguments is not read")
    names = [argument.arg for argument in (*rules.posonlyargs, *rules.args)]
    allowed = {*names, *(argument.arg for argument in rules.kwonlyargs)}
    given = dict(zip(names, arguments, strict=False))
    if len(arguments) > len(names) or set(keywords) - allowed or set(keywords) & set(given):
        raise Unread(f"{function.name[:40]} is called with other arguments than it has")
    frame = {**function.defaults, **given, **keywords}
    if allowed - set(frame):
        raise Unread(f"{function.name[:40]} is called with too few arguments")
    return frame


CALLS: dict[type, Callable[..., Any]] = {
    Known: _known,
    Module: _module,
    Method: _method,
    Class: _class,
    Instance: _instance,
    Function: _function,
}
