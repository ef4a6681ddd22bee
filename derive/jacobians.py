"""Derivatives of one quantity by another: matrices with a row for each entry of what is differentiated.

Backpropagation never needs them, but its derivation does: the chain rule multiplies them. Here they are
built going forward through an equation, one rule an operation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from msgspec import Struct

from derive import ops
from derive.errors import Unusable, unknown
from derive.graph import SCALAR, Equation, Graph, Node, Shape, intern, substitute, symbol
from derive.indices import Places
from derive.ops import OPS
from derive.quantities import Quantity

CHAIN = "the chain rule"
EACH_WEIGHT = f"{CHAIN}: a weight enters the weighted input of one neuron only"
MOST_PATHS = 32
"""Ways from one quantity to another up to which their sum is written out."""


class NoJacobian(ValueError):
    """A derivative that is no matrix: by weights, or of a whole batch."""


# -- derivatives that keep their name ------------------------------------------------------------------------


class Pair(Struct, frozen=True):
    """What is differentiated, and by what."""

    of: Quantity
    by: Quantity


def partial(of: Node, by: Node) -> Node:
    """∂of/∂by between two columns (or numbers), before it is known: rows are entries of ``of``."""
    return intern("partial", (), (of.shape[0], by.shape[0]), _pair(of, by))


def slope(of: Node, by: Node) -> Node:
    """∂of/∂by entry by entry, where each entry depends on the one entry beside it; shaped as ``of``."""
    return intern("slope", (), of.shape, _pair(of, by))


def chained(gradient: Node, of: Node, by: Node) -> Node:
    """The gradient by ``by``, given that by ``of``: the chain rule before anything is put in."""
    return intern("chain", (gradient,), by.shape, _pair(of, by))


def partial_entry(pair: Pair, of: Places, by: Places) -> Node:
    """∂u_k/∂v_j of one entry by another."""
    return intern("partial entry", (), SCALAR, (pair, of, by))


def by_weights(known: Node, below: Node, of: Node, by: Node, named: bool = False) -> Node:
    """∂u_k/∂w_ji, which has three indices: ``known`` is ∂u/∂z, ``below`` the activation that the weights
    multiply. If ``named`` it keeps its name. Only its entries can be written."""
    return intern("by weights", (known, below), known.shape, (_pair(of, by), named))


def pair_of(node: Node) -> Pair | None:
    """What a derivative that keeps its name is of and by, also for an entry of it; None for all else."""
    data = node.data[0] if isinstance(node.data, tuple) and node.data else node.data
    return data if isinstance(data, Pair) else None


def _pair(of: Node, by: Node) -> Pair:
    if of.quantity is None or by.quantity is None:
        raise ValueError("derivatives are taken of named quantities, by named quantities")
    return Pair(of.quantity, by.quantity)


# -- the matrices --------------------------------------------------------------------------------------------


def identity(rows: Any) -> Node:
    """The unit matrix; 1 for a number."""
    return ops.constant(1) if rows == 1 else ops.diag(ops.ones((rows, 1)))


def is_identity(node: Node) -> bool:
    return node == ops.constant(1) or (node.op == "diag" and node.args[0].op == "ones")


def composed(left: Node, right: Node) -> Node:
    """The product of two Jacobians; unit matrices are left out."""
    if is_identity(left):
        return right
    if is_identity(right):
        return left
    if left.shape == SCALAR:
        return (
            ops.scale(left, right)
            if left.op == "constant" or right.shape != SCALAR
            else ops.times(left, right)
        )
    return ops.scale(right, left) if right.shape == SCALAR else ops.matmul(left, right)


def no_matrix(of: Quantity, by: Quantity) -> str:
    """Why there is no Jacobian between quantities with a column for each example."""
    return (
        f"the derivative of {of.address} by {by.address} is no matrix: every example of a batch has one of "
        "its own; ask for it without a batch"
    )


def local_jacobian(equation: Equation, by: Quantity, shape: Shape) -> Node:
    """∂(left side)/∂by through one equation. Raises `NoJacobian`."""
    if equation.expression.shape[1] != 1 or shape[1] != 1:
        raise NoJacobian(no_matrix(equation.quantity, by))
    pushed: dict[Node, Node | None] = {}
    for node in equation.expression.walk():
        if node.quantity is not None:
            pushed[node] = identity(shape[0]) if node.quantity == by else None
        else:
            below = [pushed[argument] for argument in node.args]
            pushed[node] = RULES.get(node.op, _unknown)(node, below) if any(below) else None
    found = pushed[equation.expression]
    if found is None:
        raise NoJacobian(f"{equation.quantity.address} does not depend on {by.address}")
    own = symbol(equation.quantity, equation.expression.shape)
    if not equation.expression.args:
        return found
    return substitute(found, lambda n: own if n is equation.expression else None, ops.rebuild)


Pushed = Sequence[Node | None]
"""The Jacobian of each argument; None where it does not depend on what one differentiates by."""


def _unknown(node: Node, below: Pushed) -> Node:
    raise NoJacobian(f"a Jacobian through '{node.op}' is not written as a matrix here")


def _entrywise(node: Node, below: Pushed) -> Node:
    """A diagonal matrix of slopes for each argument."""
    ones = ops.ones(node.shape)
    terms = [
        composed(_diagonal(OPS[node.op].pull(node, ones, position)), jacobian)
        for position, jacobian in enumerate(below)
        if jacobian is not None
    ]
    return added(terms)


def _diagonal(column: Node) -> Node:
    if column.shape == SCALAR:
        return column
    if column.op == "scale" and column.args[0].op == "constant":
        return ops.scale(column.args[0], _diagonal(column.args[1]))
    return ops.negate(_diagonal(column.args[0])) if column.op == "negate" else ops.diag(column)


def added(terms: Sequence[Node]) -> Node:
    """The sum of expressions, from the left."""
    first, *others = terms
    for other in others:
        first = ops.add(first, other)
    return first


def _add(node: Node, below: Pushed) -> Node:
    return added([jacobian for jacobian in below if jacobian is not None])


def _subtract(node: Node, below: Pushed) -> Node:
    left, right = below
    if right is None:
        assert left is not None
        return left
    return ops.negate(right) if left is None else ops.minus(left, right)


def _scale(node: Node, below: Pushed) -> Node:
    factor, body = node.args
    terms = (
        []
        if below[1] is None
        else [composed(factor, below[1]) if factor.op != "constant" else ops.scale(factor, below[1])]
    )
    return added([*terms, *([] if below[0] is None else [composed(body, below[0])])])


def _matmul(node: Node, below: Pushed) -> Node:
    if below[0] is not None or below[1] is None:
        raise NoJacobian("a derivative by weights has three indices and is no matrix")
    return composed(node.args[0], below[1])


def _softmax(node: Node, below: Pushed) -> Node:
    (jacobian,) = below
    assert jacobian is not None
    return composed(ops.minus(ops.diag(node), ops.matmul(node, ops.transpose(node))), jacobian)


def _norm2(node: Node, below: Pushed) -> Node:
    (jacobian,) = below
    assert jacobian is not None
    return ops.scale(2, composed(ops.transpose(node.args[0]), jacobian))


def _inner(node: Node, below: Pushed) -> Node:
    rows = [ops.transpose(argument) for argument in reversed(node.args)]
    return added([composed(row, j) for row, j in zip(rows, below, strict=True) if j is not None])


def _sum(node: Node, below: Pushed) -> Node:
    (jacobian,) = below
    assert jacobian is not None
    return composed(ops.ones((1, node.args[0].shape[0])), jacobian)


def _cost(node: Node, below: Pushed) -> Node:
    if below[0] is None:
        raise NoJacobian("a loss left open has no derivative by its target")
    return composed(ops.transpose(symbol(node.data, node.args[0].shape)), below[0])


RULES: Mapping[str, Callable[[Node, Pushed], Node]] = {
    "add": _add,
    "subtract": _subtract,
    "negate": lambda node, below: ops.negate(added([j for j in below if j is not None])),
    "scale": _scale,
    "matmul": _matmul,
    "hadamard": _entrywise,
    "divide": _entrywise,
    "power": _entrywise,
    "function": _entrywise,
    "softmax": _softmax,
    "norm2": _norm2,
    "inner": _inner,
    "sum": _sum,
    "total": _sum,
    "cost": _cost,
}
"""What each operation makes of the Jacobians of its arguments."""


# -- from one quantity to another ----------------------------------------------------------------------------


class Link(Struct, frozen=True):
    """One equation on the way, and the quantity it is entered by."""

    equation: Equation
    by: Quantity


def paths(graph: Graph, of: Quantity, by: Quantity) -> list[tuple[Link, ...]]:
    """Every way from ``by`` up to ``of``, each from the top down. Raises `Unusable` if there is none."""
    equations = {equation.quantity: equation for equation in graph.equations}
    for quantity in (of, by):
        known_to(graph, quantity)
    found = list(islice(_ways(equations, dependents(graph, by), of, by), MOST_PATHS + 1))
    if len(found) > MOST_PATHS:
        raise Unusable(
            f"more than {MOST_PATHS} paths lead from {by.address} to {of.address}: ask for a derivative "
            "between quantities that are nearer to each other"
        )
    if not found:
        raise Unusable(f"{of.address} does not depend on {by.address}: its derivative is 0")
    return found


def known_to(graph: Graph, quantity: Quantity) -> Node:
    """The quantity as a symbol. Raises `Unusable` for one that is not in the graph, with the nearest one."""
    if quantity not in graph.shapes:
        known = (q.address for q in graph.shapes)
        raise Unusable(unknown(quantity.address, "a quantity of the forward pass", known))
    return graph.node(quantity)


def dependents(graph: Graph, by: Quantity) -> set[Quantity]:
    """A quantity and everything that is computed from it."""
    found = {by}
    for equation in graph.equations:
        if equation.expression.symbols & found:
            found.add(equation.quantity)
    return found


def _ways(
    equations: Mapping[Quantity, Equation], depends: set[Quantity], of: Quantity, by: Quantity
) -> Iterator[tuple[Link, ...]]:
    equation = equations.get(of)
    if of == by or equation is None:
        return
    for used in sorted(equation.expression.symbols & depends, key=lambda quantity: quantity.address):
        link = Link(equation, used)
        if used == by:
            yield (link,)
        else:
            yield from ((link, *rest) for rest in _ways(equations, depends, used, by))


def named_product(graph: Graph, way: Sequence[Link]) -> Node:
    """∂z₃/∂a₂ ∂a₂/∂z₂: the chain rule along a way, before anything is put in."""
    return _along(way, lambda link: partial(graph.node(link.equation.quantity), graph.node(link.by)))


def product(graph: Graph, way: Sequence[Link]) -> Node:
    """The Jacobians of a way's equations, multiplied."""
    return _along(way, lambda link: local_jacobian(link.equation, link.by, graph.shapes[link.by]))


def _along(way: Sequence[Link], matrix: Callable[[Link], Node]) -> Node:
    first, *others = map(matrix, way)
    for other in others:
        first = composed(first, other)
    return first
