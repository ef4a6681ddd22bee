"""Notebooks: the cells of an .ipynb file, every character with its place in the JSON source."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]
from json.scanner import py_make_scanner  # type: ignore[attr-defined]
from typing import Any

from derive.errors import Unusable
from grader.documents.fencing import closed, fenced
from grader.documents.placed import Placed

SIGNS = re.compile(r'\s*\{(?=.{0,2000000}"(?:cells|worksheets)"\s*:\s*\[)', re.DOTALL)


class _Told(str):
    """A string of a JSON file that knows the offset behind its opening quotation mark."""

    start: int


class _Decoder(json.JSONDecoder):
    """The decoder of the standard library, whose strings know where they stand."""

    def __init__(self) -> None:
        super().__init__(strict=False)
        self.parse_string = _told
        self.scan_once = py_make_scanner(self)


def _told(source: str, start: int, strict: bool = True) -> tuple[_Told, int]:
    value, end = scanstring(source, start, strict)
    told = _Told(value)
    told.start = start
    return told, end


def decoded(text: str) -> Placed:
    """The notebook as Markdown: its Markdown cells, and fences around code and printed output.

    Raises `Unusable` for what is no notebook.
    """
    try:
        notebook = _Decoder().decode(text)
    except (ValueError, RecursionError) as error:
        where = f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else "too deep"
        raise Unusable(f"this notebook is no JSON ({where}); save it once more in Jupyter") from None
    cells = _cells(notebook)
    if cells is None:
        raise Unusable("this notebook has no list of cells; save it once more in Jupyter")
    language = _language(notebook)
    parts = [part for cell in cells if isinstance(cell, dict) for part in _cell(cell, text, language)]
    return Placed.joined(parts)


def _cells(notebook: Any) -> list[Any] | None:
    """The cells of a notebook of this format, or of the one before it."""
    if not isinstance(notebook, dict):
        return None
    sheets = notebook.get("worksheets")
    old = sheets[0] if isinstance(sheets, list) and sheets and isinstance(sheets[0], dict) else {}
    cells = notebook.get("cells", old.get("cells"))
    return cells if isinstance(cells, list) else None


def _language(notebook: dict[str, Any]) -> str:
    found: Any = notebook
    for key in ("metadata", "kernelspec", "language"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) and found.isalnum() else "python"


def _cell(cell: dict[str, Any], source: str, language: str) -> Iterator[Placed]:
    said = _said(cell.get("source", cell.get("input")), source)
    place = said.place(0)
    if cell.get("cell_type") == "code":
        yield fenced(said, language, place)
        outputs = cell.get("outputs")
        for output in outputs if isinstance(outputs, list) else ():
            yield from _output(output, source, place)
    elif cell.get("cell_type") in ("markdown", "heading"):
        yield from (closed(said), Placed.at("\n\n", place))


def _output(output: Any, source: str, place: int) -> Iterator[Placed]:
    """What a cell printed as text; pictures and errors are left out."""
    if not isinstance(output, dict) or output.get("name") == "stderr":
        return
    data = output.get("data")
    shown = data if isinstance(data, dict) else output
    for key, wrapped in _SHOWN.items():
        text = _said(shown.get(key), source)
        if text.text.strip():
            yield wrapped(text, text.place(0))
            return


_SHOWN: dict[str, Callable[[Placed, int], Placed]] = {
    "text/latex": lambda text, place: text + Placed.at("\n\n", place),
    "text/markdown": lambda text, place: text + Placed.at("\n\n", place),
    "text/plain": lambda text, place: fenced(text, "output", place),
    "text": lambda text, place: fenced(text, "output", place),
}
"""The forms of an output that are read, in this order, and how."""

_PIECE = re.compile(r"[^\\\"]+|\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.", re.DOTALL)


def _said(value: Any, source: str) -> Placed:
    """A string, or a list of strings that are its lines, each character with its place in the source."""
    lines = value if isinstance(value, list) else [value]
    return Placed.joined(_placed(line, source) for line in lines if isinstance(line, _Told))


def _placed(told: _Told, source: str) -> Placed:
    places = array("q")
    at = told.start
    while len(places) < len(told):
        piece = _PIECE.match(source, at)
        assert piece is not None
        places.extend([at] if piece[0].startswith("\\") else range(at, piece.end()))
        at = piece.end()
    return Placed(str(told), places[: len(told)])
