"""From a row of pieces and brackets to a tree: sums of products of factors, read from left to right.

Brackets are paired and scripts in braces are read before (`grader.reading.brackets`), so that every rule
needs only the kind of the next item. Products and sums are flat; nothing here knows what a name means.

    statement  = listed {RELATION listed}          listed = expression {separator expression}
    items      = chain {separator chain}           chain  = expression {RELATION expression}
    expression = signed {(PLUS | MINUS) signed}    signed = [PLUS] [MINUS] term
    term       = big | factor {[JOIN [PLUS | MINUS]] factor} [[JOIN [PLUS | MINUS]] big]
    big        = BIG {post} signed                 factor = atom {post}
    post       = (SUB | SUP) script | PRIME | BANG | METHOD bracket
    script     = SCRIPT | [MINUS] atom
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.reading.atoms import ATOMS
from grader.reading.expressions import all_items, listed, related
from grader.reading.items import Item
from grader.reading.row import Row
from grader.reading.scanner import Piece
from grader.reading.tree import Tree


def statement(content: Sequence[Item], end: int) -> Tree:
    """The tree of one statement: an expression, a list of them, or a chain of either; ``end`` is where the
    text ends. Raises `Unreadable`."""
    row = Row(content, Piece("END", "", end, end), ATOMS)
    tree = related(row, listed)
    row.finish()
    return tree


def items(content: Sequence[Item], close: Piece) -> tuple[Tree, ...]:
    """The trees of what stands between brackets, parted by commas. Raises `Unreadable`."""
    return all_items(Row(content, close, ATOMS))
