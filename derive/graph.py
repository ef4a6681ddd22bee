"""Expressions with shapes, and graphs of named quantities built from them.

A `Node` is one operation applied to other nodes; equal expressions are one object. A `Graph` is a list of
equations ``quantity = expression``, in an order in which every right side uses only quantities above it or
quantities that are given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from typing import Any
from weakref import WeakValueDictionary

from msgspec import Struct

from derive.quantities import Quantity

Dim = int | str
"""A dimension: a number, or the letter that stands for it (``"n_l"``)."""
Shape = tuple[Dim, Dim]
SCALAR: Shape = (1, 1)
BY_DEFINITION = "by definition"
"""The reason of an equation that says no more than what its left side is; it is not printed beside it."""


class ShapeError(ValueError):
    """Shapes that do not fit together; the message names both."""


class Node(Struct, frozen=True, eq=False, weakref=True):
    """One operation on other nodes. Build nodes with the functions of `derive.ops`, never directly.

    ``op`` is a row of `derive.ops.OPS`; ``data`` is what the operation carries besides its arguments (a
    symbol's quantity, a constant's value, the name and order of a function). Equal nodes are identical, so
    ``is`` compares and hashing is free.
    """

    op: str
    args: tuple[Node, ...]
    shape: Shape
    data: Any = None
    symbols: frozenset[Quantity] = frozenset()
    """The named quantities this expression uses."""
    operations: frozenset[str] = frozenset()
    """The rows of `derive.ops.OPS` this expression uses."""
    length: int = 1
    """How many operations it has on paper, where one that is used twice stands twice."""

    def walk(self) -> Iterator[Node]:
        """Every node below and including this one, once each, arguments before what uses them."""
        seen: set[Node] = set()
        waiting: list[Node | None] = [self]
        while waiting:
            node = waiting.pop()
            if node is None:
                # What stands before a None has had all its arguments.
                yield waiting.pop()  # type: ignore[misc]
            elif node not in seen:
                seen.add(node)
                if node.args:
                    waiting += (node, None, *node.args[::-1])
                else:
                    yield node

    def __reduce__(self) -> tuple[Callable[..., Node], tuple[Any, ...]]:
        """A node that another process receives, or a copy, is again the one node with its contents."""
        return intern, (self.op, self.args, self.shape, self.data)

    @property
    def quantity(self) -> Quantity | None:
        """The quantity a symbol stands for; None for every other node."""
        return self.data if self.op == "symbol" and isinstance(self.data, Quantity) else None

    def sympy(self) -> Any:
        """The same expression as an unevaluated SymPy object (see `derive.symbolic`)."""
        from derive.symbolic import as_sympy

        return as_sympy(self)

    def latex(self, notation: str = "subscript") -> str:
        """The expression as LaTeX in a notation of `derive.notation.NOTATIONS`."""
        from derive.writing import to_latex

        return to_latex(self, notation)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"


_interned: WeakValueDictionary[tuple[Any, ...], Node] = WeakValueDictionary()


def intern(op: str, args: tuple[Node, ...], shape: Shape, data: Any = None) -> Node:
    """The one node with these contents."""
    key = (op, args, shape, data, type(data))
    node = _interned.get(key)
    if node is None:
        node = _interned[key] = _made(op, args, shape, data)
    return node


def _made(op: str, args: tuple[Node, ...], shape: Shape, data: Any) -> Node:
    if not args:
        symbols = frozenset((data,)) if op == "symbol" and isinstance(data, Quantity) else _NO_SYMBOLS
        return Node(op, args, shape, data, symbols, _alone(op))
    first, *others = args
    symbols, operations, length = first.symbols, first.operations, 1 + first.length
    for argument in others:
        symbols, operations = symbols | argument.symbols, operations | argument.operations
        length += argument.length
    return Node(op, args, shape, data, symbols, operations if op in operations else operations | {op}, length)


_NO_SYMBOLS: frozenset[Quantity] = frozenset()


@lru_cache(maxsize=64)
def _alone(op: str) -> frozenset[str]:
    return frozenset((op,))


def symbol(quantity: Quantity, shape: Shape) -> Node:
    """The node that stands for a named quantity."""
    return intern("symbol", (), shape, quantity)


def substitute(node: Node, replace: Callable[[Node], Node | None], rebuild: Callable[..., Node]) -> Node:
    """The expression with each node for which ``replace`` gives another one exchanged, built again from the
    leaves up.
    """
    done: dict[Node, Node] = {}
    for inner in node.walk():
        other = replace(inner)
        if other is not None:
            done[inner] = other
        elif any(done[argument] is not argument for argument in inner.args):
            done[inner] = rebuild(inner.op, *(done[argument] for argument in inner.args), data=inner.data)
        else:
            done[inner] = inner
    return done[node]


class Equation(Struct, frozen=True):
    """``quantity = expression`` with the reason in a sentence."""

    quantity: Quantity
    expression: Node
    because: str = ""


class Graph(Struct, frozen=True, dict=True):
    """Named quantities: those that are given, and those an equation defines, in topological order.

    ``output`` is the scalar that everything is differentiated by; ``assumptions`` hold for the whole graph.
    """

    inputs: dict[Quantity, Shape]
    equations: tuple[Equation, ...]
    output: Quantity

    def __post_init__(self) -> None:
        """Takes the shapes at once: a graph that has none is refused."""
        _ = self.shapes

    @cached_property
    def shapes(self) -> dict[Quantity, Shape]:
        """What is given and what is defined, with their shapes. Raises ValueError."""
        known = dict(self.inputs)
        for equation in self.equations:
            missing = [quantity for quantity in equation.expression.symbols if quantity not in known]
            if missing:
                names = ", ".join(sorted(quantity.address for quantity in missing))
                raise ValueError(
                    f"{equation.quantity.address} uses {names}, which no equation above it defines"
                )
            known[equation.quantity] = equation.expression.shape
        if self.output not in known:
            raise ValueError(f"the output {self.output.address} is not defined by the graph")
        return known

    def node(self, quantity: Quantity) -> Node:
        """The symbol of one of the graph's quantities."""
        return symbol(quantity, self.shapes[quantity])

    def definition(self, quantity: Quantity) -> Node | None:
        """The right side that defines a quantity, None for a given one."""
        return next((e.expression for e in self.equations if e.quantity == quantity), None)
