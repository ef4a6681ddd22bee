"""What depends on what in a program that learns: every number remembers how it came about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from grader.chapter.programs.tracked import Family, Operation, Tracked
from grader.chapter.programs.values import MAX_ENTRIES, Unread, checked, is_number

TAPE = Family("sample", keeps_all=False, zero=None)

Derivatives = dict[int, Any]
"""Derivatives of one number, by the identity of what it is differentiated by."""


def is_numeric(value: Any) -> bool:
    """Whether a value is a number or an array, tracked or not."""
    return isinstance(value, np.ndarray | Tracked) or (is_number(value) and not isinstance(value, bool))


def leaf(value: Any) -> Any:
    """A number or array that depends on nothing; what is already tracked, or is neither, stays as it is."""
    if isinstance(value, Tracked) or not is_numeric(value):
        return value
    if isinstance(value, np.ndarray) and value.dtype.kind not in "fiu":
        return value
    return Tracked(value, TAPE)


def is_leaf(node: Tracked) -> bool:
    return node.operation is None


def plain(value: Any) -> Any:
    """A value without its history, also inside lists and tuples."""
    if isinstance(value, Tracked):
        return value.data
    if isinstance(value, list | tuple) and len(value) <= MAX_ENTRIES:
        return type(value)(plain(part) for part in value)
    if isinstance(value, slice):
        return slice(plain(value.start), plain(value.stop), plain(value.step))
    return value


def tracked_in(value: Any) -> Iterator[Tracked]:
    """The tracked numbers in a value."""
    if isinstance(value, Tracked):
        yield value
    elif isinstance(value, list | tuple) and len(value) <= MAX_ENTRIES:
        for part in value:
            yield from tracked_in(part)


# ---- operations of which the derivative is not known, or not that of a formula


def _not_known(*arguments: Any) -> tuple[Any, ...]:
    raise Unread("the derivative of this function is not known here")


def opaque(value: Any, sources: Sequence[Tracked]) -> Any:
    """A result that depends on ``sources`` in a way that is not differentiated."""
    if not sources or not is_numeric(value) or np.asarray(value).dtype.kind != "f":
        return value
    return Tracked(
        value, TAPE, True, None, Operation("opaque", lambda *parts: value, _not_known), (*sources,)
    )


def put(owner: Tracked, key: Any, value: Any) -> Any:
    """An array with something else at an index, as a new value."""

    def apply(array: Any, part: Any) -> Any:
        changed = np.array(array)
        changed[key] = part
        return changed

    def pull(message: Any, result: Any, array: Any, part: Any) -> tuple[Any, ...]:
        kept = np.array(message, dtype=float)
        kept[key] = 0.0
        return kept, np.asarray(message)[key]

    return Operation("put", apply, pull)(owner, value)


def stacked(values: Any) -> Any:
    """A list of lists of numbers as an array of which every entry remembers where it is from."""
    parts: list[Any] = []
    shape = _gathered(values, parts)
    checked(parts)
    if not any(isinstance(part, Tracked) for part in parts):
        return np.array(values, dtype=None if parts else float)

    def pull(message: Any, result: Any, *arguments: Any) -> tuple[Any, ...]:
        rows = np.reshape(message, (len(arguments), -1))
        return tuple(np.reshape(row, np.shape(part)) for row, part in zip(rows, arguments, strict=True))

    inner = np.shape(plain(parts[0]))
    stack = Operation("stack", lambda *arrays: np.reshape(np.stack(arrays), (*shape, *inner)), pull)
    return stack(*parts)


def _gathered(values: Any, parts: list[Any]) -> tuple[int, ...]:
    """Puts the numbers of a list of lists into ``parts``; gives the lengths of the lists."""
    if not isinstance(values, list | tuple):
        if not is_numeric(values) or len(parts) > MAX_ENTRIES:
            raise Unread("an array that does not hold numbers")
        parts.append(values)
        return ()
    shapes = {_gathered(part, parts) for part in values}
    if len(shapes) > 1:
        raise Unread("an array that does not hold numbers in rows")
    return (len(values), *(next(iter(shapes)) if shapes else ()))


# ---- derivatives


def derivatives(root: Tracked, seed: Any = 1.0) -> Derivatives:
    """The derivatives of a number by everything it was computed from; of an array, of its weighted sum.

    What it depends on in a way that is not known is left out.
    """
    messages: Derivatives = {id(root): np.ones(np.shape(root.data)) * seed}
    unknown: set[int] = set()
    with np.errstate(all="ignore"):
        for node in root.order():
            _passed_on(node, messages, unknown)
    for lost in unknown:
        messages.pop(lost, None)
    return messages


def _passed_on(node: Tracked, messages: Derivatives, unknown: set[int]) -> None:
    if id(node) in unknown or not np.all(np.isfinite(messages[id(node)])):
        unknown.update({id(node), *map(id, node.sources)})
    else:
        try:
            for source, part in node.pulled(messages[id(node)]):
                messages[id(source)] = messages.get(id(source), 0) + part
        except (Unread, ValueError, TypeError, ArithmeticError, IndexError):
            unknown.update(map(id, node.sources))
    for source in node.sources:
        messages.setdefault(id(source), np.zeros(np.shape(source.data)))


def same(first: Any, second: Any, slack: float = 1e-7) -> bool:
    """Whether two arrays have the same entries up to rounding; axes of length one do not count."""
    first, second = np.squeeze(np.asarray(first, dtype=float)), np.squeeze(np.asarray(second, dtype=float))
    if first.shape != second.shape:
        return False
    size = float(np.max(np.abs(second), initial=0.0))
    return size > 0 and bool(np.all(np.abs(first - second) <= slack * size))


def ratio(value: Any, right: Any) -> float | None:
    """The one factor between all entries of two arrays; None if there is none."""
    value, right = np.squeeze(np.asarray(value, dtype=float)), np.squeeze(np.asarray(right, dtype=float))
    if value.shape != right.shape or not np.any(right) or not np.any(value):
        return None
    factor = float(np.vdot(right, value) / np.vdot(right, right))
    return factor if factor and same(value, factor * right) else None
