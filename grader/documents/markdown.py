"""Markdown and plain text: what of a page is read, and what is only shown."""

from __future__ import annotations

import re

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
