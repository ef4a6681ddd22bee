"""KNOWN: one row for each library function that may stand in the code of a page, by its full name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from grader.chapter.programs import operations
from grader.chapter.programs.operations import bounded, reduction, reshaped
from grader.chapter.programs.tracked import TENSORS, VALUES, Tracked, detached
from grader.chapter.programs.values import (
    MAX_ENTRIES,
    Class,
    Instance,
    Known,
    Module,
    Unknown,
    Unread,
    entries,
    is_number,
    size_of,
)

ALIASES = {
    "np": "numpy",
    "numpy": "numpy",
    "math": "math",
    "torch": "torch",
    "F": "torch.nn.functional",
    "nn": "torch.nn",
    "random": "random",
    "plt": "matplotlib.pyplot",
    "tf": "tensorflow",
    "pd": "pandas",
}
"""What a page means by these where it does not say so."""

SOURCES = {
    "numpy.random": "it depends on random numbers",
    "random": "it depends on random numbers",
    "torch.rand": "it depends on random numbers",
    "torch.normal": "it depends on random numbers",
    "torch.nn": "it depends on random initial weights",
    "micrograd.nn": "it depends on random initial weights",
    "input": "it depends on what is typed in",
    "open": "it depends on a file",
    "pandas": "it depends on a file",
    "requests": "it depends on the network",
    "urllib": "it depends on the network",
    "time": "it depends on the time",
    "datetime": "it depends on the time",
}
"""Where values come from that do not stand on the page, by the beginning of a name."""

HARMLESS = ("matplotlib", "seaborn", "IPython", "time", "warnings", "sys", "os", "numpy.set_printoptions")
"""What changes nothing that it is given."""


def why_unknown(path: str) -> str:
    """Why a function is not read."""
    found = next((reason for start, reason in SOURCES.items() if path.startswith(start)), None)
    return found or f"{path} is not read"


# ---- making arrays


def array(value: Any, dtype: Any = None, ndmin: int = 0) -> Any:
    """An array of numbers; raises `Unread` for anything else in it."""
    if entries(value) is None:
        raise Unread(_reason_in(value))
    made = np.array(_plain(value), dtype=_dtype(dtype), ndmin=ndmin)
    if made.dtype.kind not in "fibu":
        raise Unread("an array that does not hold numbers in rows")
    return made


def _same_array(value: Any, dtype: Any = None) -> Any:
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


def _dtype(dtype: Any) -> type | None:
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


def _filled(value: float) -> Callable[..., Any]:
    return lambda *shape, dtype=None: np.full(_shape(*shape), value, dtype=_dtype(dtype) or float)


def _full(shape: Any, value: Any, dtype: Any = None) -> Any:
    return np.full(_shape(shape), value, dtype=_dtype(dtype))


def _linspace(start: float, stop: float, num: int = 50) -> Any:
    return np.linspace(start, stop, _shape(num)[0])


def _arange(*ends: Any) -> Any:
    start, stop, step = (ends[0], ends[1], *ends[2:], 1)[:3] if len(ends) > 1 else (0, ends[0], 1)
    _shape(int(abs((stop - start) / step)) + 1)
    return np.arange(start, stop, step)


def _eye(size: int) -> Any:
    return np.eye(_shape(size, size)[0])


# ---- sums and the like, which gradients pass through


def _reduced(total: Callable[..., Any], mean: bool) -> Callable[..., Any]:
    def apply(
        value: Any, axis: Any = None, keepdims: bool = False, dim: Any = None, keepdim: bool = False
    ) -> Any:
        axis = axis if axis is not None else dim
        return reduction(total, axis, bool(keepdims or keepdim), mean)(_as_array(value))

    return apply


def _as_array(value: Any) -> Any:
    return array(value) if isinstance(value, list | tuple) else value


def _reshape(value: Any, *shape: Any) -> Any:
    value = _as_array(value)
    return reshaped(_shape(*shape))(value)


def _along(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function along an axis, for plain arrays only."""

    def apply(value: Any, axis: Any = None, keepdims: bool = False) -> Any:
        more = {"keepdims": True} if keepdims else {}
        return function(_without_gradient(_as_array(value)), axis=axis, **more)

    return apply


def _only_plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that no gradient is passed through here."""

    def apply(*values: Any) -> Any:
        plain = [_without_gradient(_as_array(value)) for value in values]
        return function(*plain)

    return apply


def _without_gradient(value: Any) -> Any:
    if isinstance(value, Tracked):
        if value.needs:
            raise Unread("the gradient of this function is not read")
        return value.data
    return value


def _softmax(value: Any, dim: Any = None) -> Any:
    value = _as_array(value)
    axis = dim if dim is not None else -1
    powers = operations.BY_NAME["exp"](value)
    return operations.BY_NAME["divide"](powers, reduction(np.sum, axis, True, False)(powers))


def _mse(first: Any, second: Any) -> Any:
    gap = operations.BY_NAME["subtract"](first, second)
    return reduction(np.mean, None, False, True)(operations.BY_NAME["multiply"](gap, gap))


def _joined(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(parts: Any, **keywords: Any) -> Any:
        arrays = [_without_gradient(_as_array(part)) for part in parts]
        if sum(size_of(part) for part in arrays) > MAX_ENTRIES:
            raise Unread("an array is too large")
        return function(arrays, **keywords)

    return apply


def _outer(first: Any, second: Any) -> Any:
    _shape(np.size(first), np.size(second))
    return np.outer(first, second)


# ---- tracked numbers


def _tensor(value: Any, dtype: Any = None, requires_grad: bool = False) -> Tracked:
    made = array(value, _dtype(dtype) and "float" if _dtype(dtype) is float else dtype)
    return Tracked(made, TENSORS, bool(requires_grad))


def _value(value: Any, *more: Any, label: str = "") -> Tracked:
    if more or not is_number(value):
        raise Unread("a Value of this kind is not read")
    return Tracked(value, VALUES)


def _tensor_of(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *shape, requires_grad=False, dtype=None: Tracked(
        function(*shape, dtype=dtype), TENSORS, bool(requires_grad)
    )


def _item(tracked: Tracked) -> Any:
    """What a tensor holds, as a plain number where it is one."""
    data = tracked.data
    return data.item() if isinstance(data, np.ndarray) and data.size == 1 else data


# ---- Python's own


def _range(*ends: Any) -> range:
    return range(*ends)


def _listed(kind: type) -> Callable[..., Any]:
    def apply(values: Any = ()) -> Any:
        return kind(listed(values))

    return apply


def listed(values: Any) -> list[Any]:
    """What one iterates over; raises `Unread` for what is too long or not known."""
    if isinstance(values, Tracked):
        return [operations.taken(index)(values) for index in range(len(values.data))]
    if not isinstance(values, list | tuple | str | dict | set | range | np.ndarray):
        raise Unread("what is iterated over is not known")
    if len(values) > MAX_ENTRIES:
        raise Unread(f"something has more than {MAX_ENTRIES} entries")
    return list(values)


def _sum(values: Any, start: Any = 0) -> Any:
    total = start
    for value in listed(values):
        total = operations.BY_NAME["add"](total, known(value))
    return total


def known(value: Any) -> Any:
    """A value that is not `Unknown`; raises `Unread` with its reason otherwise."""
    if isinstance(value, Unknown):
        raise Unread(value.reason)
    return value


def _largest(pick: Callable[..., Any]) -> Callable[..., Any]:
    def apply(*values: Any) -> Any:
        several = listed(values[0]) if len(values) == 1 else list(values)
        if not all(is_number(value) for value in several):
            raise Unread("the largest or smallest of these is not known")
        return pick(several)

    return apply


def _zip(*rows: Any) -> list[Any]:
    return list(zip(*map(listed, rows), strict=False))


def _enumerate(values: Any, start: int = 0) -> list[Any]:
    return list(enumerate(listed(values), start))


def _map(reader: Any, function: Any, *rows: Any) -> list[Any]:
    return [reader.call(function, list(values), {}) for values in _zip(*rows)]


def _round(value: Any, digits: Any = None) -> Any:
    return round(_number(value), digits)


def _number(value: Any) -> Any:
    value = value.item() if isinstance(value, np.ndarray) and value.size == 1 else detached(value)
    if not is_number(value):
        raise Unread("this is no single number")
    return value


def _len(value: Any) -> int:
    return len(_as_sized(value))


def _as_sized(value: Any) -> Any:
    value = detached(value)
    if not isinstance(value, list | tuple | str | dict | set | range | np.ndarray):
        raise Unread("its length is not known")
    return value


def _sorted(values: Any, reverse: bool = False) -> list[Any]:
    several = listed(values)
    if not all(is_number(value) for value in several) and not all(isinstance(v, str) for v in several):
        raise Unread("the order of these is not known")
    return sorted(several, reverse=reverse)


def _isinstance(value: Any, kind: Any) -> bool:
    """Whether a value is of a kind; raises `Unread` for kinds whose members are not told apart here."""
    if isinstance(kind, tuple):
        return any(_isinstance(value, one) for one in kind)
    if isinstance(kind, Class):
        return isinstance(value, Instance) and value.kind is kind
    if isinstance(kind, Known) and kind.name in KINDS:
        return isinstance(value, KINDS[kind.name])
    raise Unread("a kind of value that is not read")


KINDS: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (float,),
    "list": (list,),
    "tuple": (tuple,),
    "micrograd.engine.Value": (Tracked,),
}

AXES = ("axis", "keepdims")
DIMS = ("dim", "keepdim")


def _rows(names: str, make: Callable[..., Any], *keywords: str) -> Iterator[Known]:
    for name in names.split():
        yield Known(name, make, frozenset(keywords))


def _each(library: str, names: str, wrap: Callable[[Any], Any], *keywords: str) -> Iterator[Known]:
    """Functions that NumPy has under the same names."""
    for name in names.split():
        yield Known(f"{library}.{name}", wrap(getattr(np, name)), frozenset(keywords))


OF_MATH = "exp log log10 log2 log1p expm1 sqrt tanh sin cos tan sinh cosh pow fabs floor ceil erf"


def _of_math() -> Iterator[Known]:
    for name in OF_MATH.split():
        function = getattr(math, name)
        yield Known(f"math.{name}", lambda *values, call=function: call(*map(_number, values)))


def _of_operations() -> Iterator[Known]:
    for row in operations.OPERATIONS:
        for spelling in row.spellings:
            yield Known(spelling, _bounded(row))


def _bounded(row: Callable[..., Any]) -> Callable[..., Any]:
    def apply(*values: Any) -> Any:
        values = tuple(_as_array(value) for value in values)
        bounded(*values)
        return row(*values)

    return apply


ALONG = "max min amax amin argmax argmin std var prod cumsum median"

KNOWN: dict[str, Known] = {
    row.name: row
    for row in (
        *_of_operations(),
        *_of_math(),
        *_rows("numpy.array numpy.float64 numpy.float32", array, "dtype", "ndmin"),
        *_rows("numpy.asarray", _same_array, "dtype"),
        *_rows("numpy.zeros", _filled(0.0), "dtype"),
        *_rows("numpy.ones", _filled(1.0), "dtype"),
        *_rows("numpy.full", _full, "dtype"),
        *_rows("numpy.linspace", _linspace, "num"),
        *_rows("numpy.arange", _arange),
        *_rows("numpy.eye numpy.identity", _eye),
        *_rows("numpy.outer", _outer),
        *_rows("numpy.sum Array.sum", _reduced(np.sum, False), *AXES),
        *_rows("torch.sum Tracked.sum", _reduced(np.sum, False), *AXES, *DIMS),
        *_rows("numpy.mean Array.mean numpy.average", _reduced(np.mean, True), *AXES),
        *_rows("torch.mean Tracked.mean", _reduced(np.mean, True), *AXES, *DIMS),
        *_rows("numpy.reshape Array.reshape Tracked.reshape Tracked.view torch.reshape", _reshape),
        *_each("numpy", ALONG, _along, *AXES),
        *_each("Array", "max min argmax argmin std var prod cumsum", _along, *AXES),
        *_each("numpy", "sign floor ceil log2 log10 log1p expm1 clip where ravel", _only_plain),
        *_each("numpy", "zeros_like ones_like diag squeeze shape size heaviside tan", _only_plain),
        *_each("numpy", "cross inner greater greater_equal less less_equal isclose", _only_plain),
        *_each("numpy", "concatenate vstack hstack stack", _joined, "axis"),
        *_rows("numpy.round numpy.around Array.round", _only_plain(np.round), "decimals"),
        *_rows("numpy.linalg.norm", _only_plain(np.linalg.norm)),
        *_rows("numpy.expand_dims", _only_plain(np.expand_dims), "axis"),
        *_rows("numpy.copy Array.copy", _only_plain(np.array)),
        *_rows("Array.flatten", _only_plain(lambda array: array.flatten())),
        *_rows("Array.ravel", _only_plain(np.ravel)),
        *_rows("Array.squeeze", _only_plain(np.squeeze)),
        *_rows("Array.clip", _only_plain(np.clip)),
        *_rows("Array.tolist", lambda array: array.tolist()),
        *_rows("Array.item", _number),
        *_rows("Array.astype", lambda value, dtype: value.astype(_dtype(dtype))),
        *_rows("torch.tensor", _tensor, "dtype", "requires_grad"),
        *_rows("torch.Tensor torch.FloatTensor torch.from_numpy torch.as_tensor", _tensor),
        *_rows("torch.zeros", _tensor_of(_filled(0.0)), "dtype", "requires_grad"),
        *_rows("torch.ones", _tensor_of(_filled(1.0)), "dtype", "requires_grad"),
        *_rows("torch.softmax torch.nn.functional.softmax Tracked.softmax", _softmax, "dim"),
        *_rows("torch.nn.functional.mse_loss", _mse),
        *_rows("micrograd.engine.Value", _value, "label"),
        *_rows("Tracked.item Tracked.tolist Tracked.numpy", _item),
        *_rows("Tracked.detach", lambda tracked: Tracked(tracked.data, tracked.family, False)),
        *_rows("range", _range),
        *_rows("list", _listed(list)),
        *_rows("tuple", _listed(tuple)),
        *_rows("set", _listed(set)),
        *_rows("reversed", lambda values: listed(values)[::-1]),
        *_rows("sorted", _sorted, "reverse"),
        *_rows("sum", _sum, "start"),
        *_rows("max", _largest(max)),
        *_rows("min", _largest(min)),
        *_rows("abs", lambda value: operations.BY_NAME["absolute"](value)),
        *_rows("round", _round, "ndigits"),
        *_rows("len", _len),
        *_rows("isinstance", _isinstance),
        *_rows("zip", _zip),
        *_rows("enumerate", _enumerate, "start"),
        *_rows("float", lambda value=0.0: float(_number(value))),
        *_rows("int", lambda value=0: int(_number(value))),
        *_rows("bool", lambda value=False: bool(_number(value))),
        *_rows("pow", lambda base, exponent: operations.BY_NAME["power"](base, exponent)),
        Known("map", _map, calls=True),
    )
}


CONSTANTS: dict[str, Any] = {
    "math.pi": math.pi,
    "math.e": math.e,
    "math.inf": math.inf,
    "numpy.pi": math.pi,
    "numpy.e": math.e,
    "numpy.inf": math.inf,
    "numpy.newaxis": None,
    "__name__": "__main__",
}


def resolve(path: str) -> Any:
    """What a full name stands for: a constant, a known function, a part of a library, or `Unknown`."""
    if path in CONSTANTS:
        return CONSTANTS[path]
    if path in KNOWN:
        return KNOWN[path]
    return Module(path)
