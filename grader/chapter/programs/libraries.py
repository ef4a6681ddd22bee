"""KNOWN: one row for each library function that may stand in the code of a page, by its full name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from grader.chapter.programs import operations
from grader.chapter.programs.arrays import (
    along,
    arange,
    array,
    as_array,
    dtype_of,
    eye,
    filled,
    full,
    item_of,
    joined,
    linspace,
    mse,
    only_plain,
    outer,
    reduced,
    reshape,
    same_array,
    small_value,
    softmax,
    tensor,
    tensor_of,
)
from grader.chapter.programs.builtin import (
    counted,
    enumerated,
    in_order,
    is_kind,
    largest,
    length,
    listed,
    made_into,
    mapped,
    rounded,
    single,
    total,
    zipped,
)
from grader.chapter.programs.formats import Text, few, shown
from grader.chapter.programs.operations import bounded, reshaped
from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.values import (
    Known,
    Module,
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


_QUIET = "std var max min argmax argmin norm size type long float double cpu to numpy detach view"
QUIET = frozenset(_QUIET.split())
"""Methods of arrays and tensors that change nothing, whether they are read or not."""


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
        yield Known(f"math.{name}", lambda *values, call=function: call(*map(single, values)))


def _of_operations() -> Iterator[Known]:
    for row in operations.OPERATIONS:
        for spelling in row.spellings:
            yield Known(spelling, _bounded(row))


def _bounded(row: Callable[..., Any]) -> Callable[..., Any]:
    def apply(*values: Any) -> Any:
        values = tuple(as_array(value) for value in values)
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
        *_rows("numpy.asarray", same_array, "dtype"),
        *_rows("numpy.zeros", filled(0.0), "dtype"),
        *_rows("numpy.ones", filled(1.0), "dtype"),
        *_rows("numpy.full", full, "dtype"),
        *_rows("numpy.linspace", linspace, "num"),
        *_rows("numpy.arange", arange),
        *_rows("numpy.eye numpy.identity", eye),
        *_rows("numpy.outer", outer),
        *_rows("numpy.sum Array.sum", reduced(np.sum, False), *AXES),
        *_rows("torch.sum Tracked.sum", reduced(np.sum, False), *AXES, *DIMS),
        *_rows("numpy.mean Array.mean numpy.average", reduced(np.mean, True), *AXES),
        *_rows("torch.mean Tracked.mean", reduced(np.mean, True), *AXES, *DIMS),
        *_rows("numpy.reshape Array.reshape Tracked.reshape Tracked.view torch.reshape", reshape),
        *_each("numpy", ALONG, along, *AXES),
        *_each("Array", "max min argmax argmin std var prod cumsum", along, *AXES),
        *_each("numpy", "sign floor ceil log2 log10 log1p expm1 clip where ravel", only_plain),
        *_each("numpy", "zeros_like ones_like diag squeeze shape size heaviside tan", only_plain),
        *_each("numpy", "cross inner greater greater_equal less less_equal isclose", only_plain),
        *_each("numpy", "concatenate vstack hstack stack", joined, "axis"),
        *_rows("numpy.round numpy.around Array.round", only_plain(np.round), "decimals"),
        *_rows("numpy.linalg.norm", only_plain(np.linalg.norm)),
        *_rows("numpy.expand_dims", only_plain(np.expand_dims), "axis"),
        *_rows("numpy.copy Array.copy", only_plain(np.array)),
        *_rows("Array.flatten", only_plain(lambda array: array.flatten())),
        *_rows("Array.ravel", only_plain(np.ravel)),
        *_rows("Array.squeeze", only_plain(np.squeeze)),
        *_rows("Array.clip", only_plain(np.clip)),
        *_rows("Array.tolist", lambda array: array.tolist()),
        *_rows("Array.item", single),
        *_rows("Array.astype", lambda value, dtype: value.astype(dtype_of(dtype))),
        *_rows("torch.tensor", tensor, "dtype", "requires_grad"),
        *_rows("torch.Tensor torch.FloatTensor torch.from_numpy torch.as_tensor", tensor),
        *_rows("torch.zeros", tensor_of(filled(0.0)), "dtype", "requires_grad"),
        *_rows("torch.ones", tensor_of(filled(1.0)), "dtype", "requires_grad"),
        *_rows("torch.softmax torch.nn.functional.softmax Tracked.softmax", softmax, "dim"),
        *_rows("torch.nn.functional.mse_loss", mse),
        *_rows("micrograd.engine.Value", small_value, "label"),
        *_rows("Tracked.item Tracked.tolist Tracked.numpy", item_of),
        *_rows(
            "Tracked.double Tracked.float Tracked.clone",
            lambda tracked: reshaped(np.shape(tracked.data))(tracked),
        ),
        *_rows("Tracked.detach", lambda tracked: Tracked(tracked.data, tracked.family, False)),
        *_rows("range", counted),
        *_rows("list", made_into(list)),
        *_rows("tuple", made_into(tuple)),
        *_rows("set", made_into(set)),
        *_rows("reversed", lambda values: listed(values)[::-1]),
        *_rows("sorted", in_order, "reverse"),
        *_rows("sum", total, "start"),
        *_rows("max", largest(max)),
        *_rows("min", largest(min)),
        *_rows("abs", lambda value: operations.BY_NAME["absolute"](value)),
        *_rows("round", rounded, "ndigits"),
        *_rows("len", length),
        *_rows("str", lambda value="": Text(few(shown(value)))),
        *_rows("isinstance", is_kind),
        *_rows("zip", zipped),
        *_rows("enumerate", enumerated, "start"),
        *_rows("float", lambda value=0.0: float(single(value))),
        *_rows("int", lambda value=0: int(single(value))),
        *_rows("bool", lambda value=False: bool(single(value))),
        *_rows("pow", lambda base, exponent: operations.BY_NAME["power"](base, exponent)),
        Known("map", mapped, calls=True),
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
