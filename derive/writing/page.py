"""A printed page before any markup: sections of sentences, formulas and room to write, for every format."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from derive.writing.boxes import Box

Sentence = tuple[str | Box, ...]
"""Words and formulas in the order in which they are read."""


class Paragraph(Struct, frozen=True):
    """A sentence or some of them; ``quiet`` ones are remarks that stand back behind the rest."""

    items: Sentence
    quiet: bool = False
    kind: ClassVar[str] = "paragraph"


class Prose(Struct, frozen=True):
    """Markdown with ``$…$`` as an author wrote it."""

    markdown: str
    kind: ClassVar[str] = "prose"


class Display(Struct, frozen=True):
    """A formula in lines of its own."""

    box: Box
    kind: ClassVar[str] = "display"


class Side(Struct, frozen=True):
    """Formulas that may stand next to one another."""

    boxes: tuple[Box, ...]
    kind: ClassVar[str] = "side"


class Code(Struct, frozen=True):
    """Lines in typewriter letters."""

    text: str
    kind: ClassVar[str] = "code"


class Room(Struct, frozen=True):
    """Empty lines to write an answer into."""

    lines: int
    kind: ClassVar[str] = "room"


class Section(Struct, frozen=True):
    """A heading and what stands under it; ``remark`` stands at the end of the heading's line."""

    title: Sentence
    blocks: tuple[Block, ...]
    remark: str = ""
    kind: ClassVar[str] = "section"


class Group(Struct, frozen=True):
    """Blocks that belong together and are better not torn apart by the end of a page."""

    blocks: tuple[Block, ...]
    kind: ClassVar[str] = "group"


Block = Paragraph | Prose | Display | Side | Code | Room | Section | Group


class Page(Struct, frozen=True):
    """Everything on one handout; ``remark`` says what it is worth.

    ``answers_wanted`` asks for a name at the top.
    """

    title: str
    blocks: tuple[Block, ...]
    source: str = ""
    remark: str = ""
    answers_wanted: bool = False


def sentence(text: str) -> str:
    """Words as a sentence: a capital first, a full stop last.

    >>> sentence("the quotient rule")
    'The quotient rule.'
    """
    text = text.strip()
    return text if not text else text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def listed(words: tuple[str, ...]) -> str:
    """Words with commas, and the last one with "and".

    >>> listed(("4", "5", "2"))
    '4, 5 and 2'
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
