"""Evaluated at a place: what stands below the bar of ``\\left. … \\right|_{z = z_1}`` is put in."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from grader.reading.limits import refuse_large
from grader.reading.tree import Group, Relation, Tree
from grader.reading.unreadable import Unreadable


def evaluated(body: Tree, place: Tree) -> Tree:
    """``body`` with the left side of the equation ``place`` replaced by its right side in brackets.

    Raises `Unreadable` where ``place`` is no equation, or ``body`` holds nothing of what it replaces.
    """
    if not isinstance(place, Relation) or place.relations != ("=",):
        raise Unreadable(place.span[0], "below this bar stands no equation such as z = z_1", "", ("=",))
    refuse_large(body)
    old, new = place.sides
    key = _key(old)
    if all(type(part) is not type(old) or _key(part) != key for part in body.walk()):
        raise Unreadable(old.span[0], "what is replaced below this bar does not stand before it")
    changed: Tree = _replaced(body, type(old), key, Group(new.span, "(", (new,)))
    return changed


def _key(value: Any) -> Any:
    """What a tree says, without where it was written."""
    if isinstance(value, Tree):
        return type(value), *(_key(getattr(value, field.name)) for field in fields(value)[1:])
    return tuple(map(_key, value)) if isinstance(value, tuple) else value


def _replaced(value: Any, kind: type[Tree], key: Any, new: Tree) -> Any:
    if isinstance(value, tuple):
        return tuple(_replaced(item, kind, key, new) for item in value)
    if not isinstance(value, Tree):
        return value
    if type(value) is kind and _key(value) == key:
        return new
    changed = {
        field.name: _replaced(getattr(value, field.name), kind, key, new) for field in fields(value)[1:]
    }
    return replace(value, **changed)
