"""What a call gives where derivatives are wanted: samples, derivatives, and what else is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.chapter.programs.arrays import filled
from grader.chapter.programs.builtin import known
from grader.chapter.programs.calling import CALLS
from grader.chapter.programs.libraries import KNOWN, resolve
from grader.chapter.programs.members import METHODS, member
from grader.chapter.programs.operations import BY_NAME
from grader.chapter.programs.reader import Reader
from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.training.numeric import LIBRARIES, NUMERIC
from grader.chapter.programs.training.samples import sample
from grader.chapter.programs.training.tape import (
    TAPE,
    derivatives,
    is_numeric,
    leaf,
    opaque,
    plain,
    tracked_in,
)
from grader.chapter.programs.values import Function, Known, Method, Module, Unknown, Unread, checked, size_of

_CONSTANT = (
    "zeros ones empty full eye identity arange linspace zeros_like ones_like empty_like full_like shape size "
    "argmax argmin sign floor ceil round around rint greater greater_equal less less_equal equal isclose "
    "allclose len range int bool isinstance str argsort unique count_nonzero any all isnan isfinite tolist "
    "heaviside nonzero"
)
CONSTANT = frozenset(_CONSTANT.split())
"""Functions whose result does not change with the numbers they are given, by the last part of their name."""

_PASSING = "zip enumerate list tuple reversed sum map set append insert"
PASSING = frozenset(_PASSING.split())
"""Functions that hand on what they are given."""

BUILTIN = {"float": "float", "abs": "absolute", "pow": "pow"}


def _like(value: float) -> Any:
    return lambda array, dtype=None: np.full(np.shape(plain(array)), value)


def _filled(name: str, value: float) -> Any:
    def apply(*shape: Any, dtype: Any = None) -> Any:
        made = filled(value)(*map(plain, shape))
        return made.astype(int) if "int" in str(getattr(dtype, "name", dtype)) else made

    return apply


def _drawn_like(reader: Any, array: Any) -> Any:
    return reader.generator.standard_normal(np.shape(plain(array)))


MADE = {
    "device": lambda name="cpu", *more: str(name),
    "zeros_like": _like(0.0),
    "ones_like": _like(1.0),
    "empty_like": _like(0.0),
    **{name: _filled(name, value) for name, value in (("empty", 0.0), ("zeros", 0.0), ("ones", 1.0))},
}


def numeric(name: str) -> Any:
    """The differentiable function of a full name, or None."""
    library, _, last = name.rpartition(".")
    return (
        NUMERIC.get(last if library else BUILTIN.get(last, ""))
        if library in LIBRARIES or not library
        else None
    )


def _known(reader: Any, row: Known, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    given = [known(argument) for argument in arguments]
    named = {name: known(value) for name, value in keywords.items() if name not in IDLE or row.name in MAKERS}
    return _applied(reader, row.name, row, given, named)


MAKERS = ("numpy.zeros", "numpy.ones", "numpy.empty")

IDLE = frozenset(["device", "requires_grad", "dtype"])
"""Keywords that change nothing that is asked here."""


def _applied(reader: Any, name: str, row: Known | None, given: list[Any], named: dict[str, Any]) -> Any:
    """The result of a function of a library; raises `Unread` for one that is not known."""
    reader.spend(1 + sum(size_of(plain(value)) for value in given) // 50)
    last, made = name.rpartition(".")[2], numeric(name)
    if made is not None:
        return checked(made(*given, **named))
    if last in MADE:
        return MADE[last](*given, **named)
    if row is None:
        raise Unread(f"{name[:60]} is not read")
    if last in PASSING:
        return row.apply(*([reader] if row.calls else []), *given, **named)
    result = row.apply(
        *([reader] if row.calls else []),
        *map(plain, given),
        **{key: plain(value) for key, value in named.items()},
    )
    sources = [node for value in given for node in tracked_in(value)]
    return result if last in CONSTANT else opaque(result, sources)


def _module(reader: Any, module: Module, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    """A function of a library that stands in no table of the reader of numbers."""
    draw = sample(module.path)
    if draw is not None:
        given = [known(argument) for argument in arguments]
        return draw(reader.generator, *given, **{key: known(value) for key, value in keywords.items()})
    if module.path.rpartition(".")[2] in ("randn_like", "rand_like"):
        return _drawn_like(reader, known(arguments[0]))
    given = [known(argument) for argument in arguments]
    named = {name: known(value) for name, value in keywords.items() if name not in IDLE}
    return _applied(reader, module.path, None, given, named)


def _method(reader: Any, method: Method, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    if isinstance(method.function, Known) and isinstance(method.owner, Tracked):
        given = [method.owner, *(known(argument) for argument in arguments)]
        named = {name: known(value) for name, value in keywords.items() if name not in IDLE}
        if method.function.name == "backward":
            return _backward(method.owner)
        return _applied(reader, method.function.name, method.function, given, named)
    return CALLS[Method](reader, method, arguments, keywords)


def _backward(root: Tracked) -> None:
    """Leaves the derivatives at the numbers that everything was computed from."""
    found = derivatives(root)
    for node in root.order():
        if node.operation is None and id(node) in found:
            message = found[id(node)]
            node.grad = Tracked(message if node.grad is None else plain(node.grad) + message, TAPE)


def _function(reader: Any, function: Function, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    """A function of the page; what its parameters are called is noted too."""
    given = [leaf(argument) for argument in arguments]
    named = {name: leaf(value) for name, value in keywords.items()}
    names = [part.arg for part in (*function.parameters.posonlyargs, *function.parameters.args)]
    for name, value in (*zip(names, given, strict=False), *named.items()):
        reader.note(name, value, lent=True)
    return CALLS[Function](reader, function, given, named)


TRAINING_CALLS: dict[type, Callable[..., Any]] = {
    **CALLS,
    Known: _known,
    Module: _module,
    Method: _method,
    Function: _function,
}

PROPERTIES: dict[str, Callable[[Any], Any]] = {
    "T": BY_NAME["transpose"],
    "shape": lambda node: tuple(np.shape(node.data)),
    "size": lambda node: int(np.size(node.data)),
    "ndim": lambda node: int(np.ndim(node.data)),
    "data": lambda node: node,
    "grad": lambda node: node.grad if node.grad is not None else Unknown("no derivative has arrived here"),
}
_KEPT = "detach numpy cpu cuda to double float requires_grad_ eval train"
KEPT = frozenset(_KEPT.split())


def attribute(reader: Reader, owner: Any, name: str) -> Any:
    """What stands behind the dot; raises `Unread` if that is not known."""
    if isinstance(owner, np.ndarray | np.generic):
        owner = leaf(owner)
    if not isinstance(owner, Tracked):
        return member(reader, owner, name)
    if name in PROPERTIES:
        return known(PROPERTIES[name](owner))
    if name in KEPT:
        return Method(owner, Known("Array.asarray", lambda value: value))
    if name in NUMERIC or f"Array.{name}" in KNOWN:
        return Method(owner, KNOWN.get(f"Array.{name}", Known(f"Array.{name}", NUMERIC.get(name, len))))
    if (Tracked, name) in METHODS:
        return Method(owner, Known(name, METHODS[Tracked, name]))
    if isinstance(resolve(f"torch.{name}"), Known):
        return Method(owner, resolve(f"torch.{name}"))
    raise Unread(f".{name[:40]} is not read")


def is_plain_text(*values: Any) -> bool:
    return all(isinstance(value, str) for value in values)


def combinable(*values: Any) -> bool:
    return all(is_numeric(value) or isinstance(value, bool) for value in values)
