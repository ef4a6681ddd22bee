"""Web pages: text, tables, listings, drawings and formulas, each formula once however often it is held."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from grader.documents.addresses import HOSTS, formula_in
from grader.documents.elements import Element, parsed
from grader.documents.fencing import fenced
from grader.documents.mathml import bare_tex, formula
from grader.documents.placed import Placed

SIGNS = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.{0,2000}?-->\s*)*<(?:!doctype html|html|head|body|svg)\b", re.I | re.S
)
UNREAD = re.compile(r"(?P<ticks>(?<!`)`(?!`))[^\n`]*`(?!`)")

Nothing = Placed.whole("")
_SHOWN_TWICE = frozenset({"katex-html", "MathJax_Preview", "mwe-math-fallback-image-inline", "sr-only"})
"""Classes of elements that show once more what stands beside them as a formula."""

_TYPESET = frozenset(
    {"MathJax", "MathJax_Display", "MathJax_SVG", "MathJax_CHTML", "mjx-chtml", "MathJax_SVG_Display"}
)
"""Classes of what MathJax made of a script that stands behind it."""

_BLOCK = re.compile(
    "address|article|aside|blockquote|body|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure|"
    "footer|form|h[1-6]|header|hr|html|li|main|nav|ol|p|section|summary|tbody|thead|tfoot|ul|table|tr"
)
_SKIPPED = re.compile("style|head|noscript|template|button|select|textarea|title|iframe|object")


@dataclass(frozen=True, slots=True)
class _Page:
    """What is known of the whole page while its elements are written."""

    scripts: bool
    """Formulas stand in scripts, and what was typeset from them stands beside."""


def decoded(text: str) -> Placed:
    """A web page as Markdown with formulas between delimiters."""
    return written_page(Placed.whole(text))


def written_page(source: Placed) -> Placed:
    """The same for a part of a page."""
    root = parsed(source)
    page = _Page(any(map(_is_formula, root.everywhere("script"))))
    return _inside(root, page)


def _is_formula(script: Element) -> bool:
    return script.attributes.get("type", "").startswith("math/tex")


def _inside(element: Element, page: _Page) -> Placed:
    return Placed.joined(
        _flowing(each) if isinstance(each, Placed) else _written(each, page) for each in element.inside
    )


def _flowing(text: Placed) -> Placed:
    """Running text, whose line ends are only blanks."""
    return Placed(re.sub(r"[\n\r\t]", " ", text.text), text.places)


def _written(element: Element, page: _Page) -> Placed:
    classes = element.classes
    if _SKIPPED.fullmatch(element.tag) or not _SHOWN_TWICE.isdisjoint(classes):
        return Nothing
    if page.scripts and not _TYPESET.isdisjoint(classes):
        return Nothing
    writer = _WRITERS.get(element.tag)
    if writer:
        return writer(element, page)
    return _set_apart(element, page) if _BLOCK.fullmatch(element.tag) else _inside(element, page)


def _around(element: Element, before: str, body: Placed, behind: str) -> Placed:
    return Placed.joined((Placed.at(before, element.place), body, Placed.at(behind, element.place)))


def _set_apart(element: Element, page: _Page) -> Placed:
    return _around(element, "\n\n", _inside(element, page), "\n\n")


def _script(element: Element, page: _Page) -> Placed:
    if not _is_formula(element):
        return Nothing
    display = "display" in element.attributes["type"]
    begin, end = (r"\[", r"\]") if display else (r"\(", r"\)")
    return _around(element, begin, element.text(), end)


def _listing(element: Element, page: _Page) -> Placed:
    """A listing, with the language that its class or that of the code in it names."""
    inner = [element, *element.everywhere("code")]
    named = [name for each in inner for name in each.classes if name.startswith(("language-", "lang-"))]
    language = named[0].partition("-")[2].lower() if named else ""
    label = language if re.fullmatch(r"\w+", language) else ""
    return fenced(element.text(), label, element.place)


def _code(element: Element, page: _Page) -> Placed:
    body = _flowing(element.text())
    return _around(element, "`", body, "`") if "`" not in body.text else body


def _table(element: Element, page: _Page) -> Placed:
    """A table with a bar between cells, one line a row; one that only lays out the page is text."""
    if next(element.everywhere("table"), None):
        return _set_apart(element, page)
    lines = [_row(row, page) for row in element.everywhere("tr")]
    return _around(element, "\n\n", Placed.joined(lines), "\n\n")


def _row(row: Element, page: _Page) -> Placed:
    cells = [cell for cell in row.children if cell.tag in ("td", "th")]
    parts = [Placed.at("|", row.place)]
    for cell in cells:
        body = _inside(cell, page)
        parts += [Placed(re.sub(r"[\n|]", " ", body.text), body.places), Placed.at("|", cell.place)]
    return Placed.joined([*parts, Placed.at("\n", row.place)])


def _drawing(element: Element, page: _Page) -> Placed:
    """The texts of a drawing, one line each."""
    texts = [_drawn(text, page) for text in element.everywhere("text")]
    return _around(element, "\n\n", Placed.joined(texts), "\n\n")


def _drawn(text: Element, page: _Page) -> Placed:
    """One text; a part of it that is shifted down or up is an index or a power."""
    parts: list[Placed] = []
    for each in text.inside:
        shift = each.attributes.get("baseline-shift", "") if isinstance(each, Element) else ""
        body = each if isinstance(each, Placed) else each.text() if each.tag == "tspan" else Nothing
        mark = {"sub": "_", "super": "^"}.get(shift)
        parts.append(_script_of(body, mark) if mark else _flowing(body))
    return _around(text, "", Placed.joined(parts), "\n\n")


def _lowered(mark: str) -> Callable[[Element, _Page], Placed]:
    return lambda element, page: _script_of(_inside(element, page), mark)


def _script_of(body: Placed, mark: str) -> Placed:
    return (
        Placed.joined((body.saying(mark + "{", 0), body, body.saying("}", 0)))
        if body.text.strip()
        else Nothing
    )


_PICTURED = re.compile(r"https?://" + HOSTS)


def _image(element: Element, page: _Page) -> Placed:
    """A picture of a formula holds it in its address, or in the words for those who do not see it."""
    source = element.attribute("src")
    pictured = _PICTURED.match(source.text)
    if not pictured and not {"latex", "tex"} & set(element.classes):
        return Nothing
    body = formula_in(source[pictured.end() :]) if pictured else element.attribute("alt")
    return _around(element, r"\(", bare_tex(body), r"\)")


_WRITERS: dict[str, Callable[[Element, _Page], Placed]] = {
    "math": lambda element, page: formula(element),
    "script": _script,
    "pre": _listing,
    "code": _code,
    "kbd": _code,
    "samp": _code,
    "table": _table,
    "svg": _drawing,
    "sub": _lowered("_"),
    "sup": _lowered("^"),
    "br": lambda element, page: Placed.at("\n", element.place),
    "img": _image,
}
"""How each element is written; any other is what stands inside it."""
