"""What a program printed, laid beside what its print statements print."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from grader.chapter.programs.formats import NUMBER, Part
from grader.chapter.programs.values import Unknown

MAX_OUTPUT = 50_000


@dataclass(frozen=True, slots=True)
class Token:
    """A printed number: its text, its offset, and the value that the program has there, or `Unknown`."""

    text: str
    start: int
    value: Any = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its words without its numbers, and its numbers. One with a ``hole`` goes on unknown."""

    words: str
    tokens: tuple[Token, ...]
    hole: Unknown | None = None
    text: str = ""
    start: int = 0

    def stated(self) -> Iterator[tuple[str, Token]]:
        """What stands before the last ``=`` or ``:`` in front of a number, and the number."""
        for token in self.tokens[:20]:
            before = self.text[: token.start - self.start].rstrip()
            if before.endswith(("=", ":")):
                yield re.split(r"[=:]", before[:-1])[-1], token


_WRAPPING = re.compile(
    r"\b(?:np\.)?(?:array|tensor|float32|float64|int64)\(|,?\s*(?:grad_fn=<[^>\n]*>|requires_grad=\w+|dtype=[\w.]+)"
    r"|[\[\](),\s'\"]|(?:Out|In)\s?\[\d+\]:"
)
"""What stands around printed numbers and differs between versions of the libraries."""


def printed_lines(printed: Iterable[Sequence[Part]]) -> list[Line]:
    """The lines that print statements print, as far as they are known."""
    lines: list[list[Part]] = [[]]
    for part in (part for parts in printed for part in parts):
        first, *more = part.text.split("\n") if part.value is None else [part.text]
        lines[-1].append(Part(first, part.value))
        lines.extend([Part(text)] for text in more)
    return [line for line in map(_line, lines) if line.words or line.hole]


def _line(parts: Sequence[Part]) -> Line:
    text, hole = "", None
    values: dict[int, tuple[str, Any]] = {}
    for part in parts:
        if isinstance(part.value, Unknown):
            hole = part.value
            break
        values[len(text)] = part.text, part.value
        text += part.text
    tokens = tuple(_with_value(match, values) for match in NUMBER.finditer(text))
    return Line(_words(text), tokens, hole)


def _with_value(match: re.Match[str], values: dict[int, tuple[str, Any]]) -> Token:
    """A number of a line, with its value if it is the whole of one part."""
    text, value = values.get(match.start(), ("", None))
    return Token(match[0], match.start(), value if text == match[0] else None)


def shown_lines(text: str, start: int) -> list[Line]:
    """The lines of a block of output that are not empty."""
    found = []
    for line in text[:MAX_OUTPUT].split("\n"):
        tokens = tuple(Token(match[0], start + match.start()) for match in NUMBER.finditer(line))
        if line.strip():
            found.append(Line(_words(line), tokens, text=line, start=start))
        start += len(line) + 1
    return found


def _words(text: str) -> str:
    """A line with a sign for each number, and without what wraps them."""
    return _WRAPPING.sub("", NUMBER.sub(" # ", text))


def paired(expected: list[Line], found: list[Line]) -> Iterator[tuple[Token, Token]]:
    """Pairs of what the program has and what is printed, where it is plain which belongs to which."""
    pairs = matched(expected, found)
    if pairs:
        yield from pairs
    elif _fit(expected, found):
        for one, other in zip(expected, found, strict=True):
            yield from _unknown([one], other) if one.hole else _zipped([one], [other])
    else:
        yield from _by_words(expected, found)


def _fit(expected: list[Line], found: list[Line]) -> bool:
    """Whether line stands beside line, where the words of a line are known."""
    return len(expected) == len(found) and all(
        other.words.startswith(one.words) if one.hole else one.words == other.words
        for one, other in zip(expected, found, strict=True)
    )


def matched(expected: list[Line], found: list[Line]) -> list[tuple[Token, Token]]:
    """All numbers in pairs, if everything that is printed is known and has the same words; else none."""
    if any(line.hole for line in expected) or _joined(expected) != _joined(found):
        return []
    return _zipped(expected, found)


def _joined(lines: list[Line]) -> str:
    return "".join(line.words for line in lines)


def _zipped(expected: list[Line], found: list[Line]) -> list[tuple[Token, Token]]:
    """Number by number; none if numbers differ that are part of the program's own text."""
    ours = [token for line in expected for token in line.tokens]
    theirs = [token for line in found for token in line.tokens]
    own = all(one.text == other.text for one, other in zip(ours, theirs, strict=True) if one.value is None)
    return list(zip(ours, theirs, strict=True)) if own else []


def _by_words(expected: list[Line], found: list[Line]) -> Iterator[tuple[Token, Token]]:
    """Lines with the same words, if they are printed as often as they stand there."""
    waiting: dict[str, list[Line]] = defaultdict(list)
    for line in expected:
        if not line.hole and re.search(r"[^\W\d_]", line.words):
            waiting[line.words].append(line)
    counted = Counter(line.words for line in found)
    even = {words for words, lines in waiting.items() if counted[words] == len(lines)}
    open_ended = [line for line in expected if line.hole and re.search(r"[^\W\d_]", line.words)]
    for line in found:
        if line.words in even:
            yield from _zipped([waiting[line.words].pop(0)], [line])
        else:
            yield from _unknown(open_ended, line)


def _unknown(expected: list[Line], line: Line) -> Iterator[tuple[Token, Token]]:
    """A line that begins like one of which the rest is not known: its further numbers stay unchecked."""
    fitting = next((one for one in expected if line.words.startswith(one.words)), None)
    if fitting:
        for token in line.tokens[len(fitting.tokens) :]:
            yield Token("", 0, fitting.hole), token
