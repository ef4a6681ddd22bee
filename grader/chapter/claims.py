"""A claim of a chapter and what was found about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Word = Literal["confirmed", "contradicted", "unchecked"]
Kind = Literal["number", "formula", "shape"]


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """One claim with its place (line and column counted from 1) and its two verdicts.

    ``local`` judges against the operands printed beside the claim, ``verdict`` against everything known.
    ``follows_from`` is the line of the error that this one is a consequence of; then ``root`` is False.
    ``accepted`` is the author's reason to leave a finding as it is, None for one that nobody has accepted.
    """

    line: int
    column: int
    text: str
    kind: Kind
    verdict: Word
    local: Word
    reason: str
    printed: str | None = None
    value: str | None = None
    diagnosis: str | None = None
    root: bool = True
    follows_from: int | None = None
    width: int = 1
    accepted: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The fields promised for ``verify --json``, in their order."""
        return {
            "line": self.line,
            "column": self.column,
            "text": self.text,
            "kind": self.kind,
            "verdict": self.verdict,
            "local": self.local,
            "printed": self.printed,
            "value": self.value,
            "diagnosis": self.diagnosis,
            "reason": self.reason,
            "root": self.root,
            "follows_from": self.follows_from,
            "accepted": self.accepted,
        }
