"""What is said when a text cannot be read: where, what stands there, what was expected."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class Unreadable(ValueError):
    """A text that is no mathematics this reader knows.

    ``position`` is a 0-based offset into the original text, ``message`` one sentence a student can use,
    ``found`` what stands there (empty at the end of the text) and ``expected`` the kinds of things, in words,
    that could have stood there.
    """

    def __init__(self, position: int, message: str, found: str = "", expected: tuple[str, ...] = ()) -> None:
        message = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in message)
        super().__init__(position, message, found, expected)
        self.position = position
        self.message = message
        self.found = found[:40]
        self.expected = expected

    def __str__(self) -> str:
        return f"character {self.position + 1}: {self.message}"


def did_you_mean(name: str, known: Iterable[str], prefix: str = "") -> str:
    """``: did you mean ...?`` or nothing."""
    close = get_close_matches(name[:30], known, n=1, cutoff=0.7)
    return f": did you mean `{prefix}{close[0]}`?" if close else ""
