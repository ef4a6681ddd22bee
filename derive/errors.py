"""Errors that say what is wrong, what was expected, and the likely repair."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class Unusable(ValueError):
    """A request or an input that cannot be used; the message is for the person who wrote it."""


def unknown(word: object, what: str, known: Iterable[str]) -> str:
    """A sentence for a word that is in no table.

    >>> unknown("sigmod", "an activation", ["identity", "relu", "sigmoid"])
    "'sigmod' is not an activation (did you mean 'sigmoid'? known: identity, relu, sigmoid)"
    """
    names = list(known)
    in_small = {name.lower(): name for name in names}
    close = difflib.get_close_matches(str(word).lower(), in_small, n=1)
    hint = f"did you mean '{in_small[close[0]]}'? " if close else ""
    return f"'{word}' is not {what} ({hint}known: {', '.join(names)})"
