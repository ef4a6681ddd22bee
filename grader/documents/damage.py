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
    Damage(re.compile(r"(?<![\w.])\d+\.\d+\.\d+(?:\.\d+)*(?![\w.]*-)"), "two points stand in one number"),
    Damage(re.compile("[\ufffd\ue000-\uf8ff]"), "characters were lost"),
    Damage(re.compile(r"\^\s*\{?\s*\\tau\b"), "a transposition sign was read as \\tau"),
    Damage(
        re.compile(r"(?<![A-Za-z\\])([a-z])\1(?:_?\{?(\w)\}?\2?)?(?![A-Za-z])\s*[=(]"),
        "the text layer is doubled",
    ),
)
"""In this order; the first that fits gives the reason."""


def damage(text: str) -> str:
    """Why a formula cannot be trusted as it stands, beginning with ``damaged:``; empty if it can be.

    >>> damage("0.150.200 + 1"), damage("0.15 + 1")
    ('damaged: two points stand in one number', '')
    """
    found = next((row.words for row in DAMAGES if row.pattern.search(text)), "")
    return f"damaged: {found}" if found else ""
