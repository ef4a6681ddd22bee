"""Replaces every integral, limit, factorial and binomial coefficient in an answer by what it is."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from grader.calculus.asking import Unsettled, asked
from grader.calculus.plain import plain
from grader.calculus.values import tree_of
from grader.meaning.limits import Undecidable
from grader.reading import Reading
from grader.reading.tree import BigOperator, Calculus, Tree, names_of_fields

SECONDS = 0.2
"""How much work of the other process one answer may take, all its integrals together."""


def worked_out(reading: Reading) -> Reading:
    """The reading with every piece of calculus worked out; raises as `grader.calculus.carried_out` says."""
    return replace(reading, tree=_Settling().settled(reading.tree))


class _Settling:
    """What is left of the time for one answer."""

    def __init__(self) -> None:
        self.left = SECONDS

    def settled(self, part: Tree) -> Tree:
        """The tree with its outermost pieces of calculus worked out."""
        if isinstance(part, Calculus) or (isinstance(part, BigOperator) and part.kind in ("int", "lim")):
            return self._worked_out(part)
        fresh = {name: self._in(getattr(part, name)) for name in names_of_fields(part)}
        return replace(part, **fresh)

    def _in(self, value: Any) -> Any:
        if isinstance(value, Tree):
            return self.settled(value)
        return tuple(map(self._in, value)) if isinstance(value, tuple) else value

    def _worked_out(self, part: Tree) -> Tree:
        question = plain(part)
        try:
            found, spent = asked(question.latex, question.steps, tuple(question.symbols), self.left)
        except Unsettled as unsettled:
            raise Undecidable(str(unsettled)) from None
        self.left -= spent
        return tree_of(found, question.symbols, part.span)
