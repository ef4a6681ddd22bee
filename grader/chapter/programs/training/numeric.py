"""NUMERIC: one row for each function that derivatives pass through, by its name in any array library."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.chapter.programs.operations import BY_NAME, OPERATIONS, reduction, reshaped
from grader.chapter.programs.tracked import Operation
from grader.chapter.programs.training.tape import plain, stacked
from grader.chapter.programs.values import MAX_ENTRIES, Unread, checked, size_of

_LIBRARIES = "numpy torch torch.nn.functional math Array Tracked scipy.special numpy.linalg torch.linalg"
LIBRARIES = frozenset(_LIBRARIES.split())
"""Where these functions stand; the same name means the same in all of them."""

ADD, SUBTRACT, TIMES, DIVIDE = (BY_NAME[name] for name in ("add", "subtract", "multiply", "divide"))
EXP, LOG, SQRT, SQUARE = (BY_NAME[name] for name in ("exp", "log", "sqrt", "square"))


def as_one(value: Any) -> Any:
    """A list of numbers as an array; all else as it is."""
    value = stacked(value) if isinstance(value, list | tuple) else value
    if size_of(plain(value)) > MAX_ENTRIES:
        raise Unread(f"something has more than {MAX_ENTRIES} entries")
    return value


def _elementwise(row: Operation) -> Callable[..., Any]:
    def apply(*values: Any, dtype: Any = None) -> Any:
        return row(*map(as_one, values))

    return apply


# ---- along axes


def _axis(axis: Any, dim: Any) -> Any:
    axis = plain(axis if axis is not None else dim)
    return tuple(axis) if isinstance(axis, list) else axis


def _reduced(total: Callable[..., Any], mean: bool = False) -> Callable[..., Any]:
    def apply(
        value: Any,
        axis: Any = None,
        keepdims: Any = False,
        dim: Any = None,
        keepdim: Any = False,
        dtype: Any = None,
    ) -> Any:
        keeps = bool(plain(keepdims) or plain(keepdim))
        return reduction(total, _axis(axis, dim), keeps, mean)(as_one(value))

    return apply


SUM, MEAN = _reduced(np.sum), _reduced(np.mean, mean=True)


def _extreme(pick: Callable[..., Any]) -> Callable[..., Any]:
    """The largest or smallest entry along an axis, to which the whole derivative goes."""

    def apply(value: Any, axis: Any = None, keepdims: Any = False) -> Any:
        axis, keeps = plain(axis), bool(plain(keepdims))

        def pull(message: Any, result: Any, array: Any) -> tuple[Any, ...]:
            whole = pick(array, axis=axis, keepdims=True)
            hit = np.asarray(array) == whole
            message = message if keeps or axis is None else np.expand_dims(message, axis)
            return (np.broadcast_to(message, np.shape(array)) * hit / hit.sum(axis=axis, keepdims=True),)

        return Operation("extreme", lambda array: pick(array, axis=axis, keepdims=keeps), pull)(as_one(value))

    return apply


def _spread(root: bool) -> Callable[..., Any]:
    def apply(value: Any, axis: Any = None, keepdims: Any = False, ddof: Any = 0, dim: Any = None) -> Any:
        value = as_one(value)
        axis = _axis(axis, dim)
        gaps = SQUARE(SUBTRACT(value, MEAN(value, axis, True)))
        count = np.size(plain(value)) / np.size(plain(SUM(value, axis)))
        spread = DIVIDE(SUM(gaps, axis, keepdims), count - plain(ddof))
        return SQRT(spread) if root else spread

    return apply


def _norm(value: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    if plain(ord) not in (None, 2):
        raise Unread("a norm of this kind is not read")
    return SQRT(SUM(SQUARE(as_one(value)), axis, keepdims))


# ---- functions made of others


def _softmax(value: Any, dim: Any = None, axis: Any = None) -> Any:
    powers = EXP(as_one(value))
    axis = _axis(axis, dim)
    return DIVIDE(powers, SUM(powers, -1 if axis is None else axis, True))


def _cross_entropy(scores: Any, labels: Any) -> Any:
    from grader.chapter.programs.operations import taken

    labels = np.asarray(plain(labels))
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise Unread("labels that are no whole numbers")
    chosen = taken((np.arange(len(labels)), labels))(LOG(_softmax(scores, 1)))
    return BY_NAME["negate"](MEAN(chosen))


def _mean_square(first: Any, second: Any) -> Any:
    return MEAN(SQUARE(SUBTRACT(first, second)))


def _leaky(value: Any, negative_slope: Any = 0.01) -> Any:
    return _where(plain(value) > 0, value, TIMES(value, negative_slope))


def _clip(value: Any, low: Any = None, high: Any = None, min: Any = None, max: Any = None) -> Any:
    low, high = low if low is not None else min, high if high is not None else max
    value = as_one(value)
    value = BY_NAME["maximum"](value, low) if low is not None else value
    return BY_NAME["minimum"](value, high) if high is not None else value


def _where(condition: Any, first: Any, second: Any) -> Any:
    chosen = np.asarray(plain(condition)).astype(bool)

    def pull(message: Any, result: Any, one: Any, other: Any) -> tuple[Any, ...]:
        return message * chosen, message * ~chosen

    return Operation("where", lambda one, other: np.where(chosen, one, other), pull)(
        as_one(first), as_one(second)
    )


# ---- the same entries in another shape


def _shaped(value: Any, *shape: Any) -> Any:
    value = as_one(value)
    sizes = plain(shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape)
    return reshaped(tuple(sizes))(value)


def _in_shape(shape: Callable[..., tuple[int, ...]]) -> Callable[..., Any]:
    def apply(value: Any, *where: Any, axis: Any = None, dim: Any = None) -> Any:
        value = as_one(value)
        axis = where[0] if where else _axis(axis, dim)
        return reshaped(shape(np.asarray(plain(value)), plain(axis)))(value)

    return apply


def _transposed(value: Any, *axes: Any) -> Any:
    value = as_one(value)
    if axes and (np.ndim(plain(value)) != 2 or set(plain(axes)) - {0, 1, -1, -2}):
        raise Unread("axes moved in a way that is not read")
    return BY_NAME["transpose"](value)


def _copied(value: Any, *more: Any, dtype: Any = None, ndmin: Any = 0, copy: Any = True) -> Any:
    value = as_one(value)
    if ndmin:
        raise Unread("an array of at least so many axes is not read")
    copy_of = Operation(
        "copy", lambda array: np.array(array) if np.ndim(array) else array, lambda m, r, a: (m,)
    )
    return copy_of(value)


def _kept(value: Any, *more: Any, dtype: Any = None) -> Any:
    return as_one(value)


def _outer(first: Any, second: Any) -> Any:
    first, second = as_one(first), as_one(second)
    checked(range(min(np.size(plain(first)) * np.size(plain(second)), MAX_ENTRIES + 1)))
    return TIMES(reshaped((-1, 1))(first), reshaped((1, -1))(second))


def _joined(axis_of: Callable[[Any], int], vectors: Callable[[Any], Any] = as_one) -> Callable[..., Any]:
    """Arrays beside or below one another."""

    def apply(parts: Any, *where: Any, axis: Any = 0, dim: Any = 0) -> Any:
        pieces = [vectors(as_one(part)) for part in parts]
        along = axis_of(plain(where[0] if where else axis or dim))
        cuts = np.cumsum([np.shape(plain(piece))[along] for piece in pieces])[:-1]

        def pull(message: Any, result: Any, *arrays: Any) -> tuple[Any, ...]:
            return tuple(np.split(message, cuts, axis=along))

        return Operation("join", lambda *arrays: np.concatenate(arrays, axis=along), pull)(*pieces)

    return apply


def _as_rows(value: Any) -> Any:
    return value if np.ndim(plain(value)) > 1 else reshaped((1, -1))(value)


def _as_columns(value: Any) -> Any:
    return value if np.ndim(plain(value)) > 1 else reshaped((-1, 1))(value)


def _stack(parts: Any, axis: Any = 0, dim: Any = 0) -> Any:
    if plain(axis) or plain(dim):
        raise Unread("arrays stacked in a way that is not read")
    return stacked(list(parts))


NUMERIC: dict[str, Callable[..., Any]] = {
    **{spelling.rpartition(".")[2]: _elementwise(row) for row in OPERATIONS for spelling in row.spellings},
    "sum": SUM,
    "mean": MEAN,
    "average": MEAN,
    "max": _extreme(np.max),
    "amax": _extreme(np.max),
    "min": _extreme(np.min),
    "amin": _extreme(np.min),
    "var": _spread(root=False),
    "std": _spread(root=True),
    "norm": _norm,
    "softmax": _softmax,
    "log_softmax": lambda value, dim=None, axis=None: LOG(_softmax(value, dim, axis)),
    "cross_entropy": _cross_entropy,
    "mse_loss": _mean_square,
    "log1p": lambda value: LOG(ADD(1.0, as_one(value))),
    "expm1": lambda value: SUBTRACT(EXP(as_one(value)), 1.0),
    "log2": lambda value: DIVIDE(LOG(as_one(value)), math.log(2)),
    "log10": lambda value: DIVIDE(LOG(as_one(value)), math.log(10)),
    "softplus": lambda value: LOG(ADD(1.0, EXP(as_one(value)))),
    "leaky_relu": _leaky,
    "clip": _clip,
    "clamp": _clip,
    "where": _where,
    "pow": _elementwise(BY_NAME["power"]),
    "fabs": _elementwise(BY_NAME["absolute"]),
    "reshape": _shaped,
    "view": _shaped,
    "ravel": _in_shape(lambda array, axis: (array.size,)),
    "squeeze": _in_shape(lambda array, axis: np.squeeze(array, axis=axis).shape),
    "unsqueeze": _in_shape(lambda array, axis: np.expand_dims(array, axis).shape),
    "expand_dims": _in_shape(lambda array, axis: np.expand_dims(array, axis).shape),
    "transpose": _transposed,
    "flatten": lambda value: _copied(_shaped(value, -1)),
    "copy": _copied,
    "clone": _copied,
    "array": _copied,
    "tensor": _copied,
    "Tensor": _copied,
    "FloatTensor": _copied,
    "from_numpy": _kept,
    "asarray": _kept,
    "astype": _copied,
    "float": _kept,
    "double": _kept,
    "item": _kept,
    "contiguous": _kept,
    "outer": _outer,
    "concatenate": _joined(lambda axis: axis),
    "cat": _joined(lambda axis: axis),
    "vstack": _joined(lambda axis: 0, _as_rows),
    "hstack": _joined(lambda axis: -1),
    "column_stack": _joined(lambda axis: 1, _as_columns),
    "stack": _stack,
}
