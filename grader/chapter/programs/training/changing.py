"""Changes in place as new values: every name of an array sees them, and how things stood is kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from grader.chapter.programs.reader import Frame
from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.values import Instance

MAX_COPIED = 3_000


def exchanged(value: Any, old: Tracked, new: Any, seen: dict[int, Any]) -> Any:
    """A value with one array in it exchanged for another; lists, dictionaries and objects stay themselves."""
    if value is old:
        return new
    if id(value) in seen or len(seen) > MAX_COPIED:
        return value
    if isinstance(value, list):
        seen[id(value)] = value
        value[:] = [exchanged(part, old, new, seen) for part in value]
    elif isinstance(value, dict):
        seen[id(value)] = value
        value.update({key: exchanged(part, old, new, seen) for key, part in value.items()})
    elif isinstance(value, Instance):
        seen[id(value)] = value
        exchanged(value.fields, old, new, seen)
    elif isinstance(value, tuple) and any(part is old for part in value):
        return tuple(exchanged(part, old, new, seen) for part in value)
    return value


def copied(frames: Iterable[Frame]) -> list[Frame]:
    """The names with their values as they stand now; arrays themselves never change."""
    seen: dict[int, Any] = {}
    return [{name: _copy(value, seen) for name, value in frame.items()} for frame in frames]


def _copy(value: Any, seen: dict[int, Any]) -> Any:
    if id(value) in seen:
        return seen[id(value)]
    if len(seen) > MAX_COPIED:
        return value
    made: Any = value
    if isinstance(value, list):
        made = seen[id(value)] = []
        made.extend(_copy(part, seen) for part in value)
    elif isinstance(value, dict):
        made = seen[id(value)] = {}
        made.update({key: _copy(part, seen) for key, part in value.items()})
    elif isinstance(value, Instance):
        made = seen[id(value)] = Instance(value.kind)
        made.fields.update({key: _copy(part, seen) for key, part in value.fields.items()})
    return made
