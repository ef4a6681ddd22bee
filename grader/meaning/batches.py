"""Derivatives between entries of a batch: each example has Jacobians of its own."""

from __future__ import annotations

from functools import reduce

from derive import ops
from derive.graph import Dim, Node, symbol
from derive.indices import Place
from derive.quantities import Quantity
from grader.meaning.frame import Frame
from grader.meaning.limits import Undecidable

MOST_NEURONS = 24
"""Neurons of a layer with an activation that mixes them, up to which its Jacobian is worked out."""


def entry_in_batch(
    frame: Frame, pair: tuple[Quantity, Quantity], places: tuple[Place, Place], example: Place
) -> Node:
    """∂u_i/∂v_j in one example, by the chain rule from the top down. Raises `NoPartial` where u does not
    depend on v, `Undecidable` through an operation that mixes entries."""
    of, by = pair
    row, column = places
    if of == by:
        return same(_neurons(frame, of), row, column)
    assert frame.partials is not None
    terms = [_through(frame, of, used, by, places, example) for used in frame.partials.through(of, by)]
    return reduce(ops.add, terms)


def _through(
    frame: Frame,
    of: Quantity,
    used: Quantity,
    by: Quantity,
    places: tuple[Place, Place],
    example: Place,
) -> Node:
    """The part of the derivative that passes through one quantity."""
    assert frame.partials is not None
    row, column = places
    if used.kind == "b":
        return same(_neurons(frame, of), row, column)
    slope = frame.partials.slope(of, used)
    if slope is not None:
        inside = entry_in_batch(frame, (used, by), places, example)
        return ops.times(at_example(frame, slope, row, example), inside)
    weights = Quantity("W", of.layer)
    if of.kind != "z" or used.kind != "a" or weights not in frame.shapes:
        return _through_all(frame, of, used, by, places, example)
    inner, index = frame.counting(f"neurons of {used.address}", _neurons(frame, used))
    weight = ops.at(symbol(weights, frame.shapes[weights]), *frame.partials.ends(weights, (row, index)))
    return ops.over(index, ops.times(weight, entry_in_batch(inner, (used, by), (index, column), example)))


def _through_all(
    frame: Frame, of: Quantity, used: Quantity, by: Quantity, places: tuple[Place, Place], example: Place
) -> Node:
    """The part that passes through an operation in which every neuron depends on every other: each row of the
    Jacobian is what a gradient of 1 at its neuron, in all examples, hands back."""
    assert frame.partials is not None
    row, column = places
    rows, size = _neurons(frame, of), _neurons(frame, used)
    if not isinstance(rows, int) or rows > MOST_NEURONS:
        raise Undecidable("derivatives through so many neurons that depend on each other are not worked out")
    inner, index = frame.counting(f"neurons of {used.address}", size)
    slopes = []
    for neuron in range(1, rows + 1):
        handed = frame.partials.handed(of, used, neuron)
        slopes.append(ops.times(same(rows, row, neuron), at_example(inner, handed, index, example)))
    slope = reduce(ops.add, slopes)
    return ops.over(index, ops.times(slope, entry_in_batch(inner, (used, by), (index, column), example)))


def at_example(frame: Frame, body: Node, neuron: Place, example: Place) -> Node:
    """The entry of a neuron in an example."""
    return ops.at(body, *frame.neuron_first((neuron, example)))


def same(size: Dim, row: Place, column: Place) -> Node:
    """1 where two coordinates among ``size`` are equal, else 0."""
    return ops.constant(1) if row == column else ops.at(ops.diag(ops.ones((size, 1))), row, column)


def _neurons(frame: Frame, quantity: Quantity) -> Dim:
    """How many neurons the layer of a quantity has."""
    rows, columns = frame.shapes[quantity]
    return rows if frame.examples == "columns" else columns
