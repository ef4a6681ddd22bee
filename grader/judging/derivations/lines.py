"""Where the mathematics stands in a derivation: rows of formulas between words, each with its place."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from grader.judging.derivations.prose import BLANK, FREE, REMARK, is_remark, stretches

MOST_ROWS = 120
"""How many rows of formulas are looked at."""


class Row(Struct, frozen=True):
    """One row of mathematics: ``text`` stands at ``start`` in the answer. ``goes_on`` says that it begins
    with an equals sign, which has been taken off; ``aside`` that it stands inside a sentence, ``remark`` in
    brackets behind another row."""

    text: str
    start: int
    goes_on: bool = False
    aside: bool = False
    remark: bool = False

    @property
    def states(self) -> bool:
        """Whether it says that something equals something."""
        return self.goes_on or bool(RELATION.search(self.text))


RELATION = re.compile(
    r"(?<![<>!=])=(?!>)|[≈≃≅≡]|:=|←|<-|\\(?:approx|simeq|cong|equiv|leftarrow|gets)(?![A-Za-z])"
)
_ROWS = (
    r"(?:align|aligned|alignat|alignedat|gather|gathered|split|eqnarray|multline|equation|displaymath|math)"
)
_DELIMITED = re.compile(
    r"(?<!\\)\$\$(?P<dollars>.+?)\$\$"
    r"|\\\[(?P<display>.+?)\\\]"
    rf"|\\begin\{{(?P<name>{_ROWS}\*?)\}}(?P<rows>.*?)\\end\{{(?P=name)\}}"
    r"|(?<!\\)\$(?P<dollar>[^$]+?)(?<!\\)\$"
    r"|\\\((?P<round>.+?)\\\)"
    r"|^[ \t]*(?P<fence>`{3,}|~{3,})[^\n`]*\n(?P<fenced>.*?)(?:^[ \t]*(?P=fence)|\Z)",
    re.DOTALL | re.MULTILINE,
)
_INLINE = ("dollar", "round")
_DISPLAYED = ("dollars", "display", "rows")
_IMPLIES = (
    r"\\(?:Rightarrow|Longrightarrow|implies|iff|Leftrightarrow|Longleftrightarrow|therefore|because|leadsto)"
    r"(?![A-Za-z])|[⇒⟹⇔⟺∴∵]|(?<![<=])=+>|(?<![A-Za-z\\])(?:i\. ?e|e\. ?g|d\. ?h)\.,?"
)
_STEP = re.compile(
    rf"(?P<implies>{_IMPLIES})"
    rf"|(?P<wrapper>\\(?:begin|end)\{{{_ROWS}\*?\}}(?:\{{\d+\}})?)"
    r"|(?P<row>\\\\\*?(?:\[[^\]\n]{0,20}\])?)"
    r"|(?P<words>\\(?:text|intertext|shortintertext|mbox|textrm|mathrm)\s*\{(?P<said>[^{}$]*)\})"
    r"|\\(?P<edge>begin|end)\s*\{[A-Za-z]*\*?\}"
    r"|(?P<label>\\(?:label|tag|qquad|nonumber|notag|hline)\*?(?:\{[^{}]*\})?)"
    r"|\\.|(?P<bracket>[{}])",
    re.DOTALL,
)
_GOES_ON = re.compile(rf"[\s&]*(?:\\(?:quad|qquad|;|,|!)\s*)*&?\s*(?P<relation>{RELATION.pattern}|[≈=])\s*&?")
_OPERATOR_FIRST = re.compile(
    r"(?:[\s&]|\\(?:q?quad(?![A-Za-z])|[;,!]))*(?:[*/·⊙∘@×)\]]|[+−-](?=[^=\n]*$)|\\(?:odot|cdot|times|circ|circledast|right)(?![A-Za-z]))"
)
_OPERATOR_LAST = re.compile(r"(?:[+*/·⊙∘@×(\[−-]|\\(?:odot|cdot|times|circ))[\s&]*$")
_RELATION_LAST = re.compile(rf"(?:{RELATION.pattern})[\s&]*$")
_MARKER = re.compile(
    r"[\s>]*(?:(?:[-*•–]|\d{1,2}\s*[.):]|\(\s*(?:\d{1,2}|[a-h]|[ivx]{1,4})\s*\)|[a-hivx]{1,3}\)|"
    r"\(\*+\)|\*{1,3}\))(?=[\s$\\]|\S*\D)[ \t]+)*"
)
_NUMBER_BEHIND = re.compile(r"(?:\s{2,}|\\q?quad\s*|\s\.{2,}\s*)\((?:\d{1,2}|\*+|[ivx]{1,4})\)\s*$")


def rows(text: str) -> tuple[Row, ...]:
    r"""All rows of mathematics, in order.

    >>> [(row.text, row.goes_on) for row in rows("First\ndelta1 = dE/dz1\n  = W2^T delta2, since\n")]
    [('delta1 = dE/dz1', False), ('W2^T delta2', True)]
    >>> [row.text for row in rows(r"so $e = a - y$ and \[ a &= b \\ c &= d \]")]
    ['e = a - y', 'a  = b', 'c  = d']
    """
    found = sorted((*_delimited(text), *_bare(text)), key=lambda row: row.start)
    return tuple(_tidied(found[:MOST_ROWS]))


def row_numbers(text: str, starts: list[int]) -> list[int]:
    r"""The number of the line in which each place stands, counting lines (``\\`` ends one too) that hold
    any of them."""
    breaks = [match.end() for match in re.finditer(r"\n|\\\\", text)]
    places = [bisect_right(breaks, start) for start in starts]
    numbered = {place: number for number, place in enumerate(sorted(set(places)), start=1)}
    return [numbered[place] for place in places]


# -- what stands between signs of mathematics ----------------------------------------------------------------


def _delimited(text: str) -> Iterator[Row]:
    for match in _DELIMITED.finditer(text):
        for kind in (*_INLINE, *_DISPLAYED):
            if match[kind] is not None:
                inline = kind in _INLINE and not _stands_alone(text, match)
                yield from (replace(row, aside=inline) for row in _displayed(match[kind], match.start(kind)))
        if match["fenced"] is not None:
            yield from _typed(match["fenced"], match.start("fenced"))


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """Whether a formula has a line for itself."""
    before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    after = text[match.end() :].split("\n", 1)[0]
    return not _MARKER.sub("", before, count=1).strip() and not after.strip(" .,;\t\r")


def _displayed(body: str, start: int) -> Iterator[Row]:
    r"""The rows of a display, also where no sign says that it is one: parted by ``\\``, by ⇒ and by words."""
    depth, held = 0, list(body)
    begin = 0
    for step in _STEP.finditer(body):
        depth += {"{": 1, "}": -1, "begin": 1, "end": -1}.get(step["bracket"] or step["edge"] or "", 0)
        parts = step["row"] or step["implies"] or step["wrapper"] or (step["words"] and _parts(step["said"]))
        if depth > 0 and not step["wrapper"]:
            continue
        if parts:
            yield Row("".join(held[begin : step.start()]), start + begin)
            begin = step.end()
        elif step["label"]:
            held[slice(*step.span())] = " " * len(step[0])
    yield Row("".join(held[begin:]), start + begin)


def _parts(said: str) -> bool:
    """Whether words in a formula part what stands around them."""
    return not said.strip() or is_remark(said)


# -- lines without signs of mathematics around them ----------------------------------------------------------


def _bare(text: str) -> Iterator[Row]:
    """What stands outside all signs of mathematics."""
    rest = list(text)
    for match in _DELIMITED.finditer(text):
        rest[slice(*match.span())] = [char if char == "\n" else BLANK for char in match[0]]
    if "\\" in "".join(rest).replace("\\ ", ""):
        yield from _bare_latex("".join(rest))
    else:
        yield from _typed("".join(rest), 0)


def _bare_latex(text: str) -> Iterator[Row]:
    r"""LaTeX that was typed without dollar signs: ``\\`` parts rows as the ends of lines do."""
    for row in _displayed(text, 0):
        yield from _typed(row.text, row.start)


def _typed(body: str, start: int) -> Iterator[Row]:
    at = start
    for part in _whole_lines(body):
        marker = _MARKER.match(part)
        skipped = marker.end() if marker else 0
        for offset, stretch, place in stretches(part[skipped:]):
            yield Row(stretch, at + skipped + offset, aside=place != FREE, remark=place == REMARK)
        at += len(part)


def _whole_lines(body: str) -> Iterator[str]:
    """Lines, with those that go on where brackets are open."""
    held, depth = "", 0
    for line in body.splitlines(keepends=True):
        held += line
        depth += sum(line.count(sign) for sign in "([{") - sum(line.count(sign) for sign in ")]}")
        if depth <= 0 or not line.strip():
            yield held
            held, depth = "", 0
    if held:
        yield held


# -- rows that belong together -------------------------------------------------------------------------------


def _tidied(found: list[Row]) -> Iterator[Row]:
    """Rows without what hangs at their edges; one that begins or ends with a sign is put to its neighbour."""
    held: Row | None = None
    for row in map(_trimmed, found):
        if not row.text:
            continue
        if held is not None and _belongs(held, row):
            gap = row.start - held.start - len(held.text)
            held = replace(held, text=held.text + " " * gap + row.text)
            continue
        if held is not None:
            yield _begun(held)
        held = row
    if held is not None:
        yield _begun(held)


def _belongs(above: Row, row: Row) -> bool:
    if row.aside or above.aside:
        return False
    if _OPERATOR_FIRST.match(row.text) or _RELATION_LAST.search(above.text):
        return True
    return bool(_OPERATOR_LAST.search(above.text)) and not RELATION.search(row.text)


def _begun(row: Row) -> Row:
    """A row that begins with an equals sign, without it."""
    sign = _GOES_ON.match(row.text)
    if sign is None:
        return row
    rest = row.text[sign.end() :]
    shift = len(rest) - len(rest.lstrip())
    return replace(row, text=rest.lstrip(), start=row.start + sign.end() + shift, goes_on=True)


def _trimmed(row: Row) -> Row:
    text = _without_ampersands(row.text)
    numbered = _NUMBER_BEHIND.search(text)
    text = text[: numbered.start()] if numbered else text
    left = len(text) - len(text.lstrip(" \t\r\n,;:.~" + BLANK))
    text = text[left:].rstrip(" \t\r\n~" + BLANK)
    while text.endswith((".", ",", ";", ":")) and not text.endswith(("\\,", "\\;", "\\:")):
        text = text[:-1].rstrip()
    return replace(row, text=text, start=row.start + left)


def _without_ampersands(text: str) -> str:
    r"""Signs of alignment outside matrices become blanks."""
    if "&" not in text:
        return text
    held, depth = list(text), 0
    for step in re.finditer(r"\\(?P<edge>begin|end)\s*\{|\\.|(?P<amp>&)", text):
        depth += {"begin": 1, "end": -1}.get(step["edge"] or "", 0)
        if step["amp"] and depth == 0:
            held[step.start()] = " "
    return "".join(held)
