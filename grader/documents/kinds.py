"""The kinds of documents, one row each: how to recognise one, and how to get at its text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from grader.documents import latex, markdown, notebook, webpage
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


_NONE = re.compile(r"(?!)")

KINDS = (
    Kind("Markdown", (".md", ".markdown", ".qmd", ".rmd"), _NONE, markdown.decoded, markdown.UNREAD),
    Kind("LaTeX", (".tex", ".latex", ".ltx"), latex.SIGNS, latex.decoded, latex.UNREAD),
    Kind("notebook", (".ipynb",), notebook.SIGNS, notebook.decoded, markdown.UNREAD),
    Kind("web page", (".html", ".htm", ".xhtml", ".svg"), webpage.SIGNS, webpage.decoded, webpage.UNREAD),
    Kind("plain text", (".txt", ".text"), re.compile(""), markdown.decoded, markdown.UNREAD),
)
"""What no row before it recognises is plain text, which may hold any Markdown."""


def kind_of(name: str, text: str) -> Kind:
    """The kind of a document, by the ending of its name or else by its text."""
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    by_name = [kind for kind in KINDS if ending in kind.endings]
    return next(iter(by_name), next(kind for kind in KINDS if kind.signs.match(text)))
