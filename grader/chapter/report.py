"""The report on a chapter: its claims with their verdicts, what they add up to, and what the page defines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

import numpy as np

from grader.chapter.claims import ClaimVerdict, Word
from grader.chapter.functions import Value
from grader.documents import Document
from grader.ledger import Entry

WORDS: tuple[Word, ...] = ("confirmed", "contradicted", "unchecked")
SMALLEST = -8
"""A value whose first digit stands further back is written with an exponent."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An error where it begins, and the claims that are wrong because of it, in the order of the page."""

    root: ClaimVerdict
    following: tuple[ClaimVerdict, ...] = ()


@dataclass(frozen=True)
class Report:
    """All claims of a document with their verdicts, the conventions chosen, and what the page defines.

    ``gone`` are accepted findings of the author's settings that no longer occur, in words.
    """

    document: Document
    claims: tuple[ClaimVerdict, ...]
    conventions: dict[str, str]
    ledger: tuple[Entry, ...]
    gone: tuple[str, ...] = ()

    @property
    def summary(self) -> dict[str, int]:
        """How many claims have each verdict."""
        return added_up([self])

    def with_verdict(self, word: Word) -> tuple[ClaimVerdict, ...]:
        return tuple(claim for claim in self.claims if claim.verdict == word)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The contradictions that nobody has accepted, each error once with what follows from it."""
        return traced(claim for claim in self.with_verdict("contradicted") if claim.accepted is None)

    @property
    def accepted(self) -> tuple[ClaimVerdict, ...]:
        """The claims that the author's settings accept as they are."""
        return tuple(claim for claim in self.claims if claim.accepted is not None)

    def as_json(self) -> dict[str, Any]:
        """The document promised for ``verify --json``, and the ledger."""
        return {
            "document": self.document.name,
            "conventions": self.conventions,
            "claims": [claim.as_json() for claim in self.claims],
            "summary": self.summary,
            "ledger": [_entry_as_json(entry) for entry in self.ledger],
            "gone": list(self.gone),
        }

    def as_text(self, everything: bool = False) -> str:
        """For a terminal: contradictions first, each with its line and a pointer under the spot."""
        from grader.chapter.terminal import in_text

        return in_text([self], everything)

    def as_html(self) -> str:
        """One page that needs nothing else: no script, no network."""
        from grader.chapter.pages import page

        return page([self])

    def _repr_html_(self) -> str:
        from grader.chapter.pages import excerpt

        return excerpt(self)


def added_up(reports: Iterable[Report]) -> dict[str, int]:
    """How many claims of all reports have each verdict."""
    counts = Counter(claim.verdict for report in reports for claim in report.claims)
    return {word: counts[word] for word in WORDS}


def traced(contradicted: Iterable[ClaimVerdict]) -> tuple[Finding, ...]:
    """Errors in the order of the page, each with what follows from it.

    What follows from a line on which nothing is contradicted stands as an error of its own.
    """
    wrong = tuple(contradicted)
    roots = {claim.line: index for index, claim in reversed([*enumerate(wrong)]) if claim.root}
    following: dict[int, list[ClaimVerdict]] = {}
    for index, claim in enumerate(wrong):
        begun = index if claim.root else roots.get(claim.follows_from or 0, index)
        following.setdefault(begun, []).extend([] if begun == index else [claim])
    return tuple(Finding(wrong[index], tuple(rest)) for index, rest in sorted(following.items()))


def should_be(claim: ClaimVerdict, percent: bool = False) -> str:
    """The value that a printed number should have, with its decimals, if that tells them apart; else empty.

    ``percent`` says that a percent sign stands behind the printed number.
    """
    if claim.value is None or claim.printed is None:
        return ""
    try:
        value, printed = Decimal(claim.value) * (100 if percent else 1), Decimal(claim.printed)
        if not value.is_finite() or not printed.is_finite():
            return claim.value
        rounded = value.quantize(Decimal(1).scaleb(_last_place(value, printed)), ROUND_HALF_UP)
    except InvalidOperation:
        return claim.value
    return f"{rounded:f}" if rounded != printed and rounded else f"{float(value):.10g}"


def _last_place(value: Decimal, printed: Decimal) -> int:
    """The last decimal place to show: that of the printed number, if two digits of the value are seen there;
    else a few of its digits."""
    place, digits = int(printed.as_tuple().exponent), len(printed.as_tuple().digits)
    seen = value.adjusted() - place + 1
    if not value or seen >= min(digits, 2) or value.adjusted() < SMALLEST:
        return place
    return max(int(value.normalize().as_tuple().exponent), value.adjusted() - max(digits, 3) + 1)


def shown(value: Value | None) -> str:
    """A value in a few digits; arrays in brackets, rows separated by semicolons."""
    if value is None:
        return ""
    if not isinstance(value, np.ndarray):
        return f"{value.middle:.10g}"
    rows = value if value.ndim == 2 else [value]
    return f"[{'; '.join(', '.join(f'{entry.middle:.10g}' for entry in row) for row in rows)}]"


def worth(entry: Entry) -> str:
    """What the page was understood to give a name, in digits; empty if only a formula."""
    return shown(entry.exact if entry.exact is not None else entry.printed)


def _entry_as_json(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "value": worth(entry) or None,
        "how": entry.how,
        "line": entry.line,
        "version": entry.version,
    }
