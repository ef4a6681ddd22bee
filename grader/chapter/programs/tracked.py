"""Numbers that remember where they came from, so that a gradient can be passed back through them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.chapter.programs.values import Unread, checked

Array = Any


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: what it does to plain numbers and arrays, and what reaches each argument of a message.

    ``pull(message, result, *arguments)`` gives the messages to the arguments, before broadcasting is undone.
    """

    name: str
    apply: Callable[..., Any]
    pull: Callable[..., tuple[Any, ...]]
    spellings: tuple[str, ...] = ()

    def __call__(self, *arguments: Any) -> Any:
        """The result for plain or tracked arguments."""
        if any(isinstance(argument, Tracked) for argument in arguments):
            return _tracked(self, arguments)
        return checked(self.apply(*arguments))


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of tracked numbers: as of a small autograd engine or as of PyTorch.

    ``keeps_all`` says whether results on the way keep a gradient too, and ``zero`` what a gradient is
    before any has arrived.
    """

    name: str
    keeps_all: bool
    zero: float | None


VALUES = Family("Value", keeps_all=True, zero=0.0)
TENSORS = Family("tensor", keeps_all=False, zero=None)


@dataclass(eq=False, slots=True)
class Tracked:
    """A number or array with the operation and the arguments it came from."""

    data: Any
    family: Family
    needs: bool = True
    grad: Any = None
    operation: Operation | None = None
    arguments: tuple[Any, ...] = ()
    retained: bool = False

    def __post_init__(self) -> None:
        if self.grad is None:
            self.grad = self.family.zero

    def insides(self) -> Iterator[Any]:
        yield self.data
        yield self.grad

    @property
    def sources(self) -> list[Tracked]:
        return [part for part in self.arguments if isinstance(part, Tracked) and part.needs]

    def gradient(self) -> Any:
        """The gradient that has arrived here; raises `Unread` where none is kept."""
        if self.grad is None and self.operation is not None and not self.retained:
            raise Unread("a tensor that was computed keeps no gradient")
        return self.grad

    def apart(self, part: Any) -> Any:
        """A part of a tensor, as a tensor that asks for no gradient; a plain number in a small engine."""
        return part if self.family.keeps_all or part is None else Tracked(part, self.family, needs=False)

    def backward(self) -> None:
        """Passes 1 back to everything this number was computed from."""
        if not self.needs or np.size(self.data) != 1:
            raise Unread("nothing can be passed back from here")
        if self.family.keeps_all:
            self._backward_in_place()
        else:
            self._backward()

    def _backward(self) -> None:
        messages: dict[int, Any] = {id(self): np.ones_like(np.asarray(self.data, dtype=float))}
        for node in self.order():
            message = messages[id(node)]
            if node.operation is None or node.retained:
                node.grad = np.array(message if node.grad is None else node.grad + message)
            for source, part in node.pulled(message):
                messages[id(source)] = messages.get(id(source), 0) + part

    def _backward_in_place(self) -> None:
        """Every number adds to the gradients of those it came from, whatever they were before."""
        self.grad = 1.0
        for node in self.order():
            for source, part in node.pulled(node.grad):
                source.grad = source.grad + part

    def pulled(self, message: Any) -> Iterator[tuple[Tracked, Any]]:
        if self.operation is None:
            return
        plain = [part.data if isinstance(part, Tracked) else part for part in self.arguments]
        parts = self.operation.pull(message, self.data, *plain)
        for argument, part in zip(self.arguments, parts, strict=False):
            if isinstance(argument, Tracked) and argument.needs:
                yield argument, _shrunk(part, np.shape(argument.data))

    def order(self) -> list[Tracked]:
        """Everything this number was computed from, itself first, each before its sources."""
        order: list[Tracked] = []
        seen: set[int] = set()
        waiting: list[tuple[Tracked, bool]] = [(self, False)]
        while waiting:
            node, done = waiting.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                waiting.append((node, True))
                waiting.extend((source, False) for source in node.sources)
        return order[::-1]


def _tracked(operation: Operation, arguments: tuple[Any, ...]) -> Tracked:
    family = next(part.family for part in arguments if isinstance(part, Tracked))
    plain = [part.data if isinstance(part, Tracked) else part for part in arguments]
    needs = any(part.needs for part in arguments if isinstance(part, Tracked))
    made = Tracked(checked(operation.apply(*plain)), family, needs)
    if needs:
        made.operation, made.arguments = operation, arguments
    return made


def _shrunk(message: Any, shape: tuple[int, ...]) -> Any:
    """A message summed over the axes along which its receiver was repeated."""
    if np.shape(message) == shape:
        return message
    message = np.asarray(message)
    if message.ndim < len(shape):
        return np.broadcast_to(message, shape)
    message = message.sum(axis=tuple(range(message.ndim - len(shape))))
    repeated = tuple(axis for axis, size in enumerate(shape) if size == 1 and message.shape[axis] != 1)
    message = message.sum(axis=repeated, keepdims=True) if repeated else message
    return message if message.shape == shape else np.broadcast_to(message, shape)


def detached(value: Any) -> Any:
    """The plain number or array of a tracked one."""
    return value.data if isinstance(value, Tracked) else value
