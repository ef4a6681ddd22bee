"""A page -> HTML, LaTeX or Markdown: one row a format says how formulas and prose are spelt."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from derive.errors import Unusable, unknown
from derive.writing.boxes import Box, is_tall
from derive.writing.latex import latex
from derive.writing.markdown_html import markdown_html
from derive.writing.markdown_latex import markdown_latex
from derive.writing.mathml import mathml
from derive.writing.page import Block, Page
from derive.writing.symbols import SYMBOLS
from derive.writing.width import width

CHARACTERS = {
    f"{ord(symbol.character):04X}": symbol.latex
    for symbol in SYMBOLS.values()
    if len(symbol.character) == 1 and not symbol.character.isascii()
}
"""What TeX is to print for characters of mathematics that stand in plain words, by code point."""

if TYPE_CHECKING:
    from templates import Ready


class Spelling(Struct, frozen=True):
    """One format: ``formula(box, display)`` and ``prose(markdown)`` give text that is not quoted again."""

    name: str
    formula: Callable[[Box, bool], str]
    prose: Callable[[str], str]


SPELLINGS = {
    row.name: row
    for row in (
        Spelling("html", mathml, markdown_html),
        Spelling("tex", lambda box, display: latex(box), markdown_latex),
        Spelling("md", lambda box, display: latex(box), lambda text: text.strip()),
    )
}


def printed(template: str, format: str, page: Page) -> str:
    """The page in the template of that name and format. Raises `Unusable` for an unknown format."""
    from templates import render

    return render(f"{template}.{format}.j2", page=page, **_spelling(format))


def fragment(format: str, blocks: tuple[Block, ...]) -> str:
    """Blocks alone, to stand inside another document."""
    from templates import render

    return render(f"fragment.{format}.j2", blocks=blocks, **_spelling(format))


def _spelling(format: str) -> dict[str, Any]:
    from templates import Ready, fenced

    if format not in SPELLINGS:
        raise Unusable(unknown(format, "a format of handouts", SPELLINGS))
    row = SPELLINGS[format]

    def formula(box: Box, display: bool = False) -> Ready:
        return Ready(row.formula(box, display))

    def prose(text: str) -> Ready:
        return Ready(row.prose(text))

    characters = {code: Ready(tex) for code, tex in CHARACTERS.items()}
    return {
        "formula": formula,
        "prose": prose,
        "width": width,
        "is_tall": is_tall,
        "fenced": fenced,
        "characters": characters,
    }
