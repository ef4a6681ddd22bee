"""LaTeX from outside, an author's or a student's, -> MathML that is nothing but MathML."""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise, zip_longest
from xml.etree import ElementTree

MAX_LENGTH = 4096
"""Characters in one formula."""

_ENVIRONMENT = re.compile(r"\\(begin|end)\{(\w+\*?)\}")
_MEANT = {"aligned": "align*", "alignedat": "align*", "gathered": "gather*"}
"""Environments the converter sets wrongly, and those that look the same and that it sets rightly."""
_MATRIX = re.compile(r"\\begin\{(\w*matrix\*?)\}(.*?)\\end\{\1\}", re.DOTALL)
MAX_DEPTH = 64
"""Elements within elements; browsers flatten what is nested much deeper."""
_CHILDREN = {
    "mfrac": 2,
    "mroot": 2,
    "msub": 2,
    "msup": 2,
    "munder": 2,
    "mover": 2,
    "msubsup": 3,
    "munderover": 3,
}
"""Elements that mean something only with so many parts."""


def latex_to_mathml(latex: str, display: bool = False) -> str | None:
    r"""A ``<math>`` element that carries the LaTeX it was made from; None for LaTeX that cannot be converted.

    >>> print(latex_to_mathml("x", display=True))
    <math display="block"><semantics><mrow><mi>x</mi></mrow>...
    >>> latex_to_mathml(r"\unheard{x}") is None
    True
    """
    if not latex.strip() or len(latex) > MAX_LENGTH:
        return None
    markup = _converted(_repaired(latex))
    if markup is None:
        return None
    source = f'<annotation encoding="application/x-tex">{escape(latex.strip(), quote=False)}</annotation>'
    mode = ' display="block"' if display else ""
    return f"<math{mode}><semantics>{markup}{source}</semantics></math>"


def single_columns(latex: str) -> str:
    """The formula with ``&&`` between the columns of a matrix, as some courses type it, as one ``&``."""
    return _MATRIX.sub(lambda found: re.sub(r"&\s*&", "&", found[0]), latex)


def _repaired(latex: str) -> str:
    """The same formula in words the converter knows."""
    latex = single_columns(latex)
    return _ENVIRONMENT.sub(lambda found: rf"\{found[1]}{{{_MEANT.get(found[2], found[2])}}}", latex)


def _converted(latex: str) -> str | None:
    """The inside of the ``<math>`` element, checked element by element."""
    from latex2mathml.converter import convert

    from templates import safe_mathml

    try:
        markup = safe_mathml(convert(latex))
    except Exception:  # the converter raises whatever its parser stumbles over, from IndexError to its own
        return None
    if markup is None:
        return None
    root = ElementTree.fromstring(markup)
    if not _is_sound(root, MAX_DEPTH):
        return None
    _settled(root)
    return "".join(ElementTree.tostring(child, encoding="unicode") for child in root)


def _is_sound(element: ElementTree.Element, depth: int) -> bool:
    """Whether every element has its parts, and no command is printed as it stands because it is unknown."""
    if depth == 0 or "\\" in (element.text or ""):
        return False
    if len(element) != _CHILDREN.get(element.tag, len(element)):
        return False
    return all(_is_sound(child, depth - 1) for child in element)


_SIDES = {"right": "text-align:right;padding-right:0", "left": "text-align:left;padding-left:0.1em"}


_FUNCTION_NAME = re.compile(r"[A-Za-z]{2,}")
_SCRIPTED = ("msub", "msup", "msubsup", "munder")
_THIN = "0.1667em"
_SIGNS = ("-", "−", "+", "±")
_BEFORE = ("(", "[", "{", "=", "≈", "≠", "<", ">", "≤", "≥", "∝", "→", "⇒", "←", "·", "×", ",")
_BARS = ("|", "∥", "‖", "∣")


def _settled(element: ElementTree.Element) -> None:
    """What the converter leaves to the browser, decided: how cells are set, and how far brackets reach."""
    for cell in element.iter("mtd"):
        # browsers of today no longer read the attribute
        if (style := _SIDES.get(cell.get("columnalign", ""))) is not None:
            cell.set("style", style)
    for mark in element.iter("mo"):
        if mark.text in _BARS and "stretchy" not in mark.attrib:
            mark.set("stretchy", "false")
        if mark.text in ("/", "∂"):
            mark.attrib |= {"lspace": "0", "rspace": "0"}
    for parent in list(element.iter()):
        _space_functions(parent)
        _bind_signs(parent)
        _enclose_matrices(parent)


def _space_functions(parent: ElementTree.Element) -> None:
    """A name such as ln keeps a little distance from its neighbours, but not from its opening bracket."""
    for child, after in zip_longest(parent, parent[1:]):
        name = child[0] if child.tag in _SCRIPTED and len(child) else child
        if name.tag in ("mi", "mo") and _FUNCTION_NAME.fullmatch(name.text or ""):
            opens = after is not None and after.text in ("(", "[")
            name.tag = "mo"
            name.attrib |= {"lspace": _THIN, "rspace": "0" if opens else _THIN}


def _bind_signs(parent: ElementTree.Element) -> None:
    """A sign behind a relation or an opening bracket, as in a = −b, belongs to what follows it."""
    for before, sign in pairwise(parent):
        if before.tag == sign.tag == "mo" and sign.text in _SIGNS and before.text in _BEFORE:
            sign.set("form", "prefix")


def _enclose_matrices(parent: ElementTree.Element) -> None:
    """A row of its own for each matrix in its brackets: these would otherwise grow with their neighbours."""
    for index in range(len(parent) - 3, -1, -1):
        three = parent[index : index + 3]
        if [element.tag for element in three] == ["mo", "mtable", "mo"]:
            row = ElementTree.Element("mrow")
            row.extend(three)
            parent[index : index + 3] = [row]
