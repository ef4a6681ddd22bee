"""What Python's own functions do here, each within bounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.chapter.programs import operations
from grader.chapter.programs.tracked import Tracked, detached
from grader.chapter.programs.values import (
    MAX_ENTRIES,
    Class,
    Instance,
    Known,
    Unknown,
    Unread,
    is_number,
)


def counted(*ends: Any) -> range:
    return range(*ends)


def made_into(kind: type) -> Callable[..., Any]:
    def apply(values: Any = ()) -> Any:
        return kind(listed(values))

    return apply


def listed(values: Any) -> list[Any]:
    """What one iterates over; raises `Unread` for what is too long or not known."""
    if isinstance(values, Tracked):
        return [operations.taken(index)(values) for index in range(len(values.data))]
    if not isinstance(values, list | tuple | str | dict | set | range | np.ndarray):
        raise Unread("what is iterated over is not known")
    if len(values) > MAX_ENTRIES:
        raise Unread(f"something has more than {MAX_ENTRIES} entries")
    if isinstance(values, set) and not all(isinstance(value, Instance | Tracked) for value in values):
        raise Unread("in which order a set is gone through is not known")
    return list(values)


def total(values: Any, start: Any = 0) -> Any:
    total = start
    for value in listed(values):
        total = operations.BY_NAME["add"](total, known(value))
    return total


def known(value: Any) -> Any:
    """A value that is not `Unknown`; raises `Unread` with its reason otherwise."""
    if isinstance(value, Unknown):
        raise Unread(value.reason)
    return value


def largest(pick: Callable[..., Any]) -> Callable[..., Any]:
    def apply(*values: Any) -> Any:
        several = listed(values[0]) if len(values) == 1 else list(values)
        if not all(is_number(value) for value in several):
            raise Unread("the largest or smallest of these is not known")
        return pick(several)

    return apply


def zipped(*rows: Any) -> list[Any]:
    return list(zip(*map(listed, rows), strict=False))


def enumerated(values: Any, start: int = 0) -> list[Any]:
    return list(enumerate(listed(values), start))


def mapped(reader: Any, function: Any, *rows: Any) -> list[Any]:
    return [reader.call(function, list(values), {}) for values in zipped(*rows)]


def rounded(value: Any, digits: Any = None) -> Any:
    return round(single(value), digits)


def single(value: Any) -> Any:
    value = value.item() if isinstance(value, np.ndarray) and value.size == 1 else detached(value)
    if not is_number(value):
        raise Unread("this is no single number")
    return value


def length(value: Any) -> int:
    return len(_as_sized(value))


def _as_sized(value: Any) -> Any:
    value = detached(value)
    if not isinstance(value, list | tuple | str | dict | set | range | np.ndarray):
        raise Unread("its length is not known")
    return value


def in_order(values: Any, reverse: bool = False) -> list[Any]:
    several = listed(values)
    if not all(is_number(value) for value in several) and not all(isinstance(v, str) for v in several):
        raise Unread("the order of these is not known")
    return sorted(several, reverse=reverse)


def is_kind(value: Any, kind: Any) -> bool:
    """Whether a value is of a kind; raises `Unread` for kinds whose members are not told apart here."""
    if isinstance(kind, tuple):
        return any(is_kind(value, one) for one in kind)
    if isinstance(kind, Class):
        return isinstance(value, Instance) and value.kind is kind
    if isinstance(kind, Known) and kind.name in KINDS:
        return isinstance(value, KINDS[kind.name])
    raise Unread("a kind of value that is not read")


KINDS: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (float,),
    "list": (list,),
    "tuple": (tuple,),
    "micrograd.engine.Value": (Tracked,),
}
