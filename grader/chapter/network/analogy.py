"""The formula of a sibling with its indices moved: what net_h2 is, where only that of net_h1 is printed."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

MAX_CANDIDATES = 81
"""So many ways of moving the indices of one formula are looked at."""

MAX_SIBLINGS = 100
"""So many members of a family are looked at on either side of a name."""

_INDEX = re.compile(r"\d+")


@lru_cache(maxsize=4096)
def family(name: str) -> tuple[str, tuple[int, ...]]:
    """A name without its indices, and the indices.

    >>> family("w_1,2^(3)")
    ('w_#,#^(#)', (1, 2, 3))
    """
    return _INDEX.sub("#", name), tuple(int(index) for index in _INDEX.findall(name))


def member(stem: str, indices: Iterable[int]) -> str:
    """The name of a family with these indices."""
    left = iter(indices)
    return re.sub("#", lambda _: str(next(left)), stem)


class Siblings:
    """The names of a page by what they have in common with others: all but one index."""

    def __init__(self, names: Iterable[str]) -> None:
        self._lines: dict[tuple[str, int, tuple[int, ...]], list[tuple[int, str]]] = {}
        for name in names:
            for line, index in _lines_of(name):
                self._lines.setdefault(line, []).append((index, name))
        for members in self._lines.values():
            members.sort()

    def of(self, name: str) -> list[str]:
        """The members of a name's family that differ from it in one index, the nearest first; of very many
        the nearest ``MAX_SIBLINGS`` on either side.

        >>> Siblings(["w_1", "w_2", "w_12", "b_1", "w_4"]).of("w_2")
        ['w_1', 'w_4', 'w_12']
        """
        found: list[tuple[int, str]] = []
        for line, index in _lines_of(name):
            members = self._lines.get(line, [])
            at = bisect_left(members, (index, ""))
            near = members[max(0, at - MAX_SIBLINGS) : at + MAX_SIBLINGS]
            found += [(abs(theirs - index), other) for theirs, other in near if theirs != index]
        return [other for _, other in sorted(found)]


def _lines_of(name: str) -> Iterator[tuple[tuple[str, int, tuple[int, ...]], int]]:
    """For each index of a name, what the name has beside it, and the index."""
    stem, indices = family(name)
    for place, index in enumerate(indices):
        yield (stem, place, (*indices[:place], *indices[place + 1 :])), index


@dataclass(frozen=True, slots=True)
class Move:
    """How the indices of a sibling differ: the index ``old`` becomes ``new``; ``token`` is the letter before
    it, as the h of net_h1.
    """

    old: int
    new: int
    token: str

    @property
    def by(self) -> int:
        return self.new - self.old


def move_between(sibling: str, name: str) -> Move:
    """The move from one member of a family to another."""
    stem, theirs = family(sibling)
    indices = family(name)[1]
    place = next(place for place, (old, new) in enumerate(zip(theirs, indices, strict=True)) if old != new)
    before = stem.split("#")[place]
    return Move(theirs[place], indices[place], re.findall(r"[A-Za-z]*$", before)[0])


Row = Callable[[tuple[int, ...], Move, int], tuple[int, ...] | None]


def _shifted(place: int, times_count: bool, unit: int = 1) -> Row:
    def row(indices: tuple[int, ...], move: Move, count: int) -> tuple[int, ...] | None:
        if place >= len(indices):
            return None
        step = move.by * unit * (count if times_count else 1)
        return (*indices[:place], indices[place] + step, *indices[place + 1 :])

    return row


def _exchanged(indices: tuple[int, ...], move: Move, count: int) -> tuple[int, ...]:
    """Sibling and name change places, as the terms of a softmax do."""
    places = {move.old: move.new, move.new: move.old}
    return tuple(places.get(index, index) for index in indices)


MOVES: tuple[Row, ...] = (
    lambda indices, move, count: indices,
    _shifted(0, False),
    _shifted(1, False),
    _shifted(0, True),
    _shifted(0, False, unit=10),
    _exchanged,
)
"""What may become of the indices of a family: they stay (inputs, a shared bias), one moves along (w_{12} and
w_{22}, w_1 and w_2), or they go on counting behind those of the sibling (w_1, w_2 and w_3, w_4)."""


def tied(name: str, move: Move) -> str:
    """The name with the sibling's own index moved, if it holds it with its letter, as net_h1 holds h1."""
    pattern = re.compile(rf"(?<![A-Za-z]){move.token}_?{move.old}(?!\d)")
    if not move.token or not pattern.search(name):
        return ""
    return pattern.sub(lambda found: found[0][: -len(str(move.old))] + str(move.new), name)


def candidates(
    names: Iterable[str], move: Move, usable: Callable[[str], bool], taken: frozenset[str]
) -> Iterator[Mapping[str, str]]:
    """The ways of moving the names of a formula; a weight that serves elsewhere (``taken``) is not moved to.

    Names that hold the sibling's own index with its letter are always moved.
    """
    bound = {name: tied(name, move) for name in names}
    bound = {name: other for name, other in bound.items() if other}
    groups: dict[str, list[str]] = {}
    for name in names:
        if name not in bound:
            groups.setdefault(family(name)[0], []).append(name)
    options = [list(_options(stem, group, move, usable, taken)) for stem, group in groups.items()]
    for position, combination in enumerate(product(*options)):
        found = dict(bound)
        for choice in combination:
            found.update(choice)
        if position >= MAX_CANDIDATES:
            return
        if any(old != new for old, new in found.items()):
            yield found


def _options(
    stem: str, group: list[str], move: Move, usable: Callable[[str], bool], taken: frozenset[str]
) -> Iterator[dict[str, str]]:
    seen = set()
    for row in MOVES:
        moved = [row(family(name)[1], move, len(group)) for name in group]
        if any(indices is None or min(indices, default=0) < 0 for indices in moved):
            continue
        names = tuple(member(stem, indices or ()) for indices in moved)
        free = names == tuple(group) or (all(map(usable, names)) and not taken.intersection(names))
        if free and names not in seen:
            seen.add(names)
            yield dict(zip(group, names, strict=True))
