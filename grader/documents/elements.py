"""Web pages and drawings as a tree of elements, whatever their author forgot to close."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.documents.placed import Placed

MAX_DEPTH = 60
"""What stands deeper is taken as if it stood here."""

_PART = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[(?P<literal>.*?)(?:\]\]>|\Z)|<[!?][^>]{0,2000}+>?"
    r"|</(?P<closes>[A-Za-z][\w:.-]{0,40}+)[^<>]{0,200}+>"
    r"|<(?P<opens>[A-Za-z][\w:.-]{0,40}+)(?P<attributes>(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+'){0,200}+)>"
    r"|&(?P<entity>#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
    r"|(?:[^<&]++|&(?!#?\w{1,31};)|<(?![A-Za-z/!?]))+|.",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([A-Za-z_:][\w:.-]*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_RAW = frozenset({"script", "style", "textarea", "title"})
_CELL_ENDS = frozenset({"td", "th", "tr", "tbody"})
_ENDS_BEFORE = {
    "p": frozenset({"p", "div", "ul", "ol", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "section"}),
    "li": frozenset({"li"}),
    "tr": frozenset({"tr", "tbody", "tfoot"}),
    "td": _CELL_ENDS,
    "th": _CELL_ENDS,
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
}
"""Elements that need no end: each ends where one of these begins."""


@dataclass(slots=True)
class Element:
    """An element: ``place`` is the offset of its opening bracket in what was parsed."""

    tag: str
    place: int
    about: Placed = field(default_factory=lambda: Placed.whole(""))
    inside: list[Element | Placed] = field(default_factory=list)

    @property
    def attributes(self) -> dict[str, str]:
        """The attributes by their names, entities decoded."""
        found = _ATTRIBUTE.finditer(self.about.text)
        return {match[1].lower(): html.unescape(_value(match)) for match in found}

    def attribute(self, name: str) -> Placed:
        """An attribute as it is written in the page; empty if there is none."""
        for match in _ATTRIBUTE.finditer(self.about.text):
            if match[1].lower() == name:
                return self.about[slice(*match.span(match.lastindex or 0))]
        return Placed.whole("")

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def children(self) -> list[Element]:
        """The elements directly inside, without the text between them."""
        return [each for each in self.inside if isinstance(each, Element)]

    def everywhere(self, tag: str) -> Iterator[Element]:
        """All elements of that name inside, from the first to the last."""
        waiting = list(reversed(self.children))
        while waiting:
            element = waiting.pop()
            if element.tag == tag:
                yield element
            waiting.extend(reversed(element.children))

    def text(self) -> Placed:
        """All text inside."""
        parts: list[Placed] = []
        waiting = list(reversed(self.inside))
        while waiting:
            each = waiting.pop()
            if isinstance(each, Placed):
                parts.append(each)
            else:
                waiting.extend(reversed(each.inside))
        return Placed.joined(parts)


def _value(attribute: re.Match[str]) -> str:
    return attribute[attribute.lastindex or 0]


def parsed(source: Placed) -> Element:
    """The tree of a page; ``text`` of it has entities decoded. Nothing is refused."""
    root = Element("", 0)
    opened = [root]
    at = 0
    while at < len(source):
        part = _PART.match(source.text, at)
        assert part is not None
        at = part.end()
        if part["opens"]:
            element = _opened(part, opened, source)
            if element.tag in _RAW:
                at = _raw(element, source, at)
        elif part["closes"]:
            _close(opened, part["closes"].lower())
        else:
            opened[-1].inside.extend(_text(part, source))
    return root


def _opened(part: re.Match[str], opened: list[Element], source: Placed) -> Element:
    tag = part["opens"].lower().rpartition(":")[2]
    if tag in _ENDS_BEFORE.get(opened[-1].tag, ()):
        opened.pop()
        if tag in ("tr", "tbody") and opened[-1].tag == "tr":
            opened.pop()
    about = source[slice(*part.span("attributes"))]
    element = Element(tag, source.place(part.start()), about)
    opened[-1].inside.append(element)
    alone = tag in _VOID or part["attributes"].endswith("/") or tag in _RAW
    if not alone and len(opened) < MAX_DEPTH:
        opened.append(element)
    return element


def _raw(element: Element, source: Placed, at: int) -> int:
    """The inside of a script, which ends with its own end only; the offset behind it."""
    end = re.compile(rf"</{element.tag}\b[^>]{{0,200}}>|\Z", re.IGNORECASE).search(source.text, at)
    assert end is not None
    element.inside.append(source[at : end.start()])
    return end.end()


def _close(opened: list[Element], tag: str) -> None:
    """An end without a beginning says nothing; one that skips others ends them too."""
    tag = tag.rpartition(":")[2]
    for depth in range(len(opened) - 1, 0, -1):
        if opened[depth].tag == tag:
            del opened[depth:]
            return


def _text(part: re.Match[str], source: Placed) -> Iterator[Placed]:
    if part["entity"]:
        character = html.unescape(part[0])
        yield source.saying(character, part.start()) if character != part[0] else source[slice(*part.span())]
    elif part["literal"] is not None:
        yield source[slice(*part.span("literal"))]
    elif not part[0].startswith(("<!", "<?")):
        yield source[slice(*part.span())]
