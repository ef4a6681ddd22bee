"""Numbers with a decimal comma, as in 0,75, on pages that write all of their numbers so."""

from __future__ import annotations

import re

_COMMA = re.compile(r"(?<![\d.,])\d{1,4}(?:,|\{,\})\d{1,15}(?![\d,]|\.\d)")
_POINT = re.compile(r"(?<![\d.])\d{1,4}\.\d{1,15}(?![\d.])")
_THOUSANDS = re.compile(r"[1-9]\d{0,2},\d{3}")
_IN_INDEX = re.compile(r"[_^](?:\{[^{}\n]*)?$")
_BETWEEN = re.compile(r"(?<=\d),(?=\d)")
_OPENED, _CLOSED = frozenset("([{"), frozenset(")]}")

FEWEST = 5
"""So many numbers with a comma show that a page has no decimal point."""
MOST_POINTS = 5
"""There is one number with a point, such as that of a section, among so many with a comma at most."""


def has_decimal_commas(text: str) -> bool:
    """Whether the numbers of a page have decimal commas.

    >>> has_decimal_commas("0,5 + 0,25 = 0,75 und 0,5 - 0,25 = 0,25")
    True
    """
    commas = sum(not _is_something_else(text, found) for found in _COMMA.finditer(text))
    return commas >= FEWEST and len(_POINT.findall(text)) * MOST_POINTS <= commas


def _is_something_else(text: str, found: re.Match[str]) -> bool:
    """Whether it may be a large number or a pair such as (0,1)."""
    around = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    return bool(_THOUSANDS.fullmatch(found[0])) or (around[0] in _OPENED and around[1] in _CLOSED)


def with_points(text: str) -> str:
    """The same text with a point in place of each decimal comma, if the page has such; no sign moves.

    >>> with_points("0,5 + 0,25 = 0,75 und $w_{1,2}$: 0,5 - 0,25 = 0,25")
    '0.5 + 0.25 = 0.75 und $w_{1,2}$: 0.5 - 0.25 = 0.25'
    """
    if not has_decimal_commas(text):
        return text
    return _COMMA.sub(lambda found: _pointed(text, found), text)


def _pointed(text: str, found: re.Match[str]) -> str:
    """A number with a point; an index such as that of ``w_{1,2}`` is none."""
    before = text[max(0, found.start() - 24) : found.start()]
    return found[0] if _IN_INDEX.search(before) else _BETWEEN.sub(".", found[0])
