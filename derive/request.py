"""The derivative of any quantity by any other, on request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from derive import jacobians
from derive.backprop import Line, Step, backprop
from derive.derivation import GRAPH_NAMING, NETWORK_NAMING, Derivation, derive_graph, derive_network
from derive.errors import Unusable
from derive.forms import form_named, written
from derive.gates import derivative_name
from derive.graph import Graph
from derive.jacobians import (
    CHAIN,
    EACH_WEIGHT,
    Link,
    NoJacobian,
    added,
    known_to,
    named_product,
    paths,
    product,
)
from derive.network import Network
from derive.notation import Notation
from derive.quantities import Quantity, parse_address


def jacobian(
    source: Network | Graph | Any,
    of: str,
    wrt: str,
    notation: str | Notation = "subscript",
    form: str = "matrix",
) -> Derivation:
    r"""∂of/∂wrt between two quantities of a network, computation graph or problem, such as ``z3`` and ``z2``.

    One step: the chain rule along every path, then each derivative put in. Rows are entries of ``of``,
    columns of ``wrt``.

    >>> from derive import Network, jacobian
    >>> jacobian(Network([2, 3, 2], "sigmoid"), "z2", "z1")["dz2/dz1"].latex()
    "\\frac{\\partial z_2}{\\partial z_1} = W_2 \\operatorname{diag}(\\sigma'(z_1))"

    Raises `Unusable` where ``of`` does not depend on ``wrt``, and where the form cannot say the derivative.
    """
    source = getattr(source, "model", source)
    graph = source.graph() if isinstance(source, Network) else source
    network = source if isinstance(source, Network) else None
    read = _whole if network else Quantity
    top, below = (read(address) for address in (of, wrt))
    for quantity in (top, below):
        known_to(graph, quantity)
    if top != below and top == graph.output:
        step = _gradient_step(source, graph, below)
    elif top != below and is_weight(below) and form_named(form).name != "element":
        raise Unusable(
            f"the derivative of {of} by {wrt} has three indices and is no matrix: ask for it entry by entry "
            "(form element)"
        )
    else:
        step = _step(graph, top, below)
    return written(Derivation(graph, (step,), network=network), notation, form)


def is_weight(quantity: Quantity) -> bool:
    """Whether this is a weight matrix of a layer; a computation graph may have a number called W."""
    return quantity.kind == "W" and quantity.layer is not None


def _step(graph: Graph, of: Quantity, wrt: Quantity) -> Step:
    try:
        if of == wrt:
            return _by_itself(graph, of)
        return _by_weights(graph, of, wrt) if is_weight(wrt) else _jacobian_step(graph, of, wrt)
    except NoJacobian as error:
        raise Unusable(str(error)) from None


def _by_itself(graph: Graph, quantity: Quantity) -> Step:
    """∂u/∂u: the unit matrix."""
    node = graph.node(quantity)
    if is_weight(quantity):
        raise NoJacobian(f"the derivative of {quantity.address} by itself has four indices and is no matrix")
    if node.shape[1] != 1:
        raise NoJacobian(jacobians.no_matrix(quantity, quantity))
    line = Line(jacobians.identity(node.shape[0]), "each entry changes with itself alone, at slope 1")
    left = jacobians.partial(node, node)
    return Step(derivative_name(quantity, quantity), (line,), "backward", left=left)


def _gradient_step(source: Network | Graph, graph: Graph, wrt: Quantity) -> Step:
    """The derivative of the loss, or of a graph's result: a gradient, shaped as what it is taken by."""
    naming = NETWORK_NAMING if isinstance(source, Network) else GRAPH_NAMING
    every = replace(naming, shown=lambda quantity: quantity != graph.output, wanted=lambda quantity: True)
    derived = derive_network(source) if isinstance(source, Network) else derive_graph(source)
    steps: dict[Quantity, Step] = {step.quantity: step for step in (*backprop(graph, every), *derived)}
    name: Quantity = naming.gradient(wrt)
    if name not in steps:
        paths(graph, graph.output, wrt)
    return steps[name]


def _whole(address: str) -> Quantity:
    quantity, entry = parse_address(address)
    if entry:
        raise Unusable(
            f"{address}: ask for the whole quantity, {quantity.address}; its entries are in the answer"
        )
    return quantity


def _jacobian_step(graph: Graph, of: Quantity, wrt: Quantity) -> Step:
    ways = paths(graph, of, wrt)
    named = added([named_product(graph, way) for way in ways])
    found = added([product(graph, way) for way in ways])
    left = jacobians.partial(graph.node(of), graph.node(wrt))
    lines = (Line(named, _path_words(ways)), Line(found, "each derivative put in"))
    is_long = len(ways) > 1 or len(ways[0]) > 1
    return Step(derivative_name(of, wrt), lines if is_long else lines[1:], "backward", left=left)


def _by_weights(graph: Graph, of: Quantity, wrt: Quantity) -> Step:
    """∂u_k/∂w_ji = ∂u_k/∂z_j a_i: each weight enters one weighted input."""
    z = Quantity("z", wrt.layer)
    definition = graph.definition(z)
    paths(graph, of, wrt)
    assert definition is not None
    below = next(node for node in definition.walk() if node.quantity and node.quantity.kind == "a")
    way = paths(graph, of, z)[0] if of != z else ()
    known = product(graph, way) if way else jacobians.identity(graph.shapes[z][0])
    if below.shape[1] != 1:
        raise NoJacobian(jacobians.no_matrix(of, wrt))
    left = jacobians.by_weights(known, below, graph.node(of), graph.node(wrt), named=True)
    found = jacobians.by_weights(known, below, graph.node(of), graph.node(wrt))
    return Step(derivative_name(of, wrt), (Line(found, EACH_WEIGHT),), "backward", left=left)


def _path_words(ways: Sequence[tuple[Link, ...]]) -> str:
    return f"{CHAIN}, added up over all {len(ways)} paths" if len(ways) > 1 else CHAIN
