"""Formulas as lecture texts and derivations write them: read in a setting, and where they can be tried."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from msgspec.structs import replace

from derive.graph import Graph
from derive.kernels import Arithmetic
from derive.network import Network
from derive.notation import Notation
from derive.program import Values
from derive.quantities import Quantity
from grader.judging.question import deepened
from grader.meaning import terms
from grader.meaning.frame import Frame
from grader.meaning.names import Namer
from grader.meaning.network_vocabulary import NetworkVocabulary
from grader.meaning.neurons import NeuronVocabulary, names_neurons
from grader.meaning.scripts import NotUnderstood
from grader.meaning.terms import Term
from grader.meaning.vocabulary import GraphVocabulary
from grader.reading import Unreadable, read
from grader.reading.tree import Relation, Tree
from grader.worlds.world import BATCH, World, worlds_of

EXAMPLES = 5
"""How many examples a batch has whose number is a letter."""
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
    return dataclasses.replace(formula, left=left)
