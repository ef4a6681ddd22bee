"""Markdown and plain text: what of a page is read, and what is only shown."""

from __future__ import annotations

import html
import re

from grader.documents.addresses import HOSTS, formula_in
from grader.documents.macros import DEFINITION, with_macros
from grader.documents.placed import Placed
from grader.documents.webpage import written_page

UNREAD = re.compile(
    r"\A(?:---|\+\+\+)[ \t]*\n.*?^(?:---|\+\+\+)[ \t]*$"  # front matter
    r"|<!--.*?(?:-->|\Z)"
    r"|<(?P<tag>script|style|svg)\b.*?(?:</(?P=tag)>|\Z)"
    r"|(?P<ticks>(?<!`)`{1,2}(?!`))[^\n]*?(?<!`)(?P=ticks)(?!`)"
    r"|^[ \t]*>[> \t]*"  # quotation marks at the edge
    r"|</?[A-Za-z][^<>\n]*>",
    re.DOTALL | re.MULTILINE,
)
"""What is blanked before formulas are looked for."""

_ADDRESS = r"(?:[^\s()]|\((?:[^\s()]|\([^\s()]{0,400}\)){0,800}\)){1,4000}"
_EMBEDDED = re.compile(
    r"^[ \t>]*(?P<fence>`{3,}+|~{3,}+)[^\n]*\n.*?(?:^[ \t>]*(?P=fence)|\Z)"
    r"|(?P<ticks>(?<!`)`{1,2}(?!`))[^\n]*?(?<!`)(?P=ticks)(?!`)"
    r"|<!--.*?(?:-->|\Z)"
    r"|<(?P<tag>svg|pre|table|math|sub|sup)\b[^<>]{0,5000}+>.*?(?:</(?P=tag)\s*>|\Z)"
    r"|(?P<image><img\b[^<>]{0,5000}+>)"
    rf"|!\[[^\[\]\n]{{0,200}}\]\(\s*<?https?://{HOSTS}(?P<formula>{_ADDRESS})(?:[ ]\"[^\"\n]*\")?\s*\)"
    r"|&(?P<entity>[A-Za-z]{2,8}|#\d{2,6}|#[xX][0-9a-fA-F]{2,5});",
    re.DOTALL | re.MULTILINE,
)
"""Other formats inside Markdown."""


def decoded(text: str) -> Placed:
    """Markdown with drawings, pictures of formulas, entities and macros put in plain spelling."""
    whole = Placed.whole(text)
    plain = whole.replaced(_EMBEDDED, lambda match: _plain(whole, match)) if _ODD.search(text) else whole
    return with_macros(plain) if DEFINITION.search(text) else plain


_ODD = re.compile(
    r"<(?:svg|pre|table|math|sub|sup|img)\b|&[#A-Za-z]|!\[[^\[\]\n]{0,200}\]\(\s*<?http", re.IGNORECASE
)


def _plain(whole: Placed, match: re.Match[str]) -> Placed | None:
    if match["tag"] or match["image"]:
        return written_page(whole[slice(*match.span())])
    if match["formula"]:
        body = formula_in(whole[slice(*match.span("formula"))])
        return Placed.joined((whole.saying("$$", match.start()), body, whole.saying("$$", match.start())))
    if match["entity"] and html.unescape(match[0]) != match[0]:
        return whole.saying(html.unescape(match[0]), match.start())
    return None
