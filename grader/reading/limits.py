"""How large a tree may be, so that whoever walks it is done at once."""

from __future__ import annotations

from grader.reading.tree import Tree
from grader.reading.unreadable import Unreadable

MAX_TREE_DEPTH = 100
MAX_NODES = 1500


def refuse_large(tree: Tree) -> None:
    """Raises `Unreadable` for what is nested too deeply or has too many parts; found without recursion."""
    level, depth, nodes = [tree], 0, 0
    while level:
        depth += 1
        nodes += len(level)
        if depth > MAX_TREE_DEPTH:
            raise Unreadable(level[0].span[0], "this is nested too deeply")
        if nodes > MAX_NODES:
            raise Unreadable(tree.span[0], f"this has more than {MAX_NODES} parts")
        level = [part for each in level for part in each.parts]
