"""The kinds of documents, one row each: how to recognise one, and how to get at its text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from grader.documents import markdown
from grader.documents.placed import Placed


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document.

    ``endings`` are those of its files; ``signs`` recognise its text where there is no file. ``decoded``
    gives the text that is read, with formulas between the delimiters of Markdown and code in fences, each
    character with its place in the original. ``unread`` is what is blanked then.
    """

    name: str
    endings: tuple[str, ...]
    signs: re.Pattern[str]
    decoded: Callable[[str], Placed]
    unread: re.Pattern[str]


KINDS = (
    Kind(
        "Markdown", (".md", ".markdown", ".qmd", ".rmd"), re.compile(r"(?!)"), Placed.whole, markdown.UNREAD
    ),
    Kind("plain text", (".txt", ".text"), re.compile(""), Placed.whole, markdown.UNREAD),
)
"""What no row before it recognises is plain text, which may hold any Markdown."""


def kind_of(name: str, text: str) -> Kind:
    """The kind of a document, by the ending of its name or else by its text."""
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    by_name = [kind for kind in KINDS if ending in kind.endings]
    return next(iter(by_name), next(kind for kind in KINDS if kind.signs.match(text)))
