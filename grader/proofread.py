"""verify: a chapter goes in, the list of its claims comes out: confirmed, contradicted and why, or unchecked and why."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from grader.chapter.chains import chains_of
from grader.chapter.functions import BY_SPELLING
from grader.chapter.prose import functions_said, said
from grader.chapter.report import Report
from grader.chapter.tables import tables_of
from grader.chapter.walk import Item, Walk, whole_names
from grader.documents import Document, open_document
from grader.ledger import Ledger


def verify(path_or_text: str | Path, *, name: str | None = None) -> Report:
    """The verdicts on all claims of a document.

    >>> report = verify("Since $x = 2$ we get $y = 3x + 1 = 8$.\\n")
    >>> [(claim.column, claim.verdict, claim.value) for claim in report.claims if claim.printed]
    [(34, 'contradicted', '7')]
    """
    document = open_document(path_or_text, name)
    items = items_of(document)
    walk = Walk(document, ledger_for(document, items))
    claims = [claim for item in items for claim in walk.read(item)]
    return Report(document, tuple(claims), walk.ledger)


def items_of(document: Document) -> tuple[Item, ...]:
    """Everything on a page that is read, in the order in which it stands there."""
    found = (*chains_of(document), *said(document), *tables_of(document))
    return tuple(sorted(found, key=lambda item: item.start))


def ledger_for(document: Document, items: Iterable[Item]) -> Ledger:
    """A ledger with what holds for the whole page: which letters are functions, which spellings are names."""
    functions = {**BY_SPELLING, **functions_said(document)}
    return Ledger(whole_names(items), functions)
