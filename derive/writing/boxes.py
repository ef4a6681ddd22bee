"""Formulas as they stand on paper, before any markup: symbols, scripts, fractions, brackets, tables.

The layout of an expression is decided once, here and in `layout.py`; `latex.py` and `mathml.py` only spell boxes.
"""

from __future__ import annotations

from dataclasses import dataclass

from derive.writing.symbols import Symbol, named


@dataclass(frozen=True, slots=True)
class Letter:
    """A variable, function name or other atom."""

    symbol: Symbol


@dataclass(frozen=True, slots=True)
class Sign:
    """An operator or relation, with space around it."""

    symbol: Symbol


@dataclass(frozen=True, slots=True)
class Digits:
    """A number as printed."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """Plain words in a formula."""

    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """Boxes side by side."""

    items: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """A base with a subscript, a superscript and primes."""

    base: Box
    sub: Box | None = None
    sup: Box | None = None
    primes: int = 0


@dataclass(frozen=True, slots=True)
class Fraction:
    """One box over another."""

    top: Box
    bottom: Box


@dataclass(frozen=True, slots=True)
class Fence:
    """A box between brackets: ``()``, ``[]``, or ``||`` for a norm."""

    kind: str
    body: Box


@dataclass(frozen=True, slots=True)
class Root:
    """A square root."""

    body: Box


@dataclass(frozen=True, slots=True)
class Table:
    """A matrix in square brackets."""

    rows: tuple[tuple[Box, ...], ...]


Box = Letter | Sign | Digits | Words | Row | Script | Fraction | Fence | Root | Table


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


def bracket(body: Box) -> Fence:
    """The box in round brackets."""
    return Fence("()", body)
