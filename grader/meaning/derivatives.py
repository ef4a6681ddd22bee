"""The value of ∂(expression)/∂v: between matrices by the pullbacks of its operations, between entries by the
rules of calculus."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from msgspec.structs import replace

from derive import ops
from derive.backprop import pass_back
from derive.errors import Unusable
from derive.functions import FUNCTIONS
from derive.graph import SCALAR, Dim, Equation, Node, Shape, substitute, symbol
from derive.quantities import Quantity
from derive.shape_rules import show
from grader.meaning import terms
from grader.meaning.entries import Lower
from grader.meaning.frame import Frame
from grader.meaning.limits import Undecidable
from grader.meaning.partials import NoPartial
from grader.meaning.products import Plan, Unfit
from grader.meaning.sizes import settled
from grader.meaning.terms import Place, Term

BODY = Quantity("expression")
"""What is differentiated, while it is."""
GRADIENT = Quantity("gradient")
"""The gradient of what is differentiated, while its way back is looked for."""
ENTRYWISE = ("add", "subtract", "negate", "hadamard", "divide", "power", "function", "scale")
"""Operations that work entry by entry."""
THREE_INDICES = "this derivative has three indices and is no matrix"
"""Of a vector by a matrix, in short: why it has no value here."""
LARGEST = 400
"""How many rows of a Jacobian are worked out one by one."""


def derivative(lower: Lower, term: Any, frame: Frame, plan: Plan) -> Node:
    """The derivative: of a number the gradient, shaped as what it is taken by; of a vector the Jacobian.
    Raises `Unfit`, and `Undecidable` for what has three indices."""
    found = _derivative(lower, term, frame, plan)
    _refuse_higher(found, term)
    return found


def _derivative(lower: Lower, term: Any, frame: Frame, plan: Plan) -> Node:
    if frame.partials is None:
        raise Unfit(term.span, "derivatives have no value here")
    by = frame.quantity(term.by)
    if term.by_at or any(isinstance(part, terms.Entry | terms.SumOver) for part in term.body.walk()):
        return lower(_Entrywise(by, term.by_at, frame).of(term.body), frame, plan)
    body = settled(lower(term.body, frame, plan))
    if 1 not in body.shape and frame.size(Quantity("N")) in (None, 1):
        raise Unfit(term.span, f"the derivative of a {show(body.shape)} matrix is no matrix")
    try:
        return _total(body, by, frame)
    except (NoPartial, Unusable) as missing:
        raise Undecidable(str(missing)) from None


def slope(lower: Lower, term: Any, frame: Frame, plan: Plan) -> Node | None:
    """The slope of every entry, where the expression works entry by entry on what it is taken by."""
    by = frame.quantity(term.by)
    if term.by_at or by not in frame.shapes:
        return None
    body = settled(lower(term.body, frame, plan))
    used = [quantity for quantity in body.symbols if _matters(quantity, by, frame)]
    if used != [by] or body.shape != frame.shapes[by] or not _is_entrywise(body, by):
        return None
    found = _handed(body, by, ops.ones(body.shape))
    _refuse_higher(found, term)
    return found


def _refuse_higher(node: Node, term: Any) -> None:
    """The slope of a slope has no value here."""
    if any(inner.op == "function" and inner.data[1] > 1 for inner in node.walk()):
        raise Unfit(term.span, "higher derivatives are not used here")


# -- between matrices ----------------------------------------------------------------------------------------


def _total(body: Node, by: Quantity, frame: Frame) -> Node:
    """The sum over everything in the expression that depends on what is differentiated by."""
    found = [q for q in sorted(body.symbols, key=lambda q: q.address) if _matters(q, by, frame)]
    if not found:
        return _nothing(body.shape, frame.shapes[by])
    total, *others = (_by_way_of(body, used, by, frame) for used in found)
    for other in others:
        total = ops.add(total, other)
    return total


def _nothing(of: Shape, by: Shape) -> Node:
    """The derivative of what does not depend on it."""
    if of != SCALAR and 1 not in by:
        raise NoPartial(THREE_INDICES)
    shape = by if of == SCALAR else (_length(of), _length(by))
    return ops.scale(0, ops.ones(shape))


def _length(shape: Shape) -> Dim:
    return shape[0] if shape[1] == 1 else shape[1]


def _matters(used: Quantity, by: Quantity, frame: Frame) -> bool:
    return used == by or (frame.partials is not None and frame.partials.depends(used, by))


def _by_way_of(body: Node, used: Quantity, by: Quantity, frame: Frame) -> Node:
    assert frame.partials is not None
    if body.shape == SCALAR:
        gradient = _handed(body, used, ops.constant(1))
        return gradient if used == by else pulled(gradient, used, by, frame)
    if used == by and used.kind == "W":
        return _beside(body, used)
    rows = _jacobian(body, used)
    if used == by:
        return rows
    onward = frame.partials.matrix(used, by)
    if rows.shape[1] != onward.shape[0]:
        raise NoPartial(THREE_INDICES)
    return ops.matmul(rows, onward)


def pulled(gradient: Node, of: Quantity, by: Quantity, frame: Frame) -> Node:
    """The gradient by ``by``, given that by ``of``, which is a vector: by weights an outer product. Raises
    `NoPartial`."""
    assert frame.partials is not None
    column = gradient if gradient.shape[1] == 1 else ops.transpose(gradient)
    if by.kind != "W":
        handed = ops.matmul(ops.transpose(frame.partials.matrix(of, by)), column)
        return handed if frame.shapes[by][1] == 1 else ops.transpose(handed)
    z, below = frame.partials.around(by)
    delta = ops.matmul(ops.transpose(frame.partials.matrix(of, z)), column)
    source = symbol(below, frame.shapes[below])
    source = source if source.shape[1] == 1 else ops.transpose(source)
    outer = ops.matmul(delta, ops.transpose(source))
    return outer if outer.shape == frame.shapes[by] and not frame.partials.turns(by) else ops.transpose(outer)


def _handed(body: Node, used: Quantity, gradient: Node) -> Node:
    """What a gradient of the expression hands back to a quantity in it."""
    messages = pass_back(Equation(BODY, body), gradient, wanted=lambda quantity: quantity == used)
    handed = messages[used].gradient
    if BODY not in handed.symbols:
        return handed
    # The slope of a root or an exponential may be given by its value, which is the expression itself.
    return substitute(handed, lambda node: body if node.data == BODY else None, ops.rebuild)


def _jacobian(body: Node, used: Quantity) -> Node:
    """Row by row: what a unit gradient at each entry of a vector hands back."""
    rows, columns = body.shape
    size = rows if columns == 1 else columns
    if 1 not in body.shape or not isinstance(size, int) or size > LARGEST:
        raise NoPartial("with a batch this derivative is no matrix; write it entry by entry")
    total: Node | None = None
    for place in range(1, size + 1):
        at = (place, 1) if columns == 1 else (1, place)
        unit = ops.apply("place", ops.constant(1), data=(*at, body.shape))
        handed = _handed(body, used, unit)
        if 1 not in handed.shape:
            raise NoPartial(THREE_INDICES)
        line = ops.transpose(handed) if handed.shape[1] == 1 else handed
        row = ops.matmul(ops.apply("place", ops.constant(1), data=(place, 1, (size, 1))), line)
        total = row if total is None else ops.add(total, row)
    assert total is not None
    return total


def _beside(body: Node, weights: Quantity) -> Node:
    """What stands beside a gradient where it is handed on to weights: xᵀ for W x + b."""
    gradient = symbol(GRADIENT, body.shape)
    handed = _handed(body, weights, gradient)
    inside = (gradient, ops.transpose(gradient))
    if handed.op == "matmul" and (handed.args[0] in inside) != (handed.args[1] in inside):
        return handed.args[1] if handed.args[0] in inside else handed.args[0]
    raise NoPartial(f"the derivative by {weights.address} has three indices and is no matrix")


def _is_entrywise(body: Node, by: Quantity) -> bool:
    """Whether only operations that work entry by entry lie between an expression and a quantity in it."""
    for node in body.walk():
        if node.op == "symbol" or by not in node.symbols:
            continue
        if node.op not in ENTRYWISE or (node.op == "scale" and by in node.args[0].symbols):
            return False
    return True


# -- between entries -----------------------------------------------------------------------------------------


class _Entrywise:
    """Differentiates formulas for entries by one entry of a quantity."""

    def __init__(self, by: Quantity, at: tuple[Place, ...], frame: Frame) -> None:
        self.by, self.at, self.frame = by, at, frame

    def of(self, term: Term) -> Term:
        """The derivative as a term. Raises `Undecidable` where no rule is known."""
        rule = _RULES.get(type(term))
        if rule is None:
            raise Undecidable("this derivative is not worked out here: write what comes out")
        return rule(self, term)

    def entry(self, term: Any) -> Term:
        named = term.body if isinstance(term, terms.Entry) else term
        places = term.indices if isinstance(term, terms.Entry) else ()
        if not isinstance(named, terms.Reference):
            raise Undecidable("this derivative is not worked out here: write what comes out")
        quantity = self.frame.quantity(named.quantity)
        if not _matters(quantity, self.by, self.frame):
            return terms.Constant(term.span, Fraction(0))
        if quantity == self.by and quantity.kind == "W":
            return self._same_weight(term, places)
        if quantity.kind == "loss":
            gradient = terms.Reference(term.span, Quantity("d" + self.by.kind, self.by.layer))
            return terms.Entry(term.span, gradient, self.at) if self.at else gradient
        return terms.PartialEntry(term.span, quantity, places, self.by, self.at)

    def _same_weight(self, term: Term, places: tuple[Place, ...]) -> Term:
        if not places or len(places) != len(self.at):
            raise Undecidable("a weight has two indices")
        factors = tuple(self._equal(term, a, b) for a, b in zip(places, self.at, strict=True))
        return terms.Product(term.span, factors, ("",))

    def _equal(self, term: Term, first: Place, second: Place) -> Term:
        if isinstance(first, str) and isinstance(second, str) and first != second:
            return terms.Kronecker(term.span, first, second)
        if isinstance(first, int) != isinstance(second, int):
            raise Undecidable("a number and a letter are compared here")
        return terms.Constant(term.span, Fraction(first == second))

    def sum(self, term: Any) -> Term:
        return terms.Sum(term.span, tuple(map(self.of, term.terms)), term.signs)

    def product(self, term: Any) -> Term:
        if "/" in term.joins:
            raise Undecidable("this derivative is not worked out here: write what comes out")
        every = range(len(term.factors))
        pieces = (
            replace(term, factors=tuple(self.of(f) if p == at else f for p, f in enumerate(term.factors)))
            for at in every
        )
        return terms.Sum(term.span, tuple(pieces), ("+",) * (len(term.factors) - 1))

    def quotient(self, term: Any) -> Term:
        inverse = terms.Power(term.span, term.bottom, _number(term, -1))
        return self.product(terms.Product(term.span, (term.top, inverse), ("",)))

    def power(self, term: Any) -> Term:
        less = terms.Sum(term.span, (term.exponent, _number(term, 1)), ("-",))
        if isinstance(term.exponent, terms.Constant):
            less = _number(term, term.exponent.value - 1)  # type: ignore[assignment]
        lower = terms.Power(term.span, term.body, less)
        return terms.Product(term.span, (term.exponent, lower, self.of(term.body)), ("", ""))

    def call(self, term: Any) -> Term:
        if len(term.arguments) != 1 or (term.function is not None and term.function not in FUNCTIONS):
            raise Undecidable("this derivative is not worked out here: write what comes out")
        outer = replace(term, order=term.order + 1)
        return terms.Product(term.span, (outer, self.of(term.arguments[0])), ("",))

    def total(self, term: Any) -> Term:
        if term.letter in self.at:
            raise Undecidable(f"{term.letter} is summed over and differentiated by; take another letter")
        return terms.SumOver(term.span, term.letter, term.high, self.of(term.body))


def _number(term: Term, value: Fraction | int) -> Term:
    return terms.Constant(term.span, Fraction(value))


_RULES: dict[type, Callable[[_Entrywise, Any], Term]] = {
    terms.Constant: lambda by, term: _number(term, 0),
    terms.Kronecker: lambda by, term: _number(term, 0),
    terms.Reference: _Entrywise.entry,
    terms.Entry: _Entrywise.entry,
    terms.Sum: _Entrywise.sum,
    terms.Opposite: lambda by, term: replace(term, body=by.of(term.body)),
    terms.Product: _Entrywise.product,
    terms.Quotient: _Entrywise.quotient,
    terms.Power: _Entrywise.power,
    terms.Call: _Entrywise.call,
    terms.SumOver: _Entrywise.total,
}
