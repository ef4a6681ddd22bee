"""From terms to expressions with shapes: names become symbols, and what fits is settled by sizes.

A `Frame` says what quantities are in one network with concrete sizes. The same term is lowered in several
frames; a `Plan` (`grader.meaning.products`) fixes how ambiguous products are taken, so that an answer
means the same in all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from msgspec.structs import replace

from derive import ops
from derive.functions import function_named
from derive.graph import SCALAR, Node, Shape
from derive.shape_rules import show
from grader.meaning import cases, derivatives, entries, terms
from grader.meaning.calls import CALLS, REDUCED
from grader.meaning.chaining import chained, contracted, has_partials
from grader.meaning.einsum import einsum_named
from grader.meaning.entries import symbol_of
from grader.meaning.frame import Frame
from grader.meaning.limits import Work
from grader.meaning.partials import NoPartial
from grader.meaning.products import PLANS, NoSingleNumber, Plan, Unfit, multiplied, over
from grader.meaning.sizes import broadcast, common, fitted, has_open_ones, open_ones, settled, spread
from grader.meaning.terms import Term

__all__ = ["PLANS", "Frame", "Plan", "Unfit", "lower"]

MAX_EXPONENT = 64
"""The largest power anything can be raised to."""
MAX_ENTRIES = 400
"""How many entries a matrix may have that is put together from others."""
MAX_BITS = 1000
"""How long a number may get by multiplying numbers, so that it still is a float64."""


def lower(term: Term, frame: Frame, plan: Plan, shared: Shared | None = None) -> Node:
    """The expression a term means in a frame, every size settled. Raises `Unfit`."""
    known = None if shared is None else shared.of(plan)
    node = settled(_lower(term, replace(frame, work=Work(known)), plan))
    if has_open_ones(node):
        raise Unfit(term.span, "nothing says how long this vector of ones is")
    return node


def lower_sides(sides: Sequence[Term], frame: Frame, plan: Plan) -> list[Node]:
    """The expressions that the sides of an equation mean in a frame; letters that stand free in them are
    indices of all sides. Raises `Unfit`."""
    inside = entries.opened(_lower, sides, replace(frame, work=Work()), plan)
    nodes = [_lower(side, inside, plan) for side in sides]
    shape = common(nodes)
    return [settled(fitted(node, *shape)) for node in nodes]


Known = dict[tuple[Any, ...], tuple[Term, "Node | Unfit"]]
"""What terms mean, by their identity and the indices around them."""


class Shared:
    """What parts mean that many formulas have in common, in one frame: the same objects, not equal ones."""

    def __init__(self) -> None:
        self._by_plan: dict[Plan, Known] = {}

    def of(self, plan: Plan) -> Known:
        """Where it is found by part, for one way to take products."""
        return self._by_plan.setdefault(plan, {})


def _lower(term: Term, frame: Frame, plan: Plan) -> Node:
    frame.work.step()
    if (known := frame.work.known) is None:
        return _worked_out(term, frame, plan)
    key = (id(term), frame.depth, frame.sizes, *frame.indices.values())
    if key not in known:
        try:
            # The term is kept too: no other object may get its id.
            known[key] = term, _worked_out(term, frame, plan)
        except Unfit as unfit:
            known[key] = term, unfit.kept()
    found: Node | Unfit = known[key][1]
    if isinstance(found, Unfit):
        raise found.kept()
    return found


def _worked_out(term: Term, frame: Frame, plan: Plan) -> Node:
    node = _RULES[type(term)](term, frame, plan)
    factor = node.args[0] if node.op == "scale" else node
    if factor.op == "constant" and _bits(factor.data) > MAX_BITS:
        raise Unfit(term.span, "this number is too large, too small or too long")
    return node


def _bits(number: Fraction) -> int:
    return max(number.numerator.bit_length(), number.denominator.bit_length())


# -- atoms ---------------------------------------------------------------------------------------------------


def _reference(term: Any, frame: Frame, plan: Plan) -> Node:
    return symbol_of(frame.quantity(term.quantity), term.span, frame)


def _partial(term: Any, frame: Frame, plan: Plan) -> Node:
    of, by = frame.quantity(term.of), frame.quantity(term.by)
    if frame.partials is None:
        raise Unfit(term.span, "derivatives have no value here")
    try:
        return frame.partials.matrix(of, by, term.direct)
    except NoPartial as missing:
        raise Unfit(term.span, str(missing)) from None


def _matrix(term: Any, frame: Frame, plan: Plan) -> Node:
    blocks = [[_lower(cell, frame, plan) for cell in row] for row in term.rows]
    if any(node.shape != SCALAR for row in blocks for node in row):
        blocks = [line for row in blocks for line in _lines(row, term)]
    if len({len(row) for row in blocks}) != 1 or len(blocks) * len(blocks[0]) > MAX_ENTRIES:
        raise Unfit(term.span, "the rows of this matrix do not fit together")
    rows = tuple(map(tuple, blocks))
    return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else ops.stack(rows)


def _lines(row: list[Node], term: Any) -> list[list[Node]]:
    """The rows of numbers that matrices side by side make. Raises `Unfit` unless each has as many."""
    heights = {node.shape[0] for node in row}
    height = heights.pop()
    if heights or not all(isinstance(size, int) for node in row for size in node.shape) or term.is_list:
        shapes = ", ".join(show(node.shape) for node in row)
        raise Unfit(term.span, f"the entries of a matrix are numbers, but here stand {shapes}")
    return [
        [ops.entry(node, line, column) for node in row for column in range(1, int(node.shape[1]) + 1)]
        for line in range(1, int(height) + 1)
    ]


# -- sums ----------------------------------------------------------------------------------------------------


def _sum(term: Any, frame: Frame, plan: Plan) -> Node:
    nodes = [_lower(part, frame, plan) for part in term.terms]
    shape = common(nodes)
    if shape != SCALAR and SCALAR in [node.shape for node in nodes]:
        nodes = [_with_sizes(*pair, shape, frame, plan) for pair in zip(nodes, term.terms, strict=True)]
    nodes = [
        spread(node, shape) if isinstance(part, terms.Call) and part.function in REDUCED else node
        for node, part in zip(nodes, term.terms, strict=True)
    ]
    total, *others = [broadcast(node, shape, frame.examples) for node in nodes]
    for sign, node, part in zip(term.signs, others, term.terms[1:], strict=True):
        if total.shape != node.shape:
            verb = "added to" if sign == "+" else "subtracted from"
            shapes = f"a {show(node.shape)} matrix cannot be {verb} a {show(total.shape)} one"
            raise Unfit(part.span, shapes)
        total = ops.add(total, node) if sign == "+" else ops.minus(total, node)
    return total


def _with_sizes(node: Node, part: Term, shape: Shape, frame: Frame, plan: Plan) -> Node:
    """A term that is added to a matrix: |z| in it is then the size of each entry, not the length of z."""
    if node.shape == shape or not any(isinstance(p, terms.Length) and p.bars == 1 for p in part.walk()):
        return node
    return _lower(part, replace(frame, sizes=True), plan)


def _opposite(term: Any, frame: Frame, plan: Plan) -> Node:
    return ops.negate(_lower(term.body, frame, plan))


# -- products ------------------------------------------------------------------------------------------------


def _product(term: Any, frame: Frame, plan: Plan) -> Node:
    factors = chained(term, frame)
    if has_partials(factors) and (found := contracted(_lower, term, factors, frame, plan)) is not None:
        return found
    lowered = [
        (join, _slope(position, factors, frame, plan) or _lower(factor, frame, plan))
        for position, (join, factor) in enumerate(factors)
    ]
    return multiplied(lowered, term.span, plan)


def _slope(position: int, factors: Sequence[tuple[str, Term]], frame: Frame, plan: Plan) -> Node | None:
    """What ∂a/∂z is between ⊙ signs: the slope of every entry. None for what is no such factor."""
    factor = factors[position][1]
    if not isinstance(factor, _WITH_SLOPE) or frame.partials is None:
        return None
    if not _stands_alone(position, factors, plan):
        return None
    if isinstance(factor, terms.Partial):
        return frame.partials.slope(frame.quantity(factor.of), frame.quantity(factor.by))
    return derivatives.slope(_lower, factor, frame, plan)


_WITH_SLOPE = (terms.Partial, terms.Derivative)
"""Derivatives that are a slope for every entry, or else a matrix."""


def _stands_alone(position: int, factors: Sequence[tuple[str, Term]], plan: Plan) -> bool:
    """Whether a factor is an elementwise factor by itself."""
    before = position == 0 or factors[position][0] in plan.loose
    after = position + 1 == len(factors) or factors[position + 1][0] in plan.loose
    return len(factors) > 1 and before and after


def _quotient(term: Any, frame: Frame, plan: Plan) -> Node:
    return over(_lower(term.top, frame, plan), _lower(term.bottom, frame, plan), term.span)


# -- powers, functions ---------------------------------------------------------------------------------------


def _transposed(term: Any, frame: Frame, plan: Plan) -> Node:
    if isinstance(term.body, terms.Ones):
        return open_ones(row=True)
    return ops.transpose(_lower(term.body, frame, plan))


def _power(term: Any, frame: Frame, plan: Plan) -> Node:
    exponent = _number(term.exponent)
    if exponent is None and isinstance(term.exponent, terms.Reference):
        return _to_a_letter(term, frame, plan)
    if exponent is None or abs(exponent) > MAX_EXPONENT:
        raise Unfit(term.exponent.span, "only small whole numbers and simple fractions can be exponents here")
    if isinstance(term.body, terms.Length) and exponent == 2:
        return ops.norm2(_lower(term.body.body, frame, plan))
    return ops.power(_lower(term.body, frame, plan), exponent)


def _to_a_letter(term: Any, frame: Frame, plan: Plan) -> Node:
    """A number to the power of a named number, as in β^τ."""
    base, exponent = _lower(term.body, frame, plan), _lower(term.exponent, frame, plan)
    if base.shape != SCALAR or exponent.shape != SCALAR:
        raise Unfit(term.exponent.span, "only a number can be raised to the power of a quantity")
    return ops.function("exp", ops.scale(exponent, ops.function("log", base)))


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


def _single_number(term: Any, frame: Frame, plan: Plan) -> Node:
    node = _lower(term.body, frame, plan)
    if node.shape != SCALAR:
        raise NoSingleNumber(term.span, "integrals and limits of vectors or matrices are not worked out")
    return node


def _length(term: Any, frame: Frame, plan: Plan) -> Node:
    body = _lower(term.body, frame, plan)
    if frame.sizes and term.bars == 1:
        return ops.function("abs", body)
    return ops.function("sqrt", ops.norm2(body))


def _call(term: Any, frame: Frame, plan: Plan) -> Node:
    arguments = tuple(_lower(argument, frame, plan) for argument in term.arguments)
    name = term.function or _own_activation(term, frame)
    special = CALLS.get(name) or einsum_named(name)
    if special is not None and term.order == 0:
        return special(term.span, arguments, frame)
    if special is not None:
        raise Unfit(term.span, f"{name} has no entrywise slope")
    if len(arguments) != 1:
        raise Unfit(term.span, "this function takes one argument")
    if term.order > 1:
        raise Unfit(term.span, "higher derivatives are not used here")
    if term.order and (row := function_named(name)) is not None and row.forward_only:
        raise Unfit(term.span, f"{row.words} has no slope of use: {row.forward_only}")
    return ops.function(name, settled(arguments[0]), term.order)


def _own_activation(term: Any, frame: Frame) -> str:
    """The network's activation in the layer its argument belongs to: the highest layer that is mentioned."""
    mentioned = [frame.quantity(q).layer for q in terms.uses(term)]
    layers = [layer for layer in mentioned if isinstance(layer, int)]
    name = frame.activation(max(1, *layers) if layers else frame.home)
    if name is None:
        raise Unfit(term.span, "here the activation is not applied entry by entry, so it has no slope σ′")
    return name


_RULES: dict[type, Callable[[Any, Frame, Plan], Node]] = {
    terms.Constant: lambda term, frame, plan: ops.constant(term.value),
    terms.Ones: lambda term, frame, plan: open_ones(row=False),
    terms.Reference: _reference,
    terms.Entry: partial(entries.entry, _lower),
    terms.SumOver: partial(entries.sum_over, _lower),
    terms.Kronecker: partial(entries.kronecker, _lower),
    terms.Gathered: partial(entries.gathered, _lower),
    terms.Partial: _partial,
    terms.PartialEntry: partial(entries.partial_entry, _lower),
    terms.MatrixOf: _matrix,
    terms.Sum: _sum,
    terms.Opposite: _opposite,
    terms.Product: _product,
    terms.Quotient: _quotient,
    terms.Transposed: _transposed,
    terms.Power: _power,
    terms.Length: _length,
    terms.Derivative: partial(derivatives.derivative, _lower),
    terms.Cases: partial(cases.chosen, _lower),
    terms.Otherwise: lambda term, frame, plan: ops.constant(1),
    terms.SingleNumber: _single_number,
    terms.Call: _call,
}
