"""The report on a chapter, for a terminal, a browser and other programs."""
from __future__ import annotations
from dataclasses import dataclass
from grader.chapter.claims import ClaimVerdict
from grader.documents import Document
from grader.ledger import Ledger
@dataclass(frozen=True)
class Report:
    document: Document
    claims: tuple[ClaimVerdict, ...]
    ledger: Ledger
