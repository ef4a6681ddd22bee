"""An author's Markdown with ``$…$`` -> HTML with MathML."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from derive.writing.from_latex import latex_to_mathml

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


HEADINGS_ABOVE = 2
"""How many levels of headings the page has above an author's own."""


@cache
def parser() -> MarkdownIt:
    """Markdown with tables and dollar maths; raw HTML is text, and pictures become links."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    markdown.use(dollarmath_plugin, double_inline=True, allow_labels=False)
    for kind in ("math_inline", "math_inline_double", "math_block"):
        markdown.add_render_rule(kind, _formula)
    return markdown


def markdown_html(text: str) -> str:
    """The text as HTML; a formula that cannot be converted stands as the LaTeX it was written in.

    >>> print(markdown_html("**Compute** the output. <b>").strip())
    <p><strong>Compute</strong> the output. &lt;b&gt;</p>
    """
    from templates import visible

    markdown = parser()
    tokens = markdown.parse(visible(text))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + HEADINGS_ABOVE)}"
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def _formula(
    renderer: Any,
    tokens: Sequence[Token],
    at: int,
    options: Mapping[str, Any],
    environment: MutableMapping[str, Any],
) -> str:
    token = tokens[at]
    display = token.type == "math_block"
    markup = latex_to_mathml(token.content, display) or f"<code>{escape(token.content.strip())}</code>"
    return f'<div class="formula">{markup}</div>\n' if display else markup
