"""Gates of a computation graph: value forward, local derivatives, and the chain rule backward."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from derive import ops
from derive.backprop import Line, Step
from derive.graph import SCALAR, Equation, Graph, Node, substitute, symbol
from derive.jacobians import added, dependents, local_jacobian, slope
from derive.quantities import Quantity

LOCAL = "local"
"""The stage of derivatives of one equation alone."""


def gate_steps(graph: Graph, step: Step) -> Iterator[Step]:
    """A node's gradient with the chain rule; after its value its derivative by everything that enters it."""
    if step.stage == "forward":
        yield step
        yield from _local_steps(graph, Equation(step.quantity, step.formula))
        return
    by = Quantity(step.quantity.kind.removeprefix("d_"))
    uses = [equation for equation in graph.equations if by in equation.expression.symbols]
    lines = (*_chain_at_gate(graph, by, uses), *step.lines, *_without_top(graph, step))
    yield replace(step, lines=lines)


def _chain_at_gate(graph: Graph, by: Quantity, uses: Sequence[Equation]) -> Iterator[Line]:
    """The chain rule over all gates that a node enters; into the last gate it would say nothing."""
    is_last = any(equation.quantity == graph.output for equation in uses)
    if not uses or is_last or not all(_enters_once(graph, equation, by) for equation in uses):
        return
    terms = [ops.times(_gradient_of(e.quantity), slope(graph.node(e.quantity), graph.node(by))) for e in uses]
    through = " and ".join(equation.quantity.address for equation in uses)
    yield Line(added(terms), f"the chain rule: {by.address} acts on the result through {through}")


def _without_top(graph: Graph, step: Step) -> Iterator[Line]:
    """The formula without the derivative of the result by itself."""
    top = _gradient_of(graph.output)
    if top in step.formula.walk():
        one = ops.constant(1)
        put_in = substitute(step.formula, lambda node: one if node is top else None, _multiplied_out)
        yield Line(put_in, "the derivative of the result by itself is 1")


def _multiplied_out(op: str, *args: Node, data: Any = None) -> Node:
    if op == "hadamard" and ops.constant(1) in args:
        return args[1] if args[0] == ops.constant(1) else args[0]
    return ops.rebuild(op, *args, data=data)


def _enters_once(graph: Graph, equation: Equation, used: Quantity) -> bool:
    """Whether a node enters a gate directly alone, not also through another one that does: then ∂gate/∂node
    means the same whether or not the others are held fixed."""
    return not (equation.expression.symbols - {used}) & dependents(graph, used)


def _local_steps(graph: Graph, equation: Equation) -> Iterator[Step]:
    """The gate's derivatives, each by what enters it once."""
    entering = (used for used in equation.expression.symbols if _enters_once(graph, equation, used))
    for used in sorted(entering, key=list(graph.shapes).index):
        found = local_jacobian(equation, used, graph.shapes[used])
        left = slope(graph.node(equation.quantity), graph.node(used))
        yield Step(
            derivative_name(equation.quantity, used),
            (Line(found, "everything else in this gate is held fixed"),),
            LOCAL,
            left=left,
        )


def _gradient_of(quantity: Quantity) -> Node:
    return symbol(Quantity("d_" + quantity.kind), SCALAR)


def derivative_name(of: Quantity, by: Quantity) -> Quantity:
    """The name of a step about ∂of/∂by, such as ``dz2/dz1``."""
    return Quantity(f"d{of.address}/d{by.address}")
