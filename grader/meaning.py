"""From terms to expressions with shapes: products, broadcasting and lists are settled by what fits.

A `Frame` says what quantities are in one network with concrete sizes. The same term is lowered in several frames; a `Plan`
fixes how ambiguous products are taken, so that an answer means the same in all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from derive import ops
from derive.graph import SCALAR, Node, Shape, ShapeError, symbol
from derive.quantities import General, Quantity
from grader import terms
from grader.reading.tree import Span
from grader.terms import Term


class Unfit(ValueError):
    """Shapes that do not fit, or an operation without a meaning here: the answer is readable, and false."""

    def __init__(self, span: Span, message: str) -> None:
        super().__init__(message)
        self.span = span


@dataclass(frozen=True)
class Plan:
    """How products are taken: the joins that hold two groups of factors apart, and whether factors of equal shape that are joined
    by anything but ⊙ may be multiplied entry by entry."""

    loose: frozenset[str]
    lenient: bool = False


ELEMENTWISE = frozenset({"odot", "circ"})
PLANS = tuple(
    Plan(ELEMENTWISE | extra, lenient)
    for lenient in (False, True)
    for extra in (frozenset[str](), frozenset({"*"}), frozenset({"*", "cdot", "times"}))
)
"""Ways to take products, the strictest first."""


@dataclass
class Frame:
    """What names stand for in one concrete network or graph.

    ``shapes`` has every quantity, ``activation(layer)`` names the function of a layer (None where it is not elementwise),
    ``layers`` gives numbers to letters (``{"l": 2, "L": 4}``), ``columns`` is the size of the batch.
    """

    shapes: Mapping[Quantity, Shape]
    activation: Callable[[int], str | None]
    layers: Mapping[str, int] = field(default_factory=dict)
    columns: int = 1

    def quantity(self, quantity: Quantity) -> Quantity:
        """The quantity with its layer letter replaced by a number."""
        if isinstance(quantity.layer, General):
            return Quantity(quantity.kind, self.layers[quantity.layer.letter] + quantity.layer.offset)
        return quantity


def lower(term: Term, frame: Frame, plan: Plan) -> Node:
    """The expression a term means in a frame. Raises `Unfit`."""
    return _RULES[type(term)](term, frame, plan)


# -- atoms -------------------------------------------------------------------------------------------------------------------------


def _reference(term: Any, frame: Frame, plan: Plan) -> Node:
    quantity = frame.quantity(term.quantity)
    if quantity not in frame.shapes:
        raise Unfit(term.span, f"there is no {quantity.address} here")
    return symbol(quantity, frame.shapes[quantity])


def _entry(term: Any, frame: Frame, plan: Plan) -> Node:
    body = lower(term.body, frame, plan)
    row, column = (*term.indices, 1)[:2]
    try:
        return ops.entry(body, row, column)
    except ShapeError as error:
        raise Unfit(term.span, str(error)) from None


def _matrix(term: Any, frame: Frame, plan: Plan) -> Node:
    rows = tuple(tuple(lower(cell, frame, plan) for cell in row) for row in term.rows)
    for row, cells in zip(rows, term.rows, strict=True):
        for node, cell in zip(row, cells, strict=True):
            if node.shape != SCALAR:
                raise Unfit(
                    cell.span, f"the entries of a matrix are numbers, but this is {ops.show(node.shape)}"
                )
    return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else ops.stack(rows)


# -- sums --------------------------------------------------------------------------------------------------------------------------


def _sum(term: Any, frame: Frame, plan: Plan) -> Node:
    nodes = [lower(part, frame, plan) for part in term.terms]
    shape = _common(nodes)
    nodes = [_broadcast(node, shape) for node in nodes]
    total = nodes[0]
    for sign, node, part in zip(term.signs, nodes[1:], term.terms[1:], strict=True):
        if total.shape != node.shape:
            verb = "added to" if sign == "+" else "subtracted from"
            raise Unfit(
                part.span, f"a {ops.show(node.shape)} matrix cannot be {verb} a {ops.show(total.shape)} one"
            )
        total = ops.add(total, node) if sign == "+" else ops.minus(total, node)
    return total


def _common(nodes: list[Node]) -> Shape:
    """The widest shape among the terms: numbers fill it, a column is repeated for every example of a batch."""
    return max((node.shape for node in nodes), key=lambda shape: (shape[1], shape[0]))  # type: ignore[return-value]


def _broadcast(node: Node, shape: Shape) -> Node:
    if node.shape == shape:
        return node
    if node.shape == SCALAR and _is_number(node):
        return ops.scale(node, ops.ones(shape))
    if node.shape == (shape[0], 1) and shape[0] != 1:
        return ops.matmul(node, ops.ones((1, shape[1])))
    return node


def _is_number(node: Node) -> bool:
    return not node.symbols


def _opposite(term: Any, frame: Frame, plan: Plan) -> Node:
    return ops.negate(lower(term.body, frame, plan))


# -- products ----------------------------------------------------------------------------------------------------------------------


def _product(term: Any, frame: Frame, plan: Plan) -> Node:
    chunks: list[list[tuple[str, Node]]] = [[]]
    between: list[str] = []
    for join, factor in zip(("", *term.joins), term.factors, strict=True):
        node = lower(factor, frame, plan)
        if join in plan.loose:
            between.append(join)
            chunks.append([("", node)])
        else:
            chunks[-1].append((join, node))
    total = _tight(chunks[0], term, plan)
    for join, chunk in zip(between, chunks[1:], strict=True):
        total = _entrywise(total, _tight(chunk, term, plan), term, join)
    return total


def _tight(chunk: list[tuple[str, Node]], term: Term, plan: Plan) -> Node:
    """Factors side by side, from the left; where that does not fit, from the right."""
    try:
        return _fold_left(chunk, term, plan)
    except Unfit as unfit:
        if any(join == "/" for join, _ in chunk):
            raise
        try:
            return _fold_right(chunk, term, plan)
        except Unfit:
            raise unfit from None


def _fold_left(chunk: list[tuple[str, Node]], term: Term, plan: Plan) -> Node:
    (_, total), *others = chunk
    for join, node in others:
        total = _over(total, node, term) if join == "/" else _pair(total, node, term, plan)
    return total


def _fold_right(chunk: list[tuple[str, Node]], term: Term, plan: Plan) -> Node:
    total = chunk[-1][1]
    for _, node in reversed(chunk[:-1]):
        total = _pair(node, total, term, plan)
    return total


def _pair(left: Node, right: Node, term: Term, plan: Plan) -> Node:
    """Two factors: a number scales, matrices multiply, and if the plan allows it equal shapes multiply entry by entry."""
    if left.shape == SCALAR:
        return ops.scale(left, right)
    if right.shape == SCALAR:
        return ops.scale(right, left)
    if left.shape[1] == right.shape[0]:
        return ops.matmul(left, right)
    if plan.lenient and left.shape == right.shape:
        return ops.times(left, right)
    raise Unfit(
        term.span, f"a {ops.show(left.shape)} matrix cannot be multiplied by a {ops.show(right.shape)} one"
    )


def _entrywise(left: Node, right: Node, term: Term, join: str) -> Node:
    if left.shape == right.shape:
        return ops.times(left, right)
    if SCALAR in (left.shape, right.shape):
        return ops.scale(left, right) if left.shape == SCALAR else ops.scale(right, left)
    raise Unfit(
        term.span,
        f"an elementwise product needs equal shapes, but these are {ops.show(left.shape)} and {ops.show(right.shape)}",
    )


def _quotient(term: Any, frame: Frame, plan: Plan) -> Node:
    return _over(lower(term.top, frame, plan), lower(term.bottom, frame, plan), term)


def _over(top: Node, bottom: Node, term: Term) -> Node:
    if bottom.shape == SCALAR and top.shape != SCALAR:
        return ops.scale(ops.divide(ops.constant(1), bottom), top)
    if top.shape == SCALAR and bottom.shape != SCALAR and _is_number(top):
        return ops.scale(top, ops.divide(ops.ones(bottom.shape), bottom))
    if top.shape != bottom.shape:
        raise Unfit(
            term.span, f"a {ops.show(top.shape)} matrix cannot be divided by a {ops.show(bottom.shape)} one"
        )
    return ops.divide(top, bottom)


# -- powers, functions ---------------------------------------------------------------------------------------------------------------


def _transposed(term: Any, frame: Frame, plan: Plan) -> Node:
    return ops.transpose(lower(term.body, frame, plan))


def _power(term: Any, frame: Frame, plan: Plan) -> Node:
    exponent = _number(term.exponent)
    if exponent is None or abs(exponent) > 64:
        raise Unfit(term.exponent.span, "only whole numbers and simple fractions can be exponents here")
    if isinstance(term.body, terms.Length) and exponent == 2:
        return ops.norm2(lower(term.body.body, frame, plan))
    return ops.power(lower(term.body, frame, plan), exponent)


def _number(term: Term) -> Fraction | None:
    if isinstance(term, terms.Constant):
        return term.value
    if isinstance(term, terms.Opposite):
        inner = _number(term.body)
        return None if inner is None else -inner
    if isinstance(term, terms.Quotient):
        top, bottom = _number(term.top), _number(term.bottom)
        return None if top is None or not bottom else top / bottom
    return None


def _length(term: Any, frame: Frame, plan: Plan) -> Node:
    return ops.function("sqrt", ops.norm2(lower(term.body, frame, plan)))


def _call(term: Any, frame: Frame, plan: Plan) -> Node:
    arguments = tuple(lower(argument, frame, plan) for argument in term.arguments)
    name = term.function or _own_activation(term, frame)
    special = CALLS.get(name)
    if special is not None and term.order == 0:
        return special(term, arguments)
    if special is not None or len(arguments) != 1:
        raise Unfit(
            term.span,
            "this function takes one argument" if special is None else f"{name} has no entrywise slope",
        )
    return ops.function(name, arguments[0], term.order)


def _own_activation(term: Any, frame: Frame) -> str:
    """The network's activation in the layer its argument belongs to: the highest layer that is mentioned."""
    mentioned = [frame.quantity(q).layer for q in terms.uses(term)]
    layers = [layer for layer in mentioned if isinstance(layer, int)]
    name = frame.activation(max(layers, default=0))
    if name is None:
        raise Unfit(term.span, "here the activation is not applied entry by entry, so it has no slope σ′")
    return name


def _maximum(term: Any, arguments: tuple[Node, ...]) -> Node:
    zeros = [a for a in arguments if a.op == "constant" and a.data == 0]
    others = [a for a in arguments if a not in zeros]
    if len(zeros) != 1 or len(others) != 1:
        raise Unfit(term.span, "only max(0, z) can be read here")
    return ops.function("relu", others[0])


def _one(build: Callable[[Node], Node]) -> Callable[[Any, tuple[Node, ...]], Node]:
    def call(term: Any, arguments: tuple[Node, ...]) -> Node:
        if len(arguments) != 1:
            raise Unfit(term.span, "this function takes one argument")
        try:
            return build(arguments[0])
        except ShapeError as error:
            raise Unfit(term.span, str(error)) from None

    return call


def _outer(term: Any, arguments: tuple[Node, ...]) -> Node:
    if len(arguments) != 2 or any(a.shape[1] != 1 for a in arguments):
        raise Unfit(term.span, "outer takes two columns")
    return ops.matmul(arguments[0], ops.transpose(arguments[1]))


CALLS: dict[str, Callable[[Any, tuple[Node, ...]], Node]] = {
    "max": _maximum,
    "softmax": _one(ops.softmax),
    "diag": _one(ops.diag),
    "transpose": _one(ops.transpose),
    "outer": _outer,
}
"""Functions that are not applied entry by entry."""


_RULES: dict[type, Callable[[Any, Frame, Plan], Node]] = {
    terms.Constant: lambda term, frame, plan: ops.constant(term.value),
    terms.Reference: _reference,
    terms.Entry: _entry,
    terms.MatrixOf: _matrix,
    terms.Sum: _sum,
    terms.Opposite: _opposite,
    terms.Product: _product,
    terms.Quotient: _quotient,
    terms.Transposed: _transposed,
    terms.Power: _power,
    terms.Length: _length,
    terms.Call: _call,
}
