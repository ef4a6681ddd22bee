"""Characters beyond ASCII: which letter, raised or lowered character, or fraction stands behind each."""

from __future__ import annotations

import unicodedata
from fractions import Fraction
from functools import lru_cache

from grader.reading import signs, words

_STYLES = ("MATHEMATICAL", "SCRIPT ", "DOUBLE-STRUCK ", "BLACK-LETTER ", "PLANCK CONSTANT")
"""How the names of letters begin that are only printed in another style."""


@lru_cache(maxsize=1024)
def letter(char: str) -> str:
    """The name behind a Greek, mathematical or accented letter; empty for anything else.

    >>> letter("δ"), letter("𝛿"), letter("Σ"), letter("ŷ"), letter("х")
    ('delta', 'delta', 'Sigma', 'hat_y', '')
    """
    base = unicodedata.normalize("NFD", char)
    if len(base) == 2 and base[0].isascii() and base[0].isalpha() and base[1] in signs.ACCENT_MARKS:
        return f"{signs.ACCENT_MARKS[base[1]]}_{base[0]}"
    plain = unicodedata.normalize("NFKC", char) if not raised(char) else ""
    if (
        len(plain) == 1
        and plain.isascii()
        and plain.isalpha()
        and unicodedata.name(char, "").startswith(_STYLES)
    ):
        return plain
    return _greek(plain) if len(plain) == 1 else ""


def _greek(char: str) -> str:
    """``sigma`` for σ and ς, ``Delta`` for Δ."""
    parts = unicodedata.name(char, "").split(" LETTER ")
    name = parts[-1].removeprefix("FINAL ").lower().replace("lamda", "lambda")
    if len(parts) != 2 or not parts[0].startswith("GREEK") or name not in words.GREEK.split():
        return ""
    return name.capitalize() if "CAPITAL" in parts[0] else name


@lru_cache(maxsize=1024)
def raised(char: str) -> str:
    """``^`` or ``_`` and the ordinary character behind a raised or lowered one; empty for anything else.

    >>> raised("²"), raised("₁"), raised("ˡ"), raised("2")
    ('^2', '_1', '^l', '')
    """
    kind, _, code = unicodedata.decomposition(char).partition(" ")
    if kind not in ("<super>", "<sub>") or " " in code:
        return ""
    base = chr(int(code, 16))
    allowed = (base.isascii() and base.isalnum()) or base in "+−=()" or bool(_greek(base))
    return ("^" if kind == "<super>" else "_") + base if allowed else ""


@lru_cache(maxsize=1024)
def vulgar(char: str) -> str:
    """``1/2`` for ½; empty for anything else."""
    if not unicodedata.decomposition(char).startswith("<fraction>"):
        return ""
    value = Fraction(unicodedata.numeric(char)).limit_denominator(10)
    return f"{value.numerator}/{value.denominator}"


def title(char: str) -> str:
    """The official name of a character, for error messages."""
    return unicodedata.name(char, f"U+{ord(char):04X}")
