"""Text of which every character knows its place in the file it came from."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from re import Match, Pattern


@dataclass(frozen=True, slots=True)
class Placed:
    r"""``text`` and, for each of its characters, the offset of the original character that it stands for.

    >>> decoded = Placed.whole(r"say \"2\"")[0:4] + Placed.at('"', 4) + Placed.whole(r"say \"2\"")[6:7]
    >>> decoded.text, list(decoded.places)
    ('say "2', [0, 1, 2, 3, 4, 6])
    """

    text: str
    places: Sequence[int]

    @staticmethod
    def whole(text: str) -> Placed:
        """A text that stands for itself."""
        return Placed(text, range(len(text)))

    @staticmethod
    def at(text: str, place: int) -> Placed:
        """A text that stands, as a whole, for the character at one place."""
        return Placed(text, array("q", [place]) * len(text))

    @staticmethod
    def joined(parts: Iterable[Placed]) -> Placed:
        """Several texts, one behind the other."""
        texts: list[str] = []
        places = array("q")
        for part in parts:
            texts.append(part.text)
            places.extend(part.places)
        return Placed("".join(texts), places)

    def __len__(self) -> int:
        return len(self.text)

    def __getitem__(self, part: slice) -> Placed:
        return Placed(self.text[part], self.places[part])

    def __add__(self, other: Placed) -> Placed:
        return Placed.joined((self, other))

    def place(self, offset: int) -> int:
        """The original offset of a character; behind the last one, the place behind it."""
        if offset < len(self.places):
            return self.places[offset]
        return self.places[-1] + 1 + offset - len(self.places) if self.places else offset

    def saying(self, text: str, offset: int) -> Placed:
        """A text that stands for the character at an offset of this one."""
        return Placed.at(text, self.place(offset))

    def replaced(self, pattern: Pattern[str], by: Callable[[Match[str]], Placed | None]) -> Placed:
        """This text with what the pattern matches replaced; where ``by`` declines, it stays."""
        parts: list[Placed] = []
        kept = 0
        for match in pattern.finditer(self.text):
            instead = by(match)
            if instead is not None:
                parts += [self[kept : match.start()], instead]
                kept = match.end()
        return Placed.joined([*parts, self[kept:]]) if parts else self
