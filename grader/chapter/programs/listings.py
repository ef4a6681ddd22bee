"""Where code stands on a page that can be read, and what it printed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.chapter.programs.dialects import DIALECTS, Dialect
from grader.chapter.programs.parsing import statements
from grader.documents import Block, Document

MAX_CODE = 200_000
"""So many characters of code are read on a page."""

FAR = 300
"""What a program printed stands within so many characters below it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A block of code, how it is to be read, and the blocks below it that hold what it printed."""

    code: Block
    dialect: Dialect
    outputs: tuple[Block, ...] = ()

    @property
    def start(self) -> int:
        return self.code.start


def listings_of(document: Document) -> Iterator[Listing]:
    """All code of a page in a language that is read, each block with its output."""
    listing: Listing | None = None
    read = 0
    for block in document.code:
        read += len(block.text)
        silent = listing is None or "print" not in listing.code.text
        dialect = _dialect(block, silent)
        if dialect and read <= MAX_CODE:
            yield from [listing] if listing else []
            listing = Listing(block, dialect)
        elif listing and block.kind == "output":
            last = listing.outputs[-1] if listing.outputs else listing.code
            if block.start - last.end <= FAR:
                listing = replace(listing, outputs=(*listing.outputs, block))
        else:
            yield from [listing] if listing else []
            listing = None
    yield from [listing] if listing else []


def too_late(document: Document) -> Iterator[tuple[int, str]]:
    """Where the first listing stands that is not read for all the code above it, and the words for it."""
    read = 0
    for block in document.code:
        read += len(block.text)
        if read > MAX_CODE and _dialect(block, True):
            yield block.start, f"only the first {MAX_CODE:,} characters of code on a page are read"
            return


def _dialect(block: Block, silent: bool) -> Dialect | None:
    """How a block is read: by its label and by how it begins; None for what is no code that is read.

    What stands unlabelled under code is what it printed, unless that is ``silent`` or this clearly is code.
    """
    fitting = (row for row in DIALECTS if block.language in row.languages and row.begins.match(block.text))
    dialect = next(fitting, None)
    if block.kind == "code" or dialect is None or dialect.prompts:
        return dialect
    return dialect if not block.language and _computes(block.text, silent) else None


def _computes(text: str, silent: bool) -> bool:
    """Whether what may be output is a program: it defines, imports, prints or calls, or at least computes."""
    return any(
        isinstance(statement, ast.FunctionDef | ast.Import | ast.ImportFrom | ast.For | ast.AugAssign)
        or (isinstance(statement, ast.Assign) and _works(statement.value, silent))
        or (isinstance(statement, ast.Expr) and ast.unparse(statement).startswith("print("))
        for statement in statements(text[:MAX_CODE]) or ()
    )


def _works(value: ast.expr, silent: bool) -> bool:
    signs = (ast.Call, ast.BinOp, ast.Name) if silent else (ast.Call,)
    return any(isinstance(part, signs) for part in ast.walk(value))
