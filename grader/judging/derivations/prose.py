"""Words of a sentence around formulas that were typed without any sign of where they begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.reading.words import CALLS, WORDS

BLANK = "\x00"
"""Stands where a formula between signs of mathematics was taken out of a line."""

_TOKEN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+")
_SHORT = re.compile(
    r"so|we|is|by|of|on|in|if|to|it|at|be|as|an|or|us|my|the|and|get"
    r"|for|use|let|now|are|was|has|via|our|da|zu|es|im|ist|mit|wir|und|der|die|das"
    r"|den|aus|wo|bei|von|für|als|nun|de|en|es|el|la|le|et|du|un|par|on|se"
    r"|con|por|los|las|que"
)
"""Words of two or three letters that are no names."""
_ADJACENT = re.compile(r"\s*(?:[_^('\[=≈]|:=)|\d")
_SIGN = re.compile(r"[=≈+*/^_⊙∘·×@σδ∂∇Σ']|\d|<-|←|\\[a-zA-Z]")
_INNERMOST = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NUMBERED = re.compile(r"\s*\d{1,2}\s*[:.)]\**(?=\s|$)")
_BEHIND = re.compile(r"\s{2,}\((?P<inside>[^()]*(?:\([^()]*\)[^()]*)*)\)[\s.,;]*$")
_EQUATION = re.compile(r"(?<![<>!=])=(?!=)")
_WORDS_ALONE = re.compile(r"[A-Za-z][A-Za-z ,.'-]{2,}")
_BOLD = re.compile(r"\*\*(?=[^\W\d_])|(?<=[^\W\d_:.])\*\*(?!\s*\d)")
_IMPLIES = re.compile(r"[⇒⟹⇔⟺∴∵]|(?<![<=])[=-]+>|(?<![A-Za-z\\])(?:i\. ?e|e\. ?g|d\. ?h)\.,?")


FREE, ASIDE, REMARK = "free", "aside", "remark"
"""Where a formula stands: by itself, inside a sentence, or in brackets behind another one."""


def stretches(line: str) -> Iterator[tuple[int, str, str]]:
    """The formulas in a line: offset, text, and where they stand.

    >>> list(stretches("so we get d1 = W2^T d2 (chain rule)"))
    [(9, ' d1 = W2^T d2 ', 'aside')]
    """
    line, remark = _without_edges(line)
    if remark is not None:
        yield from stretches(line)
        yield *remark, REMARK
        return
    bare = _without(_BOLD, _without(_IMPLIES, line))
    words = list(_words(bare))
    for start, end in words:
        bare = bare[:start] + BLANK * (end - start) + bare[end:]
    bare = _without_remarks(bare)
    for match in re.finditer(rf"[^{BLANK}]+", bare):
        number = _NUMBERED.match(match[0]) if match.start() and words else None
        begin = number.end() if number else 0
        if _SIGN.search(match[0][begin:]):
            place = ASIDE if words or BLANK in line else FREE
            yield match.start() + begin, match[0][begin:], place


def is_remark(said: str) -> bool:
    """Whether words inside a formula are a remark, not a name.

    >>> is_remark("by the chain rule"), is_remark("net"), is_remark("and")
    (True, False, True)
    """
    return any(_words(said))


def _without(sign: re.Pattern[str], line: str) -> str:
    return sign.sub(lambda match: BLANK * len(match[0]), line)


def _without_edges(line: str) -> tuple[str, tuple[int, str] | None]:
    """A line without a bracket at its end that holds an equation, and that; without one of words alone."""
    behind = _BEHIND.search(line)
    if behind is None:
        return line, None
    if _EQUATION.search(behind["inside"]):
        return line[: behind.start()], (behind.start("inside"), behind["inside"])
    return (line[: behind.start()] if _WORDS_ALONE.fullmatch(behind["inside"]) else line), None


def _without_remarks(line: str) -> str:
    """Brackets around words and nothing that counts are taken out."""
    for bracket in _INNERMOST.finditer(line):
        if BLANK in bracket[0] and not _SIGN.search(bracket[0]):
            line = line[: bracket.start()] + BLANK * len(bracket[0]) + line[bracket.end() :]
    return line


def _words(line: str) -> Iterator[tuple[int, int]]:
    """Where words of a sentence stand."""
    tokens = list(_TOKEN.finditer(line))
    prose = [_is_word(line, token) for token in tokens]
    for position, (token, is_prose) in enumerate(zip(tokens, prose, strict=True)):
        if is_prose or (len(token[0]) == 1 and _article(line, tokens, prose, position)):
            yield token.span()


def _is_word(line: str, token: re.Match[str]) -> bool:
    """Whether letters are a word: no name the reader knows, nor one with a script or bracket at it."""
    word, before = token[0], line[: token.start()]
    if len(word) < 2 or before.endswith(("\\", "_", "^", ".", "{")) or before[-1:].isdigit():
        return False
    if _SHORT.fullmatch(word.lower()) and word in (word.lower(), word.capitalize()):
        return not (
            re.match(r"[_^('\[\d]|\s*[=/*+)·]", line[token.end() :]) or re.search(r"[/*+(=·]\s*$", before)
        )
    if len(word) < 3 or word in WORDS:
        return False
    if word in CALLS and line[token.end() : token.end() + 1] == "(":
        return False
    return not _ADJACENT.match(line, token.end()) or bool(re.match(r"\s+[('\[]", line[token.end() :]))


def _article(line: str, tokens: list[re.Match[str]], prose: list[bool], position: int) -> bool:
    """“a” and “I” between words."""
    near = [at for at in (position - 1, position + 1) if 0 <= at < len(tokens)]
    if len(near) < 2 or not all(prose[at] for at in near):
        return False
    before, behind = tokens[position - 1], tokens[position + 1]
    around = line[before.end() : tokens[position].start()] + line[tokens[position].end() : behind.start()]
    return not around.strip()
