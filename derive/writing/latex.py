"""Boxes -> LaTeX, one rule a kind of box."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.writing import boxes
from derive.writing.boxes import Box

_FENCES = {"()": (r"\left(", r"\right)"), "[]": (r"\left[", r"\right]"), "||": (r"\lVert", r"\rVert")}
_ESCAPES = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "_": r"\_", "^": r"\^{}", "%": r"\%", "#": r"\#", "&": r"\&", "$": r"\$"}


def latex(box: Box) -> str:
    """The box as LaTeX for maths mode.

    >>> latex(boxes.Fraction(boxes.Digits("1"), boxes.letter("sigma")))
    '\\\\frac{1}{\\\\sigma}'
    """
    return RULES[type(box)](box)


def escape(text: str) -> str:
    """Plain words for LaTeX's text mode."""
    return "".join(_ESCAPES.get(character, character) for character in text)


def _row(box: boxes.Row) -> str:
    return " ".join(latex(item) for item in box.items).replace(" , ", ", ")


def _script(box: boxes.Script) -> str:
    base = latex(box.base) + "'" * box.primes
    sub = f"_{_braced(box.sub)}" if box.sub is not None else ""
    sup = f"^{_braced(box.sup)}" if box.sup is not None else ""
    return base + sub + sup


def _braced(box: Box) -> str:
    inside = latex(box)
    return inside if len(inside) == 1 else "{" + inside.replace(" + ", "+").replace(" - ", "-").replace(", ", ",") + "}"


def _fence(box: boxes.Fence) -> str:
    left, right = _FENCES[box.kind]
    body = latex(box.body)
    if box.kind == "()" and not any(tall in body for tall in (r"\frac", r"\left", r"\begin", "^", r"\lVert")):
        return f"({body})"
    return f"{left} {body} {right}"


def _table(box: boxes.Table) -> str:
    lines = r" \\ ".join(" & ".join(latex(cell) for cell in line) for line in box.rows)
    return rf"\begin{{bmatrix}} {lines} \end{{bmatrix}}"


RULES: dict[type, Callable[[Any], str]] = {
    boxes.Letter: lambda box: box.symbol.latex,
    boxes.Sign: lambda box: box.symbol.latex,
    boxes.Digits: lambda box: box.text,
    boxes.Words: lambda box: rf"\text{{{escape(box.text)}}}",
    boxes.Row: _row,
    boxes.Script: _script,
    boxes.Fraction: lambda box: rf"\frac{{{latex(box.top)}}}{{{latex(box.bottom)}}}",
    boxes.Fence: _fence,
    boxes.Root: lambda box: rf"\sqrt{{{latex(box.body)}}}",
    boxes.Table: _table,
}
