"""What a print statement shows: parts of text, and numbers with their values."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from grader.chapter.programs.tracked import TENSORS, Tracked
from grader.chapter.programs.values import MAX_ENTRIES, Unknown, Unread, is_number

NUMBER = re.compile(
    r"(?:(?<![\w.)\]])[-+−])?(?<![\w.])(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w])(?!\.\d)"
)
"""A number in printed text; the 1 of ``w1`` and a date with dots are none."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of what is printed: its text, and the value behind it; None where the text is the program's.

    An `Unknown` value has no text, and what stands in its place may be anything.
    """

    text: str
    value: Any = None


MAX_PARTS = 3_000
"""So many pieces of what is printed at once are told apart."""


def few(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The first parts; if there are more, the rest is unknown."""
    first = tuple(islice(parts, MAX_PARTS + 1))
    cut = Part("", Unknown("it prints too much at once"))
    return first if len(first) <= MAX_PARTS else (*first[:MAX_PARTS], cut)


def shown(value: Any, quoted: bool = False, depth: int = 0) -> Iterator[Part]:
    """The parts that printing a value gives; inside a list texts are ``quoted``."""
    if depth > 6:
        yield Part("", Unknown("it is nested too deeply"))
    elif isinstance(value, str):
        yield Part(repr(value) if quoted else value)
    elif isinstance(value, Text):
        yield from value.parts
    elif value is None or isinstance(value, bool | np.bool_):
        yield Part(str(value))
    elif is_number(value):
        yield Part(str(value), value)
    elif isinstance(value, np.ndarray):
        yield from _array(value)
    elif isinstance(value, Tracked):
        yield from _tracked(value, depth)
    elif isinstance(value, dict) and len(value) <= MAX_ENTRIES:
        yield from _pairs(value, depth)
    elif isinstance(value, list | tuple) and len(value) <= MAX_ENTRIES:
        yield from _row(value, depth)
    else:
        yield Part("", value if isinstance(value, Unknown) else Unknown("what it prints is not known"))


def _row(values: list[Any] | tuple[Any, ...], depth: int) -> Iterator[Part]:
    opening, closing = ("[", "]") if isinstance(values, list) else ("(", ")")
    yield Part(opening)
    for position, value in enumerate(values):
        yield Part(", " if position else "")
        yield from shown(value, True, depth + 1)
    yield Part(closing)


def _pairs(values: dict[Any, Any], depth: int) -> Iterator[Part]:
    for position, (key, value) in enumerate(values.items()):
        yield Part(", " if position else "{")
        yield Part(f"{key!r}: ")
        yield from shown(value, True, depth + 1)
    yield Part("}")


def _array(values: np.ndarray) -> Iterator[Part]:
    if values.size > 1000 or values.dtype.kind not in "fiu":
        yield Part("", Unknown("an array of this size or kind is not read"))
        return
    for row in np.atleast_1d(values).reshape(-1, values.shape[-1] if values.ndim else 1):
        yield Part("[")
        for entry in row:
            yield from (Part(" "), Part(str(entry), entry))
        yield Part(" ]\n")


def _tracked(value: Tracked, depth: int) -> Iterator[Part]:
    if value.family is TENSORS:
        yield Part("tensor(")
        yield from shown(value.data, True, depth + 1)
        yield Part(")")
        return
    yield Part("Value(data=")
    yield from shown(value.data, True, depth + 1)
    yield Part(", grad=")
    yield from shown(value.grad, True, depth + 1)
    yield Part(")")


# ---- formats

_SPEC = re.compile(r"(?:.?[<>=^])?[-+ ]?#?0?\d{0,3}[,_]?(?:\.\d{1,3})?([a-zA-Z%]?)")


def formatted(value: Any, spec: str) -> Iterator[Part]:
    """A value in a format such as ``.4f``; a percentage is a hundred times the number.

    How many digits it has is what the page prints, not what the format says.
    """
    kind = _SPEC.fullmatch(spec)
    if kind is None or kind[1] not in "deEfFgGns%":
        yield Part("", Unknown("a format that is not read"))
    elif kind[1] == "%":
        yield from (Part(part.text, _hundredfold(part.value)) for part in shown(value))
        yield Part("%")
    elif kind[1] == "d" and not isinstance(value, int | np.integer):
        yield Part("", value if isinstance(value, Unknown) else Unknown("a whole number that is none"))
    else:
        yield from shown(value)


def _hundredfold(value: Any) -> Any:
    return value * 100 if is_number(value) else value


_PERCENT = re.compile(r"%(?:%|[-+ 0#]*\d{0,3}(?:\.\d{0,3})?([a-zA-Z]))")


def percent(template: str, values: tuple[Any, ...]) -> list[Part]:
    """``"%.2f of %d" % (a, b)``; raises `Unread` where places and values do not match."""
    parts, waiting, end = [], list(values), 0
    for place in _PERCENT.finditer(template):
        parts.append(Part(template[end : place.start()]))
        end = place.end()
        if place[1] is None:
            parts.append(Part("%"))
        elif not waiting:
            raise Unread("the format has more places than values")
        else:
            parts.extend(formatted(waiting.pop(0), _spec_of(place[1])))
    if waiting:
        raise Unread("the format has fewer places than values")
    return [*parts, Part(template[end:])]


def _spec_of(letter: str) -> str:
    return {"i": "d", "r": "s", "u": "d"}.get(letter, letter)


def braces(template: str, values: list[Any], named: dict[str, Any]) -> list[Part]:
    """``"{} and {x:.2f}".format(a, x=b)``; raises `Unread` for fields that are no plain places."""
    parts: list[Part] = []
    waiting = iter(values)
    for text, name, spec, _ in string.Formatter().parse(template):
        parts.append(Part(text))
        if name is None:
            continue
        if "{" in (spec or "") or not re.fullmatch(r"\w*", name):
            raise Unread("a place of the format is not read")
        parts.extend(formatted(_placed(name, values, named, waiting), spec or ""))
    return parts


def _placed(name: str, values: list[Any], named: dict[str, Any], waiting: Iterator[Any]) -> Any:
    if not name:
        return next(waiting, Unknown("the format has more places than values"))
    if name.isdigit():
        return values[int(name)] if len(name) < 3 and int(name) < len(values) else Unknown("no such place")
    return named.get(name, Unknown("no such place"))


@dataclass(frozen=True, slots=True)
class Text:
    """A text put together from values, which remembers them until it is printed."""

    parts: tuple[Part, ...]
