"""What became of one answer, before marks are given."""

from __future__ import annotations

from dataclasses import dataclass

from grader.misconceptions import Misconception


@dataclass(frozen=True)
class Finding:
    """``right``, and otherwise the sentences that show why not; ``award`` is the share of the marks that
    is kept."""

    right: bool
    feedback: tuple[str, ...] = ()
    misconception: Misconception | None = None
    award: float = 0.0
    read_as: str | None = None


def wrong(*feedback: str, award: float = 0.0, read_as: str | None = None) -> Finding:
    """A wrong answer and the sentences that show it."""
    return Finding(False, feedback, award=award, read_as=read_as)


def believed(misconception: Misconception, read_as: str | None = None) -> Finding:
    """A wrong answer that follows from a misconception."""
    words = (misconception.words, misconception.question)
    return Finding(False, words, misconception, misconception.award, read_as)
