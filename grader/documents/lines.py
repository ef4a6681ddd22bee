"""Formulas that no delimiter marks: lines that are nothing else, and equations in the midst of words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from grader.documents.damage import latex_copy
from grader.documents.regions import Region
from grader.reading.words import FUNCTIONS, GREEK, QUANTITY_WORDS

MAX_LINE = 400
"""A longer line is no formula; words in it may still hold some."""
MAX_PARAGRAPH = 20_000

_LABEL = re.compile(r"\s*(?:[-*+•][ \t]+|\d+[.)][ \t]+)?(?:\*\*)?(?:[A-Z][\w ]{0,30}:(?:\*\*)?[ \t]+)?")
_TAIL = re.compile(r"\s*[✓✔✅.;,]*\s*\Z")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NAMED = re.compile(
    r"(?<![^\W_])[^\W\d_]{1,12}(?:_?\d+|_\w+)"
    r"|(?<![^\W_])(?:d[A-Za-z]|(?:[α-ω]|in|out|net|err|act)[A-Z])(?![^\W\d_])"
)
_KNOWN = frozenset(f"{FUNCTIONS} {QUANTITY_WORDS} {GREEK} mod".split())
_SCRIPT = re.compile(r"[_^]\{[^{}\n]{1,40}\}|[₀-₉ₐ-ₜᵢ-ᵥⱼ⁰-⁹⁺⁻ᵀ]+")
_ODD = re.compile(r"[\\|$<>{}\"]|[!+*/-]=|==")
_CELL = re.compile(r"[^|\t]+")
_RELATION = re.compile(r"[=≈→]")
_WORKED = re.compile(r"=[^=\n]*[\w)\]']\s*[*·×^+]\s*[\w(\[]|=\s*[A-Za-z]{2,8}\(\s*[^\W\d]\w?\s*\)\s*\Z")
"""An operation behind the relation, or a function: a formula in letters; a dash might only join words."""


def bare_lines(text: str, taken: tuple[Region, ...]) -> Iterator[Region]:
    """Lines, or parts of them, without delimiters that hold a relation and a digit: ``e^2.0 = 7.389``."""
    busy = [region.start for region in taken]
    for line, start in _pieces(text):
        before = bisect_right(busy, start + len(line)) - 1
        if not _RELATION.search(line):
            continue
        if before >= 0 and taken[before].end >= start:
            yield from _between(line, start, taken, before)
        else:
            copy = latex_copy(line)
            yield from [Region(line[copy:], start + copy, "line")] if copy >= 0 else _formulas(line, start)


def _between(line: str, start: int, taken: tuple[Region, ...], last: int) -> Iterator[Region]:
    """Equations between the words of a line that also holds marked formulas, if they touch none of these."""
    end = start + len(line)
    while last >= 0 and (taken[last].end >= start or taken[last].start >= start):
        behind = line[max(0, taken[last].end - start) : end - start]
        yield from (
            Region(region.text, region.start, "line")
            for region in _in_words(behind, end - len(behind))
            if _APART.search(line[: region.start - start]) and _ENDED.match(line[region.end - start :])
        )
        end, last = min(end, taken[last].start), last - 1


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    """The lines of a text, and of a table each cell, with their offsets."""
    start = 0
    for line in text.split("\n"):
        if line.count("|") < 2 and "\t" not in line.strip():
            yield line, start
        else:
            yield from ((cell[0], start + cell.start()) for cell in _CELL.finditer(line))
        start += len(line) + 1


def _formulas(line: str, start: int) -> Iterator[Region]:
    whole = _bare_line(line, start) if len(line) < MAX_LINE else None
    if whole:
        yield whole
    else:
        yield from _in_words(line, start)


def _bare_line(line: str, start: int) -> Region | None:
    label = _LABEL.match(line)
    begin = label.end() if label else 0
    body = _TAIL.sub("", line[begin:])
    return Region(body, start + begin, "line") if is_formula(body) else None


def is_formula(body: str) -> bool:
    """Whether a text has a relation, a digit or an operation, and no word that is not mathematics."""
    says = re.search(r"\d", body) or _WORKED.search(body)
    readable = _RELATION.search(body) and says and not _ODD.search(_SCRIPT.sub("", body))
    return bool(readable) and _KNOWN.issuperset(_WORD.findall(_NAMED.sub("", _SCRIPT.sub("", body))))


# ---- equations in the midst of words

_NAME = (
    rf"(?:{'|'.join(sorted(_KNOWN, key=len, reverse=True))}|[d∂δΔ∇]?[A-Za-zα-ωΑ-Ω])(?![A-Za-zÀ-ωа-я])"
    r"(?:_?\d+|_\w{1,12}|_\{[^{}\n]{1,20}\})?[₀-₉ₐ-ₜᵢⱼₖ⁰-⁹⁺⁻′']*"
)
_PIECE = re.compile(
    rf"(?P<name>{_NAME})(?![A-Za-zÀ-ωа-я])|(?P<value>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?%?)(?![\w.]*\w)"
    r"|(?P<relation>:=|~=|[=≈→])|(?P<sign>[-+*/^·×⋅−,²³½√])|(?P<open>[(\[])|(?P<close>[)\]])"
    r"|(?P<blank>[ \t]+)|(?P<other>\w+|.)"
)
Piece = tuple[str, int, int]
_OPERAND = ("name", "value", "close")
_ASIDE = (["name", "blank"], ["value", "blank"])
"""What makes of a bracket behind it a remark: ``the error (E = 0.5)``."""
_OPENS = re.compile(
    r"(?:^|[.:;,(!?—–]|\b(?:is|are|so|thus|hence|have|get|gives|then|that|compute|and|calculate|indeed|therefore"
    r"|finally|namely|just|obtain|find|yields|becomes|check))\s*$"
)
_CONDITION = re.compile(
    r"\b(?:if|when|for|at|until|unless|while|each|every|whenever|where|say)\W*$", re.IGNORECASE
)
_GOES_ON = re.compile(
    r"\s*(?:times|plus|minus|divided|over|of|million|thousand|percent|per|to|x|by)\b", re.IGNORECASE
)
_HEAD = re.compile(r"[^\W\d]\w{0,12}(?:_\{\w{1,12}\})?(?:\([\w.+-]{1,20}\))?\s*(?:[=≈]|:=)")
_APART = re.compile(r"[A-Za-z]{2,}[ \t]+$|[,;][ \t]+$")
_ENDED = re.compile(r"[ \t]*[.,;)](?!\d)|[ \t]+[A-Za-z]{2,}")
"""What sets an equation apart from the marked formulas on its line."""
_ARTICLE = re.compile(r"^[aAI][ \t]+(?=\w)")


def _in_words(line: str, start: int) -> Iterator[Region]:
    """Equations between words; one that may be part of something else is left alone."""
    if len(line) > MAX_PARAGRAPH:
        return
    pieces = _described([(piece.lastgroup or "", *piece.span()) for piece in _PIECE.finditer(line)], line)
    stretch: list[Piece] = []
    for piece in (*pieces, ("other", len(line), len(line))):
        aside = piece[0] == "open" and [kind for kind, _, _ in stretch[-2:]] in _ASIDE
        if piece[0] != "other" and not aside:
            stretch.append(piece)
            continue
        found = _equation(line, stretch)
        found = _worked_for_a_unit(line, *found) if found else None
        if found:
            yield Region(line[slice(*found)], start + found[0], "line")
        stretch = [piece] if aside else []


_OF_A_UNIT = re.compile(r"\bof\s+(?:\w+\s+){0,2}(?:neuron|unit|node|cell|gate|perceptron)\s+$", re.IGNORECASE)


def _worked_for_a_unit(line: str, begin: int, end: int) -> tuple[int, int] | None:
    """What stands behind ``Net input of neuron A =``: the letter names the neuron, and no number."""
    relation = _RELATION.search(line, begin, end)
    if relation is None or not _OF_A_UNIT.search(line[:begin]):
        return begin, end
    behind = relation.end() + len(line[relation.end() : end]) - len(line[relation.end() : end].lstrip())
    return (behind, end) if _RELATION.search(line, behind, end) else None


def _described(pieces: list[Piece], line: str) -> list[Piece]:
    """A word for a quantity in front of its name is none itself: ``target t = 1``."""
    kinds = [kind for kind, _, _ in pieces]
    return [
        ("other", start, end)
        if kinds[at : at + 3] == ["name", "blank", "name"] and _WORD.fullmatch(line[start:end])
        else (kind, start, end)
        for at, (kind, start, end) in enumerate(pieces)
    ]


def _equation(line: str, stretch: list[Piece]) -> tuple[int, int] | None:
    """Where in a line an equation stands, if a stretch without words is one."""
    kinds = [kind for kind, _, _ in stretch]
    if "relation" not in kinds or not ("value" in kinds or _worked(line, stretch)):
        return None
    begin, end = _trimmed(line, stretch[0][1], stretch[-1][2])
    inner = [piece for piece in stretch if piece[1] >= begin and piece[2] <= end]
    return (begin, end) if _stands_alone(line, begin, end) and _well_formed(inner) else None


def _worked(line: str, stretch: list[Piece]) -> bool:
    """Whether letters are worked with behind the relation, twice or more."""
    signs = [line[start:end] for kind, start, end in stretch if kind == "sign"]
    inside = line[stretch[0][1] : stretch[-1][2]]
    return len(signs) > 1 and bool(_WORKED.search(inside))


def _trimmed(line: str, begin: int, end: int) -> tuple[int, int]:
    """The same stretch without commas and articles at its edges and without a bracket around all of it."""
    body = line[begin:end].rstrip(" \t,([")
    article = _ARTICLE.match(body.lstrip(" \t,"))
    begin += len(body) - len(body.lstrip(" \t,")) + (article.end() if article else 0)
    end = begin + len(line[begin:end].rstrip(" \t,(["))
    inside = line[begin:end]
    if inside.startswith("(") and _closing(inside) == len(inside) - 1:
        return begin + 1, end - 1
    return begin, end - (inside.endswith(")") and inside.count(")") > inside.count("("))


def _closing(text: str) -> int:
    """Where the bracket that a text begins with is closed; -1 if it is not."""
    depth = 0
    for at, sign in enumerate(text):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if not depth:
            return at
    return -1


def _stands_alone(line: str, begin: int, end: int) -> bool:
    """Whether the words around leave an equation what it is."""
    before, behind = line[:begin], line[end:]
    if _CONDITION.search(before[-20:]) or _GOES_ON.match(behind[:12]):
        return False
    apart = (not before or before[-1] in " \t(") and re.match(r"(?:[).;:,!?✓…]|\s|$)", behind)
    named = _HEAD.match(line[begin:end])
    return bool(apart) and bool(named or _OPENS.search(before[-12:]))


def _well_formed(pieces: list[Piece]) -> bool:
    """Whether brackets are closed, sides are not empty and no two operands have only a blank between."""
    depth, last, blank = 0, "relation", False
    for kind, _, _ in pieces:
        depth += {"open": 1, "close": -1}.get(kind, 0)
        gap = blank and last in _OPERAND and kind in ("name", "value", "open")
        empty = kind in ("relation", "close") and last in ("relation", "open")
        if depth < 0 or gap or empty:
            return False
        blank = kind == "blank"
        last = last if blank else kind
    return depth == 0 and last in _OPERAND
