"""The last lines of a step: what its symbols stand for, put in one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from derive import ops
from derive.backprop import Line, Step
from derive.derivation import Derivation
from derive.functions import function_named
from derive.graph import SCALAR, Graph, Node, Shape, substitute, symbol
from derive.graph_language import read_expression
from derive.quantities import Quantity

OUTPUT, INPUT = Quantity("a"), Quantity("z")
"""How textbook forms of slopes call the value of a function and its argument."""


def unfolded(derivation: Derivation, step: Step) -> Step:
    """The step with a line for everything that can still be put in."""
    lines = step.lines
    for put_in in PUT_IN.get(step.quantity.kind, ()):
        found = put_in(derivation, step.formula)
        if found is not None and found.expression is not step.formula:
            lines = (*lines, found)
    return replace(step, lines=lines)


def graph_with(derivation: Derivation, quantity: Quantity) -> Graph:
    """The equations that a quantity belongs to: of layers in general the output layer has its own."""
    top = derivation.top
    return top if top is not None and quantity in top.shapes else derivation.graph


def _weighted_input(derivation: Derivation, expression: Node) -> Line | None:
    """σ(z) with z put in."""

    def definition(node: Node) -> Node | None:
        quantity = node.quantity
        if quantity is None or quantity.kind != "z":
            return None
        return graph_with(derivation, quantity).definition(quantity)

    return Line(substitute(expression, definition, ops.rebuild), "with the weighted input put in")


def textbook_slope(derivation: Derivation, expression: Node) -> Line | None:
    """σ'(z) in the form that courses print, such as a ⊙ (1 − a)."""

    def textbook(node: Node) -> Node | None:
        if node.op != "function" or node.data[1] != 1 or (z := node.args[0]).quantity is None:
            return None
        row = function_named(node.data[0])
        if row is None or row.textbook is None:
            return None
        assert z.quantity is not None
        known = {OUTPUT: symbol(Quantity("a", z.quantity.layer), z.shape), INPUT: z}
        return spread(read_expression(row.textbook, ("a", "z")), known, z.shape)

    return Line(
        substitute(expression, textbook, ops.rebuild), "the slope, written by the value of the function"
    )


def spread(formula: Node, known: Mapping[Quantity, Node], shape: Shape) -> Node:
    """A formula for one number, entry by entry for matrices of a shape."""
    if formula.quantity is not None:
        return known[formula.quantity]
    if formula.op == "constant":
        return ops.scale(formula, ops.ones(shape)) if shape != SCALAR else formula
    if formula.op == "scale" and formula.args[0].op == "constant":
        return ops.scale(formula.args[0], spread(formula.args[1], known, shape))
    parts = (spread(argument, known, shape) for argument in formula.args)
    return ops.rebuild(formula.op, *parts, data=formula.data)


def _gradient(derivation: Derivation, expression: Node) -> Line | None:
    """An update with the gradient put in."""
    formulas = {step.quantity: step.formula for step in derivation if step.quantity.kind in ("dW", "db")}

    def known(node: Node) -> Node | None:
        return formulas.get(node.quantity) if node.quantity else None

    return Line(substitute(expression, known, ops.rebuild), "with the gradient put in")


Rule = Callable[[Derivation, Node], Line | None]
PUT_IN: Mapping[str, tuple[Rule, ...]] = {
    "a": (_weighted_input,),
    "delta": (textbook_slope, _weighted_input),
    "W_new": (_gradient,),
    "b_new": (_gradient,),
}
"""What is put in, by the kind of a step's quantity, in this order."""
