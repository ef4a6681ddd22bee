"""Equality chains: a region of mathematics taken apart into sides and the relations between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from grader.chapter.cells import Names, names_of_cells
from grader.chapter.spelling import is_name
from grader.documents import Document, Region, damage
from grader.reading import Unreadable, read
from grader.reading.tree import Number, Tree


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a chain as printed, at its offset in the document; no ``tree`` if it could not be read."""

    text: str
    start: int
    tree: Tree | None = None
    problem: str = ""
    percent: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def damaged(self) -> bool:
        """Whether the text was damaged on its way, so that nobody can say what stood there."""
        return self.problem.startswith("damaged")


@dataclass(frozen=True, slots=True)
class Chain:
    """``sides[0] relations[0] sides[1] …``; ``=``, arrows ``from`` and ``to``, or ``other``."""

    sides: tuple[Side, ...]
    relations: tuple[str, ...]
    listed: bool = False
    """Part of a comma list such as ``N, D = 64, 1000``, whose equality cannot be taken literally."""
    said: bool = False
    """Put together from words and formulas: ``$\\eta$ is 0.9``."""

    @property
    def start(self) -> int:
        return self.sides[-1 if self.said else 0].start

    @property
    def head(self) -> str:
        """The first side without its blanks, by which a later line may continue the chain."""
        return squeeze(self.sides[0].text)


def squeeze(text: str) -> str:
    """Text without white space, by which two spellings are compared."""
    return "".join(text.split())


@lru_cache(maxsize=1)
def chains_of(document: Document) -> tuple[Chain, ...]:
    """All chains of a document in reading order, continuation lines joined to what they continue."""
    found: list[Chain] = []
    end_of_last = 0
    names = names_of_cells(document.readable)
    for region in document.regions:
        for chain in _chains(region, names):
            gap = document.prose(end_of_last, chain.sides[0].start)
            if found and _continues(found[-1], chain, gap):
                found[-1] = _joined(found[-1], chain)
            else:
                found.append(chain)
            end_of_last = chain.sides[-1].end
    return tuple(found)


def _continues(last: Chain, chain: Chain, gap: str) -> bool:
    """A chain without a first side continues the last; so does one with the same first side."""
    if last.listed or chain.listed or not last.sides[-1].text:
        return False
    if not chain.sides[0].text:
        return True
    same = chain.head == last.head and len(chain.sides) > 1 and not _WORDS.search(_MARKUP.sub("", gap))
    bare = len(last.sides) == len(chain.sides) == 2 and _PLAIN_NUMBER.fullmatch(squeeze(last.sides[1].text))
    return same and not {"to", "from"}.intersection(last.relations) and not bare


def _joined(last: Chain, chain: Chain) -> Chain:
    return replace(last, sides=last.sides + chain.sides[1:], relations=last.relations + chain.relations)


_WORDS = re.compile(r"[^\W\d_]{3,}|[→⇒]|\\[a-z]+arrow")
_MARKUP = re.compile(r"\\(?:begin|end|label|tag)\{[^}]*\}")
_PLAIN_NUMBER = re.compile(r"[-−]?[\d.]+[.,]?")


# ---- one region

_TOKENS = re.compile(
    r"(?P<row>\\\\(?:\[[^\]\n]{0,20}\])?)"
    r"|\\(?:begin|end)\{(?P<layout>(?:align|aligned|alignat|equation|gather|gathered|split|multline|eqnarray)\*?)\}"
    r"|\\begin\{(?P<opens>\w+\*?)\}(?P<columns>\{[^}\n]*\})?"
    r"|\\end\{(?P<closes>\w+\*?)\}"
    r"|(?P<gap>\\q?quad(?![A-Za-z])|\\hspace\{[^}]*\}|(?:\\ \s*){2,})"
    r"|(?P<skip>\\(?:label|tag|eqref|ref)\{[^}]*\}|\\(?:hline|nonumber|notag)(?![A-Za-z]))"
    r"|(?P<from>\\(?:long)?leftarrow(?![A-Za-z])|\\gets(?![A-Za-z])|[←⟵]|(?<=[\s\w])<-(?=\s))"
    r"|(?P<to>\\(?:long)?(?:right|Right|Left|Leftright|leftright)arrow(?![A-Za-z])|\\(?:to|implies|iff|mapsto)(?![A-Za-z])|->|=>|[→⇒⟶⟹↦⇔])"
    r"|(?P<other>\\(?:leq?|geq?|neq?|lt|gt|in|equiv|sim|propto|ll|gg)(?![A-Za-z])|[<>≤≥≠∈]=?)"
    r"|(?P<equal>:=|~=|==?|[≈≃≅]|\\(?:approx|simeq|cong|doteq|coloneqq)(?![A-Za-z]))"
    r"|(?P<open>\\[{(\[]|[({\[])|(?P<close>\\[})\]]|[)}\]])"
    r"|(?P<command>\\[A-Za-z]+|\\.)"
    r"|(?P<comma>[,;])"
    r"|(?P<cell>&)",
    re.DOTALL,
)

_LITERAL_EQUALITY = {"equal": "=", "from": "from", "to": "to", "other": "other"}


@dataclass
class _Cutting:
    """The state of one walk through a region: finished chains, and the sides of the one at work."""

    region: Region
    mark: int = 0
    blanks: list[tuple[int, int]] = field(default_factory=list)
    sides: list[Side] = field(default_factory=list)
    relations: list[str] = field(default_factory=list)
    done: list[Chain] = field(default_factory=list)
    loose: bool = False

    def relation(self, kind: str, start: int, end: int) -> None:
        self.sides.append(self._side(start))
        self.relations.append(kind)
        self.mark = end

    def finish(self, start: int, end: int) -> None:
        """The end of a chain: a comma, a gap, a row or the end of the region."""
        last = self._side(start)
        if self.relations:
            if last.text:
                again = _percent_beside(self._text(start), self.region.start + self.mark)
                self.sides.extend([last, again] if again else [last])
                self.relations.extend(["="] if again else [])
                self.done.append(Chain(tuple(self.sides), tuple(self.relations), self.loose))
            elif len(self.sides) > 1:
                self.done.append(Chain(tuple(self.sides), tuple(self.relations[:-1]), self.loose))
        self.sides, self.relations, self.mark, self.loose = [], [], end, False

    def comma(self, start: int, end: int) -> None:
        """A comma ends a chain; a piece without a relation on either side of it makes a list."""
        alone = not self.relations and bool(self._side(start).text)
        if alone and self.done and not self.done[-1].listed and self._open_list:
            self.done[-1] = replace(self.done[-1], listed=True)
        self.finish(start, end)
        self._open_list = True
        self.loose = alone

    _open_list: bool = False

    def row(self, start: int, end: int) -> None:
        if not self.relations and self._side(start).text and self.done and self._open_list:
            self.done[-1] = replace(self.done[-1], listed=True)
        self.finish(start, end)
        self._open_list = False

    def _side(self, end: int) -> Side:
        return _side(self._text(end), self.region.start + self.mark)

    def _text(self, end: int) -> str:
        text = self.region.text[self.mark : end]
        for begin, stop in self.blanks:
            if begin >= self.mark:
                text = text[: begin - self.mark] + " " * (stop - begin) + text[stop - self.mark :]
        return text


def _chains(region: Region, names: Names) -> list[Chain]:
    """The chains of one region; the cells of an array that hold relations count as regions of their own."""
    found: list[Chain] = []
    for part in _cells(region):
        found.extend(_headed(chain, names.at(chain.start)) for chain in _cut(part))
    return found


def _headed(chain: Chain, name: str) -> Chain:
    """A chain that works something out below the name of what is worked out."""
    first = chain.sides[0].tree
    if not name or first is None or not any(isinstance(part, Number) for part in first.walk()):
        return chain
    head = side_of(Region(name, chain.start, "inline"))
    if head.tree is None or is_name(first):
        return chain
    return replace(chain, sides=(head, *chain.sides), relations=("=", *chain.relations))


def _cut(region: Region) -> list[Chain]:
    cutting, depth = _Cutting(region), 0
    for token in _TOKENS.finditer(region.text):
        kind, (start, end) = token.lastgroup or "", token.span()
        if kind in ("opens", "columns", "open"):
            depth += 1
        elif kind in ("closes", "close"):
            depth = max(0, depth - 1)
        elif depth or kind == "command":
            continue
        elif kind in _LITERAL_EQUALITY:
            cutting.relation(_LITERAL_EQUALITY[kind], start, end)
        elif kind == "comma":
            cutting.comma(start, end)
        elif kind in ("gap", "row"):
            cutting.row(start, end)
        else:
            cutting.blanks.append((start, end))
    cutting.row(len(region.text), len(region.text))
    return cutting.done


_ARRAY = re.compile(r"\\begin\{(?P<env>array|tabular)\}\{[^}\n]*\}(?P<body>.*?)\\end\{(?P=env)\}", re.DOTALL)
_CELL_EDGE = re.compile(r"\\\\(?:\[[^\]\n]{0,20}\])?|(?<!\\)&|\\hline")


def _cells(region: Region) -> Iterator[Region]:
    """The region itself, or the cells of an array used as a table of equations."""
    array = _ARRAY.search(region.text)
    if not array or "=" not in array["body"]:
        yield region
        return
    start = array.start("body")
    for edge in (*_CELL_EDGE.finditer(region.text, start, array.end("body")), None):
        end = edge.start() if edge else array.end("body")
        yield Region(region.text[start:end], region.start + start, region.place)
        start = edge.end() if edge else end


# ---- one side

# words said beside the mathematics, such as \text{ (26.86\%)} and \text{with }, but not the name \text{out}
_BESIDE = r"\\text(?:rm|bf|it)?\s?\{(?:\s[^{}]*|[^{}]*\s|[^{}]*[(),:][^{}]*)\}"
_FIRST_WORDS = re.compile(rf"^\s*(?:{_BESIDE}\s*)+(?=\S)")
_LAST_WORDS = re.compile(rf"(?<=\S)\s*(?:(?:{_BESIDE}|(?<=\d)\s+\([\d.]+\s*\\?%\))\s*)+$")

_EDGES = re.compile(r"^(?:[\s&]|\\[,;:! ])+|(?:[\s.,;:&✓✔]|\\[,;:! ])+$")
_PERCENT = re.compile(r"\s*\\?%\s*$")


_BESIDE_PERCENT = re.compile(r"[\d.]+\s*(?:\\text\{\s*)?\((?P<percent>[\d.]+\s*\\?%)\)\s*\}?\s*$")


def _percent_beside(text: str, start: int) -> Side | None:
    """The percentage in ``0.659 (65.9%)``, which says the same once more."""
    found = _BESIDE_PERCENT.search(text)
    return _side(found["percent"], start + found.start("percent")) if found else None


def side_of(region: Region) -> Side:
    """A whole region as one side."""
    return _side(region.text, region.start)


def _side(text: str, start: int) -> Side:
    trimmed = _EDGES.sub("", _LAST_WORDS.sub("", _FIRST_WORDS.sub("", text)))
    begin = text.find(trimmed)
    body = text[begin : begin + len(trimmed)]
    percent = bool(_PERCENT.search(body))
    harm = damage(body)
    tree, problem = (None, harm) if harm else _read(_PERCENT.sub("", body))
    if not harm and "%" in _PERCENT.sub("", body):
        tree, problem = None, "a percent sign stands inside it"
    return Side(body, start + begin, tree, problem, percent)


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[Tree | None, str]:
    if not text.strip():
        return None, "nothing stands here"
    try:
        return read(text).tree, ""
    except Unreadable as error:
        return None, error.message
