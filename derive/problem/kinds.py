"""Kinds of values in a problem file: each reads a value, and notes at its place what is wrong with it.

Reading goes on after a fault, so that a fault in one place hides none in another, and what is sound of a
section is used further.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from fractions import Fraction
from typing import Any, Generic, TypeVar

from msgspec import Struct

from derive.errors import unknown
from derive.problem.yaml_source import Path, Source, exact_number

Value = TypeVar("Value")
Check = Callable[[Any], Any]
"""Takes a value to what it means. Raises ValueError with what is wrong."""


class Faulty(Exception):
    """Nothing is left of a value; what is wrong with it has been noted."""


class Kind(Struct, Generic[Value], frozen=True):
    """One kind of value. ``reading`` takes it with its path and source, and raises ValueError or `Faulty`.

    ``empty`` stands in for a faulty value where there must be one; None where nothing can.
    """

    reading: Callable[[Any, Path, Source], Value]
    empty: Value | None = None

    def read(self, value: Any, path: Path, source: Source) -> Value:
        """What ``value`` means, the fault of its place noted. Raises `Faulty`."""
        try:
            return self.reading(value, path, source)
        except ValueError as fault:
            source.fault(path, str(fault))
            raise Faulty from None

    def sound(self, value: Any, path: Path, source: Source) -> Value | None:
        """What is sound of ``value``, its faults noted; None if nothing is left."""
        try:
            return self.read(value, path, source)
        except Faulty:
            return None

    def after(self, check: Check) -> Kind[Value]:
        """This kind, written in other ways too: ``check`` takes them to the one that is read."""
        return Kind(lambda value, path, source: self.read(check(value), path, source), self.empty)

    def where(self, *checks: Check) -> Kind[Value]:
        """This kind, of which not every value will do."""

        def reading(value: Any, path: Path, source: Source) -> Any:
            read = self.read(value, path, source)
            for check in checks:
                read = check(read)
            return read

        return Kind(reading, self.empty)


# -- values that hold others ---------------------------------------------------------------------------------


def maybe(kind: Kind[Value]) -> Kind[Value | None]:
    """A value that may be left open: ``null``."""
    return Kind(lambda value, *place: None if value is None else kind.read(value, *place))


def many(kind: Kind[Value]) -> Kind[tuple[Value, ...]]:
    """A list of one kind."""

    def reading(value: Any, path: Path, source: Source) -> tuple[Value, ...]:
        if not isinstance(value, list):
            raise ValueError("must be a list: [ … ], or lines that start with -")
        return tuple(_each(enumerate(value), kind, path, source).values())

    return Kind(reading, ())


def named(kind: Kind[Value]) -> Kind[dict[str, Value]]:
    """Values of one kind, each with a name."""
    return Kind(lambda value, path, source: _each(_mapping(value).items(), kind, path, source))


def section(
    made: Callable[..., Value], kinds: Mapping[str, Kind[Any]], rest: tuple[str, Kind[Any]] | None = None
) -> Kind[Value]:
    """Fields with a kind each, from which ``made`` makes a value; a `Struct` says which must be there.

    With ``rest``, a name and a kind, any other fields are collected under that name; without, there are none.
    """
    must = _required(made)

    def reading(value: Any, path: Path, source: Source) -> Value:
        given = _mapping(value)
        others = {name: inside for name, inside in given.items() if name not in kinds}
        for name in others if rest is None else ():
            source.fault((*path, name), unknown(name, "a field here", kinds), at_key=True)
        for name in must - given.keys():
            source.fault((*path, name), "is missing")
        found = _sound(
            [(name, given[name], kind) for name, kind in kinds.items() if name in given], path, source
        )
        found |= {name: kinds[name].empty for name in must - found.keys()}
        if any(found[name] is None for name in must):
            raise Faulty
        if rest:
            found[rest[0]] = _sound(
                [(name, inside, rest[1]) for name, inside in others.items()], path, source
            )
        return made(**found)

    return Kind(reading)


def _required(made: Any) -> set[str]:
    """The fields of a `Struct` that have no default; of anything else, none."""
    names = getattr(made, "__struct_fields__", ())
    return set(names[: len(names) - len(getattr(made, "__struct_defaults__", ()))])


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("must be fields with values: name: value")
    return value


def _each(
    items: Iterable[tuple[Any, Any]], kind: Kind[Value], path: Path, source: Source
) -> dict[Any, Value]:
    """Every item by its key. Raises `Faulty` when all faults are noted."""
    listed = [(key, value, kind) for key, value in items]
    read = _sound(listed, path, source)
    if len(read) < len(listed):
        raise Faulty
    return read


def _sound(items: Iterable[tuple[Any, Any, Kind[Any]]], path: Path, source: Source) -> dict[Any, Any]:
    """What is sound of items, each a key, a value and its kind."""
    read = {}
    for key, value, kind in items:
        with suppress(Faulty):
            read[key] = kind.read(value, (*path, key), source)
    return read


# -- values that hold no others ------------------------------------------------------------------------------


def number(value: Any) -> int | Fraction:
    """An exact number; text may be a fraction such as ``1/3``. Raises ValueError."""
    if isinstance(value, str):
        return exact_number(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        raise ValueError("must be a number, such as 2, -0.5 or 1/3")
    return value


def _number_if_any(value: Any) -> Any:
    """An exact number where there is one; what else stands there is judged by whoever knows its name."""
    try:
        return number(value)
    except ValueError:
        return value


def _real(value: Any) -> float:
    exact = number(value)
    try:
        return float(exact)
    except OverflowError:
        raise ValueError("is too large a number to compute with") from None


def _text(value: Any) -> str:
    if isinstance(value, bool | int | Fraction):
        raise ValueError("must be text; write it in quotes: '…'")
    if not isinstance(value, str):
        raise ValueError("must be text")
    return value


def expression_text(value: Any) -> Any:
    """What is written as an expression, a number alone too."""
    return str(value) if isinstance(value, int | Fraction) and not isinstance(value, bool) else value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("must be a whole number")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def plain(check: Callable[[Any], Value], empty: Value | None = None) -> Kind[Value]:
    """A value that one function reads. The function raises ValueError."""
    return Kind(lambda value, path, source: check(value), empty)


ANYTHING: Kind[Any] = plain(lambda value: value)
TEXT = plain(_text, "")
EXPRESSION = TEXT.after(expression_text)
NUMBER = plain(number)
NUMBER_IF_ANY = plain(_number_if_any)
REAL = plain(_real)
WHOLE = plain(_whole)
FLAG = plain(_flag)


# -- of which not every value will do ------------------------------------------------------------------------


def one_of(names: Collection[str], what: str) -> Check:
    """A word of a list; the nearest one is named for any other."""

    def check(value: str) -> str:
        if value not in names:
            raise ValueError(unknown(value, what, names))
        return value

    return check


def between(low: float, high: float) -> Check:
    """A number from ``low`` to ``high``."""

    def check(value: Any) -> Any:
        if not low <= value <= high:
            raise ValueError(
                f"must be from {low:g} to {high:g}" if math.isfinite(high) else f"must be at least {low:g}"
            )
        return value

    return check


def positive(value: Any) -> Any:
    """A number above 0."""
    if value <= 0:
        raise ValueError("must be above 0")
    return value


def filled(value: Any) -> Any:
    """Anything but an empty list."""
    if not value:
        raise ValueError("must not be empty")
    return value
