"""Damaged text: what copying out of a PDF or a browser did to formulas, so that nobody is blamed for it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.reading.characters import letter
from grader.reading.words import CAPITAL_GREEK, GREEK


@dataclass(frozen=True, slots=True)
class Damage:
    """One way in which text is damaged: where ``pattern`` fits, ``words`` say what happened."""

    pattern: re.Pattern[str]
    words: str


DAMAGES = (
    Damage(re.compile(r"\d\.\d+\.\d"), "numbers are glued together, or one has two points"),
    Damage(re.compile("[\ufffd\ue000-\uf8ff]|\\(cid:\\d+\\)"), "characters were lost"),
    Damage(re.compile(r"\^\s*\{?\s*\\tau(?![A-Za-z])"), "the sign of a transpose was read as \\tau"),
    Damage(re.compile(r"(?<![\w.])11\s*\+\s*e"), "a fraction lost its bar"),
    Damage(
        re.compile(r"(?<![A-Za-z\d.\\])1\s*\+\s*e\s?(?:[-−–]?\s?\d|[-−–]\s?[a-z])|(?<![\w\\.])e\d+\.\d"),
        "a power stands on the line",
    ),
    Damage(
        re.compile(r"(?<![A-Za-z\\{_^])([a-z])\1(?:(?P<index>\d)(?P=index))?(?![\w^])\s*[=(]"),
        "letters are doubled, as where a page shows a formula twice",
    ),
)
"""In this order; the first that fits gives the reason."""


def damage(text: str) -> str:
    """Why a formula cannot be trusted as it stands, beginning with ``damaged:``; empty if it can be.

    >>> damage("11+e0.415"), damage("0.15 + 1")
    ('damaged: a fraction lost its bar', '')
    """
    found = next((row.words for row in DAMAGES if row.pattern.search(text)), "")
    return f"damaged: {found}" if found else ""


_COMMAND = re.compile(r"\\[A-Za-z]+|\\.")
_SIGN = re.compile(r"[A-Za-z0-9]")
MAX_LINE = 2000
FEWEST = 6
"""So many letters and digits a formula has at least that is told from a word by standing twice."""


def latex_copy(line: str) -> int:
    r"""Where the LaTeX begins in a line that holds a formula as shown and then its source; -1 in any other.

    >>> "z=0.5⋅0.2=0.1z = 0.5 \\cdot 0.2 = 0.1"[latex_copy("z=0.5⋅0.2=0.1z = 0.5 \\cdot 0.2 = 0.1"):]
    'z = 0.5 \\cdot 0.2 = 0.1'
    """
    if len(line) > MAX_LINE or "\\" not in line:
        return -1
    if (copy := _short_copy(line)) >= 0:
        return copy
    bare = _COMMAND.sub(lambda match: " " * len(match[0]), line)
    signs = [match.start() for match in _SIGN.finditer(bare)]
    half = len(signs) // 2
    letters = [bare[at] for at in signs]
    if len(signs) % 2 or half < FEWEST or letters[:half] != letters[half:]:
        return -1
    command = line.find("\\")
    return (
        signs[half] if signs[half] < command or command < 0 else _before(line, signs[half - 1] + 1, command)
    )


_SIGNS = re.compile(r"\\[A-Za-z]+|[^\W_]|[=()]")
_LETTERS = frozenset(f"{GREEK} {CAPITAL_GREEK}".split())
SHORTEST = 4
"""So many signs has a formula at least that is told by its equality sign and Greek letters as well."""


def _short_copy(line: str) -> int:
    r"""Where the source of a short formula begins behind the formula as shown: ``a=σ(z)a = \sigma(z)``."""
    signs = [(match.start(), _spelt(match[0])) for match in _SIGNS.finditer(line)]
    kept = [(at, sign) for at, sign in signs if sign]
    half, letters = len(kept) // 2, [sign for _, sign in kept]
    equal = letters[:half] == letters[half:] and letters[:half].count("=") == 1
    if len(kept) % 2 or half < SHORTEST or not equal or "\\" in line[: kept[half][0]]:
        return -1
    return kept[half][0]


def _spelt(sign: str) -> str:
    """A letter by its name, a digit, a bracket or an equality sign; empty for other commands."""
    if sign.startswith("\\"):
        return sign[1:] if sign[1:] in _LETTERS else ""
    return sign if sign.isascii() else letter(sign) or sign


def _before(line: str, end: int, command: int) -> int:
    """The place of the first command, if it stands behind the last sign of the shown half."""
    return command if command >= end else -1
