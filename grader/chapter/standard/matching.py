"""Whether a formula says what a standard statement says, whatever letters it uses: their values are equal
when letter stands for letter."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import permutations, product

import numpy as np

from grader.chapter.standard.atoms import Atom, Opaque
from grader.chapter.standard.evaluating import atoms_of, evaluate
from grader.reading.tree import Tree

POINTS = 3
MOST_ATOMS = 7
MOST_WAYS = 200
"""So many ways to let letters stand for letters are tried."""

Sides = tuple[Tree, ...]


def says(formula: Sides, statement: Sides) -> bool:
    """Whether two formulas, both with or both without a left side, are one but for their letters."""
    (theirs, sorts), (ours, wanted_sorts) = _atoms(formula), _atoms(statement)
    if sorts is None or sorts != wanted_sorts or len(ours) > MOST_ATOMS:
        return False
    own = tuple({atom: atom for atom in ours}.items())
    wanted = _values(statement, own)
    ways = (tuple(way.items()) for way in _ways(theirs, ours) if _letters_fit(way))
    return any(_equal(_values(formula, way), wanted) for way, _ in zip(ways, range(MOST_WAYS), strict=False))


@lru_cache(maxsize=2048)
def _atoms(formula: Sides) -> tuple[tuple[Atom, ...], Counter[tuple[str, int]] | None]:
    """The atoms of a formula, and how many there are of each sort; none if it is opaque."""
    try:
        found = atoms_of(*formula)
    except Opaque:
        return (), None
    return found, _sorts(found)


def _sorts(atoms: Sequence[Atom]) -> Counter[tuple[str, int]]:
    return Counter((atom.sort, atom.places) for atom in atoms)


def _ways(theirs: Sequence[Atom], ours: Sequence[Atom]) -> Iterator[dict[Atom, Atom]]:
    """All ways to let each of their atoms stand for one of ours of the same sort."""
    groups = [
        [[atom for atom in atoms if (atom.sort, atom.places) == sort] for atoms in (theirs, ours)]
        for sort in _sorts(ours)
    ]
    for orders in product(*(permutations(own) for _, own in groups)):
        yield {
            their: our
            for (group, _), order in zip(groups, orders, strict=True)
            for their, our in zip(group, order, strict=True)
        }


def _letters_fit(way: Mapping[Atom, Atom]) -> bool:
    """Whether one letter of ours is one letter of theirs, by which gradients are taken too."""
    letters: dict[str, str] = {}
    for their, our in way.items():
        if letters.setdefault(our.letter, their.letter) != their.letter:
            return False
    weight = letters.get("w", "")
    return all(not their.by or not weight or their.by == weight for their in way if their.sort == "gradient")


@lru_cache(maxsize=4096)
def _values(formula: Sides, way: tuple[tuple[Atom, Atom], ...]) -> tuple[float, ...] | None:
    """The difference of the sides, or the value of the only one, at every point."""
    named = dict(way)
    return _at_points(formula, lambda atom, indices, point: _number(named[atom], indices, point))


def values_by_letter(tree: Tree) -> tuple[float, ...] | None:
    """The values of a tree at every point, to nine digits, when one letter is one quantity and a gradient is
    taken for what it is the gradient of; None where it has no value."""
    found = _at_points((tree,), _of_letter)
    return None if found is None else tuple(round(value, 9) for value in found)


def alike_by_letter(first: Tree, second: Tree) -> bool:
    """Whether two trees have the same values at every point, their vectors counted alike."""
    found = _at_points((first, second), _of_letter)
    return found is not None and _equal(found[::2], found[1::2])


def _at_points(
    trees: Sides, number: Callable[[Atom, tuple[int, ...], int], float]
) -> tuple[float, ...] | None:
    """The values of trees at every point, where ``number`` gives those of atoms; None where one has none."""
    found: list[float] = []
    for point in range(POINTS):
        try:
            values = evaluate(trees, lambda atom, indices: number(atom, indices, point))  # noqa: B023
        except Opaque:
            return None
        if any(np.ndim(value) for value in values):
            return None
        found.extend(map(float, values))
    return tuple(found)


def _of_letter(atom: Atom, indices: tuple[int, ...], point: int) -> float:
    return _number(Atom("quantity", atom.letter, places=atom.places), indices, point)


def _number(atom: Atom, indices: tuple[int, ...], point: int) -> float:
    """A number between 0.1 and 0.9 that depends on nothing but the atom, its indices and the point."""
    return 0.1 + 0.8 * zlib.crc32(f"{atom}/{indices}/{point}".encode()) / 2**32


def _equal(first: Sequence[float] | None, second: Sequence[float] | None) -> bool:
    return (
        first is not None
        and second is not None
        and len(first) == len(second)
        and all(abs(one - other) <= 1e-9 * max(1, abs(one)) for one, other in zip(first, second, strict=True))
    )
