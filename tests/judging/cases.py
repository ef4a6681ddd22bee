"""What a generated answer is, and how many with distinct texts are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Made = Literal["rewritten", "another value", "no value"]
"""How an answer is made: by rewriting alone, or by an edit besides, after which it has another value or
none."""

CLEAR = 1e-3
"""The least share of its largest entry by which an edited formula must be off, at one of two points."""


@dataclass(frozen=True)
class Case:
    """One answer and how it was made: its kinds of rewriting, and of edit if there is one. ``off_by`` is how
    far its value, computed by hand, is off what is asked, as a share of the largest entry; infinitely far
    where it has none."""

    text: str
    style: str
    rewritings: tuple[str, ...]
    edit: str | None
    off_by: float


def fits(made: Made, off_by: float) -> bool:
    """Whether a drawn answer is one of those wanted."""
    return {
        "rewritten": off_by <= CLEAR,
        "another value": CLEAR < off_by < float("inf"),
        "no value": off_by == float("inf"),
    }[made]


def distinct(drawn: Iterator[Case], count: int) -> tuple[Case, ...]:
    """The first cases with texts of their own."""
    found: dict[str, Case] = {}
    while len(found) < count:
        case = next(drawn)
        found.setdefault(case.text, case)
    return tuple(found.values())
