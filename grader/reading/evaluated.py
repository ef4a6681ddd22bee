"""Evaluated at a place: what stands below the bar of ``\\left. … \\right|_{z = z_1}`` is put in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from grader.reading.limits import refuse_large
from grader.reading.tree import Group, Name, Quotient, Relation, Tree, names_of_fields
from grader.reading.unreadable import Unreadable


def evaluated(body: Tree, place: Tree) -> Tree:
    """``body`` with the left side of the equation ``place`` replaced by its right side in brackets; without
    an equation, what a derivative in it is taken by is replaced by ``place``.

    Raises `Unreadable` where ``place`` is no equation, or ``body`` holds nothing of what it replaces.
    """
    refuse_large(body)
    old, new = _sides(body, place)
    key = _key(old)
    if all(type(part) is not type(old) or _key(part) != key for part in body.walk()):
        raise Unreadable(old.span[0], "what is replaced below this bar does not stand before it")
    changed: Tree = _replaced(body, type(old), key, Group(new.span, "(", (new,)))
    return changed


def _sides(body: Tree, place: Tree) -> tuple[Tree, Tree]:
    """What is replaced, and by what. Raises `Unreadable`."""
    if isinstance(place, Relation) and place.relations == ("=",):
        old, new = place.sides
        return old, new
    below = {} if isinstance(place, Relation) else {_key(by): by for by in _differentiated_by(body)}
    if len(below) != 1:
        raise Unreadable(place.span[0], "below this bar stands no equation such as z = z_1", "", ("=",))
    return next(iter(below.values())), place


def _differentiated_by(body: Tree) -> Iterator[Tree]:
    """The letters behind ∂ or d below fraction lines."""
    for part in body.walk():
        below = part.denominator.parts if isinstance(part, Quotient) else ()
        if len(below) == 2 and isinstance(below[0], Name) and below[0].text in ("d", "partial"):
            yield below[1]


def _key(value: Any) -> Any:
    """What a tree says, without where it was written."""
    if isinstance(value, Tree):
        return type(value), *(_key(getattr(value, name)) for name in names_of_fields(value))
    return tuple(map(_key, value)) if isinstance(value, tuple) else value


def _replaced(value: Any, kind: type[Tree], key: Any, new: Tree) -> Any:
    if isinstance(value, tuple):
        return tuple(_replaced(item, kind, key, new) for item in value)
    if not isinstance(value, Tree):
        return value
    if type(value) is kind and _key(value) == key:
        return new
    changed = {name: _replaced(getattr(value, name), kind, key, new) for name in names_of_fields(value)}
    return replace(value, **changed)
