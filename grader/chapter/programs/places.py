"""What stands at an index, and what an assignment puts at one, behind a dot or under a name."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from grader.chapter.programs.builtin import listed
from grader.chapter.programs.operations import taken
from grader.chapter.programs.operators import computable, sized, truth
from grader.chapter.programs.reader import Reader
from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.values import (
    Instance,
    Unknown,
    Unread,
    checked,
    is_number,
)


def key_of(value: Any) -> Any:
    """A key of a dictionary; raises `Unread` for anything but texts and numbers."""
    if not isinstance(value, str | int | float) and not (
        isinstance(value, tuple) and all(isinstance(part, str | int) for part in value)
    ):
        raise Unread("a key of this kind is not read")
    return value


def item(owner: Any, key: Any) -> Any:
    """What stands at an index; raises `Unread` if that is not known."""
    if isinstance(owner, dict):
        found = owner[key_of(key)]
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
        owner[key_of(key)] = value
    elif isinstance(owner, list) and isinstance(key, int):
        owner[key] = value
    elif isinstance(owner, np.ndarray) and (computable(value) or isinstance(value, list)):
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
    value = sized(value)
    if name == "requires_grad":
        owner.needs = truth(value)
    elif name != "label":
        if not (value is None or computable(value)):
            raise Unread("a value that is not known is put into a number")
        setattr(owner, name, value)
