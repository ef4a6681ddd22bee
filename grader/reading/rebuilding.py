"""A tree with some of its parts exchanged for others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from grader.reading.tree import Name, Scripted, Tree, names_of_fields


def rebuilt(part: Tree, change: Callable[[Tree], Tree | None]) -> Tree:
    """The tree with every part for which ``change`` gives another exchanged, from the root down."""
    other = change(part)
    if other is not None and (other is not part or isinstance(part, Name | Scripted)):
        return other
    held = {name: getattr(part, name) for name in names_of_fields(part)}
    fresh: dict[str, Any] = {name: _rebuilt_in(inner, change) for name, inner in held.items()}
    return replace(part, **fresh)


def _rebuilt_in(inner: Any, change: Callable[[Tree], Tree | None]) -> Any:
    if isinstance(inner, Tree):
        return rebuilt(inner, change)
    if isinstance(inner, tuple):
        return tuple(_rebuilt_in(each, change) for each in inner)
    return inner
