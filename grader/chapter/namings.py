"""What a page may call the numbers of its network: in a course's notation, or weights numbered through.

A page whose figure holds the weights says w_1 … w_8 and leaves to the figure which is which. Every way to
number them is a row here; the one that confirms most of the page is taken, and said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice
from typing import Any

import numpy as np

from derive.network import Network
from derive.notation import NOTATIONS, Notation
from derive.perspective import is_turned
from derive.quantities import Quantity, parse_address
from grader.chapter.functions import Value
from grader.chapter.intervals import Interval
from grader.chapter.known import Known
from grader.chapter.spelling import bare, spelling
from grader.ledger import Entry, near

Pairs = Iterator[tuple[str, Value]]
Rows = list[list[Fraction]]
Layers = list[tuple[int, Rows]]
"""Matrices of one kind with the layers they lead into, in order."""

MOST = 20_000
"""So many numbers of a network are named; a page speaks of fewer."""


@dataclass(frozen=True, slots=True)
class Naming:
    """A way to name some numbers of a network: in words, and as spellings with values."""

    words: str
    pairs: Callable[[Known], Pairs]


@dataclass(frozen=True, slots=True)
class Named:
    """What a way to name them makes of the numbers on one page.

    ``raised`` are names with a number above, ``w_{12}^2``, that are no powers: the page has no ``w_{12}``.
    """

    words: str
    names: Mapping[str, Value]
    raised: frozenset[str] = frozenset()
    spoken: frozenset[str] = frozenset()
    """The names that stand on the page."""


NAMELESS = Named("", {})


def best_naming(known: Known, on_page: frozenset[str], ledger: Iterable[Entry]) -> Named:
    """The way to name the network's numbers that agrees best with the values the page itself gives.

    ``ledger`` is what the page was understood to define; of two ways that agree as well, the one that names
    more of what stands ``on_page``. `NAMELESS` where all of them contradict the page.
    """
    own = {entry.name: entry.exact for entry in reversed([*ledger]) if entry.how != "computed"}
    ways = [*_ways(known, on_page)]
    ranked = [(_agreement(way, own), len(way.spoken), way) for way in ways]
    agreement, _, best = max(ranked, key=lambda way: way[:2], default=(0, 0, NAMELESS))
    return best if agreement >= 0 else NAMELESS


def _agreement(named: Named, own: Mapping[str, Value | None]) -> int:
    """How many values the page gives as well, less those that it gives otherwise."""
    pairs = [(value, own[name]) for name, value in named.names.items() if own.get(name) is not None]
    return sum(1 if near(value, said) else -1 for value, said in pairs if said is not None)


def _ways(known: Known, on_page: frozenset[str]) -> Iterator[Named]:
    """Rows that go together, each with its numbers if the page uses one of its names."""
    if isinstance(known.model, Network):
        ways: list[tuple[Naming, ...]] = [(AS_WRITTEN,), (INPUTS,)]
        ways += [(AS_WRITTEN, INPUTS, weight, bias) for weight in WEIGHTS for bias in BIASES]
    else:
        ways = [(NODES,)]
    for rows in ways:
        named = [(row.words, dict(islice(row.pairs(known), MOST))) for row in rows]
        used = [(words, names) for words, names in named if not names.keys().isdisjoint(on_page)]
        together = dict(chain.from_iterable(names.items() for _, names in used))
        yield _named("; ".join(words for words, _ in used), together, on_page)


def _named(words: str, names: dict[str, Value], on_page: frozenset[str]) -> Named:
    """Where a page has both ``b_1`` and ``b_1^3``, who can tell a cube from a layer: neither gets a value."""
    raised = {name: name.partition("^")[0] for name in names if "^" in name and name in on_page}
    unsure = {either for name, base in raised.items() if base in on_page for either in (name, base)}
    sure = {name: value for name, value in names.items() if name not in unsure}
    return Named(words, sure, frozenset(raised.keys() - unsure), frozenset(sure.keys() & on_page))


# ---- values


def _rows(numbers: Any) -> Rows:
    """A number, a list (a column) or a list of rows as rows."""
    listed = numbers if isinstance(numbers, list) else [numbers]
    return [
        [Fraction(entry) for entry in row] if isinstance(row, list) else [Fraction(row)] for row in listed
    ]


def _value(rows: Rows) -> Value:
    if len(rows) == len(rows[0]) == 1:
        return _exactly(rows[0][0])
    out = np.empty((len(rows), len(rows[0])), dtype=object)
    for place in np.ndindex(out.shape):
        out[place] = _exactly(rows[place[0]][place[1]])
    return out


def _exactly(number: Fraction) -> Interval:
    return Interval.exactly(float(number))


def _layers(known: Known, kind: str) -> Layers:
    found = ((parse_address(name)[0], numbers) for name, numbers in known.given.items())
    return sorted((q.layer, _rows(numbers)) for q, numbers in found if q.kind == kind and q.layer)  # type: ignore[misc]


def _column(known: Known, name: str) -> list[Fraction]:
    """The entries of the input or the target of one example."""
    rows = _rows(known.given.get(name, []))
    return [row[0] for row in rows] if rows and len(rows[0]) == 1 else rows[0] if len(rows) == 1 else []


# ---- as a notation writes them


def _as_written(known: Known) -> Pairs:
    notation = known.notation or NOTATIONS["subscript"]
    for name, numbers in known.given.items():
        quantity, rows = parse_address(name)[0], _rows(numbers)
        turned = is_turned(quantity.kind, notation)
        yield (
            _spelled(quantity, notation),
            _value([list(row) for row in zip(*rows, strict=True)] if turned else rows),
        )
        for place in np.ndindex(len(rows), len(rows[0])):
            entry = place[:1] if len(rows[0]) == 1 else place[::-1] if turned else place
            yield (
                _spelled(quantity, notation, [index + 1 for index in entry]),
                _exactly(rows[place[0]][place[1]]),
            )
    yield from _settings(known, notation)


def _settings(known: Known, notation: Notation) -> Pairs:
    chosen = known.model.settings if isinstance(known.model, Network) else {}
    for quantity, value in chosen.items():
        if value is not None:
            yield _spelled(quantity, notation), Interval.exactly(float(value))


def _spelled(quantity: Quantity, notation: Notation, entry: Sequence[int] = ()) -> str:
    """A quantity, or an entry of it, in a notation, as the ledger spells it; empty if it has no spelling."""
    from derive.writing import latex
    from derive.writing.boxes import Digits
    from derive.writing.quantities import quantity_box
    from grader.reading import read

    written = quantity_box(quantity, notation, "loss", tuple(Digits(str(index)) for index in entry))
    return spelling(bare(read(latex(written)).tree))


def _nodes(known: Known) -> Pairs:
    """The inputs of a computation graph have their own names."""
    for name, number in known.given.items():
        yield name, _value(_rows(number))
        yield _node(name), _value(_rows(number))


def _node(name: str) -> str:
    """``w0`` as a page may write it: w_0."""
    stem = name.rstrip("0123456789")
    return f"{stem}_{name[len(stem) :]}" if stem and stem != name else name


# ---- numbered through


def _inputs(known: Known) -> Pairs:
    for address, letters in _LETTERS.items():
        for index, value in enumerate(_column(known, address), start=1):
            yield from ((f"{letter}{index}", _exactly(value)) for letter in letters)
    rate = known.model.learning_rate if isinstance(known.model, Network) else None
    if rate is not None:
        yield "eta", Interval.exactly(float(rate))


_LETTERS: Mapping[str, tuple[str, ...]] = {
    "x": ("x_", "i_"),
    "y": ("y_", "t_", "target_", "target_o", "y_o", "t_o"),
}
"""What pages call inputs and targets, before the number."""


def _counted(known: Known, kind: str, letter: str, by_input: bool = False) -> Pairs:
    count = 0
    for _, rows in _layers(known, kind):
        for row in zip(*rows, strict=True) if by_input else rows:
            for value in row:
                count += 1
                yield f"{letter}_{count}", _exactly(value)


def _between(known: Known, label: Callable[[int, int], str]) -> Pairs:
    """Weights named by the neurons at both ends, all neurons numbered through from the inputs."""
    for layer, rows in _layers(known, "W"):
        first_from, first_to = _first(known, layer - 1), _first(known, layer)
        for to, source in np.ndindex(len(rows), len(rows[0])):
            yield label(first_from + source, first_to + to), _exactly(rows[to][source])


def _first(known: Known, layer: int) -> int:
    """The number of a layer's first neuron, all counted through from 1."""
    assert isinstance(known.model, Network)
    return 1 + sum(int(size) for size in known.model.layers[:layer])


def _one_bias_a_layer(known: Known) -> Pairs:
    for layer, rows in _layers(known, "b"):
        if len({row[0] for row in rows}) == 1:
            yield f"b_{layer}", _exactly(rows[0][0])


def _biases_by_neuron(known: Known) -> Pairs:
    for layer, rows in _layers(known, "b"):
        for index, row in enumerate(rows):
            yield f"b_{_first(known, layer) + index}", _exactly(row[0])


AS_WRITTEN = Naming("as the notation writes them", _as_written)
INPUTS = Naming("inputs x or i and targets y or t, numbered from 1", _inputs)
NODES = Naming("the inputs of the graph by their names", _nodes)
WEIGHTS = (
    Naming("weights numbered through, neuron by neuron", lambda known: _counted(known, "W", "w")),
    Naming(
        "weights numbered through, input by input", lambda known: _counted(known, "W", "w", by_input=True)
    ),
    Naming("w_13 leads from neuron 1 to neuron 3", lambda known: _between(known, lambda a, b: f"w_{a}{b}")),
    Naming("w_31 leads from neuron 1 to neuron 3", lambda known: _between(known, lambda a, b: f"w_{b}{a}")),
)
BIASES = (
    Naming("one bias a layer", _one_bias_a_layer),
    Naming("biases numbered through", lambda known: _counted(known, "b", "b")),
    Naming("biases by the number of their neuron", _biases_by_neuron),
)
