"""A counterexample with small numbers, which a student can compute again by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from msgspec.structs import replace

from derive.activations import GENERIC
from derive.functions import Array
from derive.graph import Equation, Node
from derive.network import Network
from derive.notation import Notation
from derive.program import Program, Values
from derive.quantities import Quantity
from grader.judging.as_latex import quantity_latex
from grader.judging.case import Case
from grader.judging.follow_through.stated import canonical
from grader.judging.question import Question
from grader.judging.values import attempted, plans_for
from grader.meaning.terms import Entry, MatrixOf, Term
from grader.worlds.world import World, network_world

MOST_SHOWN = 7
"""A counterexample with more quantities than this is no help."""
CLEARLY = 0.02
"""By this share of the larger one two values must differ, so that nobody takes it for rounding."""
TRIES = 4
NEURONS = {1: "one neuron", 2: "two neurons"}
"""The sizes of layers that are tried."""
WHOLE = (2, 3, 5, -2, 4, -3, 7, -1, 6, -4, 1, -5)
"""What is put in for anything that may be any number."""
BETWEEN = (0.5, 0.25, 0.8, 0.2, 0.6, 0.4, 0.75, 0.1)
"""What is put in for outputs and targets that lie between 0 and 1, and for what is chosen once."""
LITTLE = (0, 1, -1, 2)
"""What is put in for weighted inputs: at 0 most slopes are short numbers."""


def small_counterexample(question: Question, term: Term, notation: Notation) -> str | None:
    """A sentence with numbers for which a formula differs from the truth, in the smallest network that shows
    it; None where none does, or where it would take too many numbers."""
    if not isinstance(question.model, Network) or any(map(_of_one_size, term.walk())):
        return None
    for width in NEURONS if _entrywise(question.model) else (2,):
        for case in _cases(question, notation, width):
            for attempt in range(TRIES):
                sentence = _tried(question, term, notation, case, attempt)
                if sentence is not None:
                    return sentence
    return None


def _of_one_size(part: Term) -> bool:
    """Whether a formula is about a network of just one size: single entries are written out."""
    numbered = isinstance(part, Entry) and any(isinstance(place, int) for place in part.indices)
    return numbered or isinstance(part, MatrixOf)


def _entrywise(model: Network) -> bool:
    """Whether a single neuron shows anything: softmax of one number is 1."""
    return all(
        model.activation_of(layer).function is not None or model.activation_of(layer).name == GENERIC
        for layer in range(1, model.depth + 1)
    )


def _cases(question: Question, notation: Notation, width: int) -> Iterator[Case]:
    """The question in a network with so many neurons in each layer."""
    model = question.model
    assert isinstance(model, Network)
    if question.entry and max(question.entry) > width:
        return
    batch = None if model.batch is None else 2
    layers = (width,) * (model.depth + 1)
    try:
        world = _world(replace(model.resized(layers), batch=batch))
    except (ValueError, ArithmeticError):
        return
    yield from question.cases_of(world, notation)


@lru_cache(maxsize=32)
def _world(network: Network) -> World:
    return network_world(network, 1, own=True)


def _tried(question: Question, term: Term, notation: Notation, case: Case, attempt: int) -> str | None:
    for plan in plans_for(term):
        node = attempted(term, case, plan)
        if isinstance(node, Node) and node.shape == case.expected.shape[-2:]:
            return _compared(question, node, notation, case, attempt)
    return None


def _compared(question: Question, node: Node, notation: Notation, case: Case, attempt: int) -> str | None:
    """The sentence, if the values clearly differ in some entry."""
    asked = canonical(case.quantity)
    equation = next((e for e in case.world.equations if e.quantity == asked), None)
    if equation is None:
        return None
    used = _with_neighbours(case.world, node.symbols | equation.expression.symbols)
    if len(used) > MOST_SHOWN:
        return None
    values = _numbers(case.world, used - {asked}, attempt)
    true = case.at({case.quantity: values[asked]})[0]
    seen = {quantity: case.view.value(quantity, number) for quantity, number in values.items()}
    mine = _value(node, seen, case)[0]
    where = _clearly_different(mine, true)
    if where is None:
        return None
    shown = [quantity for quantity in values if quantity in used]
    settings = [f"${quantity_latex(question, q, notation=notation)} = {_matrix(seen[q][0])}$" for q in shown]
    settings += _left_open(case, (node, equation.expression), seen, values)
    name = quantity_latex(question, case.quantity, notation=notation)
    neurons = NEURONS[int(case.world.model.layers[0])]  # type: ignore[union-attr]
    return _sentence(settings, neurons, name, _place(where, true.shape), mine[where], true[where])


def _sentence(settings: Sequence[str], neurons: str, name: str, place: str, mine: float, true: float) -> str:
    taken = ", ".join(settings[:-1]) + (" and " if len(settings) > 1 else "") + settings[-1]
    return (
        f"Take {neurons} per layer, with {taken}: then your formula gives {_number(mine)}{place},"
        f" but ${name}$ is {_number(true)}{' there' if place else ''}."
    )


def _place(where: tuple[int, int], shape: tuple[int, ...]) -> str:
    """How an entry is called; nothing for the only one."""
    row = f"row {where[0] + 1}" if shape[0] > 1 else ""
    column = f"column {where[1] + 1}" if shape[1] > 1 else ""
    named = ", ".join(filter(None, (row, column)))
    return f" in {named}" if named else ""


def _with_neighbours(world: World, used: frozenset[Quantity]) -> frozenset[Quantity]:
    """What is used, and whatever stands between two of these that both are computed: otherwise the numbers
    chosen for them might contradict each other."""
    computed = {equation.quantity for equation in world.equations}
    size = -1
    while size < len(used):
        size = len(used)
        for equation in world.equations:
            inner = equation.expression.symbols & computed
            if equation.quantity in used and inner & used:
                used |= inner
    return used


def _numbers(world: World, used: frozenset[Quantity], attempt: int) -> Values:
    """Small numbers for what is used, each computed from the others where these say what it is."""
    graph = world.derivation.graph
    known: Values = {}
    for quantity in [q for q in graph.inputs if q in used]:
        known[quantity] = _chosen(world, quantity, len(known), attempt)
    computed = {equation.quantity for equation in world.equations}
    for quantity in [q for q in world.values if q in used and q not in known and q not in computed]:
        known[quantity] = _chosen(world, quantity, len(known), attempt)
    for equation in world.equations:
        if equation.expression.symbols <= known.keys():
            known = Program([equation], world.arithmetic).run(known)
        elif equation.quantity in used:
            known[equation.quantity] = _chosen(world, equation.quantity, len(known), attempt)
    return known


def _chosen(world: World, quantity: Quantity, position: int, attempt: int) -> Array:
    """A few small numbers, others for every quantity and attempt."""
    shape = world.values[quantity].shape
    if quantity.kind in ("n", "N") or _settled(world, quantity):
        return world.values[quantity]
    if _shares_out(world, quantity):
        return _shares(_pool(world, quantity), shape, attempt)
    pool = _pool(world, quantity)
    start = 3 * position + attempt
    count = int(np.prod(shape))
    if pool is LITTLE:
        return np.resize(np.roll(np.array(pool, dtype=float), 1 - attempt - _layer(quantity)), shape)
    return np.array([pool[(start + place) % len(pool)] for place in range(count)], dtype=float).reshape(shape)


def _shares_out(world: World, quantity: Quantity) -> bool:
    """Whether the entries of a column are shares of 1, as those of a softmax and of its targets are."""
    model = world.model
    assert isinstance(model, Network)
    if quantity.kind == "y":
        return model.loss_row.targets in ("one-hot", "probability")
    if quantity.kind != "a" or not quantity.layer:
        return False
    row = model.activation_of(_layer(quantity))
    return row.function is None and row.name != GENERIC


def _shares(pool: Sequence[float], shape: tuple[int, ...], attempt: int) -> Array:
    """Columns of two numbers that make 1 together, each another one."""
    _, rows, columns = shape
    if rows != 2:
        return np.full(shape, 1 / rows)
    tops = [pool[(attempt + column) % len(pool)] for column in range(columns)]
    return np.array([[tops, [round(1 - top, 4) for top in tops]]], dtype=float)


def _layer(quantity: Quantity) -> int:
    return quantity.layer if isinstance(quantity.layer, int) else 0


def _settled(world: World, quantity: Quantity) -> bool:
    """Whether the network itself says what a number is, such as its learning rate."""
    return isinstance(world.model, Network) and world.model.settings.get(quantity) is not None


def _pool(world: World, quantity: Quantity) -> Sequence[float]:
    model, kind = world.model, quantity.kind
    assert isinstance(model, Network)
    if kind == "y":
        return {"one-hot": (1, 0), "probability": (0.25, 0.75), "unit": BETWEEN, "sign": (1, -1)}.get(
            model.loss_row.targets, WHOLE
        )
    if kind == "a" and quantity.layer:
        row = model.activation_of(_layer(quantity))
        return BETWEEN if np.isfinite(row.high) else tuple(map(abs, WHOLE)) if row.low == 0 else WHOLE
    if kind == "z":
        row = model.activation_of(_layer(quantity))
        return WHOLE if row.kinks or row.name == "identity" else LITTLE
    return WHOLE if kind in ("W", "b", "delta", "dW", "db", "a", "x") else BETWEEN


def _value(node: Node, seen: Values, case: Case) -> Array:
    answer = Quantity("answer")
    found = Program([Equation(answer, node)], case.world.arithmetic).run(seen)[answer]
    return np.broadcast_to(found, (1, *found.shape[-2:]))


def _clearly_different(mine: Array, true: Array) -> tuple[int, int] | None:
    """The first entry in which two values differ so that anyone sees it."""
    if mine.shape != true.shape or not (np.isfinite(mine).all() and np.isfinite(true).all()):
        return None
    off = np.abs(mine - true) > CLEARLY * np.maximum(np.abs(mine), np.abs(true)).max()
    places = np.argwhere(off)
    return (int(places[0][0]), int(places[0][1])) if len(places) else None


def _left_open(case: Case, expressions: Sequence[Node], seen: Values, values: Values) -> Iterator[str]:
    """What a function that the course leaves open is taken to be at the numbers that are put into it."""
    found: dict[str, None] = {}
    for expression, known in zip(expressions, (seen, values), strict=True):
        for node in expression.walk():
            if node.op == "function" and node.data[0] == GENERIC and node.shape == (1, 1):
                at, result = (float(_value(inner, known, case).flat[0]) for inner in (node.args[0], node))
                prime = "'" if node.data[1] else ""
                found[rf"$\sigma{prime}({_number(at)}) = {_number(result)}$"] = None
    yield from found


def _matrix(value: Array) -> str:
    if value.shape == (1, 1):
        return _number(value[0, 0])
    rows = r" \\ ".join(" & ".join(map(_number, row)) for row in value)
    return rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}"


def _number(number: float) -> str:
    """Short, but with enough digits to compute with.

    >>> _number(0.25), _number(-3.0), _number(0.104993585)
    ('0.25', '-3', '0.105')
    """
    text = f"{round(float(number), 4):.4g}" if abs(number) >= 0.01 else f"{float(number):.3g}"
    return "0" if text == "-0" else text
