"""SLIPS: one row for each way in which a derivative written by hand goes wrong, and how to put it right."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = Any


@dataclass(frozen=True, slots=True)
class Setting:
    """What a slip may have to do with: lengths of axes, those that a mean divides by, slopes, other names.

    ``names`` are those that stand for arrays, by their shapes; ``older`` are weights with the values they
    had before they were updated.
    """

    lengths: tuple[int, ...]
    divisors: tuple[float, ...]
    slopes: tuple[Array, ...]
    names: dict[str, tuple[int, ...]]
    older: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip: its diagnosis, what to say, and what puts the value right or how the line is rewritten.

    ``example`` is a line of a program with this slip.
    """

    name: str
    sentence: str
    example: str
    put_right: Callable[[Array, Setting], Iterator[Array]] | None = None
    rewritten: Callable[[ast.stmt, Setting], Iterator[ast.stmt]] | None = None
    early: bool = False
    """Whether it consists in using a weight after its update."""
    scales: bool = False
    """Whether it only changes a factor in front of everything."""
    changes: bool = False
    """Whether it changes more than a factor in front of everything."""


def _times(*factors: float) -> Callable[[Array, Setting], Iterator[Array]]:
    return lambda value, setting: (value * factor for factor in factors)


def _by_divisors(value: Array, setting: Setting) -> Iterator[Array]:
    yield from (value / divisor for divisor in setting.divisors)


def _by_lengths(value: Array, setting: Setting) -> Iterator[Array]:
    yield from (value * float(length) for length in setting.lengths if not setting.divisors)


def _with_slopes(power: int) -> Callable[[Array, Setting], Iterator[Array]]:
    def put_right(value: Array, setting: Setting) -> Iterator[Array]:
        for slope in setting.slopes:
            if np.shape(slope) == np.shape(value) and (power > 0 or np.all(slope != 0)):
                yield value * slope if power > 0 else value / slope

    return put_right


def _turned(value: Array, setting: Setting) -> Iterator[Array]:
    if np.ndim(value) == 2:
        yield np.transpose(value)


def _summed(value: Array, setting: Setting) -> Iterator[Array]:
    for axis in range(np.ndim(value)):
        yield np.sum(value, axis=axis)


# ---- lines written otherwise, each with one change


def _changes(
    change: Callable[[ast.AST, Setting], Iterator[ast.AST]],
) -> Callable[[ast.stmt, Setting], Iterator[ast.stmt]]:
    """The statements in which one part is replaced by one of what ``change`` makes of it."""

    def rewritten(statement: ast.stmt, setting: Setting) -> Iterator[ast.stmt]:
        for position, part in enumerate(ast.walk(statement)):
            for new in change(part, setting):
                yield _with(statement, position, new)

    return rewritten


def _with(statement: ast.stmt, position: int, new: ast.AST) -> ast.stmt:
    """A copy of a statement with another part at a position of its walk."""
    whole = deepcopy(statement)
    old = next(part for at, part in enumerate(ast.walk(whole)) if at == position)

    class Exchange(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> Any:
            return new if node is old else self.generic_visit(node)

    changed: ast.stmt = Exchange().visit(whole)
    return ast.fix_missing_locations(changed)


def _without_transpose(part: ast.AST, setting: Setting) -> Iterator[ast.AST]:
    match part:
        case (
            ast.Attribute(value=inner, attr="T")
            | ast.Call(func=ast.Attribute(value=inner, attr="t" | "transpose"))
        ):
            yield inner


def _with_transpose(part: ast.AST, setting: Setting) -> Iterator[ast.AST]:
    match part:
        case ast.Name(ctx=ast.Load(), id=name) if name in setting.names:
            yield ast.Attribute(value=part, attr="T", ctx=ast.Load())
        case ast.Attribute(ctx=ast.Load(), attr=name) if name in setting.names:
            yield ast.Attribute(value=part, attr="T", ctx=ast.Load())


def _factors_swapped(part: ast.AST, setting: Setting) -> Iterator[ast.AST]:
    match part:
        case ast.Call(func=ast.Attribute(attr="dot" | "matmul" | "mm") as func, args=[one, other]):
            yield ast.Call(func=func, args=[other, one], keywords=[])
        case ast.Call(func=ast.Attribute(value=one, attr="dot" | "matmul" | "mm" as name), args=[other]):
            yield ast.Call(
                func=ast.Attribute(value=other, attr=name, ctx=ast.Load()), args=[one], keywords=[]
            )
        case ast.BinOp(left=one, op=ast.MatMult(), right=other):
            yield ast.BinOp(left=other, op=ast.MatMult(), right=one)


def _other_name(part: ast.AST, setting: Setting) -> Iterator[ast.AST]:
    match part:
        case ast.Name(ctx=ast.Load(), id=name) if name in setting.names:
            for other in setting.names:
                if other != name:
                    yield ast.Name(id=other, ctx=ast.Load())
        case ast.Attribute(ctx=ast.Load(), attr=name, value=ast.Name() as owner) if name in setting.names:
            for other in setting.names:
                if other != name:
                    yield ast.Attribute(value=owner, attr=other, ctx=ast.Load())


def _other_mask(part: ast.AST, setting: Setting) -> Iterator[ast.AST]:
    """The condition of a mask with another variable in it."""
    if isinstance(part, ast.Compare):
        for name in setting.names:
            yield ast.Compare(
                left=ast.Name(id=name, ctx=ast.Load()), ops=part.ops, comparators=part.comparators
            )


_TURNED: dict[type, ast.cmpop] = {ast.Lt: ast.Gt(), ast.LtE: ast.Gt(), ast.Gt: ast.Lt(), ast.GtE: ast.Lt()}


def _turned_mask(part: ast.AST, setting: Setting) -> Iterator[ast.AST]:
    match part:
        case ast.Compare(left=left, ops=[sign], comparators=comparators) if type(sign) in _TURNED:
            yield ast.Compare(left=left, ops=[_TURNED[type(sign)]], comparators=comparators)


def _other_axis(part: ast.AST, setting: Setting) -> Iterator[ast.AST]:
    match part:
        case ast.keyword(arg="axis" | "dim" as name, value=ast.Constant(value=int(axis))):
            yield ast.keyword(arg=name, value=ast.Constant(value=1 - axis if axis in (0, 1) else 0))


def _factor_left_out(part: ast.AST, setting: Setting) -> Iterator[ast.AST]:
    match part:
        case ast.BinOp(left=one, op=ast.Mult(), right=other):
            yield from (one, other)
        case ast.BinOp(left=one, op=ast.Div()):
            yield one


def _sign_turned(part: ast.AST, setting: Setting) -> Iterator[ast.AST]:
    match part:
        case ast.BinOp(left=one, op=ast.Sub(), right=other):
            yield ast.BinOp(left=one, op=ast.Add(), right=other)
        case ast.BinOp(left=one, op=ast.Add(), right=other):
            yield ast.BinOp(left=one, op=ast.Sub(), right=other)
        case ast.AugAssign(target=target, op=ast.Sub(), value=value):
            yield ast.AugAssign(target=target, op=ast.Add(), value=value)


def _as_it_is(statement: ast.stmt, setting: Setting) -> Iterator[ast.stmt]:
    yield statement


SLIPS = (
    Slip("sign-flipped", "the sign is the other way round", "grad_y = 2.0 * (y - y_pred)", _times(-1.0)),
    Slip("factor-half", "a factor 2 is missing", "grad_y = y_pred - y", _times(2.0), scales=True),
    Slip("factor-2", "there is a factor 2 too many", "grad_y = 4.0 * (y_pred - y)", _times(0.5), scales=True),
    Slip(
        "mean-omitted",
        "the loss is a mean, and a number that it is divided by is missing here",
        "grad_y = 2.0 * (y_pred - y)",
        _by_divisors,
        scales=True,
    ),
    Slip(
        "mean-not-meant",
        "it is divided by a number of samples, as the derivative of a mean would be, but the loss is a sum",
        "grad_y = 2.0 * (y_pred - y) / len(y)",
        _by_lengths,
        scales=True,
    ),
    Slip(
        "wrong-axis",
        "it is summed along another axis",
        "db = np.sum(dz, axis=1)",
        None,
        _changes(_other_axis),
    ),
    Slip("transposed", "it is transposed", "grad_w1 = grad_h.T.dot(x)", _turned),
    Slip("transposed", "a transpose is missing", "grad_h = grad_y.dot(w2)", None, _changes(_with_transpose)),
    Slip("transposed", "there is a transpose too many", "grad_y = g.T", None, _changes(_without_transpose)),
    Slip(
        "factors-swapped",
        "the factors of the product are swapped",
        "grad_w = g.dot(x.T)",
        None,
        _changes(_factors_swapped),
    ),
    Slip("slope-omitted", "the slope of the activation is missing", "grad_z = grad_a", _with_slopes(1)),
    Slip("slope-twice", "the slope of the activation is in it twice", "grad_z = g * s * s", _with_slopes(-1)),
    Slip(
        "updated-weight-used-early",
        "a weight is used that was updated before",
        "w2 -= lr * grad_w2; grad_h = grad_y.dot(w2.T)",
        None,
        _as_it_is,
        early=True,
    ),
    Slip(
        "mask-turned",
        "the mask keeps what it should clear",
        "grad_h[h > 0] = 0",
        None,
        _changes(_turned_mask),
    ),
    Slip(
        "wrong-mask", "the mask is made of another variable", "grad_h[x < 0] = 0", None, _changes(_other_mask)
    ),
    Slip(
        "wrong-variable",
        "another variable belongs there",
        "grad_w2 = x.T.dot(grad_y)",
        None,
        _changes(_other_name),
    ),
    Slip("samples-not-summed", "it is not summed over the samples", "db = dz", _summed),
    Slip(
        "factor-too-many",
        "there is a factor too many",
        "dw = x.T.dot(dz) * lr",
        None,
        _changes(_factor_left_out),
        changes=True,
    ),
    Slip(
        "sign-flipped",
        "a sign in it is the other way round",
        "dw = x * dz - reg * w",
        None,
        _changes(_sign_turned),
    ),
)
