"""A value by identity, so that results can be remembered though it holds dictionaries."""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Held(Struct, Generic[T], frozen=True, eq=False):
    """Equal only to what holds the same object."""

    value: T

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Held) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)
