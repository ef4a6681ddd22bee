"""A row of pieces and brackets that is read from left to right, and what is said where it cannot go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from grader.reading.items import Bracket, Item
from grader.reading.scanner import Piece
from grader.reading.tree import Tree
from grader.reading.unreadable import Unreadable

OPERAND = ("a name", "a number", "an opening bracket")
"""What may stand where an expression begins, in words."""
CONTINUATION = ("a sign such as + or *", "a comma", "a relation such as =", "a subscript or superscript")
"""What may stand behind something complete, in words; and the end."""
MAX_NESTED = 100
"""So many sums stand inside one another at most."""
CLOSING = ("RPAR", "RSQB", "RCURLY", "RBRACE", "RBAR", "RANGLE", "RAT", "MATRIXEND", "CASESEND")

SENTENCES = {
    "DAMAGED": "this number is damaged: it has more than one point",
    "PERIOD": "this point belongs to no number",
    "TEXT": "words stand here inside a formula",
    "FENCE": "the edge of a formula stands inside it",
    "RELATION": "something is missing before this relation",
    "JOIN": "something is missing before this sign",
    "PLUS": "something is missing before this sign",
    "MINUS": "something is missing between two signs",
    "COMMA": "something is missing before this comma",
    "COLON": "this colon cannot stand here: only whole rows and columns are read, such as X[:, n]",
    "AMPERSAND": "something is missing before this &",
    "ROW": "something is missing before the end of this line",
    "SUP": "this superscript hangs on nothing",
    "SUB": "this subscript hangs on nothing",
    "SCRIPT": "this script hangs on nothing",
    "PRIME": "this prime hangs on nothing",
    "BANG": "this exclamation mark hangs on nothing",
    "BIG": "a sum or product needs brackets around it here",
}
"""What is wrong when a piece of this kind stands where it cannot."""

MISSING = "something is missing"
TELLING = ("a name", "a number")
"""Of the words for what was expected, those that say most."""

Atoms = Mapping[str, Callable[["Row"], Tree]]
"""Rules for what may stand alone, by the kind of its first piece."""


class Row:
    """Items being read. ``kind`` is that of the next one; behind the last stands what closes them: a
    bracket's closing piece, or the end of the text. ``atoms`` has the rules for what may stand alone."""

    __slots__ = ("_at", "_items", "_nested", "atoms", "kind")

    def __init__(self, items: Sequence[Item], close: Piece, atoms: Atoms, nested: int = 0) -> None:
        self._items = [*items, close]
        self._at = 0
        self._nested = nested
        self.atoms = atoms
        self.kind = self._items[0].kind

    @property
    def ended(self) -> bool:
        return self._at == len(self._items) - 1

    @property
    def beyond(self) -> str:
        """The kind of what stands behind the next item and its scripts."""
        at = self._at + 1
        while at + 2 < len(self._items) and self._items[at].kind in ("SUP", "SUB"):
            at += 2
        return self._items[at].kind if at < len(self._items) else ""

    def take(self) -> Item:
        """The next item; the row moves on."""
        item = self._items[self._at]
        self._at += 1
        self.kind = self._items[self._at].kind
        return item

    def piece(self) -> Piece:
        """The next item, which is known to be no bracket."""
        item = self.take()
        assert isinstance(item, Piece)
        return item

    def bracket(self, kind: str) -> tuple[Bracket, Row]:
        """The next item, which must be a bracket of this kind, and what stands inside."""
        if self.kind != kind:
            raise self.unexpected(("an opening bracket",))
        bracket = self.take()
        assert isinstance(bracket, Bracket)
        return bracket, Row(bracket.inside, bracket.close, self.atoms, self._nested)

    def deeper(self) -> None:
        """One sum stands inside another. Raises `Unreadable` where that never seems to end."""
        self._nested += 1
        if self._nested > MAX_NESTED:
            raise Unreadable(self._items[self._at].start, "this is nested too deeply")

    def back(self) -> None:
        """The inner sum has ended."""
        self._nested -= 1

    def need(self, kind: str, words: str) -> None:
        """The next item, which must be of this kind and says nothing more."""
        if self.kind != kind:
            raise self.unexpected((words,))
        self.take()

    def finish(self) -> None:
        """Raises `Unreadable` if something is left."""
        if not self.ended:
            raise self.unexpected(CONTINUATION)

    def unexpected(self, expected: tuple[str, ...]) -> Unreadable:
        """What to say of the next item, where something else was expected."""
        item = self._items[self._at]
        if item.kind == "END":
            return Unreadable(
                item.start, f"something is missing at the end: {_wanted(expected)}", "", expected
            )
        found = item.open.value if isinstance(item, Bracket) else item.value
        sentence = SENTENCES.get(item.kind, "this cannot stand here")
        if item.kind in CLOSING and len(self._items) == 1:
            sentence = "nothing stands between these brackets"
        elif item.kind in CLOSING:
            sentence = f"something is missing before this closing bracket: {_wanted(expected)}"
        elif sentence.startswith(MISSING) and set(expected) & set(TELLING):
            sentence += f": {_wanted(expected)}"
        return Unreadable(item.start, sentence, found, expected)


def _wanted(words: tuple[str, ...]) -> str:
    """The most telling of the words for what was expected, in a row."""
    telling = [word for word in words if word in TELLING] or list(words)
    return " or ".join(telling) if len(telling) < 3 else f"{', '.join(telling[:-1])} or {telling[-1]}"
