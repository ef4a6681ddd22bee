"""A formula's value when everything in it that only has a name is given a number."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from msgspec import structs

from grader.chapter.spelling import bare, spelling
from grader.chapter.standard.atoms import (
    OPERATORS,
    PREFIXES,
    Atom,
    Opaque,
    begins_change,
    bound_in,
    gathered,
    gradient_of,
    indices_of,
    is_plain,
    is_transposed,
    joined_factors,
    last_index,
    letter_of,
    place_of_dots,
    summed,
)
from grader.reading import tree as t

TERMS = 3
"""So many terms has every sum."""
MOST_PARTS = 400
"""Larger formulas are no standard statements."""

Ask = Callable[[Atom, tuple[int, ...]], float]
"""The number of an atom at some indices."""

KNOWN: Mapping[str, Callable[[Any], Any]] = {
    "log": np.log,
    "ln": np.log,
    "exp": np.exp,
    "cos": np.cos,
    "sin": np.sin,
    "sqrt": np.sqrt,
}


@dataclass(frozen=True)
class Evaluation:
    """One way of giving numbers: ``ask`` for atoms, ``vectors`` for the letters that are
    summed over somewhere and at which of their subscripts, ``counts`` for those that count terms."""

    ask: Ask
    vectors: Mapping[str, frozenset[int]]
    counts: frozenset[str]
    bound: Mapping[str, int] = field(default_factory=dict)

    def value(self, tree: t.Tree) -> Any:
        """A number, or an array for a vector. Raises `Opaque`."""
        tree = bare(tree)
        match tree:
            case t.Number():
                return float(tree.value)
            case t.Negate(body=body):
                return -self.value(body)
            case t.Sum():
                return self._sum(tree)
            case t.Product():
                return self._product(tree)
            case t.Norm(body=body):
                value = self.value(body)
                return abs(value) if np.ndim(value) == 0 else math.sqrt(float(np.sum(value**2)))
            case t.BigOperator(kind="sum"):
                return self._over(summed(tree.low), tree.body)
            case t.Quotient():
                found = gradient_of(tree)
                if found:
                    return self._gradient((found[0],), found[1])
                return self.value(tree.numerator) / self.value(tree.denominator)
        return self._named((tree,))

    def _over(self, index: str, body: t.Tree) -> Any:
        if not index:
            raise Opaque("what a sum goes over is not said")
        return sum(replace(self, bound={**self.bound, index: place}).value(body) for place in range(TERMS))

    def _sum(self, tree: t.Sum) -> Any:
        together = gathered(tree)
        if together is not tree:
            return self.value(together)
        at, index = place_of_dots(tree), last_index(tree)
        if at is not None and not index:
            raise Opaque("it goes on with dots")
        signs = ("+", *tree.signs)
        terms = [
            self.value(term) * (1 if sign == "+" else -1)
            for place, (sign, term) in enumerate(zip(signs, tree.terms, strict=True))
            if at is None or not (place <= at + 1 and (place >= at or _runs(term, tree.terms[at + 1], index)))
        ]
        run = [self._over(index, tree.terms[at + 1])] if at is not None else []
        return sum([*terms, *run])

    def _product(self, tree: t.Product) -> Any:
        whole: Any = None
        turned = False
        for join, factors in joined_factors(tree):
            value = self._named(factors)
            if whole is None:
                whole = value
            elif join == "/":
                whole = whole / value
            elif np.ndim(whole) and np.ndim(value) and (turned or join == "cdot"):
                whole = float(np.sum(whole * value))
            else:
                whole = whole * value
            turned = is_transposed(factors[-1])
        return whole

    # -- names -----------------------------------------------------------------------------------------------

    def _named(self, factors: Sequence[t.Tree]) -> Any:
        """A name, with what it is applied to behind it."""
        head, behind = bare(factors[0]), factors[1:]
        letter = letter_of(head)
        if not letter:
            return self._raised(head)
        if letter == "nabla":
            by = letter_of(head.sub) if isinstance(head, t.Scripted) and head.sub is not None else ""
            return self._gradient(behind, by)
        if begins_change(head) and behind:
            return self._atom("change", behind)
        if letter in PREFIXES and behind:
            return KNOWN[letter](self._named(behind) if len(behind) > 1 else self.value(behind[0]))
        if letter == "e" and isinstance(head, t.Scripted) and head.sup is not None:
            return np.exp(self.value(head.sup))
        if letter in OPERATORS:
            return self.ask(Atom("operator", letter), ())
        if behind and not is_plain(behind[0]):
            return self._called(head, behind[0])
        return self._raised(head) if not behind and _is_power(head) else self._atom("quantity", factors)

    def _raised(self, tree: t.Tree) -> Any:
        if isinstance(tree, t.Scripted) and tree.sub is None and not tree.primes and _is_power(tree):
            assert tree.sup is not None
            return self.value(tree.base) ** self.value(tree.sup)
        if isinstance(tree, t.Scripted) and _is_power(tree):
            assert tree.sup is not None
            return self.value(structs.replace(tree, sup=None)) ** self.value(tree.sup)
        if isinstance(tree, t.Scripted) and is_transposed(tree) and tree.sub is None:
            return self.value(tree.base)
        if letter_of(tree) or isinstance(
            tree, t.Text | t.Cases | t.Matrix | t.Relation | t.Scripted | t.Group
        ):
            raise Opaque("it holds something that is no arithmetic")
        return self.value(tree)

    def _gradient(self, of: Sequence[t.Tree], by: str) -> Any:
        if not of or not letter_of(of[0]):
            raise Opaque("it is the gradient of something without a name")
        return self._atom("gradient", of, by)

    def _called(self, head: t.Tree, group: t.Tree) -> Any:
        """A function that only has a name, at a value: smooth, and another one for every name."""
        value = self.value(group)
        number = self.ask(Atom("function", letter_of(head)), ())
        return np.sin(number * value + number**2)

    def _atom(self, sort: Any, factors: Sequence[t.Tree], by: str = "") -> Any:
        """What only has a name: at the indices that are bound, or as a vector where it has them elsewhere."""
        letter = letter_of(factors[0])
        if letter in self.counts and len(factors) == 1 and isinstance(bare(factors[0]), t.Name):
            return float(TERMS)
        indices, marks = self._scripts(factors)
        bare_letter = len(factors) == 1 and not _subscripts_of(bare(factors[0]))
        if letter in self.vectors and not indices and bare_letter and sort == "quantity":
            atom = Atom(sort, letter, marks, 1, by)
            return np.array([self.ask(atom, (place,)) for place in range(TERMS)])
        return self.ask(Atom(sort, letter, marks, len(indices), by), tuple(indices))

    def _scripts(self, factors: Sequence[t.Tree]) -> tuple[list[int], str]:
        """The places at which an atom is taken, and its other marks."""
        head, arguments = bare(factors[0]), factors[1:]
        marks, indices = self._subscripts(head)
        above = head.sup if isinstance(head, t.Scripted) else None
        for mark in [*([above] if above is not None and not is_transposed(head) else []), *arguments]:
            inside = [self.bound[name] for name in dict.fromkeys(_indices_in(mark)) if name in self.bound]
            indices += [] if indices else inside[:1]
            marks += [] if inside else [f"^{_flat(mark)}"]
        return indices, "".join(marks)

    def _subscripts(self, head: t.Tree) -> tuple[list[str], list[int]]:
        """The marks among the subscripts, and the indices, which stand where the letter is summed over."""
        names = [spelling(index) or _flat(index) for index in _subscripts_of(head)]
        summed_places = self.vectors.get(letter_of(head), frozenset())
        taken = [place in summed_places and not names[place].isdigit() for place in range(len(names))]
        if not all(taken[place] for place in summed_places if place < len(names)):
            taken = [False] * len(names)
        marks = [f"_{name}" for name, index in zip(names, taken, strict=True) if not index]
        indices = [self.bound.get(name, 0) for name, index in zip(names, taken, strict=True) if index]
        return marks, indices


def _subscripts_of(head: t.Tree) -> list[t.Tree]:
    return indices_of(head.sub) if isinstance(head, t.Scripted) else []


def _indices_in(tree: t.Tree) -> list[str]:
    """What may be an index among the arguments or in the brackets above a letter."""
    return [
        name
        for part in tree.walk()
        for name in ([part.text] if isinstance(part, t.Name) else map(spelling, _subscripts_of(part)))
        if name
    ]


def _flat(tree: t.Tree) -> str:
    """The letters and numbers of a tree in a row."""
    return ",".join(part.text for part in tree.walk() if isinstance(part, t.Name | t.Number | t.Text))


def _is_power(tree: t.Tree) -> bool:
    return isinstance(tree, t.Scripted) and isinstance(tree.sup, t.Number)


def _runs(term: t.Tree, last: t.Tree, index: str) -> bool:
    """Whether a term before the dots is of the kind of the last one, ``w_1 x_1`` of ``w_M x_M``."""
    return bool(index) and _skeleton(term) == _skeleton(last)


def _skeleton(tree: t.Tree) -> tuple[str, ...]:
    """The letters of a tree, without what stands below them."""
    if isinstance(tree, t.Scripted):
        return _skeleton(tree.base)
    if isinstance(tree, t.Name):
        return (tree.text,)
    return tuple(letter for part in tree.parts for letter in _skeleton(part))


# -- what stands in a formula --------------------------------------------------------------------------------


def vectors_in(*trees: t.Tree) -> dict[str, frozenset[int]]:
    """The letters that are summed over somewhere, and at which of their subscripts."""
    bound = frozenset(index for tree in trees for index in bound_in(tree))
    found: dict[str, frozenset[int]] = {}
    for part in (part for tree in trees for part in tree.walk() if isinstance(part, t.Scripted)):
        places = {place for place, index in enumerate(indices_of(part.sub)) if spelling(index) in bound}
        letter = letter_of(part)
        if places and letter and letter != "nabla":
            found[letter] = found.get(letter, frozenset()) | places
    return found


COUNTS = frozenset(["n", "N", "m", "M", "B", "K"])
"""Letters that count, where a sum does not say how far it goes."""


def counts_in(*trees: t.Tree) -> frozenset[str]:
    """The letters that count the terms of a sum."""
    sums = [part for tree in trees for part in tree.walk() if isinstance(part, t.BigOperator)]
    highs = frozenset(letter_of(part.high) for part in sums if part.high is not None) - {""}
    return highs if highs else (COUNTS if sums else frozenset())


def atoms_of(*trees: t.Tree) -> tuple[Atom, ...]:
    """All atoms, in the order in which they are asked for. Raises `Opaque`."""
    found: dict[Atom, None] = {}

    def note(atom: Atom, _: tuple[int, ...]) -> float:
        found[atom] = None
        return 0.7

    evaluate(trees, note)
    return tuple(found)


def evaluate(trees: Sequence[t.Tree], ask: Ask) -> list[Any]:
    """The values of trees that stand together. Raises `Opaque`."""
    if sum(1 for tree in trees for _ in tree.walk()) > MOST_PARTS:
        raise Opaque("it is too long")
    evaluation = Evaluation(ask, vectors_in(*trees), counts_in(*trees))
    try:
        with np.errstate(all="ignore"):
            return [evaluation.value(tree) for tree in trees]
    except (ZeroDivisionError, OverflowError, ValueError, TypeError, RecursionError) as fault:
        raise Opaque(str(fault)) from None
