"""Products are settled by what fits: each join may mean a matrix product, a scaling, or entry by entry."""

from __future__ import annotations

from msgspec import Struct

from derive import ops
from derive.graph import SCALAR, Node
from derive.shape_rules import show
from grader.meaning.sizes import broadcast, fitted, spread
from grader.reading.tree import Span


class Unfit(ValueError):
    """Shapes that do not fit, or an operation without a meaning here: the answer is readable, and false."""

    def __init__(self, span: Span, message: str) -> None:
        super().__init__(message)
        self.span = span

    def kept(self) -> Unfit:
        """The same without the frames it came through, which would keep themselves and all they hold alive
        until the garbage collector finds them."""
        self.__context__ = None
        return self.with_traceback(None)


class MissingIndex(Unfit):
    """One index where there are two directions: ``letter`` may be short for a whole row or column."""

    def __init__(self, span: Span, message: str, letter: str) -> None:
        super().__init__(span, message)
        self.letter = letter


class NoSingleNumber(Unfit):
    """A vector or matrix where an integral or limit was worked out for numbers; nothing shows it false."""


class Plan(Struct, frozen=True):
    """How products are taken: ``loose`` joins hold two groups of factors apart and multiply these entry by
    entry; if ``lenient``, factors of equal shape are multiplied entry by entry whatever joins them;
    ``dots`` are the joins that make two columns a number. ``in_order`` takes factors from left to right,
    as programs do: (a − y) ⊙ σ′(z) xᵀ is the matrix ((a − y) ⊙ σ′(z)) xᵀ. ``flat`` lets a column stand as
    a row before ``@``, and gives a column again, as NumPy does with arrays of one dimension."""

    loose: frozenset[str]
    lenient: bool = False
    dots: frozenset[str] = frozenset()
    in_order: bool = False
    flat: bool = False

    @property
    def strict(self) -> bool:
        """Whether this is how formulas are printed."""
        return not (self.lenient or self.dots or self.in_order or self.flat)

    def among(self, joins: set[str]) -> Plan:
        """All that matters of the plan for a term with these joins."""
        loose = self.loose & joins
        in_order = self.in_order and bool(loose) and loose != joins
        return Plan(loose, self.lenient, self.dots & joins, in_order, self.flat and "@" in joins)


BROADCAST = "broadcast"
"""The join of ``*`` in a program: entry by entry, and what is a single row or column is repeated."""
ELEMENTWISE = frozenset({"odot", "circ", BROADCAST})
DOTS = frozenset({"cdot", "@"})
PLANS = (
    *(
        Plan(ELEMENTWISE | extra, lenient)
        for lenient in (False, True)
        for extra in (frozenset[str](), frozenset({"*"}), frozenset({"*", "cdot", "times"}))
    ),
    Plan(ELEMENTWISE, dots=DOTS),
    Plan(ELEMENTWISE, in_order=True),
    Plan(ELEMENTWISE | {"*"}, in_order=True),
    Plan(ELEMENTWISE, flat=True),
)
"""Ways to take products, the strictest first."""

Joined = tuple[str, Node]
"""How a factor was joined to the one before, and the factor."""


def multiplied(factors: list[Joined], span: Span, plan: Plan) -> Node:
    """The product of factors as a plan takes it. Raises `Unfit`."""
    if plan.in_order or any(join == BROADCAST for join, _ in factors):
        return _fold_left(factors, span, plan)
    chunks: list[list[Joined]] = [[]]
    between: list[str] = []
    for join, node in factors:
        if join in plan.loose:
            between.append(join)
            chunks.append([("", node)])
        else:
            chunks[-1].append((join, node))
    total = _tight(chunks[0], span, plan)
    for chunk in chunks[1:]:
        total = _entrywise(total, _tight(chunk, span, plan), span)
    return total


def _tight(chunk: list[Joined], span: Span, plan: Plan) -> Node:
    """Factors side by side, from the left; where that does not fit, from the right."""
    try:
        return _fold_left(chunk, span, plan)
    except Unfit as unfit:
        if any(join == "/" for join, _ in chunk):
            raise
        try:
            return _fold_right(chunk, span, plan)
        except Unfit:
            raise unfit from None


def _fold_left(chunk: list[Joined], span: Span, plan: Plan) -> Node:
    (_, total), *others = chunk
    for join, node in others:
        if join == BROADCAST:
            total = _repeated(total, node, span)
        elif join in plan.loose:
            total = _entrywise(total, node, span)
        else:
            total = over(total, node, span) if join == "/" else _pair(total, node, join, span, plan)
    return total


def _fold_right(chunk: list[Joined], span: Span, plan: Plan) -> Node:
    total = chunk[-1][1]
    for (join, _), (_, node) in zip(reversed(chunk[1:]), reversed(chunk[:-1]), strict=True):
        total = _pair(node, total, join, span, plan)
    return total


def _pair(left: Node, right: Node, join: str, span: Span, plan: Plan) -> Node:
    """Two factors: a number scales, matrices multiply, and what else the join or the plan allows."""
    if left.shape == SCALAR:
        return ops.scale(left, right)
    if right.shape == SCALAR:
        keeps_order = left.shape[1] == 1 and right.op != "constant"
        return ops.matmul(left, right) if keeps_order else ops.scale(right, left)
    if join == "otimes":
        return _outer(left, right, span)
    left, right = fitted(left, columns=right.shape[0]), fitted(right, rows=left.shape[1])
    if left.shape[1] == right.shape[0] and not (plan.flat and join == "@" and left.shape[1] == 1):
        return ops.matmul(left, right)
    if plan.lenient and left.shape == right.shape and join != "@":
        return ops.times(left, right)
    if plan.flat and join == "@" and (left.shape[0], 1) == (right.shape[0], left.shape[1]):
        return ops.transpose(ops.matmul(ops.transpose(left), right))
    if join in plan.dots and left.shape == right.shape and left.shape[1] == 1:
        return ops.inner(left, right)
    shapes = f"a {show(left.shape)} matrix cannot be multiplied by a {show(right.shape)} one"
    raise Unfit(span, shapes)


def _outer(left: Node, right: Node, span: Span) -> Node:
    if left.shape[1] != 1 or 1 not in right.shape:
        raise Unfit(span, "⊗ takes two columns here")
    return ops.matmul(left, ops.transpose(right) if right.shape[1] == 1 else right)


def _entrywise(left: Node, right: Node, span: Span) -> Node:
    left, right = fitted(left, *right.shape), fitted(right, *left.shape)
    if left.shape == right.shape:
        return ops.times(left, right)
    if SCALAR in (left.shape, right.shape):
        return ops.scale(left, right) if left.shape == SCALAR else ops.scale(right, left)
    shapes = f"{show(left.shape)} and {show(right.shape)}"
    raise Unfit(span, f"an elementwise product needs equal shapes, but these are {shapes}")


def _repeated(left: Node, right: Node, span: Span) -> Node:
    """Entry by entry as programs do it: rows and columns of length 1 are repeated."""
    left, right = fitted(left, *right.shape), fitted(right, *left.shape)
    rows, columns = (
        here if here != 1 else there for here, there in zip(left.shape, right.shape, strict=True)
    )
    return _entrywise(spread(left, (rows, columns)), spread(right, (rows, columns)), span)


def over(top: Node, bottom: Node, span: Span) -> Node:
    """A quotient: by a number, or entry by entry. Raises `Unfit`."""
    if bottom.shape == SCALAR and top.shape != SCALAR:
        return ops.scale(ops.divide(ops.constant(1), bottom), top)
    if top.shape == SCALAR != bottom.shape:
        return ops.scale(top, ops.divide(ops.ones(bottom.shape), bottom))
    top, bottom = fitted(top, *bottom.shape), fitted(bottom, *top.shape)
    if bottom.shape == (1, top.shape[1]) and top.shape[0] != 1:
        bottom = ops.matmul(ops.ones((top.shape[0], 1)), bottom)
    bottom = broadcast(bottom, top.shape)
    if top.shape != bottom.shape:
        raise Unfit(span, f"a {show(top.shape)} matrix cannot be divided by a {show(bottom.shape)} one")
    return ops.divide(top, bottom)
