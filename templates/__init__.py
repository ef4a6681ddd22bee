"""The forms that results are poured into, and how text from outside is made harmless in each format."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent


class Ready(str):
    """Text that already is in the language of its template and is therefore not quoted again."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Format:
    """One target language: how text from outside is quoted in it, and the marks its templates use."""

    name: str
    quote: Callable[[str], str]
    syntax: Mapping[str, str] = field(default_factory=dict)


_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""What a reader does not see, or what changes that which she sees: controls, zero width, direction."""


def visible(text: str) -> str:
    r"""Shows what would be invisible or would turn the text around; newlines and tabs stay.

    >>> visible("ab\u202ecd\x1b[31m")
    'ab⟨U+202E⟩cd⟨U+001B⟩[31m'
    """
    return _INVISIBLE.sub(lambda sign: f"⟨U+{ord(sign[0]):04X}⟩", text.replace("\r\n", "\n"))


def _quote_html(text: str) -> str:
    return text  # Jinja's autoescape does it, and also knows attributes and macros


_MARKDOWN_SIGNS = str.maketrans(
    {sign: "\\" + sign for sign in "\\`*_[]#|~$!"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;", "\n": " "}
)


def _quote_markdown(text: str) -> str:
    r"""
    >>> _quote_markdown("[x](javascript:1) <b>*")
    '\\[x\\](javascript:1) &lt;b&gt;\\*'
    """
    return text.translate(_MARKDOWN_SIGNS)


_TEX_SIGNS = str.maketrans(
    {sign: "\\" + sign for sign in "#$%&_{}"}
    | {
        "\\": r"\textbackslash{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
    }
)


def _quote_tex(text: str) -> str:
    r"""
    >>> _quote_tex("50% of \\input{x}")
    '50\\% of \\textbackslash{}input\\{x\\}'
    """
    return text.translate(_TEX_SIGNS)


FORMATS = {
    row.name: row
    for row in (
        Format("html", _quote_html),
        Format("md", _quote_markdown),
        Format(
            "tex",
            _quote_tex,
            # braces are LaTeX's own: its templates write \VAR{…}, \BLOCK{…} and, to the end of the line, %#
            {
                "variable_start_string": r"\VAR{",
                "variable_end_string": "}",
                "block_start_string": r"\BLOCK{",
                "block_end_string": "}",
                "comment_start_string": r"\#{",
                "comment_end_string": "}",
                "line_comment_prefix": "%#",
            },
        ),
    )
}


@cache
def _environment(name: str) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    row = FORMATS[name]

    def finalize(value: Any) -> Any:
        """Applied to every printed value: nothing from outside reaches the page unquoted."""
        if not isinstance(value, str) or hasattr(value, "__html__"):
            return value
        return row.quote(visible(value))

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=name == "html",
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **row.syntax,  # type: ignore[arg-type]
    )
    environment.globals["style"] = Ready((FOLDER / "style.css").read_text("utf-8"))
    return environment


def render(template: str, /, **context: Any) -> str:
    """Fills ``template`` (``report.html.j2``); its last but one ending says in which of `FORMATS` to quote.

    Strings are quoted, `Ready` ones are not; a name the context lacks is an error (`UndefinedError`).
    """
    name = template.removesuffix(".j2").rpartition(".")[2]
    return _environment(name).get_template(template).render(context)


def fenced(text: str) -> Ready:
    """Text as a Markdown code block which the text itself cannot end.

    >>> print(fenced("a ``` b"))
    ````
    a ``` b
    ````
    """
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return Ready(f"{fence}\n{visible(text)}\n{fence}")


# fmt: off
_MATH_ELEMENTS = frozenset((
    "math", "semantics", "annotation", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "msub", "msup",
    "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "mfrac", "msqrt", "mroot",
    "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom", "menclose", "merror", "none",
))
_MATH_ATTRIBUTES = frozenset((
    "display", "encoding", "mathvariant", "mathsize", "dir", "stretchy", "fence", "separator", "form",
    "lspace", "rspace", "width", "height", "depth", "voffset", "minsize", "maxsize", "linethickness",
    "accent", "accentunder", "displaystyle", "scriptlevel", "movablelimits", "largeop", "symmetric",
    "notation", "columnalign", "rowalign", "columnspacing", "rowspacing", "columnlines", "rowlines",
    "columnspan", "rowspan",
))
# fmt: on


_CELL_STYLE = re.compile(r"(?:(?:text-align|padding-left|padding-right):[a-z0-9.]+(?:;|$))+")


def _is_harmless(attribute: str, value: str) -> bool:
    return attribute in _MATH_ATTRIBUTES or (attribute == "style" and bool(_CELL_STYLE.fullmatch(value)))


def safe_mathml(markup: str | None) -> Ready | None:
    """MathML for a page if it is nothing but MathML, else None.

    Some converters let markup that stands inside a formula through to the page.

    >>> safe_mathml('<math><mi onclick="x">a</mi></math>')
    '<math><mi>a</mi></math>'
    >>> safe_mathml("<math><script>x</script></math>") is None
    True
    """
    if not markup or "<!" in markup or "<?" in markup:
        return None
    try:
        root = ElementTree.fromstring(markup)
    except (ElementTree.ParseError, ValueError, RecursionError):
        return None
    for element in root.iter():
        element.tag = str(element.tag).rpartition("}")[2]
        element.attrib = {name: value for name, value in element.attrib.items() if _is_harmless(name, value)}
        if element.tag not in _MATH_ELEMENTS:
            return None
    return Ready(visible(ElementTree.tostring(root, encoding="unicode"))) if root.tag == "math" else None
