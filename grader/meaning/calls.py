"""Functions that are put together from operations: what each makes of its arguments."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derive import ops
from derive.graph import Node, ShapeError
from grader.meaning.products import Unfit
from grader.reading.tree import Span

Build = Callable[[Span, tuple[Node, ...]], Node]
"""(where it stands, the arguments) -> the value. Raises `Unfit`."""


def _one(build: Callable[[Node], Node]) -> Build:
    def call(span: Span, arguments: tuple[Node, ...]) -> Node:
        if len(arguments) != 1:
            raise Unfit(span, "this function takes one argument")
        try:
            return build(arguments[0])
        except ShapeError as error:
            raise Unfit(span, str(error)) from None

    return call


def _maximum(span: Span, arguments: tuple[Node, ...]) -> Node:
    zeros = [a for a in arguments if a.op == "constant" and a.data == 0]
    others = [a for a in arguments if a not in zeros]
    if len(zeros) != 1 or len(others) != 1:
        raise Unfit(span, "only max(0, z) can be read here")
    return ops.function("relu", others[0])


def _hyperbolic(sign: int) -> Build:
    """cosh for +1, sinh for −1."""

    def build(z: Node) -> Node:
        ahead, behind = ops.function("exp", z), ops.function("exp", ops.negate(z))
        return ops.scale(Fraction(1, 2), ops.add(ahead, behind) if sign > 0 else ops.minus(ahead, behind))

    return _one(build)


def _outer(span: Span, arguments: tuple[Node, ...]) -> Node:
    if len(arguments) != 2 or any(a.shape[1] != 1 for a in arguments):
        raise Unfit(span, "outer takes two columns")
    return ops.matmul(arguments[0], ops.transpose(arguments[1]))


CALLS: dict[str, Build] = {
    "max": _maximum,
    "softmax": _one(ops.softmax),
    "diag": _one(ops.diag),
    "transpose": _one(ops.transpose),
    "sum": _one(ops.total),
    "outer": _outer,
    "cosh": _hyperbolic(1),
    "sinh": _hyperbolic(-1),
}
