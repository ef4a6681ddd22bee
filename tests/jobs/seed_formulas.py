"""Formulas of a lecture text beside lines of a derivation: both are read, and compared by their values.

Two comparisons are made. In the *worlds* every quantity has its true value: there all true formulas for one
quantity are equal. With *free values* every named quantity is a random number of its own: there two right
sides are only equal if they say the same of the same quantities.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np

from derive.derivation import Derivation
from derive.functions import Array
from derive.graph import Equation, Graph, ShapeError
from derive.kernels import Arithmetic
from derive.network import Network
from derive.notation import Notation
from derive.program import Program, Values
from derive.quantities import General, Quantity
from derive.writing.document import derivation_page
from derive.writing.latex import latex
from derive.writing.page import Display, Side
from grader.judging.question import deepened
from grader.meaning import terms
from grader.meaning.frame import Frame
from grader.meaning.lowering import PLANS, Plan, Unfit, lower_sides
from grader.meaning.names import Namer
from grader.meaning.network_vocabulary import NetworkVocabulary
from grader.meaning.neurons import NeuronVocabulary, names_neurons
from grader.meaning.scripts import NotUnderstood
from grader.meaning.terms import Term, letters_in
from grader.meaning.vocabulary import GraphVocabulary
from grader.reading import Unreadable, read
from grader.reading.tree import Relation, Tree
from grader.worlds.world import BATCH, World, worlds_of

CLOSE, EXAMPLES = 1e-8, 5
"""How near values are that count as equal, and how many examples a batch has whose number is a letter."""
STRICT = tuple(plan for plan in PLANS if not plan.lenient and not plan.dots)
"""What we print needs no lenience."""
NOT_READ = (Unreadable, NotUnderstood)
VARIABLE = Quantity("the variable")


@dataclass(frozen=True)
class Formula:
    """``left = right``, read."""

    left: Term
    right: Term


@dataclass(frozen=True)
class Place:
    """One world, the layers that letters stand for in it, and what the quantities are worth."""

    frame: Frame
    values: Values
    free: Values
    arithmetic: Arithmetic


@dataclass(frozen=True)
class Setting:
    """What a formula is about, and in whose notation. In ``general`` layers are letters; a ``function`` of
    one variable is a setting of its own, with a graph that has the variable for its input."""

    model: Network | Graph
    notation: Notation
    general: bool = False
    function: str | None = None

    def read(self, text: str) -> tuple[Formula, ...]:
        """What an equation is about, with each of its other sides. Raises one of `NOT_READ`."""
        whole = read(_without_cases(text)).tree
        if not isinstance(whole, Relation) or not set(whole.relations) <= {"=", ":="}:
            raise NotUnderstood(whole.span, "this is no equation")
        sides = list(self._sides(whole))
        first = 0 if self.function else next((n for n, side in enumerate(sides) if _is_name(side)), 0)
        left = sides.pop(first)
        return tuple(_assigned(Formula(left, right)) for right in sides)

    def _sides(self, whole: Relation) -> tuple[Term, ...]:
        refused: NotUnderstood | None = None
        for namer in self._namers(whole):
            try:
                return tuple(self._named(namer.term(side)) for side in whole.sides)
            except NotUnderstood as fault:
                refused = refused or fault
        assert refused is not None
        raise refused

    def _namers(self, whole: Tree) -> Iterator[Namer]:
        if isinstance(self.model, Graph):
            yield Namer(GraphVocabulary(self.model))
            return
        sizes = {self.notation.letter("N"): BATCH}
        yield Namer(NetworkVocabulary(self.notation, self._concrete.depth, self.general, sizes))
        if names_neurons(whole):
            through = NeuronVocabulary(
                self.notation,
                self.model.depth,
                self.general,
                sizes,
                layers=tuple(map(int, self.model.layers)),
            )
            yield Namer(through)

    def _named(self, term: Term) -> Term:
        """A function's own letter is its name, and whatever its variable is called, it is the variable."""
        if self.function is None:
            return term

        def change(part: Term) -> Term | None:
            if isinstance(part, terms.Call) and part.function is None:
                return replace(part, function=self.function)
            return replace(part, quantity=VARIABLE) if isinstance(part, terms.Reference) else None

        return terms.rewritten(term, change)

    # -- where formulas are tried ----------------------------------------------------------------------------

    @property
    def _concrete(self) -> Network:
        assert isinstance(self.model, Network)
        network = replace(self.model, batch=EXAMPLES) if isinstance(self.model.batch, str) else self.model
        return deepened(network) if self.general else network

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every world of the setting's own sizes, with every layer that a letter may stand for."""
        model = self.model if isinstance(self.model, Graph) else self._concrete
        return tuple(place for world in worlds_of(model) if world.own for place in self._in(world))

    def _in(self, world: World) -> Iterator[Place]:
        view = world.seen_in(self.notation)
        values = self._of_variable(view.values) if self.function else view.values
        free, frame = _free(values), view.frame
        if self.function:
            yield Place(replace(frame, shapes={VARIABLE: (1, 1)}), values, values, world.arithmetic)
        elif not self.general:
            yield Place(frame, values, free, world.arithmetic)
        else:
            depth = self._concrete.depth
            for layer in range(1, depth):
                inside = replace(frame, layers={"l": layer, "L": depth}, home=layer)
                yield Place(inside, values, free, world.arithmetic)

    def _of_variable(self, values: Values) -> Values:
        points = np.linspace(-2.9, 3.1, len(next(iter(values.values()))))
        return {VARIABLE: points[:, None, None]}


def _free(values: Values) -> Values:
    """A random value for every quantity, of its shape; what activations and targets are is positive."""
    rng = np.random.default_rng(7)
    found = {}
    for quantity, value in values.items():
        low = 0.1 if quantity.kind in ("a", "y") else -1.0
        counts = quantity.kind in ("n", "N")
        found[quantity] = value if counts else rng.uniform(low, 0.9, value.shape)
    return found


_CASES = re.compile(r"\\begin\{cases\}(.*?)\\end\{cases\}", re.DOTALL)
_CONDITION = re.compile(r"\\text\{\s*if\s*\}(.*)", re.DOTALL)


def _without_cases(text: str) -> str:
    """A definition by cases as a sum: each value times a 1 that stands where its condition holds."""
    return _CASES.sub(lambda found: _added(found[1]), text)


def _added(cases: str) -> str:
    total, before = "", ""
    for row in filter(str.strip, cases.split(r"\\")):
        value, when = row.split("&")
        condition = _CONDITION.search(when)
        if condition and re.fullmatch(r"[^<>\\]*=[^<>\\]*", condition[1]):
            continue  # a single point, at which nothing is compared
        holds = f"1_{{{condition[1].strip()}}}" if condition else f"(1 - ({before}))"
        total, before = _plus(total, f"{holds} ({value.strip()})"), _plus(before, holds)
    return f"({total})"


def _plus(left: str, right: str) -> str:
    return f"{left} + {right}" if left else right


def _is_name(term: Term) -> bool:
    """Whether a side of an equation is what the equation is about: a quantity, or an entry of one."""
    of = term.body if isinstance(term, terms.Entry) else term
    return isinstance(of, terms.Reference | terms.Partial | terms.PartialEntry)


def _assigned(formula: Formula) -> Formula:
    """An update written as an assignment, ``W = W − …``, gives the new value."""
    of = formula.left.body if isinstance(formula.left, terms.Entry) else formula.left
    if not isinstance(of, terms.Reference) or of.quantity not in terms.uses(formula.right):
        return formula
    new = replace(of, quantity=replace(of.quantity, kind=of.quantity.kind + "_new"))
    left = replace(formula.left, body=new) if isinstance(formula.left, terms.Entry) else new
    return replace(formula, left=left)


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
        inside = (getattr(term, field.name) for field in fields(term) if field.name != "span")
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
        except (Unfit, ShapeError):
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
