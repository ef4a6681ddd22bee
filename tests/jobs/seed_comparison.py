"""Formulas of a lecture text beside lines of a derivation: both are read, and compared by their values.

Two comparisons are made. In the *worlds* every quantity has its true value: there all true formulas for one
quantity are equal. With *free values* every named quantity is a random number of its own: there two right
sides are only equal if they say the same of the same quantities.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from msgspec.structs import replace

from derive.derivation import Derivation
from derive.functions import Array
from derive.graph import Equation
from derive.program import Program, Values
from derive.quantities import General, Quantity
from derive.writing.document import derivation_page
from derive.writing.latex import latex
from derive.writing.page import Display, Side
from grader.meaning import terms
from grader.meaning.limits import Undecidable
from grader.meaning.lowering import PLANS, Plan, Unfit, lower_sides
from grader.meaning.terms import Term, letters_in, names_of_fields
from tests.jobs.seed_formulas import NOT_READ, Formula, Place, Setting

CLOSE = 1e-8
"""How near values are that count as equal."""
STRICT = tuple(plan for plan in PLANS if not plan.lenient and not plan.dots)
"""What we print needs no lenience."""


# -- what is derived -----------------------------------------------------------------------------------------


def lines_of(derivation: Derivation) -> Iterator[str]:
    """Every formula on the page of a derivation, as LaTeX."""
    for block in _blocks(derivation_page(derivation).blocks):
        if isinstance(block, Display | Side):
            yield from map(latex, (block.box,) if isinstance(block, Display) else block.boxes)


def _blocks(blocks: Iterable[Any]) -> Iterator[Any]:
    for block in blocks:
        yield block
        yield from _blocks(getattr(block, "blocks", ()))


@dataclass(frozen=True)
class Derived:
    """The lines of some derivations in one setting."""

    setting: Setting
    lines: tuple[str, ...]

    @cached_property
    def formulas(self) -> tuple[tuple[str, Formula], ...]:
        """The lines that can be read, with what they were read from."""
        return tuple((line, formula) for line in self.lines for formula in self._read(line))

    def _read(self, line: str) -> Iterator[Formula]:
        try:
            found = self.setting.read(line)
        except NOT_READ:
            return
        yield from found
        if self.setting.general:
            yield from map(_about_last_layer, found)

    def like(self, formula: Formula, places: Sequence[Place]) -> tuple[str | None, str | None]:
        """A line that says of the same quantities what a formula says, and one that only has the same left
        side and the same value; None for none."""
        equal = same = None
        for line, ours in self.formulas:
            if pattern(ours.left) != pattern(formula.left) or not _agree(ours, formula, places, _true):
                continue
            equal = equal or line
            if ingredients(ours.right) == ingredients(formula.right) and _agree(
                ours, formula, places, _freely
            ):
                same = same or line
        return same, equal


def _about_last_layer(formula: Formula) -> Formula:
    """What holds for any layer l, said of the last one."""

    def last(quantity: Quantity) -> Quantity:
        layer = quantity.layer
        if not isinstance(layer, General) or layer.letter != "l":
            return quantity
        return replace(quantity, layer=replace(layer, letter="L"))

    def change(part: Term) -> Term | None:
        found: Any = {
            name: last(getattr(part, name)) for name in ("quantity", "of", "by") if hasattr(part, name)
        }
        return replace(part, **found) if found else None

    return Formula(terms.rewritten(formula.left, change), terms.rewritten(formula.right, change))


# -- comparing -----------------------------------------------------------------------------------------------


def is_true(formula: Formula, places: Sequence[Place]) -> bool:
    """Whether both sides are equal wherever the formula means something, and it does somewhere."""
    loose = set(letters_in(formula.right)) - set(letters_in(formula.left))
    found = [_values(formula, place, _true(place)) for place in places]
    defined = [pair for pair in found if pair is not None]
    return not loose and bool(defined) and all(_near(left, right) for left, right in defined)


def pattern(term: Any, letters: dict[str, int] | None = None) -> Any:
    """A term as plain data, without its place in the text and the names of its indices."""
    letters = {} if letters is None else letters
    if isinstance(term, Term):
        inside = (getattr(term, name) for name in names_of_fields(type(term)))
        return (type(term).__name__, *(pattern(part, letters) for part in inside))
    if isinstance(term, tuple):
        return tuple(pattern(part, letters) for part in term)
    return letters.setdefault(term, len(letters)) if isinstance(term, str) and len(term) == 1 else term


def ingredients(term: Term) -> tuple[frozenset[Any], frozenset[Any]]:
    """The derivatives of quantities by one another and the functions that a term names."""
    parts = tuple(term.walk())
    pairs = {(p.of, p.by) for p in parts if isinstance(p, terms.Partial | terms.PartialEntry)}
    calls = {(p.function, p.order) for p in parts if isinstance(p, terms.Call)}
    return frozenset(pairs), frozenset(calls)


def _true(place: Place) -> Values:
    return place.values


def _freely(place: Place) -> Values:
    return place.free


def _agree(
    ours: Formula, formula: Formula, places: Sequence[Place], taken: Callable[[Place], Values]
) -> bool:
    """Whether two right sides are equal wherever the formula means something."""
    compared = False
    for place in places:
        wanted = _values(formula, place, taken(place))
        if wanted is None:
            continue
        found = _values(ours, place, taken(place), STRICT)
        if found is None or not _near(found[1], wanted[1]):
            return False
        compared = True
    return compared


def _values(
    formula: Formula, place: Place, values: Values, plans: Sequence[Plan] = PLANS
) -> tuple[Array, Array] | None:
    """What both sides are worth, by the strictest reading that gives them one shape; None where they speak of
    a layer that is not there, or cannot be computed."""
    sides = (formula.left, formula.right)
    if any(place.frame.quantity(q) not in place.frame.shapes for side in sides for q in _quantities(side)):
        return None
    for plan in plans:
        try:
            nodes = lower_sides(sides, place.frame, plan)
        except (Unfit, Undecidable):
            continue
        if len({node.shape for node in nodes}) == 1:
            names = (Quantity("left"), Quantity("right"))
            with np.errstate(all="ignore"):
                found = Program(map(Equation, names, nodes), place.arithmetic).run(values)
            return found[names[0]], found[names[1]]
    return None


def _quantities(term: Term) -> Iterator[Quantity]:
    for part in term.walk():
        yield from (getattr(part, name) for name in ("quantity", "of", "by") if hasattr(part, name))


def _near(left: Array, right: Array) -> bool:
    if not (np.isfinite(left).all() and np.isfinite(right).all()):
        return False
    left, right = np.broadcast_arrays(left, right)
    return bool(np.allclose(left, right, rtol=CLOSE, atol=CLOSE * np.abs(left).max()))
