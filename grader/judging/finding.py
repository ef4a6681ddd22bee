"""What became of one answer, before marks are given."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    # The table is read when the first answer is wrong.
    from grader.misconceptions import Misconception


class Finding(Struct, frozen=True):
    """``right``, and otherwise the sentences that show why not, with the misconceptions that the answer
    follows from; ``award`` is the share of the marks that is kept, ``by_entry`` what its right entries
    earn. ``explained`` works out more to say to the student; it takes time, so only what is said at last is
    explained."""

    right: bool
    feedback: tuple[str, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    award: float = 0.0
    read_as: str | None = None
    by_entry: float = 0.0
    explained: Callable[[], Finding] | None = None

    def in_full(self) -> Finding:
        """The finding with all there is to say."""
        return self.explained() if self.explained is not None else self


def wrong(*feedback: str, award: float = 0.0, read_as: str | None = None) -> Finding:
    """A wrong answer and the sentences that show it."""
    return Finding(False, feedback, award=award, read_as=read_as)


def believed(*misconceptions: Misconception, read_as: str | None = None) -> Finding:
    """A wrong answer that follows from a misconception, or from several together; one question leads on."""
    words = (*(row.words for row in misconceptions), misconceptions[0].question)
    return Finding(False, words, misconceptions, prod(row.award for row in misconceptions), read_as)
