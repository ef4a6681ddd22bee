"""What the grader says of an answer, in a form that files, reports and people share."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

Word = Literal["right", "wrong", "unreadable", "undecided"]


class Verdict(Struct, frozen=True):
    """The judgement of one answer to one part.

    ``undecided`` means a human must look: a crash, a limit or a disagreement of witnesses is never zero
    marks silently, so ``marks`` is None then. ``unreadable`` carries ``position``, a 0-based offset into
    the answer. ``follows_from`` names the parts whose wrong answers, taken for true, make a wrong answer
    right: it keeps its marks.
    """

    part: str
    verdict: Word
    marks: float | None
    out_of: float
    misconceptions: tuple[str, ...] = ()
    feedback: tuple[str, ...] = ()
    read_as: str | None = None
    position: int | None = None
    follows_from: tuple[str, ...] = ()

    def _repr_markdown_(self) -> str:
        """For a notebook: the word, the marks, how the answer was read, and the reasons."""
        marks = "no marks yet" if self.marks is None else f"{self.marks:g} of {self.out_of:g}"
        read_as = [f"Read as ${self.read_as}$."] if self.read_as else []
        return "\n\n".join([f"**{self.verdict}**, {marks}", *read_as, *self.feedback])

    def as_json(self) -> dict[str, Any]:
        """The fields promised for ``check --json``, in their order."""
        return {
            "part": self.part,
            "verdict": self.verdict,
            "marks": self.marks,
            "out_of": self.out_of,
            "misconceptions": list(self.misconceptions),
            "feedback": list(self.feedback),
            "read_as": self.read_as,
            "position": self.position,
            "follows_from": list(self.follows_from),
        }
