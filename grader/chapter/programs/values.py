"""What code on a page computes with: numbers, lists and arrays, or the reason why a value is not known."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MAX_ENTRIES = 2_000
"""No list, array or text that is read from code has more entries."""

MAX_BITS = 2_000
"""No whole number is longer, in bits."""

Number = int | float | np.number[Any] | np.bool_


class Unread(Exception):
    """The value of an expression is not known; the message says why."""


class Lost(Exception):
    """It is not known how the program goes on; the message says why."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Stands where a value would stand that is not known."""

    reason: str


@dataclass(frozen=True, slots=True)
class Module:
    """A library, or a part of one, by its full name: ``numpy.linalg``."""

    path: str


@dataclass(frozen=True, slots=True)
class Known:
    """A function whose meaning is known: its full name, what it does, and the keywords it understands.

    One that ``calls`` is handed the reader too, to call functions that the page defines.
    """

    name: str
    apply: Callable[..., Any]
    keywords: frozenset[str] = frozenset()
    calls: bool = False


@dataclass(eq=False, slots=True)
class Function:
    """A function that the page defines, with the frames in which it looks up names."""

    name: str
    parameters: ast.arguments
    body: list[ast.stmt]
    defaults: dict[str, Any]
    frames: list[dict[str, Any]]


@dataclass(eq=False, slots=True)
class Class:
    """A class that the page defines."""

    name: str
    members: dict[str, Any]


@dataclass(eq=False, slots=True)
class Instance:
    """An object of a class that the page defines."""

    kind: Class
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Method:
    """A function bound to the value in front of the dot."""

    owner: Any
    function: Any


def is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number | np.bool_)


def checked(value: Any) -> Any:
    """A value, if it is not too large to be read on with.

    Raises `Unread`.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > MAX_BITS:
        raise Unread("a number is too large")
    if isinstance(value, complex):
        raise Unread("complex numbers are not read")
    if size_of(value) > MAX_ENTRIES:
        raise Unread(f"something has more than {MAX_ENTRIES} entries")
    return value


def size_of(value: Any) -> int:
    """How many entries a value has itself."""
    if isinstance(value, np.ndarray):
        return value.size
    return len(value) if isinstance(value, list | tuple | str | dict | set | range) else 1


def parts_of(value: Any) -> Iterator[Any]:
    """The values directly inside a value."""
    if isinstance(value, list | tuple | set):
        yield from value
    elif isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, Instance):
        yield from value.fields.values()
    elif isinstance(value, Class):
        yield from value.members.values()
    elif isinstance(value, Function):
        yield from value.defaults.values()
    elif isinstance(value, Method):
        yield value.owner
    elif hasattr(value, "insides"):
        yield from value.insides()


def is_mutable(value: Any) -> bool:
    """Whether a value may change while its name stays."""
    return not isinstance(value, int | float | str | np.generic | Unknown | Module | Known | None) and (
        not isinstance(value, tuple) or any(is_mutable(part) for part in value)
    )


def touches(value: Any, changed: Any) -> bool:
    """Whether a change of one value may be seen through another; in doubt it may."""
    waiting, seen = [value], set[int]()
    while waiting:
        part = waiting.pop()
        if part is changed:
            return True
        arrays = isinstance(part, np.ndarray) and isinstance(changed, np.ndarray)
        if arrays and np.may_share_memory(part, changed):
            return True
        if id(part) in seen:
            continue
        seen.add(id(part))
        if len(seen) > MAX_ENTRIES:
            return True
        waiting.extend(inside for inside in parts_of(part) if is_mutable(inside))
    return False


def entries(value: Any) -> list[Any] | None:
    """All numbers of a number, a list of lists or an array, in order; None if it holds anything else."""
    found: list[Any] = []
    waiting, seen = [value], 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > MAX_ENTRIES:
            return None
        if is_number(part):
            found.append(part)
        elif isinstance(part, np.ndarray):
            found.extend(part.ravel())
        elif isinstance(part, list | tuple):
            waiting.extend(reversed(part))
        elif hasattr(part, "data") and hasattr(part, "grad"):
            waiting.append(part.data)
        else:
            return None
    return found
