"""How wide a formula is, roughly, in characters: enough to know what will not fit on a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.writing import boxes
from derive.writing.boxes import Box

SMALL = 0.7
"""How wide a character in a script is, compared with one on the line."""


def width(box: Box) -> float:
    """The width in characters.

    >>> width(boxes.row(boxes.letter("z"), boxes.sign("equals"), boxes.Digits("16553")))
    9.0
    """
    return float(RULES[type(box)](box))


def _script(box: boxes.Script) -> float:
    scripts = [width(script) for script in (box.sub, box.sup) if script is not None]
    return width(box.base) + SMALL * max(scripts, default=0) + SMALL * box.primes


def _table(box: boxes.Table) -> float:
    return 1 + sum(1.5 + max(map(width, column)) for column in zip(*box.rows, strict=True))


def _lines(box: boxes.Aligned | boxes.Cases) -> float:
    lefts, rights = zip(*box.lines, strict=True)
    return max(map(width, lefts)) + max(map(width, rights))


RULES: dict[type, Callable[[Any], float]] = {
    boxes.Letter: lambda box: len(box.symbol.character),
    boxes.Sign: lambda box: 3,
    boxes.Digits: lambda box: len(box.text),
    boxes.Words: lambda box: len(box.text),
    boxes.Row: lambda box: sum(map(width, box.items)),
    boxes.Script: _script,
    boxes.Fraction: lambda box: max(width(box.top), width(box.bottom)),
    boxes.Fence: lambda box: 2 + width(box.body),
    boxes.Root: lambda box: 1 + width(box.body),
    boxes.Table: _table,
    boxes.Aligned: _lines,
    boxes.Cases: lambda box: 1 + _lines(box),
    boxes.Big: lambda box: max(1.5, SMALL * max(width(box.below), width(box.above or boxes.NOTHING))),
    boxes.Under: lambda box: max(width(box.base), SMALL * width(box.below)),
}
