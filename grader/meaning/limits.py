"""How far judging goes: what is too much work, or has no meaning here, is left to a human."""

from __future__ import annotations

from typing import Any

MOST_STEPS = 2000
"""Parts of an answer that may be lowered, those that are looked at twice counted twice."""
MOST_SUMS = 8
"""Sums that a sum from 0 may hold: each such sum holds what it sums twice."""


class Undecidable(RuntimeError):
    """An answer that cannot be judged, or would take too long: nobody has said that it is wrong."""


class Unmarked(Undecidable):
    """A formula that is right if its ``letter`` stands for the class that the target marks."""

    def __init__(self, letter: str) -> None:
        super().__init__(f"it is right if ${letter}$ is the class that the target marks, and nothing says so")
        self.letter = letter


class Work:
    """How much has been done for one answer in one world. ``known`` has what parts were found to mean that
    several formulas share; None where nothing is shared."""

    def __init__(self, known: dict[Any, Any] | None = None) -> None:
        self._steps = 0
        self.known = known

    def step(self) -> None:
        """Count one step. Raises `Undecidable` beyond the limit."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise Undecidable("sums stand in sums too deeply to be judged here")
