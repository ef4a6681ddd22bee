"""Pieces and brackets as items of one row, and what can be asked of them."""

from __future__ import annotations

from msgspec import Struct

from grader.reading.scanner import Piece

OPERANDS = frozenset(["NUMBER", "NAME", "FRACTION", "PRIME", "BANG", "SCRIPT"])
PREFIXES = frozenset(["FRAC", "BINOM", "ACCENT", "BIG", "CALL", "WRAP", "NORM", "WHERE"])


class Bracket(Struct):
    """A pair of brackets and what stands between them."""

    open: Piece
    inside: list[Item]
    close: Piece

    @property
    def kind(self) -> str:
        return self.open.kind

    @property
    def start(self) -> int:
        return self.open.start

    @property
    def end(self) -> int:
        return self.close.end


Item = Piece | Bracket


def ends_operand(item: Item) -> bool:
    """Whether something complete may end with ``item``."""
    return isinstance(item, Bracket) or item.kind in OPERANDS


def starts_operand(item: Item) -> bool:
    return ends_operand(item) or item.kind in PREFIXES


def states(items: list[Item]) -> bool:
    return any(item.kind == "RELATION" for item in items)
