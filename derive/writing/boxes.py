"""Formulas as they stand on paper, before any markup: symbols, scripts, fractions, brackets, tables.

The layout of an expression is decided once, here and in `layout.py`; `latex.py` and `mathml.py` only
spell boxes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from derive.writing.symbols import Symbol, named


class Spelled(Struct, frozen=True, dict=True):
    """Has room for its LaTeX once that is written: the same boxes stand in many formulas."""


class Letter(Spelled, frozen=True):
    """A variable, function name or other atom."""

    symbol: Symbol


class Sign(Spelled, frozen=True):
    """An operator or relation, with space around it."""

    symbol: Symbol


class Digits(Spelled, frozen=True):
    """A number as printed."""

    text: str


class Words(Spelled, frozen=True):
    """Plain words in a formula."""

    text: str


class Row(Spelled, frozen=True):
    """Boxes side by side."""

    items: tuple[Box, ...]


class Script(Spelled, frozen=True):
    """A base with a subscript, a superscript and primes."""

    base: Box
    sub: Box | None = None
    sup: Box | None = None
    primes: int = 0


class Fraction(Spelled, frozen=True):
    """One box over another."""

    top: Box
    bottom: Box


class Fence(Spelled, frozen=True):
    """A box between brackets: ``()``, ``[]``, ``|`` for a size, or ``||`` for a norm."""

    kind: str
    body: Box


class Root(Spelled, frozen=True):
    """A square root."""

    body: Box


class Table(Spelled, frozen=True):
    """A matrix in square brackets."""

    rows: tuple[tuple[Box, ...], ...]


class Aligned(Spelled, frozen=True):
    """Lines under one another, each a left and a right half; the right halves begin at the same place."""

    lines: tuple[tuple[Box, Box], ...]


class Cases(Spelled, frozen=True):
    """A large brace before lines of a value and the condition under which it holds."""

    lines: tuple[tuple[Box, Box], ...]


class Under(Spelled, frozen=True):
    """A box with a small remark below it."""

    base: Box
    below: Box


class Big(Spelled, frozen=True):
    """A large operator such as ∑ with what runs below it and, if it is written, up to what above it."""

    operator: Letter
    below: Box
    above: Box | None = None


Box = (
    Letter
    | Sign
    | Digits
    | Words
    | Row
    | Script
    | Fraction
    | Fence
    | Root
    | Table
    | Aligned
    | Cases
    | Under
    | Big
)

NOTHING = Row(())
"""An empty place, such as the left half of a line that goes on."""


def letter(name: str) -> Letter:
    """The letter of that name."""
    return Letter(named(name))


def sign(name: str) -> Sign:
    """The operator of that name."""
    return Sign(named(name))


def row(*items: Box) -> Box:
    """Boxes side by side; rows inside are opened, one box stays itself."""
    flat: list[Box] = []
    for item in items:
        flat.extend(item.items if isinstance(item, Row) else [item])
    return flat[0] if len(flat) == 1 else Row(tuple(flat))


def is_tall(box: Box) -> bool:
    """Whether brackets around the box must grow with it; scripts alone do not make it tall."""
    if isinstance(box, Row):
        return any(map(is_tall, box.items))
    if isinstance(box, Script):
        return is_tall(box.base)
    if isinstance(box, Fence):
        return is_tall(box.body)
    return isinstance(box, Fraction | Table | Aligned | Cases | Under | Root | Big)


def product(*factors: Box) -> Box:
    """Factors side by side, with a dot where two numbers would otherwise run into one."""
    joined = list(factors[:1])
    for before, factor in pairwise(factors):
        dot = (sign("cdot"),) if _runs_on(_last(before), _first(factor)) else ()
        joined += [*dot, factor]
    return row(*joined)


def begins_with_minus(box: Box) -> bool:
    """Whether the first thing written is a minus sign."""
    return isinstance(first := _first(box), Sign) and first.symbol.name == "minus"


def _first(box: Box) -> Box:
    return _first(box.items[0]) if isinstance(box, Row) and box.items else box


def _last(box: Box) -> Box:
    return _last(box.items[-1]) if isinstance(box, Row) and box.items else box


def _runs_on(left: Box, right: Box) -> bool:
    if isinstance(right, Script):
        return _runs_on(left, right.base)
    if isinstance(right, Fraction) and isinstance(right.top, Digits):
        return isinstance(left, Digits)
    if isinstance(right, Fence):
        return isinstance(left, Digits | Fence) and _is_negative_number(right.body)
    return isinstance(right, Digits)


def _is_negative_number(box: Box) -> bool:
    return (
        isinstance(box, Row) and begins_with_minus(box) and all(isinstance(i, Digits) for i in box.items[1:])
    )


def bracket(body: Box) -> Box:
    """The box in round brackets; a box that stands in them already stays as it is."""
    return body if isinstance(body, Fence) and body.kind == "()" else Fence("()", body)


def chain(left: Box, steps: Sequence[tuple[str, Box]], together: bool = False) -> Box:
    """``left = a = b``: each step is the name of a relation and what follows it.

    Several steps go under one another, or ``together`` into one line.
    """
    rights = [row(sign(relation), box) for relation, box in steps]
    if together or len(rights) == 1:
        return row(left, *rights)
    lefts = (left, *[NOTHING] * (len(rights) - 1))
    return Aligned(tuple(zip(lefts, rights, strict=True)))
