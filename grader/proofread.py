"""verify: a chapter goes in, the list of its claims comes out: confirmed, contradicted and why, or unchecked and why."""

from __future__ import annotations

from pathlib import Path

from grader.chapter.chains import chains_of
from grader.chapter.report import Report
from grader.chapter.walk import Walk, whole_names
from grader.documents import open_document
from grader.ledger import Ledger


def verify(path_or_text: str | Path, *, name: str | None = None) -> Report:
    """The verdicts on all claims of a document.

    >>> report = verify("Since $x = 2$ we get $y = 3x + 1 = 8$.\\n")
    >>> [(claim.column, claim.verdict, claim.value) for claim in report.claims if claim.printed]
    [(34, 'contradicted', '7')]
    """
    document = open_document(path_or_text, name)
    chains = chains_of(document)
    walk = Walk(document, Ledger(whole_names(chains)))
    claims = [claim for chain in chains for claim in walk.read(chain)]
    return Report(document, tuple(claims), walk.ledger)
