"""Which lines of a text are headings that name a part: ``## delta1``, ``(delta1)``, ``Part 2: delta1``."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice

from grader.classroom.formulas import RELATION, spans

MOST_HEADINGS = 500
LINE_LEVEL = 7
"""``delta1:`` and its like stand below all six levels of ``#``."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line, or the beginning of one, that names a part or (``part`` None) ends what stood above it."""

    part: str | None
    level: int
    start: int
    end: int
    title: str


_LABEL = r"(?:(?:part|problem|question|exercise|task|answer|ans|solution|aufgabe|teil|q)(?![^\W\d_]))"
_SHARPS = re.compile(r"\s{0,3}(#{1,6})\s*(?=\S)")
_FORMULA_AS_NAME = re.compile(r"\s*(?P<bold>\*\*|__)?\s*\$(?P<name>[^$]+)\$\s*(?P<sign>[:.]|\*\*|__)?[:.\s]*")
_TAIL = re.compile(r"-\w[\w-]*")
_HOLDS_FORMULA = re.compile(rf"\$|\\|{RELATION.pattern}")
_GOES_ON_AS_FORMULA = re.compile(r"\s*(?:[=≈^_*+/·⊙@]|:=|<-)")


class Headings:
    """Recognises headings by the ``names`` of parts, and by formulas, of which ``part_of`` judges."""

    def __init__(self, names: Mapping[str, str], part_of: Callable[[str], str | None]) -> None:
        self._names = names
        self._part_of = part_of
        choice = "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))
        # `**Part 2: (delta1)**:` and all that is less of it; `_says_heading` tells it from a formula
        self._line = re.compile(
            rf"""\s*(?:[>*+-]\s+)* (?:\d{{1,3}}[.)]\s+)?
            (?P<bold>\*\*|__)? \s* (?P<label>{_LABEL}\s*(?:\d+[a-z]?\s*[:.)–—-]\s*)?)?
            [(\[`]? \s* (?P<name>{choice or "(?!)"})(?![^\W_]|_[^_]|\[) \s* (?P<close>[)\]`])?
            \s* (?P<colon>:(?!=))? \s* (?P<unbold>\*\*|__)?
            \s* (?P<sign>:(?!=)|\.(?=\s|$)|[–—](?=\s))? \s*""",
            re.VERBOSE | re.IGNORECASE,
        )

    def find(self, text: str) -> list[Heading]:
        """The headings of a text in order, at most `MOST_HEADINGS`."""
        return list(islice(self._find(text), MOST_HEADINGS))

    def _find(self, text: str) -> Iterator[Heading]:
        displays, start = spans(text), 0
        for line in text.splitlines(keepends=True):
            if not _inside(displays, start) and (heading := self._heading(line.rstrip(), start)):
                yield heading
            start += len(line)

    def _heading(self, line: str, start: int) -> Heading | None:
        sharps = _SHARPS.match(line)
        level, begin = (len(sharps[1]), sharps.end()) if sharps else (LINE_LEVEL, 0)
        match = self._line.match(line, begin)
        if match and self._means_another(match):
            match = None
        if match and (sharps or _says_heading(match)) and not _goes_on_as_formula(match):
            whole = sharps and not _HOLDS_FORMULA.search(line, match.end())
            end = len(line) if whole else match.end()
            return Heading(self.named(match["name"]), level, start, start + end, match["name"])
        title = line[begin:].strip(" #*:")
        if sharps and not RELATION.search(title):
            return Heading(self._in_title(title), level, start, start + len(line), title)
        match = _FORMULA_AS_NAME.fullmatch(line)
        if match and (match["bold"] or match["sign"]) and (part := self._part_of(match["name"])):
            return Heading(part, level, start, start + len(line), title)
        return None

    def _means_another(self, match: re.Match[str]) -> bool:
        """Whether the word is a longer name misspelt: ``delta2-fromula`` does not name the part delta2."""
        tail = _TAIL.match(match.string, match.end("name"))
        near = self._near(match["name"] + tail[0]) if tail else []
        return bool(near) and self.named(near[0]) != self.named(match["name"])

    def _near(self, name: str) -> list[str]:
        """The name of a part that comes near to this one, if there is one."""
        return get_close_matches(name[:80].casefold(), list(self._names), n=1, cutoff=0.75)

    def named(self, name: str) -> str | None:
        """The part with this id or address, written in whatever case."""
        name = name.strip()
        return self._names.get(name) or self._names.get(name.casefold())

    def _in_title(self, title: str) -> str | None:
        """The part named at the end of a title, or by its only word that is no plain one, or by a formula."""
        if part := self.named(_last_piece(title)):
            return part
        words = re.findall(r"[\w\[\],+'-]+", title)
        hits = {part for word in words if re.search(r"[\d_]", word) and (part := self.named(word))}
        hits |= {part for name in re.findall(r"\$([^$]+)\$", title) if (part := self._part_of(name))}
        return hits.pop() if len(hits) == 1 else None

    def misspelt(self, heading: Heading) -> str | None:
        """The name of a part that a heading without one comes near to."""
        near = [] if heading.part else self._near(_last_piece(heading.title))
        return self._names[near[0]] if near else None


def names_of(parts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What may name each part, given as pairs (id, address): its id, and its address if none else asks that.

    Case does not matter where it does not tell two parts apart.

    >>> names_of([("hidden", "delta1"), ("W", "W1")])
    {'hidden': 'hidden', 'w': 'W', 'delta1': 'hidden', 'w1': 'W', 'W': 'W', 'W1': 'W'}
    """
    parts = tuple(parts)
    exact = {part: part for part, _ in parts}
    asks = [ask for _, ask in parts]
    exact |= {ask: part for part, ask in parts if asks.count(ask) == 1 and ask not in exact}
    folded = [name.casefold() for name in exact]
    loose = {name.casefold(): part for name, part in exact.items() if folded.count(name.casefold()) == 1}
    return loose | exact


def sections(headings: Sequence[Heading], length: int) -> Iterator[tuple[Heading, int]]:
    """Every heading that names a part, and where its section ends: at the next one that is not below it."""
    for position, heading in enumerate(headings):
        if heading.part is not None:
            later = islice(headings, position + 1, None)
            ends = (other.start for other in later if other.part is not None or other.level <= heading.level)
            yield heading, next(ends, length)


def _says_heading(match: re.Match[str]) -> bool:
    alone = match.end() == len(match.string) and not match["name"].isdigit()
    bold = match["bold"] and match["unbold"]
    return bool(alone or bold or match["label"] or match["close"] or match["colon"] or match["sign"])


def _goes_on_as_formula(match: re.Match[str]) -> bool:
    """Whether ``(delta1) = …`` was meant; behind a colon anything may stand."""
    told = match["colon"] or match["sign"]
    return not told and bool(_GOES_ON_AS_FORMULA.match(match.string, match.end()))


def _last_piece(title: str) -> str:
    return re.split(r"[:–—]|\s-\s", title)[-1].strip(" ()[]*`.")


def _inside(ranges: list[tuple[int, int]], offset: int) -> bool:
    position = bisect_left(ranges, (offset, 0)) - 1
    return position >= 0 and ranges[position][1] > offset
