"""What the functions of array libraries do, on arrays and on tracked numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.chapter.programs import operations
from grader.chapter.programs.operations import reduction, reshaped
from grader.chapter.programs.tracked import TENSORS, VALUES, Tracked, detached
from grader.chapter.programs.values import (
    MAX_ENTRIES,
    Known,
    Module,
    Unknown,
    Unread,
    entries,
    is_number,
    size_of,
)


def array(value: Any, dtype: Any = None, ndmin: int = 0) -> Any:
    """An array of numbers; raises `Unread` for anything else in it."""
    if entries(value) is None:
        raise Unread(_reason_in(value))
    made = np.array(_plain(value), dtype=dtype_of(dtype), ndmin=ndmin)
    if made.dtype.kind not in "fibu":
        raise Unread("an array that does not hold numbers in rows")
    return made


def same_array(value: Any, dtype: Any = None) -> Any:
    """An array stays the same one, so that later changes of it are seen."""
    return value if isinstance(value, np.ndarray) and dtype is None else array(value, dtype)


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return detached(value)


def _reason_in(value: Any) -> str:
    parts = list(value) if isinstance(value, list | tuple) else []
    found = next((part.reason for part in parts if isinstance(part, Unknown)), None)
    return found or "an array that does not hold numbers"


def dtype_of(dtype: Any) -> type | None:
    """Whole numbers stay whole; all others are computed with as float64, whatever their size."""
    if dtype is None:
        return None
    word = dtype.name if isinstance(dtype, Known) else dtype.path if isinstance(dtype, Module) else str(dtype)
    word = word.rpartition(".")[2]
    if word.startswith(("float", "double")):
        return float
    if word.startswith(("int", "long")):
        return int
    raise Unread(f"arrays of {word} are not read")


def _shape(*shape: Any) -> tuple[int, ...]:
    """A shape, given as one tuple or as several numbers; raises `Unread` for a large one."""
    sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
    if not all(isinstance(size, int) for size in sizes) or len(sizes) > 4:
        raise Unread("a shape is not known")
    if math.prod(abs(size) for size in sizes) > MAX_ENTRIES or any(abs(s) > MAX_ENTRIES for s in sizes):
        raise Unread(f"an array has more than {MAX_ENTRIES} entries")
    return tuple(sizes)


def filled(value: float) -> Callable[..., Any]:
    return lambda *shape, dtype=None: np.full(_shape(*shape), value, dtype=dtype_of(dtype) or float)


def full(shape: Any, value: Any, dtype: Any = None) -> Any:
    return np.full(_shape(shape), value, dtype=dtype_of(dtype))


def linspace(start: float, stop: float, num: int = 50) -> Any:
    return np.linspace(start, stop, _shape(num)[0])


def arange(*ends: Any) -> Any:
    start, stop, step = (ends[0], ends[1], *ends[2:], 1)[:3] if len(ends) > 1 else (0, ends[0], 1)
    _shape(int(abs((stop - start) / step)) + 1)
    return np.arange(start, stop, step)


def eye(size: int) -> Any:
    return np.eye(_shape(size, size)[0])


# ---- sums and the like, which gradients pass through


def reduced(total: Callable[..., Any], mean: bool) -> Callable[..., Any]:
    def apply(
        value: Any, axis: Any = None, keepdims: bool = False, dim: Any = None, keepdim: bool = False
    ) -> Any:
        axis = axis if axis is not None else dim
        return reduction(total, axis, bool(keepdims or keepdim), mean)(as_array(value))

    return apply


def as_array(value: Any) -> Any:
    return array(value) if isinstance(value, list | tuple) else value


def reshape(value: Any, *shape: Any) -> Any:
    value = as_array(value)
    return reshaped(_shape(*shape))(value)


def along(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function along an axis, for plain arrays only."""

    def apply(value: Any, axis: Any = None, keepdims: bool = False) -> Any:
        more = {"keepdims": True} if keepdims else {}
        return function(_without_gradient(as_array(value)), axis=axis, **more)

    return apply


def only_plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that no gradient is passed through here."""

    def apply(*values: Any) -> Any:
        plain = [_without_gradient(as_array(value)) for value in values]
        return function(*plain)

    return apply


def _without_gradient(value: Any) -> Any:
    if isinstance(value, Tracked):
        if value.needs:
            raise Unread("the gradient of this function is not read")
        return value.data
    return value


def softmax(value: Any, dim: Any = None) -> Any:
    value = as_array(value)
    axis = dim if dim is not None else -1
    powers = operations.BY_NAME["exp"](value)
    return operations.BY_NAME["divide"](powers, reduction(np.sum, axis, True, False)(powers))


def mse(first: Any, second: Any) -> Any:
    gap = operations.BY_NAME["subtract"](first, second)
    return reduction(np.mean, None, False, True)(operations.BY_NAME["multiply"](gap, gap))


def joined(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(parts: Any, **keywords: Any) -> Any:
        arrays = [_without_gradient(as_array(part)) for part in parts]
        if sum(size_of(part) for part in arrays) > MAX_ENTRIES:
            raise Unread("an array is too large")
        return function(arrays, **keywords)

    return apply


def outer(first: Any, second: Any) -> Any:
    _shape(np.size(first), np.size(second))
    return np.outer(first, second)


# ---- tracked numbers


def tensor(value: Any, dtype: Any = None, requires_grad: bool = False) -> Tracked:
    made = array(value, dtype_of(dtype) and "float" if dtype_of(dtype) is float else dtype)
    return Tracked(made, TENSORS, bool(requires_grad))


def small_value(value: Any, *more: Any, label: str = "") -> Tracked:
    if more or not is_number(value):
        raise Unread("a Value of this kind is not read")
    return Tracked(value, VALUES)


def tensor_of(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *shape, requires_grad=False, dtype=None: Tracked(
        function(*shape, dtype=dtype), TENSORS, bool(requires_grad)
    )


def item_of(tracked: Tracked) -> Any:
    """What a tensor holds, as a plain number where it is one."""
    data = tracked.data
    return data.item() if isinstance(data, np.ndarray) and data.size == 1 else data
