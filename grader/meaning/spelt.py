"""Words that are not known: which one was meant, and what it would be in this question."""

from __future__ import annotations

from difflib import get_close_matches

from grader.meaning.heads import FUNCTION_NAMES
from grader.meaning.scripts import NotUnderstood
from grader.meaning.vocabulary import Vocabulary
from grader.reading import tree
from grader.reading.tree import Tree

SHORTEST = 4
"""Letters side by side that can be a misspelt word; fewer are a product."""


def unknown(part: Tree, vocabulary: Vocabulary) -> NotUnderstood:
    """What is said of a name that means nothing: the function whose name is nearest, else the letters there
    are."""
    if not isinstance(part, tree.Name):
        return NotUnderstood(part.span, "this is no quantity or function of this question")
    near = nearest(part.text[:30])
    hint = f": did you mean `{near}`?" if near else f"; {vocabulary.known()}"
    return NotUnderstood(part.span, f"`{part.text[:20]}` is no quantity or function of this question{hint}")


def misspelt(part: tree.Product, fault: NotUnderstood) -> NotUnderstood | None:
    """What is said where letters side by side look like the name of a function: ``sigmod(z)``."""
    word, start, end = "", -1, -1
    for factor in part.factors:
        base = factor.base if isinstance(factor, tree.Scripted) else factor
        is_letter = isinstance(base, tree.Name) and len(base.text) == 1
        if is_letter and word and base.span[0] == end:
            word, end = word + _text(base), base.span[1]
        elif start <= fault.span[0] < end and len(word) >= SHORTEST:
            break
        elif is_letter:
            word, (start, end) = _text(base), base.span
    near = nearest(word) if start <= fault.span[0] < end and len(word) >= SHORTEST else ""
    if not near:
        return None
    return NotUnderstood((start, end), f"`{word}` is no function that is known: did you mean `{near}`?")


def _text(part: Tree) -> str:
    return part.text if isinstance(part, tree.Name) else ""


def nearest(word: str) -> str:
    """The function whose name is nearest to a word; empty if none is near."""
    near = get_close_matches(word, FUNCTION_NAMES, n=1, cutoff=0.7) if len(word) > 2 else []
    return near[0] if near else ""
