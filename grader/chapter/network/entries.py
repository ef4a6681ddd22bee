"""Names of entries: what ``z_2`` and ``W^{(1)}_{12}`` pick from the vector z and the matrix of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

Index = tuple[int, ...]

_ENTRY = re.compile(r"(?P<array>.+)\[(?P<index>\d+(?:,\d+)?)\]")
_NAME = re.compile(r"(?P<letter>[^\W\d_]+)(?:_(?P<sub>[^^']+))?(?P<sup>\^.+)?")
_INDEX = re.compile(r"(\d{1,2}),(\d{1,2})|(\d)(\d)|(\d{1,2})")


def entry_name(array: str, index: Index) -> str:
    """The name by which an entry of an array is known here; a derivative by an array has one by each entry.

    >>> entry_name("W^(1)", (1, 2)), entry_name("d(E)/d(b)", (3,))
    ('W^(1)[1,2]', 'd(E)/d(b[3])')
    """
    bracket = f"[{','.join(map(str, index))}]"
    return f"{array[:-1]}{bracket})" if array.startswith("d(") else f"{array}{bracket}"


def entry_of(name: str) -> tuple[str, Index] | None:
    """The array and the place of an entry that is named as `entry_name` does it."""
    found = _ENTRY.fullmatch(name)
    return (found["array"], tuple(map(int, found["index"].split(",")))) if found else None


def places(shape: tuple[int, ...]) -> Iterator[Index]:
    """The places in an array, counted from 1."""
    return (tuple(at + 1 for at in place) for place in np.ndindex(shape))


@dataclass(frozen=True, slots=True)
class Component:
    """A name that picks an entry: ``delta_1^(2)`` is entry 1 of what ``delta`` and ``^(2)`` name."""

    letter: str
    above: str
    index: Index

    def certain(self, array: str) -> bool:
        """Whether an array has the same letter and the same mark above."""
        return array == self.letter + self.above

    def likely(self, array: str) -> bool:
        """Whether an array has the same letter, perhaps in another case, and a mark that nobody repeats."""
        found = _NAME.fullmatch(array)
        same = found is not None and found["letter"].lower() == self.letter.lower() and not found["sub"]
        return same and (not self.above or not found["sup"] or found["sup"] == self.above)  # type: ignore[index]


def components(name: str) -> list[Component]:
    """The ways of reading a name as one of an entry; ``w_12`` may be entry (1, 2) or entry 12."""
    found = _NAME.fullmatch(name)
    index = _INDEX.fullmatch(found["sub"]) if found and found["sub"] else None
    if found is None or index is None:
        return []
    numbers = tuple(int(number) for number in index.groups() if number)
    ways = [numbers] if len(numbers) == 1 or index[1] else [numbers, (int("".join(map(str, numbers))),)]
    return [Component(found["letter"], found["sup"] or "", way) for way in ways]


def picked(slots: object, index: Index, first: int = 1) -> int | None:
    """The slot at a place of an array, counted from ``first``; a vector needs one number, however it lies."""
    if not isinstance(slots, np.ndarray):
        return None
    place = tuple(number - first for number in index)
    if slots.size == max(slots.shape) and len(place) != slots.ndim:
        place, slots = (max(place),), slots.ravel()
    if len(place) != slots.ndim:
        return None
    fits = all(0 <= at < size for at, size in zip(place, slots.shape, strict=True))
    return int(slots[place]) if fits else None
