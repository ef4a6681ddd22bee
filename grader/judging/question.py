"""One part of a problem made ready for judging: what is asked, in which worlds, and what an answer may
use."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from derive.activations import activation_named
from derive.derivation import Derivation
from derive.errors import Unusable
from derive.evaluate import solve
from derive.functions import Array, NotExact
from derive.graph import Graph
from derive.network import Network
from derive.notation import NOTATIONS, Notation, notation_named
from derive.problem import Part, Problem
from derive.quantities import SETTINGS, General, Quantity, parse_address
from derive.writing import Writer, writer
from grader.judging.case import Case, entry_of
from grader.meaning.habits import NONE, Habits, habits_of
from grader.meaning.names import Namer
from grader.meaning.network_vocabulary import NetworkVocabulary
from grader.meaning.neurons import NeuronVocabulary, names_neurons
from grader.meaning.remembered import Remembered
from grader.meaning.vocabulary import GraphVocabulary
from grader.reading.tree import Tree
from grader.worlds.views import perspective_key
from grader.worlds.world import BATCH, World, at_a_kink, given_world, worlds_of

if TYPE_CHECKING:
    from grader.judging.recognising.beliefs import Beliefs

ALIASES = {"delta": "dz", "dz": "delta"}
"""Kinds that are two names for one thing."""
ALWAYS = ("n", "N", *SETTINGS)
"""Kinds that every answer may use."""
OTHER_LETTERS = {"momentum": ("beta", "gamma", "mu"), "decay": ("beta", "gamma", "rho")}
"""What courses also write for settings of an update, where the letter is free."""
OUTPUT_WORDS = ("output", "outputs", "out")
PROBABILITIES = ("p", "hat_p", "P", "hat_P", "prob", "probs")
"""Names of a network's output that carry no layer; and where it lies between 0 and 1."""
INVISIBLE, VISIBLE = 1e-4, Fraction(1, 10)
"""Settings below the first are judged with the second instead."""
MOST_DRAWN = 10_000
"""So many expressions on paper are remembered at most."""
NOT_LENT = ("first", "weights_of", "weights", "examples", "error_per_example")
"""What the course alone says of its symbols, whatever letters an answer borrows."""


class Question(Struct, frozen=True, dict=True):
    """A part of a problem, with everything that judging its answers needs."""

    problem: Problem
    part: Part
    notation: Notation

    @cached_property
    def _address(self) -> tuple[Quantity, tuple[int, ...]]:
        quantity, entry = parse_address(self.part.ask)
        return _about_layer_l(quantity, self.notation), entry

    @property
    def asked(self) -> Quantity:
        return self._address[0]

    @property
    def entry(self) -> tuple[int, ...]:
        """The entry that is asked for; empty for the whole quantity."""
        return self._address[1]

    @property
    def general(self) -> bool:
        """Whether the formula for a layer in general is asked."""
        return isinstance(self.asked.layer, General)

    @cached_property
    def model(self) -> Network | Graph:
        """The network of the problem, with no setting too small to be seen; for a general formula one with
        enough layers to tell l from L."""
        model = self.problem.model
        if not isinstance(model, Network):
            return model
        return deepened(visible(model)) if self.general else visible(model)

    @cached_property
    def tiny(self) -> dict[Fraction, Quantity]:
        """The settings that are judged with larger numbers, by their own."""
        model = self.problem.model
        settings = model.hyperparameters if isinstance(model, Network) else ()
        return {Fraction(str(n)): Quantity(name) for name, n in settings if 0 < n < INVISIBLE}

    @property
    def cases(self) -> tuple[Case, ...]:
        """All worlds as the course's notation sees them, those of the question's own sizes first."""
        return self.cases_in(self.notation)

    def cases_in(self, notation: Notation) -> tuple[Case, ...]:
        """All worlds as a notation sees them, those of the question's own sizes first."""
        key = perspective_key(notation)
        if key not in self._cases:
            found = (case for world in self.worlds for case in self.cases_of(world, notation))
            self._cases[key] = tuple(sorted(found, key=lambda case: not case.own))
        return self._cases[key]

    def own_cases_in(self, notation: Notation) -> tuple[Case, ...]:
        """The worlds of the question's own sizes."""
        return tuple(case for case in self.cases_in(notation) if case.own)

    @cached_property
    def sizes_differ(self) -> bool:
        """Whether no two sizes are equal and none is 1, so that nothing fits by chance."""
        return len(set(self._all_sizes)) == len(self._all_sizes) and 1 not in self._all_sizes

    @cached_property
    def of_single_neurons(self) -> bool:
        """Whether every layer has one neuron."""
        return set(self._all_sizes) == {1}

    @cached_property
    def _all_sizes(self) -> list[Any]:
        if isinstance(self.model, Graph):
            return []
        return [*self.model.layers, *([self.model.columns] if self.model.batch else [])]

    @cached_property
    def _cases(self) -> dict[tuple[object, ...], tuple[Case, ...]]:
        return {}

    @cached_property
    def worlds(self) -> tuple[World, ...]:
        """The worlds answers are judged in: those of random numbers, then that of the problem's own."""
        given = None if self.general else self.numbers
        return (*worlds_of(self.model), *([given] if given is not None and not at_a_kink(given) else []))

    def cases_of(self, world: World, notation: Notation) -> Iterator[Case]:
        """One world as a notation sees it; for a layer in general once for each layer that it may be."""
        layer, view = self.asked.layer, world.seen_in(notation)
        if not isinstance(layer, General):
            # Other sizes need not have the entry that is asked for.
            if not self.entry or world.own:
                yield Case(view, replace(view.frame, home=layer or 1), self.asked, self.entry, world.own)
            return
        assert isinstance(world.model, Network)
        depth = world.model.depth
        for number in [depth] if layer.letter == "L" else range(1, depth + (self.asked.kind != "delta")):
            frame = replace(view.frame, layers={"l": number - layer.offset, "L": depth}, home=number)
            yield Case(view, frame, frame.quantity(self.asked), own=True)

    @cached_property
    def numbers(self) -> World | None:
        """The world of the numbers the problem gives; None if it does not give them all."""
        try:
            return given_world(self.problem.model, self.problem.given)
        except (Unusable, KeyError):
            return None

    @cached_property
    def exact_value(self) -> Array | None:
        """The asked value as fractions, if all the problem's numbers are some, so that an answer rounded
        on the way is a wrong one."""
        try:
            value = solve(self.problem, exact=True).rounds[0][self.asked]
        except (NotExact, Unusable, KeyError):
            return None
        return self.part_of(value)

    @property
    def before_update(self) -> Quantity | None:
        """What an updated value was before; None for everything else."""
        stem, new, _ = self.asked.kind.partition("_new")
        return Quantity(stem, self.asked.layer) if new else None

    @property
    def home(self) -> int:
        """The layer that an activation belongs to whose argument names none: that of what is asked."""
        return self.asked.layer if isinstance(self.asked.layer, int) and self.asked.layer else 1

    def part_of(self, value: Array) -> Array:
        """The asked quantity's value, or the entry of it that is asked for."""
        return entry_of(value, self.entry)

    def readers(self, answer: Tree) -> Iterator[tuple[Notation, Namer]]:
        """The ways to understand an answer's names, the declared notation first. Neurons numbered through the
        network are understood where the notation has them and they occur."""
        for notation in self.notations:
            yield notation, self.namer(notation, answer)
            if notation.neurons == "through" and isinstance(self.model, Network) and names_neurons(answer):
                layers = tuple(map(int, self.model.layers))
                yield notation, Namer(self._vocabulary(notation, NeuronVocabulary, layers=layers))

    @property
    def depth(self) -> int:
        """How many layers of weights the network has; none in a computation graph."""
        return self.model.depth if isinstance(self.model, Network) else 0

    def namer(
        self, notation: Notation | None = None, answer: Tree | None = None, habits: Habits | None = None
    ) -> Namer:
        """Understands names of this question in its own or another notation, by the habits of an answer."""
        if isinstance(self.model, Graph):
            return Namer(self._of_graph)
        notation = notation or self.notation
        if habits is None:
            habits = habits_of(answer, notation) if answer is not None else NONE
        return Namer(self._vocabulary(notation, habits=habits), answer)

    def _vocabulary(
        self, notation: Notation, kind: type[NetworkVocabulary] = NetworkVocabulary, **more: Any
    ) -> NetworkVocabulary:
        assert isinstance(self.model, Network)
        key = (notation, kind, *more.values())
        if key not in self._vocabularies:
            kept, strict = self._remembered, notation != self.notation
            more |= {"strict": strict, "remembered": kept, "outputs": self._outputs}
            found = kind(notation, self.model.depth, self.general, self._letters, **more)
            self._vocabularies[key] = found
        return self._vocabularies[key]

    @cached_property
    def _vocabularies(self) -> dict[tuple[object, ...], NetworkVocabulary]:
        return {}

    @cached_property
    def _of_graph(self) -> GraphVocabulary:
        assert isinstance(self.model, Graph)
        return GraphVocabulary(self.model)

    def writer(self, notation: Notation) -> Writer:
        """Writes expressions of this question; what it has drawn is remembered from answer to answer."""
        known, found = self._writers.get(notation.name, (None, None))
        if known is not notation or found is None or found.drawn > MOST_DRAWN:
            found = writer(notation, self.derivation.graph.output)
            self._writers[notation.name] = (notation, found)
        return found

    @cached_property
    def _writers(self) -> dict[str, tuple[Notation, Writer]]:
        return {}

    @cached_property
    def _letters(self) -> dict[str, Quantity]:
        """What letters without a layer number count: n the outputs; N and m the examples, if there are
        several; and other letters for the settings of an update that are free here."""
        network = self.model
        assert isinstance(network, Network)
        outputs = Quantity("n", General("L") if self.general else network.depth)
        counts = {"n": outputs, **dict.fromkeys(("N", "m"), BATCH if network.batch else outputs)}
        taken = {self.notation.letters.get(setting.kind) for setting in network.settings}
        found = [setting for setting in network.settings if setting.kind in OTHER_LETTERS]
        others = {letter: setting for setting in found for letter in OTHER_LETTERS[setting.kind]}
        others = {letter: setting for letter, setting in others.items() if letter not in taken}
        states = {state.kind[0] for state in network.states}
        squares = {"v": Quantity("s")} if "s" in states and "v" not in states else {}
        return {**others, **squares, **counts}

    @cached_property
    def _outputs(self) -> tuple[str, ...]:
        """Other names of the output that are free here: p, where it is a probability."""
        assert isinstance(self.model, Network)
        last = activation_named(self.model.activation[-1])
        names = (*OUTPUT_WORDS, *(PROBABILITIES if (last.low, last.high) == (0, 1) else ()))
        taken = {*self.notation.letters.values(), *self._letters}
        return tuple(name for name in names if name not in taken)

    @cached_property
    def _remembered(self) -> Remembered | None:
        """What the update rule keeps of the parameter that is asked for, by letters the course has not taken;
        None if nothing is updated here."""
        assert isinstance(self.model, Network)
        taken = set(self.notation.letters.values())
        states = {state.kind[0] for state in self.model.states}
        letters = {
            **{kind: kind for kind in states},
            **{k: q.kind for k, q in self._letters.items() if q.kind in states},
        }
        of = self.before_update
        if not states or of is None:
            return None
        parameter = replace(of, kind=of.kind[-1])
        return Remembered(parameter, {k: kind for k, kind in letters.items() if k not in taken})

    @cached_property
    def notations(self) -> tuple[Notation, ...]:
        """The declared notation, then the same with layers written on the other side, then the others. These
        lend their letters, never their matrices or the numbers of their layers: a formula that names layers
        as another course does says something else here, and is no right answer."""
        if isinstance(self.model, Graph):
            return (self.notation,)
        own = self.notation
        turned = replace(own, place="sup" if own.place == "sub" else "sub")
        return (own, turned, *(_lent(row, own) for row in NOTATIONS.values() if row.name != own.name))

    @cached_property
    def beliefs(self) -> Beliefs:
        """What is asked as those see it who believe something wrong."""
        from grader.judging.recognising.beliefs import Beliefs

        return Beliefs()

    @property
    def derivation(self) -> Derivation:
        return self.cases[0].world.derivation

    def is_asked(self, quantity: Quantity) -> bool:
        """Whether a name is the asked quantity itself, or another name for it."""
        return (
            quantity == self.asked or Quantity(ALIASES.get(quantity.kind, ""), quantity.layer) == self.asked
        )

    def may_use(self, quantity: Quantity) -> bool:
        """Whether an answer may mention a quantity: what the part allows, by default what comes earlier in
        the derivation."""
        if self.part.in_terms_of is not None:
            allowed = [parse_address(address)[0] for address in self.part.in_terms_of]
            return (
                any(quantity in (q, Quantity(ALIASES.get(q.kind, ""), q.layer)) for q in allowed)
                or quantity.kind in ALWAYS
            )
        frame = self.cases[0].frame
        return frame.quantity(quantity) not in self._later

    @cached_property
    def _later(self) -> frozenset[Quantity]:
        """Everything that is computed from what is asked, and what is asked under other names."""
        asked = self.cases[0].frame.quantity(self.asked)
        later = {asked, Quantity(ALIASES.get(asked.kind, ""), asked.layer)}
        size = 0
        while size < len(later):
            size = len(later)
            later |= {q for q, used in self._dependencies.items() if used & later}
        return frozenset(later)

    @cached_property
    def _dependencies(self) -> dict[Quantity, frozenset[Quantity]]:
        """What each quantity is computed from; ∂loss/∂a from the error above it."""
        world = self.cases[0].world
        used = {equation.quantity: equation.expression.symbols for equation in world.equations}
        for quantity in world.values:
            layer = quantity.layer
            if quantity.kind == "dz":
                used[quantity] = frozenset({Quantity("delta", layer)})
            elif quantity.kind == "da" and isinstance(layer, int) and Quantity("delta", layer + 1) in used:
                used[quantity] = frozenset({Quantity("delta", layer + 1)})
        return used


def _about_layer_l(quantity: Quantity, notation: Notation) -> Quantity:
    """The quantity of a layer in general that the notation itself calls that of layer l."""
    layer = quantity.layer
    if not isinstance(layer, General) or layer.letter != "l":
        return quantity
    printed = notation.numbered(layer, quantity.kind)
    assert isinstance(printed, General)
    return Quantity(quantity.kind, layer - printed.offset)


def _lent(row: Notation, course: Notation) -> Notation:
    """The letters of a notation beside all else that a course has said. What is a letter of the course is not
    the letter of one layer alone."""
    taken = set(course.letters.values())
    own = {kind: letters for kind, letters in row.own.items() if not taken & set(letters)}
    return replace(row, own=own, **{name: getattr(course, name) for name in NOT_LENT})


def visible(network: Network) -> Network:
    """The network with larger numbers for settings that are so small that leaving them out would not show,
    such as the one that keeps a divisor from 0."""
    larger = tuple((name, VISIBLE) for name, number in network.hyperparameters if 0 < number < INVISIBLE)
    return replace(network, hyperparameters=(*network.hyperparameters, *larger)) if larger else network


def deepened(network: Network) -> Network:
    """The same kind of network with four layers of unequal sizes; hidden layers must share one activation."""
    hidden = set(network.activation[:-1]) or {network.activation[-1]}
    if len(hidden) > 1:
        raise Unusable(
            "a general formula needs one activation for all hidden layers, and here they are "
            + ", ".join(sorted(hidden))
        )
    (name,) = hidden
    return replace(network, layers=(3, 4, 2, 5, 3), activation=(name, name, name, network.activation[-1]))


def question_of(problem: Problem, part_id: str, notation: str | None = None) -> Question:
    """The question behind a part. Raises `Unusable` for an unknown part or notation."""
    part = problem.part(part_id)
    return Question(problem, part, notation_named(notation or part.notation or problem.notation))
