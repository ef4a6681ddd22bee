"""What was found about a line of a program."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from grader.chapter.claims import Word


@dataclass(frozen=True, slots=True)
class Found:
    """A verdict on a statement; ``follows`` is the statement of the error that it is a consequence of."""

    statement: ast.stmt
    verdict: Word
    reason: str
    diagnosis: str | None = None
    follows: ast.stmt | None = None
