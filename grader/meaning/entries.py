"""Entries of matrices and sums over indices: letters that count become axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from derive import indices, ops
from derive.graph import SCALAR, Dim, Node, Shape, ShapeError, symbol
from derive.indices import Index
from derive.indices import Place as Coordinate
from derive.quantities import KINDS, Quantity
from derive.shape_rules import show
from grader.meaning import terms
from grader.meaning.batches import at_example, entry_in_batch, same
from grader.meaning.frame import Frame
from grader.meaning.limits import Undecidable
from grader.meaning.partials import NoPartial
from grader.meaning.products import MissingIndex, Plan, Unfit
from grader.meaning.sizes import settled
from grader.meaning.terms import WHOLE, Place, Term, letters_in
from grader.reading.tree import Span

Lower = Callable[[Term, Frame, Plan], Node]
"""What turns the terms inside into expressions."""
MOST_VALUES = 300_000
"""How many numbers the indices of one formula may run through, in each sample."""


def symbol_of(quantity: Quantity, span: Span, frame: Frame) -> Node:
    """The symbol of a quantity. Raises `Unfit` where the network has none."""
    if quantity not in frame.shapes:
        words = KINDS[quantity.kind].words if quantity.kind in KINDS else quantity.address
        if quantity.layer is None:
            raise Unfit(span, f"this network has no {words}")
        raise Unfit(span, f"one of the layers you use has no {words}")
    return symbol(quantity, frame.shapes[quantity])


# -- single entries ------------------------------------------------------------------------------------------


def entry(lower: Lower, term: Any, frame: Frame, plan: Plan) -> Node:
    """The entry that numbers or letters pick; an activation with number 0 is the 1 that a bias is weighted
    with."""
    if term.indices[0] == 0 and isinstance(term.body, terms.Reference) and term.body.quantity.kind == "a":
        return ops.constant(1)
    return _picked(lower(term.body, frame, plan), term.indices, term.span, frame)


def _picked(body: Node, places: tuple[Place, ...], span: Span, frame: Frame) -> Node:
    row, column = coordinates(places, body.shape, span)
    for place, size, what in ((row, body.shape[0], "row"), (column, body.shape[1], "column")):
        if isinstance(place, int) and isinstance(size, int) and not 1 <= place <= size:
            raise Unfit(span, f"there is no {what} {place} in a {show(body.shape)} matrix")
    found = _coordinate(row, span, frame), _coordinate(column, span, frame)
    try:
        if not any(isinstance(place, Index) or place == indices.WHOLE for place in found):
            return ops.entry(body, row or 1, column or 1)  # type: ignore[arg-type]
        return ops.at(body, *found)
    except ShapeError as error:
        raise Unfit(span, str(error)) from None


def coordinates(places: tuple[Place, ...], shape: Shape, span: Span) -> tuple[Place | None, Place | None]:
    """Row and column: of one coordinate, that along which there is something to choose; ``12`` is row 1,
    column 2 of a matrix, and number 12 of a vector. Raises `Unfit`."""
    if len(places) == 2:
        return places[0], places[1]
    (place,) = places
    if isinstance(place, int) and 10 < place < 100 and _is_pair(place, shape):
        return divmod(place, 10)
    if 1 not in shape:
        message = f"an entry of a {show(shape)} matrix has two indices, its row and its column"
        raise MissingIndex(span, message, place) if isinstance(place, str) else Unfit(span, message)
    return (None, place) if shape[0] == 1 != shape[1] else (place, None)


def _is_pair(number: int, shape: Shape) -> bool:
    """Whether two digits are a row and a column: always in a matrix, in a vector if it is not that long."""
    longest = max(size for size in shape if isinstance(size, int))
    row, column = divmod(number, 10)
    sizes = zip((row, column), shape, strict=True)
    fits = all(isinstance(size, int) and 1 <= place <= size for place, size in sizes)
    return 1 not in shape or (fits and number > longest)


def _coordinate(place: Place | None, span: Span, frame: Frame) -> Coordinate:
    if not isinstance(place, str):
        return place
    if place == WHOLE:
        return indices.WHOLE
    if place not in frame.indices:
        raise Unfit(span, f"{place} is neither summed over nor an index of what is asked")
    return frame.indices[place]


def kronecker(lower: Lower, term: Any, frame: Frame, plan: Plan) -> Node:
    """1 where two letters have the same value."""
    first, second = (_coordinate(letter, term.span, frame) for letter in (term.first, term.second))
    assert isinstance(first, Index) and isinstance(second, Index)
    if first.size != second.size:
        raise Unfit(term.span, _disagreement(first.letter, first.size, second.letter, second.size))
    return ops.constant(1) if first == second else ops.kronecker(first, second)


def partial_entry(lower: Lower, term: Any, frame: Frame, plan: Plan) -> Node:
    """∂u_i/∂v_j: an entry of a Jacobian; by a weight, that by the weighted input it adds to, times the
    activation that it weights."""
    of, by = frame.quantity(term.of), frame.quantity(term.by)
    if frame.partials is None:
        raise Unfit(term.span, "derivatives have no value here")
    try:
        if len(term.of_at) == 2:
            return _in_batch(term, of, by, frame)
        if by.kind != "W":
            jacobian = frame.partials.matrix(of, by)
            return _picked(jacobian, _both(term, jacobian.shape, term.of_at, term.by_at), term.span, frame)
        to, source = frame.partials.ends(by, term.by_at)
        z, below = frame.partials.around(by)
        jacobian = frame.partials.matrix(of, z)
        slope = _picked(jacobian, _both(term, jacobian.shape, term.of_at, (to,)), term.span, frame)
        return ops.times(slope, _picked(symbol_of(below, term.span, frame), (source,), term.span, frame))
    except (NoPartial, ShapeError) as missing:
        raise Unfit(term.span, str(missing)) from None


def _in_batch(term: Any, of: Quantity, by: Quantity, frame: Frame) -> Node:
    """∂u_{in}/∂v_{jm}: with a batch the second index is the example's."""
    partials = frame.partials
    assert partials is not None
    place, example = (_coordinate(at, term.span, frame) for at in frame.neuron_first(term.of_at))
    if by.kind == "W":
        to, source = (_coordinate(at, term.span, frame) for at in partials.ends(by, term.by_at))
        z, below = partials.around(by)
        slope = entry_in_batch(frame, (of, z), (place, to), example)
        symbol_below = symbol_of(below, term.span, frame)
        return ops.times(slope, at_example(frame, symbol_below, source, example))
    found = [_coordinate(at, term.span, frame) for at in frame.neuron_first(term.by_at)]
    if len(found) != 2 - (by.kind == "b"):
        raise Unfit(term.span, "with a batch a neuron's value has two indices, one of them the example's")
    slope = entry_in_batch(frame, (of, by), (place, found[0]), example)
    if len(found) == 1 or found[1] == example:
        return slope
    return ops.times(slope, same(frame.size(Quantity("N")) or 1, example, found[1]))


def _both(term: Any, shape: Shape, of: tuple[Place, ...], by: tuple[Place, ...]) -> tuple[Place, Place]:
    """Row and column of a Jacobian; a quantity with one entry needs no index."""
    if len(of) > 1 or len(by) > 1:
        raise Unfit(term.span, "this derivative takes one index above and one below")
    if (not of and shape[0] != 1) or (not by and shape[1] != 1):
        raise Unfit(term.span, "a derivative between entries has an index above and one below")
    return (*of, 1)[0], (*by, 1)[0]


# -- sums and whole matrices ---------------------------------------------------------------------------------


def sum_over(lower: Lower, term: Any, frame: Frame, plan: Plan) -> Node:
    """The sum over all values of a letter; a matrix in which the letter does not occur is summed whole."""
    if term.letter not in letters_in(term.body):
        body = lower(term.body, frame, plan)
        if body.shape != SCALAR:
            return ops.total(body)
    size = _reach(lower, term, frame, plan)
    inner, index = frame.counting(term.letter, size)
    _refuse_many(inner)
    body = lower(term.body, inner, plan)
    if body.shape != SCALAR and not _counts_examples(term.letter, term.body):
        raise Unfit(
            term.body.span,
            f"a sum over {term.letter} is taken of numbers, not of a {show(body.shape)} matrix",
        )
    total = ops.over(index, settled(body))
    return total if frame.depth else ops.gather(total, indices.WHOLE, indices.WHOLE)


def _counts_examples(letter: str, term: Term) -> bool:
    """Whether a letter picks whole columns, the examples of a batch."""
    entries = (part.indices for part in term.walk() if isinstance(part, terms.Entry))
    return any(letter in places and WHOLE in places for places in entries)


def gathered(lower: Lower, term: Any, frame: Frame, plan: Plan) -> Node:
    """The matrix that a formula with free indices makes."""
    shape = frame.shapes.get(frame.quantity(term.like))
    if shape is None:
        raise Unfit(term.span, "what stands on the left has no value here")
    found: list[Coordinate] = []
    for letter, size in zip(_directions(term, frame, shape), shape, strict=True):
        if letter is None or letter == WHOLE:
            found.append(None if letter is None else indices.WHOLE)
            continue
        frame, index = frame.counting(str(letter), size)
        found.append(index)
    _refuse_many(frame)
    body = lower(term.body, frame, plan)
    if body.shape == shape and not letters_in(term.body):
        return ops.gather(settled(body), indices.WHOLE, indices.WHOLE)
    if indices.WHOLE in found and body.shape == _one_example(found, shape):
        return ops.gather(settled(body), *found)
    if _is_list_for_row(found, body, frame, shape):
        return ops.gather(ops.transpose(settled(body)), *found)
    if body.shape != SCALAR:
        raise Unfit(term.body.span, f"one entry is asked, a number, but this is a {show(body.shape)} matrix")
    return ops.gather(body, *found)


def _directions(term: Any, frame: Frame, shape: Shape) -> tuple[Place | None, Place | None]:
    """Which letter runs along the rows of what is asked and which along its columns. Raises `Unfit`."""
    letters = _all_of(term, frame, shape)
    if len(letters) == 1 and 1 not in shape:
        message = f"an entry of what is asked has a row and a column, but only {letters[0]} may be any here"
        raise Unfit(term.span, message)
    return coordinates(letters, shape, term.span)


def _all_of(term: Any, frame: Frame, shape: Shape) -> tuple[Place, ...]:
    """The letters of what is asked; one that counts examples leaves the neurons whole."""
    if len(term.letters) == 1 and 1 not in shape and _counts_examples(term.letters[0], term.body):
        return frame.neuron_first((WHOLE, *term.letters))
    return tuple(term.letters)


def _is_list_for_row(found: Sequence[Coordinate], body: Node, frame: Frame, shape: Shape) -> bool:
    """``dW2[k,:] = d2[k] * a1``: where examples are columns, a row of a matrix is picked by programs alone,
    whose vectors are no columns but lists."""
    picks_row = frame.examples == "columns" and found[1] == indices.WHOLE != found[0]
    return picks_row and body.shape == (shape[1], 1)


def _one_example(found: Sequence[Coordinate], shape: Shape) -> Shape:
    """The shape of what one example has of a batch."""
    rows, columns = (size if at == indices.WHOLE else 1 for at, size in zip(found, shape, strict=True))
    return rows, columns


def opened(lower: Lower, sides: Sequence[Term], frame: Frame, plan: Plan) -> Frame:
    """The frame in which the letters that stand free in some sides count, as far as the sides say they do.
    Raises `Unfit` where nothing says how far."""
    for letter in dict.fromkeys(letter for side in sides for letter in letters_in(side)):
        size = next((size for side in sides for size in _sizes(lower, letter, side, frame, plan)), None)
        if size is None:
            raise Unfit(sides[0].span, f"nothing says how far {letter} runs")
        frame, _ = frame.counting(letter, size)
    _refuse_many(frame)
    return frame


def _refuse_many(frame: Frame) -> None:
    """Raises `Undecidable` where indices run through more combinations than can be tried."""
    values = 1
    for index in frame.indices.values():
        values *= int(index.size)
    if values > MOST_VALUES and len(frame.indices) > 2:
        raise Undecidable("these indices run through too many combinations to be tried here")


# -- how far a letter runs -----------------------------------------------------------------------------------


def _reach(lower: Lower, term: Any, frame: Frame, plan: Plan) -> Dim:
    """The number of values of a sum's letter: what its uses say, and its upper bound does not contradict."""
    size = next(_sizes(lower, term.letter, term.body, frame, plan), None)
    bound = _bound(term.high, frame)
    if size is None and bound is None:
        raise Unfit(term.span, f"nothing says how far {term.letter} runs")
    if size is not None and bound not in (None, size):
        raise Unfit(term.span, f"{term.letter} runs to {bound} here, but there are {size} to be summed")
    return bound if size is None else size  # type: ignore[return-value]


def _bound(high: Term | None, frame: Frame) -> Dim | None:
    """The number that an upper bound says; None for a letter that says nothing."""
    if isinstance(high, terms.Constant):
        return int(high.value) if high.value.denominator == 1 else 0
    return frame.size(high.quantity) if isinstance(high, terms.Reference) else None


def _sizes(lower: Lower, letter: str, term: Term, frame: Frame, plan: Plan) -> Iterator[Dim]:
    """How far a letter runs, from each place where it stands, as far as that can be said."""
    if isinstance(term, terms.SumOver) and term.letter == letter:
        return
    for part in term.parts:
        yield from _sizes(lower, letter, part, frame, plan)
    if isinstance(term, terms.Entry) and letter in term.indices:
        shape = _shape(lower, term.body, frame, plan)
        if shape is not None:
            yield from _along(letter, term.indices, shape, term.span)
    elif isinstance(term, terms.PartialEntry):
        for quantity, places in ((term.of, term.of_at), (term.by, term.by_at)):
            shape = frame.shapes.get(frame.quantity(quantity))
            if shape is not None and letter in places:
                yield from _along(letter, places, shape, term.span)
    elif isinstance(term, terms.Kronecker):
        others = (frame.indices.get(other) for other in {term.first, term.second} - {letter})
        yield from (other.size for other in others if other and letter in (term.first, term.second))


def _shape(lower: Lower, body: Term, frame: Frame, plan: Plan) -> Shape | None:
    """The shape of what an index picks from; None where that depends on other indices."""
    if isinstance(body, terms.Reference):
        return frame.shapes.get(frame.quantity(body.quantity))
    try:
        return lower(body, frame, plan).shape
    except Unfit:
        return None


def _along(letter: str, places: tuple[Place, ...], shape: Shape, span: Span) -> Iterator[Dim]:
    """The sizes along which a letter runs; a length that is still open says none."""
    for place, size in zip(coordinates(places, shape, span), shape, strict=True):
        if place == letter and isinstance(size, int):
            yield size


def _disagreement(first: str, size: Dim, second: str, other: Dim) -> str:
    return f"{first} counts to {size} and {second} to {other}, so they cannot be compared"
