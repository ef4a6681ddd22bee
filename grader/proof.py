"""A printed equation is read back and tried in the worlds: whether it can be read, and whether it is true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from derive.derivation import Derivation
from derive.errors import Unusable
from derive.functions import Array
from derive.graph import Graph, Node
from derive.network import Network
from derive.notation import Notation, notation_named
from derive.program import value_of
from derive.quantities import Quantity
from derive.writing import latex, writer_of
from derive.writing.document import lines_of
from derive.writing.neurons import NeuronWriter
from grader.held import Held
from grader.judging.case import OF_LARGEST, RELATIVE
from grader.judging.question import deepened
from grader.judging.values import noise
from grader.meaning.frame import Frame
from grader.meaning.limits import Undecidable
from grader.meaning.lowering import PLANS, Unfit, lower_sides
from grader.meaning.names import Namer
from grader.meaning.network_vocabulary import NetworkVocabulary
from grader.meaning.neurons import NeuronVocabulary, names_neurons
from grader.meaning.scripts import NotUnderstood
from grader.meaning.terms import Partial, PartialEntry, Reference, Term, letters_in
from grader.meaning.vocabulary import GraphVocabulary
from grader.reading import Unreadable, read
from grader.reading.tree import Relation, Tree
from grader.worlds.views import View
from grader.worlds.witness import WitnessesDisagree
from grader.worlds.world import BATCH, own_world, worlds_of

EXAMPLES = 5
"""How many examples a batch has whose number is a letter."""
STRICT = tuple(plan for plan in PLANS if plan.strict)
"""What is printed needs no lenience."""


class Proof(Struct, frozen=True):
    """Whether a printed equation holds, and if not, why not; ``is_read`` whether it could be read at all,
    ``fits`` whether both sides have values of one shape, ``differs`` whether these are different."""

    holds: bool
    why: str = ""
    is_read: bool = True
    fits: bool = True
    differs: bool = False

    def __bool__(self) -> bool:
        return self.holds


class _Fails(Exception):
    """The equation is read, and false."""


class _Differ(_Fails):
    """Both sides have values of one shape, and they differ."""


class Unproved(Unusable):
    """A derivation with a line that is read back and false: it must not be printed."""


def proved(derivation: Derivation) -> list[str]:
    """Read every line of a derivation back and try it in the worlds; the lines that could not be read, or
    tried, are given with the reason. Raises `Unproved` for one that is false.
    """
    doubtful = []
    for equation, proof in false_lines(derivation):
        if proof.is_read:
            raise Unproved(f"nothing is printed, for this line would be false: {equation} ({proof.why})")
        doubtful.append(f"{equation}: {proof.why}")
    return doubtful


def false_lines(derivation: Derivation) -> Iterator[tuple[str, Proof]]:
    """Every line of a derivation, as printed, that is not read back and true in the worlds, with the reason.

    None is expected: what is printed has been proved by this.
    """
    by = writer_of(derivation)
    model = _model_of(derivation)
    general, neurons = derivation.about is not None, isinstance(by, NeuronWriter)
    for step in derivation:
        left = latex(by.box(step.left_side))
        for line in lines_of(step, by):
            equation = f"{left} = {latex(line)}"
            proof = reads_back(equation, model, by.notation, general, neurons)
            if not proof:
                yield equation, proof


def _model_of(derivation: Derivation) -> Network | Graph:
    """What the lines are true of; of layers in general a network of their kind."""
    if derivation.example is not None:
        return derivation.example
    return derivation.network or derivation.graph


def reads_back(
    equation: str,
    model: Network | Graph,
    notation: str | Notation,
    general: bool = False,
    neurons: bool = False,
) -> Proof:
    """Whether an equation (LaTeX, as printed) is read in a notation, and true for a network or graph.

    Every side must have the value of the first, for all values of the indices that stand on the left. With
    ``general`` layers are letters: l is any hidden layer, L the last one. With ``neurons`` these are numbered
    through the network, in a notation that does so.

    >>> from derive import Network
    >>> line = r"\\delta^2_j = \\sum_k w^3_{kj} \\delta^3_k \\sigma'(z^2_j)"
    >>> bool(reads_back(line, Network([3, 4, 2], "sigmoid"), "nielsen"))
    True
    """
    row, network = notation_named(notation), _concrete(model, general)
    try:
        sides = _sides(read(equation).tree, network, row, general, neurons)
    except (Unreadable, NotUnderstood) as fault:
        return Proof(False, str(fault), is_read=False, fits=False)
    except _Fails as fault:
        return Proof(False, str(fault), fits=False)
    return sides_agree(sides, network, row, general)


def sides_agree(
    sides: tuple[Term, ...], model: Network | Graph, notation: Notation, general: bool = False
) -> Proof:
    """Whether all sides of an equation, as understood in a notation, have the value of the first in the
    worlds of a network or graph."""
    try:
        model = _concrete(model, general)
        tried = [_holds(sides, view, frame) for view, frame in _places(Held(model), notation, general)]
    except (NotUnderstood, Undecidable, WitnessesDisagree) as fault:
        return Proof(False, str(fault), is_read=False, fits=False)
    except _Fails as fault:
        differs = isinstance(fault, _Differ)
        return Proof(False, str(fault), fits=differs, differs=differs)
    return Proof(any(tried), "" if any(tried) else "in no layer has it a meaning")


def _concrete(model: Network | Graph, general: bool) -> Network | Graph:
    """The model with numbers for letters."""
    return model if isinstance(model, Graph) else _numbered(model, general)


@lru_cache(maxsize=128)
def _numbered(model: Network, general: bool) -> Network:
    network = replace(model, batch=EXAMPLES) if isinstance(model.batch, str) else model
    return deepened(network) if general else network


# -- reading -------------------------------------------------------------------------------------------------


def _sides(
    whole: Tree, model: Network | Graph, notation: Notation, general: bool, neurons: bool
) -> tuple[Term, ...]:
    """What stands on each side. Raises `NotUnderstood`, and `_Fails` for an index that is not on the left."""
    if not isinstance(whole, Relation) or set(whole.relations) != {"="}:
        raise _Fails("this is no equation")
    refused: NotUnderstood | None = None
    for namer in _namers(whole, model, notation, general, neurons):
        try:
            sides = tuple(namer.term(side) for side in whole.sides)
        except NotUnderstood as fault:
            refused = refused or fault
            continue
        left, *others = (set(letters_in(side)) for side in sides)
        if loose := set().union(*others) - left:
            raise _Fails(f"{', '.join(sorted(loose))} is not summed over, and not on the left side")
        return sides
    assert refused is not None
    raise refused


def _namers(
    whole: Tree, model: Network | Graph, notation: Notation, general: bool, neurons: bool
) -> Iterator[Namer]:
    if isinstance(model, Graph):
        yield Namer(GraphVocabulary(model))
        return
    sizes = {notation.letter("N"): BATCH}
    if not neurons:
        yield Namer(NetworkVocabulary(notation, model.depth, general, sizes))
    if neurons or (notation.neurons == "through" and names_neurons(whole)):
        layers = tuple(map(int, model.layers))
        yield Namer(NeuronVocabulary(notation, model.depth, general, sizes, layers=layers))


# -- trying --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def _places(held: Held[Network | Graph], notation: Notation, general: bool) -> tuple[tuple[View, Frame], ...]:
    """The worlds of the model's own sizes, and the layers that letters may stand for."""
    model = held.value
    worlds = worlds_of(model) if isinstance(model, Graph) else (own_world(model),)
    views = [world.seen_in(notation) for world in worlds if world.own]
    if not general or isinstance(model, Graph):
        return tuple((view, view.frame) for view in views)
    layers = range(1, model.depth)
    return tuple(
        (view, replace(view.frame, layers={"l": layer, "L": model.depth}, home=layer))
        for view in views
        for layer in layers
    )


def _holds(sides: Sequence[Term], view: View, frame: Frame) -> bool:
    """Whether the sides are equal; False where letters stand for layers that are not there. Raises
    `_Fails`."""
    if any(frame.quantity(quantity) not in frame.shapes for side in sides for quantity in _named(side)):
        return False
    home = next((q.layer for q in _named(sides[0]) if isinstance(q.layer, int) and q.layer), frame.home)
    nodes = _lowered(sides, replace(frame, home=home))
    left, *others = _values(nodes, view)
    for value, node in zip(others, nodes[1:], strict=True):
        if node.shape != nodes[0].shape:
            raise _Fails(f"the sides have different shapes, {nodes[0].shape} and {node.shape}")
        if not _agree(left, value) and not (
            _is_near(left, value) and _agree(left, value, _noise((nodes[0], node), view))
        ):
            raise _Differ("the sides have different values")
    return True


def _named(term: Term) -> Iterator[Quantity]:
    for part in term.walk():
        if isinstance(part, Reference):
            yield part.quantity
        elif isinstance(part, Partial | PartialEntry):
            yield from (part.of, part.by)


def _lowered(sides: Sequence[Term], frame: Frame) -> list[Node]:
    """The sides as the strictest plan takes them by which all have one shape."""
    refused: Unfit | None = None
    first: list[Node] | None = None
    for plan in STRICT:
        try:
            nodes = lower_sides(sides, frame, plan)
        except Unfit as unfit:
            refused = refused or unfit.kept()
            continue
        if len({node.shape for node in nodes}) == 1:
            return nodes
        first = first or nodes
    if first is None:
        raise _Fails(str(refused))
    return first


def _values(nodes: Sequence[Node], view: View) -> list[Array]:
    memory: dict[Node, Array] = {}
    return [value_of(node, view.values, view.world.arithmetic, memory) for node in nodes]


def _noise(nodes: Sequence[Node], view: View) -> Array:
    """What rounding may have done to both sides, where large terms cancel."""
    return np.asarray(sum(noise(node, view.values, view.world.arithmetic) for node in nodes))


NEAR = 1e-6
"""What rounding does is smaller, as a share of numbers of the size of the network's."""


def _is_near(left: Array, right: Array) -> bool:
    """Whether rounding could explain that two values differ, however large the terms are that cancel."""
    return bool((np.abs(left - right) <= NEAR * (1 + np.abs(left) + np.abs(right))).all())


def _agree(left: Array, right: Array, slack: Array | float = 0.0) -> bool:
    left, right = np.broadcast_arrays(left, right)
    if not (np.isfinite(left).all() and np.isfinite(right).all()):
        return False
    allowed = RELATIVE * np.abs(left) + OF_LARGEST * np.abs(left).max() + slack
    return bool((np.abs(left - right) <= allowed).all())
