"""Functions that are put together from operations: what each makes of its arguments."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial

from derive import ops
from derive.graph import Dim, Node, ShapeError
from derive.quantities import Quantity
from derive.shape_rules import show
from grader.meaning.frame import Frame
from grader.meaning.limits import Undecidable
from grader.meaning.products import Unfit
from grader.meaning.sizes import broadcast, common
from grader.reading.tree import Span

Build = Callable[[Span, tuple[Node, ...], Frame], Node]
"""(where it stands, the arguments, in which frame) -> the value. Raises `Unfit`."""


def _one(build: Callable[[Node], Node]) -> Build:
    def call(span: Span, arguments: tuple[Node, ...], frame: Frame) -> Node:
        if len(arguments) != 1:
            raise Unfit(span, "this function takes one argument")
        try:
            return build(arguments[0])
        except ShapeError as error:
            raise Unfit(span, str(error)) from None

    return call


def _each_example(op: str) -> Build:
    """An operation on each column, or on each row where the examples are rows."""

    def call(span: Span, arguments: tuple[Node, ...], frame: Frame) -> Node:
        axis = "rows" if frame.examples == "rows" else None
        return _one(lambda body: ops.apply(op, body, data=axis))(span, arguments, frame)

    return call


def _softmax_over(axis: str) -> Build:
    """The softmax over the rows or the columns; of a single column always over its rows."""

    def build(body: Node) -> Node:
        by_rows = axis == "columns" and body.shape[1] != 1
        return ops.apply("softmax", body, data="rows" if by_rows else None)

    return _one(build)


def _cross(turned: int) -> Build:
    """The product of two matrices of which one is transposed, as R names it."""

    def call(span: Span, arguments: tuple[Node, ...], frame: Frame) -> Node:
        if len(arguments) != 2:
            raise Unfit(span, "this function takes two matrices")
        factors = [ops.transpose(a) if at == turned else a for at, a in enumerate(arguments)]
        try:
            return ops.matmul(*factors)
        except ShapeError as error:
            raise Unfit(span, str(error)) from None

    return call


def _extreme(largest: bool) -> Build:
    """The largest, or smallest, of several things, entry by entry: max(u, v) is v plus what u has more."""

    def call(span: Span, arguments: tuple[Node, ...], frame: Frame) -> Node:
        if len(arguments) < 2:
            return (
                _largest_entry(arguments[0])
                if largest
                else ops.negate(_largest_entry(ops.negate(arguments[0])))
            )
        shape = common(list(arguments))
        first, *others = [broadcast(a, shape, frame.examples) for a in arguments]
        for other in others:
            if first.shape != other.shape:
                raise Unfit(span, "what is compared here has different shapes")
            first = (
                _larger(first, other) if largest else ops.negate(_larger(*map(ops.negate, (first, other))))
            )
        return first

    return call


def _largest_entry(body: Node) -> Node:
    """The largest number in a row or column."""
    if 1 not in body.shape:
        raise Undecidable("the largest entry of a whole matrix is not worked out here")
    return ops.total(_only_largest("rows" if body.shape[1] == 1 else "columns", body))


def _only_largest(axis: str, body: Node) -> Node:
    """What is left where all but the largest number in each column (axis ``rows``) or row is 0."""
    return ops.times(ops.apply("winner-take-all", body, data="rows" if axis == "columns" else None), body)


def _larger(left: Node, right: Node) -> Node:
    for one, other in ((left, right), (right, left)):
        is_zero = one.op == "constant" and one.data == 0
        if is_zero or (one.op == "scale" and one.args[0] == ops.constant(0)):
            return ops.function("relu", other)
    return ops.add(right, ops.function("relu", ops.minus(left, right)))


def _step(span: Span, arguments: tuple[Node, ...], frame: Frame) -> Node:
    """0 or 1; what NumPy is told to take at 0 makes no difference."""
    if not 1 <= len(arguments) <= 2:
        raise Unfit(span, "this function takes one argument, and the value at 0")
    return ops.function("step", arguments[0])


def _hyperbolic(sign: int) -> Build:
    """cosh for +1, sinh for −1."""

    return _one(lambda z: _hyperbolic_of(z, sign))


def _hyperbolic_of(z: Node, sign: int) -> Node:
    ahead, behind = ops.function("exp", z), ops.function("exp", ops.negate(z))
    return ops.scale(Fraction(1, 2), ops.add(ahead, behind) if sign > 0 else ops.minus(ahead, behind))


def _trace(body: Node) -> Node:
    """The sum of the entries on the diagonal."""
    rows, columns = body.shape
    if rows != columns:
        raise ShapeError(f"only a square matrix has a trace, and this is {show(body.shape)}")
    return ops.total(ops.times(body, ops.diag(ops.ones((rows, 1)))))


def _counted(*sizes: Dim) -> Node:
    """How many rows, columns or entries there are."""
    count = 1
    for size in sizes:
        if not isinstance(size, int):
            raise Undecidable("nothing says how many there are here")
        count *= size
    return ops.constant(count)


def _outer(span: Span, arguments: tuple[Node, ...], frame: Frame) -> Node:
    if len(arguments) != 2 or any(1 not in argument.shape for argument in arguments):
        raise Unfit(span, "outer takes two vectors")
    left, right = (a if a.shape[1] == 1 else ops.transpose(a) for a in arguments)
    return ops.matmul(left, ops.transpose(right))


def _cost(span: Span, arguments: tuple[Node, ...], frame: Frame) -> Node:
    """C(a, y), a loss that is left open."""
    if len(arguments) != 2 or arguments[0].shape != arguments[1].shape:
        raise Unfit(span, "the loss is a number that depends on the output and the target")
    return ops.cost(*arguments, Quantity("da"))


AXES = ("rows", "columns")
"""What NumPy's axis 0 and axis 1 run over."""


def _along(axis: str, mean: bool) -> Build:
    """The sum over the rows or columns, which leaves one of them; or their mean."""

    def build(body: Node) -> Node:
        count = body.shape[AXES.index(axis)]
        if mean and not isinstance(count, int):
            raise ShapeError(f"nothing says over how many {axis} the mean is taken")
        total = ops.sum_over(axis, body)
        return ops.scale(Fraction(1, int(count)), total) if mean else total

    return _one(build)


def _flat(axis: str, mean: bool) -> Build:
    """The same without ``keepdims``: a list of numbers, which stands for a row where vectors are rows."""

    def call(span: Span, arguments: tuple[Node, ...], frame: Frame) -> Node:
        found = _along(axis, mean)(span, arguments, frame)
        return ops.transpose(found) if frame.examples == "rows" and found.shape[1] == 1 else found

    return call


def _largest_along(axis: str, body: Node) -> Node:
    return ops.sum_over(axis, _only_largest(axis, body))


def _mean(body: Node) -> Node:
    rows, columns = body.shape
    if not isinstance(rows, int) or not isinstance(columns, int):
        raise ShapeError("nothing says over how many numbers the mean is taken")
    return ops.scale(Fraction(1, rows * columns), ops.total(body))


REDUCED = ("max", *(f"max {axis}" for axis in AXES), *(f"max {axis} flat" for axis in AXES))
"""Calls whose value programs repeat for every entry they were taken of."""
CALLS: dict[str, Build] = {
    "max": _extreme(largest=True),
    "min": _extreme(largest=False),
    "heaviside": _step,
    "softmax": _each_example("softmax"),
    **{f"softmax {axis}": _softmax_over(axis) for axis in AXES},
    "crossprod": _cross(turned=0),
    "tcrossprod": _cross(turned=1),
    "winner-take-all": _each_example("winner-take-all"),
    "diag": _one(ops.diag),
    "transpose": _one(ops.transpose),
    "sum": _one(ops.total),
    "mean": _one(_mean),
    **{f"sum {axis}": _along(axis, mean=False) for axis in AXES},
    **{f"mean {axis}": _along(axis, mean=True) for axis in AXES},
    **{f"max {axis}": _one(partial(_largest_along, axis)) for axis in AXES},
    **{f"max {axis} flat": _one(partial(_largest_along, axis)) for axis in AXES},
    **{f"sum {axis} flat": _flat(axis, mean=False) for axis in AXES},
    **{f"mean {axis} flat": _flat(axis, mean=True) for axis in AXES},
    "square": _one(lambda body: ops.power(body, Fraction(2))),
    "outer": _outer,
    "trace": _one(_trace),
    "sech": _one(lambda body: ops.power(_hyperbolic_of(body, 1), Fraction(-1))),
    "size": _one(lambda body: _counted(*body.shape)),
    "length rows": _one(lambda body: _counted(body.shape[0])),
    "length columns": _one(lambda body: _counted(body.shape[1])),
    "cost": _cost,
    "cosh": _hyperbolic(1),
    "sinh": _hyperbolic(-1),
}
