"""Damaged text: what copying out of a PDF or a browser did to formulas, so that nobody is blamed for it."""

from __future__ import annotations

import re
from dataclasses import dataclass


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


def _before(line: str, end: int, command: int) -> int:
    """The place of the first command, if it stands behind the last sign of the shown half."""
    return command if command >= end else -1
