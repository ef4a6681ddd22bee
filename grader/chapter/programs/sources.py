"""Code as it is read: lines of Python, and the comments beside them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment without its sign, and its place in the block."""

    text: str
    start: int
    alone: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Lines of Python to be read together, the comments by their line (from 1), and what was printed below.

    ``output`` is a stretch of the block, by its first and last offset.
    """

    text: str
    comments: dict[int, Comment] = field(default_factory=dict)
    output: tuple[int, int] | None = None
    old: bool = False
    echoes: bool = False
