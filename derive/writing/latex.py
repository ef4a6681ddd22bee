"""Boxes -> LaTeX, one rule a kind of box."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.writing import boxes
from derive.writing.boxes import Box, is_tall

_FENCES = {
    "()": (r"\left(", r"\right)"),
    "[]": (r"\left[", r"\right]"),
    "|": (r"\left\lvert", r"\right\rvert"),
    "||": (r"\left\lVert", r"\right\rVert"),
}
_PLAIN_FENCES = {
    "()": ("(", ")"),
    "[]": ("[", "]"),
    "|": (r"\lvert ", r" \rvert"),
    "||": (r"\lVert ", r" \rVert"),
}
_ESCAPES = {"\\": r"\textbackslash{}", "^": r"\^{}"} | {mark: "\\" + mark for mark in "{}_%#&$"}


def latex(box: Box) -> str:
    """The box as LaTeX for maths mode.

    >>> latex(boxes.Fraction(boxes.Digits("1"), boxes.letter("sigma")))
    '\\\\frac{1}{\\\\sigma}'
    """
    kept: dict[str, str] = vars(box)
    if "latex" not in kept:
        kept["latex"] = RULES[type(box)](box)
    return kept["latex"]


def escape(text: str) -> str:
    """Plain words for LaTeX's text mode."""
    return "".join(_ESCAPES.get(character, character) for character in text)


def _row(box: boxes.Row) -> str:
    written = "".join(_space(box.items, at) + latex(item) for at, item in enumerate(box.items))
    return written.replace(" , ", ", ")


def _space(items: tuple[Box, ...], at: int) -> str:
    """A space before the item, but none before the bracket of a call and after a leading minus sign."""
    if at == 0:
        return ""
    before, item = items[at - 1], items[at]
    leading = at == 1 or isinstance(items[at - 2], boxes.Sign)
    unary = leading and isinstance(before, boxes.Sign) and before.symbol.name == "minus"
    called = isinstance(before, boxes.Letter | boxes.Script) and isinstance(item, boxes.Fence)
    if isinstance(before, boxes.Fraction) and isinstance(item, boxes.Fraction):
        return r" \, "
    return "" if unary or called else " "


def _script(box: boxes.Script) -> str:
    base = latex(box.base) + "'" * box.primes
    sub = f"_{_braced(box.sub)}" if box.sub is not None else ""
    sup = f"^{_braced(box.sup)}" if box.sup is not None else ""
    return base + sub + sup


def _braced(box: Box) -> str:
    inside = _close(box) or latex(box)
    if len(inside) == 1:
        return inside
    return "{" + inside.replace(" + ", "+").replace(" - ", "-").replace(" = ", "=").replace(", ", ",") + "}"


def _close(box: Box) -> str | None:
    """Single letters and digits side by side, such as the indices jk; None for anything else."""
    parts = [latex(item) for item in box.items] if isinstance(box, boxes.Row) else []
    return "".join(parts) if all(len(part) == 1 and part.isalnum() for part in parts) else None


def _fence(box: boxes.Fence) -> str:
    left, right = _FENCES[box.kind]
    body = latex(box.body)
    if not is_tall(box.body):
        left, right = _PLAIN_FENCES[box.kind]
        return f"{left}{body}{right}"
    return f"{left} {body} {right}"


def _table(box: boxes.Table) -> str:
    lines = r" \\ ".join(" & ".join(latex(cell) for cell in line) for line in box.rows)
    return rf"\begin{{bmatrix}} {lines} \end{{bmatrix}}"


def _aligned(box: boxes.Aligned) -> str:
    lines = " \\\\\n".join(f"{latex(left)} & {latex(right)}".strip() for left, right in box.lines)
    return f"\\begin{{aligned}}\n{lines}\n\\end{{aligned}}"


def _cases(box: boxes.Cases) -> str:
    lines = r" \\ ".join(f"{latex(value)} & {latex(condition)}" for value, condition in box.lines)
    return rf"\begin{{cases}} {lines} \end{{cases}}"


def _big(box: boxes.Big) -> str:
    above = f"^{_braced(box.above)}" if box.above is not None else ""
    return f"{latex(box.operator)}_{_braced(box.below)}{above}"


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
    boxes.Aligned: _aligned,
    boxes.Cases: _cases,
    boxes.Big: _big,
    boxes.Under: lambda box: rf"\underset{{{latex(box.below)}}}{{{latex(box.base)}}}",
}
