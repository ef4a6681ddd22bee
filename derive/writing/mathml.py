"""Boxes -> MathML, one rule a kind of box."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from derive.writing import boxes
from derive.writing.boxes import Box, is_tall
from derive.writing.latex import latex
from derive.writing.symbols import Symbol

NO_BREAK = "\u00a0"
"""MathML drops ordinary spaces at the ends of words."""
_FENCES = {"()": ("(", ")"), "[]": ("[", "]"), "|": ("|", "|"), "||": ("‖", "‖")}


def mathml(box: Box, display: bool = False) -> str:
    """A whole ``<math>`` element that carries its LaTeX for those who copy it."""
    mode = ' display="block"' if display else ' displaystyle="true"'
    source = f'<annotation encoding="application/x-tex">{escape(latex(box), quote=False)}</annotation>'
    return f"<math{mode}><semantics><mrow>{inner(box)}</mrow>{source}</semantics></math>"


def inner(box: Box) -> str:
    """The box as MathML elements."""
    return RULES[type(box)](box)


def _letter(symbol: Symbol) -> str:
    upright = ' mathvariant="normal"' if symbol.upright and len(symbol.character) == 1 else ""
    return f"<mi{upright}>{escape(symbol.character)}</mi>"


def _row(box: boxes.Row) -> str:
    return f"<mrow>{''.join(_spaced(box.items))}</mrow>"


def _spaced(items: tuple[Box, ...]) -> list[str]:
    """A product has no sign: a thin space keeps a word and its neighbour apart. A sign behind another, as in
    a = −b, belongs to what follows it."""
    out: list[str] = []
    for before, item in zip((None, *items), items, strict=False):
        if before is not None and _is_operand(before) and _is_operand(item) and not _is_call(before, item):
            out.append('<mspace width="0.16em"/>')
        signs = isinstance(before, boxes.Sign) and isinstance(item, boxes.Sign)
        out.append(_sign(item, ' form="prefix"') if signs else inner(item))
    return out


def _sign(box: Any, form: str = "") -> str:
    return f"<mo{form}>{escape(box.symbol.character)}</mo>"


def _is_operand(box: Box) -> bool:
    return not isinstance(box, boxes.Sign) and not (
        isinstance(box, boxes.Letter) and box.symbol.name in ("comma", "partial", "nabla")
    )


def _is_call(before: Box, item: Box) -> bool:
    return isinstance(item, boxes.Fence) and isinstance(before, boxes.Letter | boxes.Script)


def _script(box: boxes.Script) -> str:
    base = inner(box.base)
    if box.primes:
        base = f"<msup>{base}<mo>{'′' * box.primes}</mo></msup>"
    if box.sub is not None and box.sup is not None:
        return f"<msubsup>{base}{inner(box.sub)}{inner(box.sup)}</msubsup>"
    if box.sub is not None:
        return f"<msub>{base}{inner(box.sub)}</msub>"
    return f"<msup>{base}{inner(box.sup)}</msup>" if box.sup is not None else base


def _fence(box: boxes.Fence) -> str:
    left, right = _FENCES[box.kind]
    size = "" if is_tall(box.body) else ' stretchy="false"'
    before, after = (f'<mo fence="true" form="{form}"{size}>' for form in ("prefix", "postfix"))
    return f"<mrow>{before}{left}</mo>{inner(box.body)}{after}{right}</mo></mrow>"


def _cell(box: Box) -> str:
    return f"<mtd>{inner(box)}</mtd>"


def _table(box: boxes.Table) -> str:
    lines = "".join(
        f"<mtr>{''.join(f'<mtd>{inner(cell)}</mtd>' for cell in line)}</mtr>" for line in box.rows
    )
    return f'<mrow><mo fence="true">[</mo><mtable>{lines}</mtable><mo fence="true">]</mo></mrow>'


def _lines(lines: tuple[tuple[Box, Box], ...], first: str, gap: str = "0.28em") -> str:
    """Two columns: the left one set to one side, the right one beginning where the left one ends."""
    cells = (
        f'<mtr><mtd style="text-align:{first};padding:0.3em 0">{_empty_or(left)}</mtd>'
        f'<mtd style="text-align:left;padding:0.3em 0 0.3em {gap}">{inner(right)}</mtd></mtr>'
        for left, right in lines
    )
    return f'<mtable displaystyle="true" columnalign="{first} left">{"".join(cells)}</mtable>'


def _empty_or(box: Box) -> str:
    return "" if box == boxes.NOTHING else inner(box)


def _cases(box: boxes.Cases) -> str:
    return f'<mrow><mo fence="true">{{</mo>{_lines(box.lines, "left", "1em")}</mrow>'


def _big(box: boxes.Big) -> str:
    operator = f'<mo movablelimits="false">{escape(box.operator.symbol.character)}</mo>'
    if box.above is None:
        return f"<munder>{operator}{inner(box.below)}</munder>"
    return f"<munderover>{operator}{inner(box.below)}{inner(box.above)}</munderover>"


RULES: dict[type, Callable[[Any], str]] = {
    boxes.Letter: lambda box: _letter(box.symbol),
    boxes.Sign: _sign,
    boxes.Digits: lambda box: f"<mn>{escape(box.text)}</mn>",
    boxes.Words: lambda box: f"<mtext>{escape(box.text).replace(' ', NO_BREAK)}</mtext>",
    boxes.Row: _row,
    boxes.Script: _script,
    boxes.Fraction: lambda box: (
        f"<mfrac><mrow>{inner(box.top)}</mrow><mrow>{inner(box.bottom)}</mrow></mfrac>"
    ),
    boxes.Fence: _fence,
    boxes.Root: lambda box: f"<msqrt>{inner(box.body)}</msqrt>",
    boxes.Table: _table,
    boxes.Aligned: lambda box: _lines(box.lines, "right"),
    boxes.Cases: _cases,
    boxes.Big: _big,
    boxes.Under: lambda box: f"<munder>{inner(box.base)}{inner(box.below)}</munder>",
}
