"""Equations that look like claims and may be none: those to be solved, and norms nobody has defined."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.chapter.chains import Side
from grader.chapter.evidence import Judgement, is_symbolic
from grader.chapter.heads import function_head, names_of
from grader.chapter.names import names_in
from grader.chapter.printed import Printed
from grader.ledger import Ledger
from grader.reading.tree import Norm, Tree

_COMPUTED = re.compile(r"\b(?:get|gives?|yields?|obtain|becomes?|evaluates to|find|have)\W{0,4}$")
"""Words before what has been computed."""
_SPACE = re.compile(r"[\s{}$]+")


def doubted(
    judgement: Judgement, before: Sequence[Side], printed: Printed | None, ledger: Ledger, words: str = ""
) -> Judgement:
    """A judgement, taken back where what it contradicts may not be meant as a claim.

    ``words`` are those on the line before it.
    """
    if judgement.verdict != "contradicted" or judgement.follows_from is not None:
        return judgement
    for doubt, reason in DOUBTS:
        if doubt(before, printed, ledger, words):
            return Judgement("unchecked", "unchecked", reason)
    return judgement


def blamed(judgement: Judgement, before: Sequence[Tree], ledger: Ledger) -> Judgement:
    """A judgement, taken back where what speaks against it is a value that is wrong itself."""
    if judgement.verdict != "contradicted" or judgement.follows_from is not None or not before:
        return judgement
    if judgement.local == "contradicted" and not is_symbolic(before[-1], ledger):
        return judgement
    culprit = next((found for tree in reversed(before) if (found := ledger.disputed_in(tree))), None)
    if culprit is None:
        return judgement
    reason = f"it cannot be held against {culprit.name}, which is wrong on line {culprit.line}"
    return Judgement("unchecked", "unchecked", reason)


def _is_to_be_solved(before: Sequence[Side], printed: Printed | None, ledger: Ledger, words: str) -> bool:
    """``2x + 3y = 1``: letters on the left that are no name, and a whole number on the right; a slope that is
    set to 0. What follows "with x = 2 and y = 1 we get" is computed."""
    (head, *others) = before
    nearest = before[-1].tree
    if printed is None or "." in printed.text or nearest is None or not is_symbolic(nearest, ledger):
        return False
    if others or head.tree is None:
        return printed.value == 0
    return not names_of(head) and function_head(head.tree) is None and not _is_computed(nearest, words)


def _is_computed(tree: Tree, words: str) -> bool:
    """Whether the words before a formula give all its letters, and say that it is worked out with them."""
    given = _SPACE.sub("", words)
    return bool(_COMPUTED.search(words)) and all(f"{name}=" in given for name in names_in(tree))


def _takes_a_norm(before: Sequence[Side], printed: Printed | None, ledger: Ledger, words: str) -> bool:
    """``\\|u\\| = …``: of a name, by whichever norm the page means, or how many elements a set has."""
    parts = (part for side in before if side.tree is not None for part in side.tree.walk())
    return any(isinstance(part, Norm) and names_in(part.body) for part in parts)


DOUBTS = (
    (_is_to_be_solved, "it may be an equation to be solved"),
    (_takes_a_norm, "which norm is meant is not said"),
)
"""What speaks against taking an equation for a claim, and the words for it."""
