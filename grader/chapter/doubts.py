"""Equations that look like claims and may be none: those to be solved, and norms nobody has defined."""

from __future__ import annotations

from collections.abc import Sequence

from grader.chapter.chains import Side
from grader.chapter.evidence import Judgement, is_symbolic
from grader.chapter.heads import function_head, names_of
from grader.chapter.names import names_in
from grader.chapter.printed import Printed
from grader.ledger import Ledger
from grader.reading.tree import Norm


def doubted(
    judgement: Judgement, before: Sequence[Side], printed: Printed | None, ledger: Ledger
) -> Judgement:
    """A judgement, taken back where what it contradicts may not be meant as a claim."""
    if judgement.verdict != "contradicted" or judgement.follows_from is not None:
        return judgement
    for doubt, reason in DOUBTS:
        if doubt(before, printed, ledger):
            return Judgement("unchecked", "unchecked", reason)
    return judgement


def _is_to_be_solved(before: Sequence[Side], printed: Printed | None, ledger: Ledger) -> bool:
    """``2x + 3y = 1``: letters on the left that are no name, and a whole number on the right; a slope that is
    set to 0."""
    (head, *others) = before
    nearest = before[-1].tree
    if printed is None or "." in printed.text or nearest is None or not is_symbolic(nearest, ledger):
        return False
    if others or head.tree is None:
        return printed.value == 0
    return not names_of(head) and function_head(head.tree) is None


def _takes_a_norm(before: Sequence[Side], printed: Printed | None, ledger: Ledger) -> bool:
    """``\\|u\\| = …``: of a name, by whichever norm the page means, or how many elements a set has."""
    parts = (part for side in before if side.tree is not None for part in side.tree.walk())
    return any(isinstance(part, Norm) and names_in(part.body) for part in parts)


DOUBTS = (
    (_is_to_be_solved, "it may be an equation to be solved"),
    (_takes_a_norm, "which norm is meant is not said"),
)
"""What speaks against taking an equation for a claim, and the words for it."""
