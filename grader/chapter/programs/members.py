"""MEMBERS: what stands behind a dot, by the kind of value in front of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.chapter.programs.builtin import listed
from grader.chapter.programs.libraries import KNOWN, resolve, why_unknown
from grader.chapter.programs.operations import BY_NAME, bounded
from grader.chapter.programs.reader import Reader
from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.values import (
    Class,
    Function,
    Instance,
    Known,
    Method,
    Module,
    Unknown,
    Unread,
    checked,
)

Property = Callable[[Any], Any]

ARRAYS: dict[str, Property] = {
    "T": lambda array: BY_NAME["transpose"](array),
    "shape": lambda array: tuple(array.shape),
    "size": lambda array: array.size,
    "ndim": lambda array: array.ndim,
}
TRACKED: dict[str, Property] = {
    "T": lambda tracked: BY_NAME["transpose"](tracked),
    "shape": lambda tracked: tuple(np.shape(tracked.data)),
    "data": lambda tracked: tracked.apart(tracked.data),
    "grad": lambda tracked: tracked.apart(tracked.gradient()),
    "requires_grad": lambda tracked: tracked.needs,
}


def _append(values: list[Any], value: Any) -> None:
    values.append(value)
    checked(values)


def _extend(values: list[Any], more: Any) -> None:
    values.extend(listed(more))
    checked(values)


def _retain(tracked: Tracked) -> None:
    tracked.retained = True


def _zero(tracked: Tracked) -> None:
    """Sets the numbers of a tensor to zero, in place; it may be the gradient of another."""
    if tracked.needs or not isinstance(tracked.data, np.ndarray):
        raise Unread("a tensor that is changed in place")
    tracked.data[...] = 0


def _backward(tracked: Tracked, *message: Any) -> None:
    if message:
        raise Unread("a gradient that is handed in is not read")
    tracked.backward()


def _requires(tracked: Tracked, needs: bool = True) -> Tracked:
    tracked.needs = needs
    return tracked


METHODS: dict[tuple[type, str], Callable[..., Any]] = {
    (list, "append"): _append,
    (list, "extend"): _extend,
    (list, "pop"): lambda values, *index: values.pop(*index),
    (list, "insert"): lambda values, index, value: values.insert(index, value),
    (list, "reverse"): lambda values: values.reverse(),
    (list, "copy"): lambda values: values.copy(),
    (dict, "items"): lambda values: list(values.items()),
    (dict, "keys"): lambda values: list(values),
    (dict, "values"): lambda values: list(values.values()),
    (dict, "get"): lambda values, key, other=None: values.get(key, other),
    (set, "add"): lambda values, value: values.add(value),
    (Tracked, "backward"): _backward,
    (Tracked, "retain_grad"): _retain,
    (Tracked, "zero_"): _zero,
    (Tracked, "requires_grad_"): _requires,
}
"""Methods that may change what they belong to, or that only this kind of value has."""


def member(reader: Reader, owner: Any, name: str) -> Any:
    """What stands behind the dot; raises `Unread` if that is not known."""
    found = _found(owner, name)
    if isinstance(found, Unknown):
        raise Unread(found.reason)
    return found


def _found(owner: Any, name: str) -> Any:
    if isinstance(owner, Module):
        return resolve(f"{owner.path}.{name}")
    if isinstance(owner, Instance):
        return _of_instance(owner, name)
    if isinstance(owner, Class):
        return owner.members.get(name, Unknown(f"{owner.name} has no {name}"))
    if (type(owner), name) in METHODS:
        return Method(owner, Known(name, METHODS[type(owner), name]))
    properties, library = _kind(owner)
    if name in properties:
        bounded(owner)
        return properties[name](owner)
    if f"{library}.{name}" in KNOWN:
        return Method(owner, KNOWN[f"{library}.{name}"])
    if isinstance(owner, str) and name == "format":
        return Method(owner, FORMAT)
    return Unknown(why_unknown(f".{name}"))


FORMAT = Known("format", lambda *values: None)


def _kind(owner: Any) -> tuple[dict[str, Property], str]:
    if isinstance(owner, np.ndarray | np.generic):
        return ARRAYS, "Array"
    return (TRACKED, "Tracked") if isinstance(owner, Tracked) else ({}, "")


def _of_instance(owner: Instance, name: str) -> Any:
    if name in owner.fields:
        return owner.fields[name]
    found = owner.kind.members.get(name, Unknown(f"{name[:40]} is not set on this page"))
    return Method(owner, found) if isinstance(found, Function) else found
