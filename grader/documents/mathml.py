"""MathML, the mathematics of web pages, in the spelling that the reader knows."""

from __future__ import annotations

from collections.abc import Callable

from grader.documents.elements import Element
from grader.documents.placed import Placed

Writer = Callable[[Element], Placed]

_SIGNS = {
    "\u2061": "",
    "\u2062": " ",
    "\u2063": "",
    "\u2064": "",
    "\u200b": "",
    "&": "",
    "%": r"\%",
    "{": r"\{",
    "}": r"\}",
    "∑": r"\sum ",
    "∏": r"\prod ",
    "←": r"\leftarrow ",
    "‖": r"\|",
    "∥": r"\|",
}
"""Operators that are spelt otherwise than they are shown."""

_ACCENTS = {
    "^": "hat",
    "ˆ": "hat",
    "¯": "bar",
    "‾": "bar",
    "_": "bar",
    "~": "tilde",
    "˜": "tilde",
    "→": "vec",
    "⃗": "vec",
}


def formula(math: Element) -> Placed:
    """A ``<math>`` element between delimiters; what it holds as LaTeX beside is taken instead of it."""
    place = math.place
    source = next(
        (each for each in math.everywhere("annotation") if "tex" in each.attributes.get("encoding", "")), None
    )
    body = bare_tex(source.text()) if source else written(math)
    display = math.attributes.get("display") == "block" or math.attributes.get("mode") == "display"
    begin, end = (r"\[", r"\]") if display else (r"\(", r"\)")
    return Placed.joined((Placed.at(begin, place), body, Placed.at(end, place)))


def bare_tex(text: Placed) -> Placed:
    r"""LaTeX without the ``{\displaystyle …}`` that some sites put around it."""
    stripped = text.text.strip()
    start = text.text.find(stripped)
    for opening in (r"{\displaystyle", r"{\textstyle"):
        if stripped.startswith(opening) and stripped.endswith("}"):
            return text[start + len(opening) : start + len(stripped) - 1]
    return text


def written(element: Element) -> Placed:
    """An element of MathML and all in it as LaTeX."""
    return _WRITERS.get(element.tag, _children)(element)


def _children(element: Element) -> Placed:
    return Placed.joined(map(written, element.children)) if element.children else element.text()


def _around(element: Element, *parts: str | Placed) -> Placed:
    return Placed.joined(Placed.at(part, element.place) if isinstance(part, str) else part for part in parts)


def _child(element: Element, position: int) -> Placed:
    children = element.children
    return written(children[position]) if position < len(children) else Placed.whole("")


def _letters(element: Element) -> Placed:
    """A name of several letters is one name."""
    text = _trimmed(element.text())
    several = len(text) > 1 and text.text.isascii() and text.text.isalpha()
    return _around(element, r"\mathrm{", text, "}") if several else _around(element, text, " ")


def _number(element: Element) -> Placed:
    return _trimmed(element.text())


def _operator(element: Element) -> Placed:
    text = _trimmed(element.text())
    return _around(element, _SIGNS[text.text]) if text.text in _SIGNS else text


def _words(element: Element) -> Placed:
    return _around(element, r"\text{", element.text(), "}")


def _fraction(element: Element) -> Placed:
    return _around(element, r"\frac{", _child(element, 0), "}{", _child(element, 1), "}")


def _root(element: Element) -> Placed:
    return _around(element, r"\sqrt{", _children(element), "}")


def _degree(element: Element) -> Placed:
    return _around(element, r"\sqrt[", _child(element, 1), "]{", _child(element, 0), "}")


def _scripted(*marks: str) -> Writer:
    def write(element: Element) -> Placed:
        base = _child(element, 0)
        whole = len(element.children) > 0 and len(element.children[0].children) > 1
        parts: list[str | Placed] = ["{", base, "}"] if whole else [_trimmed(base)]
        for position, mark in enumerate(marks, start=1):
            script = _trimmed(_child(element, position))
            prime = script.text in ("′", "'", "″")
            parts += ["'" * (1 + (script.text == "″"))] if prime else [mark + "{", script, "}"]
        return _around(element, *parts)

    return write


def _over(element: Element) -> Placed:
    accent = _ACCENTS.get(_trimmed(element.children[1].text()).text) if len(element.children) > 1 else None
    if accent:
        return _around(element, rf"\{accent}{{", _child(element, 0), "}")
    return _scripted("^")(element)


def _fenced(element: Element) -> Placed:
    marks = element.attributes
    parts: list[str | Placed] = [marks.get("open", "(")]
    for position, child in enumerate(element.children):
        parts += [*([marks.get("separators", ",").strip()[:1] or ","] if position else []), written(child)]
    return _around(element, *parts, marks.get("close", ")"))


def _table(element: Element) -> Placed:
    """A matrix, or equations below one another when relations stand in its cells."""
    relation = any(sign.text().text.strip() in ("=", "≈") for sign in element.everywhere("mo"))
    name = "aligned" if relation else "matrix"
    rows: list[str | Placed] = []
    for row in element.everywhere("mtr"):
        for position, cell in enumerate(row.children):
            rows += [*(["&"] if position else []), _children(cell)]
        rows.append(r"\\ ")
    return _around(element, rf"\begin{{{name}}}", *rows, rf"\end{{{name}}}")


def _trimmed(text: Placed) -> Placed:
    stripped = text.text.strip()
    start = text.text.find(stripped)
    return text[start : start + len(stripped)]


def _nothing(element: Element) -> Placed:
    return Placed.whole("")


_WRITERS: dict[str, Writer] = {
    "mi": _letters,
    "mn": _number,
    "mo": _operator,
    "mtext": _words,
    "ms": _words,
    "mfrac": _fraction,
    "msqrt": _root,
    "mroot": _degree,
    "msub": _scripted("_"),
    "msup": _scripted("^"),
    "msubsup": _scripted("_", "^"),
    "munder": _scripted("_"),
    "mover": _over,
    "munderover": _scripted("_", "^"),
    "mfenced": _fenced,
    "mtable": _table,
    "semantics": lambda element: _child(element, 0),
    "annotation": _nothing,
    "annotation-xml": _nothing,
    "mphantom": _nothing,
    "mspace": lambda element: _around(element, " "),
    "none": _nothing,
}
"""How each element is written; any other is what stands inside it."""
