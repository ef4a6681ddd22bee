"""The report on a chapter, for a terminal, a browser and other programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.chapter.claims import ClaimVerdict, Word
from grader.chapter.functions import Value
from grader.documents import Document
from grader.ledger import Entry

WINDOW = 50
"""So many characters of a long line are shown on either side of a spot."""

_WORDS: tuple[Word, ...] = ("confirmed", "contradicted", "unchecked")


@dataclass(frozen=True)
class Report:
    """All claims of a document with their verdicts, the conventions chosen, and what the page defines."""

    document: Document
    claims: tuple[ClaimVerdict, ...]
    conventions: dict[str, str]
    ledger: tuple[Entry, ...]

    @property
    def summary(self) -> dict[str, int]:
        """How many claims have each verdict."""
        counts = Counter(claim.verdict for claim in self.claims)
        return {word: counts[word] for word in _WORDS}

    def with_verdict(self, word: Word) -> tuple[ClaimVerdict, ...]:
        return tuple(claim for claim in self.claims if claim.verdict == word)

    def as_json(self) -> dict[str, Any]:
        """The document promised for ``verify --json``, and the ledger."""
        return {
            "document": self.document.name,
            "conventions": self.conventions,
            "claims": [claim.as_json() for claim in self.claims],
            "summary": self.summary,
            "ledger": [_entry_as_json(entry) for entry in self.ledger],
        }

    def as_text(self) -> str:
        """For a terminal: contradictions first, each with its line and a pointer under the spot."""
        return "\n".join([*self._contradictions(), *self._unchecked(), *self._counts(), *self._understood()])

    def as_html(self) -> str:
        """One page that needs nothing else: no script, no network."""
        from templates import render

        return render("verify.html.j2", report=self, looks=LOOKS, shown=shown, around=self.around)

    def _repr_html_(self) -> str:
        return self.as_html()

    def around(self, claim: ClaimVerdict) -> tuple[str, str, str]:
        """The source line before, at and behind a claim; a long line is cut to what stands near it."""
        line = self.document.line(claim.line).replace("\t", " ")
        start, end = claim.column - 1, min(len(line), claim.column - 1 + claim.width)
        before, behind = line[:start], line[end:]
        if len(before) > WINDOW:
            before = "…" + before[-WINDOW:]
        if len(behind) > WINDOW:
            behind = behind[:WINDOW] + "…"
        return before, line[start:end], behind

    # ---- the parts of the text

    def _contradictions(self) -> Iterator[str]:
        for claim in self.with_verdict("contradicted"):
            before, at, behind = self.around(claim)
            name = f" [{claim.diagnosis}]" if claim.diagnosis else ""
            yield f"{self._place(claim)}: contradicted: {claim.reason}{name}"
            yield f"    {before}{at}{behind}"
            yield f"    {' ' * len(before)}{'^' * max(1, len(at))}"

    def _unchecked(self) -> Iterator[str]:
        """One line a reason, with the places; definitions need no proof and are only counted."""
        reasons: dict[str, list[ClaimVerdict]] = {}
        for claim in self.with_verdict("unchecked"):
            reasons.setdefault(claim.reason, []).append(claim)
        for reason, claims in sorted(reasons.items(), key=lambda item: -len(item[1])):
            places = ", ".join(f"{claim.line}:{claim.column}" for claim in claims[:8])
            more = f" and {len(claims) - 8} more" if len(claims) > 8 else ""
            yield f"{self.document.name}: unchecked: {reason} ({places}{more})"

    def _counts(self) -> Iterator[str]:
        yield f"{self.document.name}: {', '.join(f'{count} {word}' for word, count in self.summary.items())}"

    def _understood(self) -> Iterator[str]:
        yield from (f"    {name}: {choice}" for name, choice in self.conventions.items())
        if self.ledger:
            yield "    understood:"
        yield from (f"      {_entry_in_words(entry)}" for entry in self.ledger)

    def _place(self, claim: ClaimVerdict) -> str:
        return f"{self.document.name}:{claim.line}:{claim.column}"


@dataclass(frozen=True, slots=True)
class Look:
    """How a verdict is shown on a page: the name of its style, a sign and a word."""

    style: str
    sign: str
    word: str


LOOKS: dict[Word, Look] = {
    "contradicted": Look("wrong", "✗", "contradicted"),
    "unchecked": Look("none", "–", "unchecked"),
    "confirmed": Look("right", "✓", "confirmed"),
}


def shown(value: Value | None) -> str:
    """A value in a few digits; arrays in brackets, rows separated by semicolons."""
    if value is None:
        return ""
    if not isinstance(value, np.ndarray):
        return f"{value.middle:.10g}"
    rows = value if value.ndim == 2 else [value]
    return f"[{'; '.join(', '.join(f'{entry.middle:.10g}' for entry in row) for row in rows)}]"


def _entry_in_words(entry: Entry) -> str:
    value = shown(entry.exact if entry.exact is not None else entry.printed)
    version = f", version {entry.version}" if entry.version > 1 else ""
    return f"{entry.name} = {value or 'by its formula'} ({entry.how}, line {entry.line}{version})"


def _entry_as_json(entry: Entry) -> dict[str, Any]:
    value = shown(entry.exact if entry.exact is not None else entry.printed)
    return {
        "name": entry.name,
        "value": value or None,
        "how": entry.how,
        "line": entry.line,
        "version": entry.version,
    }
