"""Formulas on paper: expression and notation -> boxes -> LaTeX or MathML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.graph import Node
from derive.notation import Notation, notation_named
from derive.quantities import Quantity
from derive.writing.boxes import Box, row, sign
from derive.writing.latex import latex
from derive.writing.layout import Writer
from derive.writing.mathml import mathml
from derive.writing.quantities import quantity_box

if TYPE_CHECKING:
    from derive.derivation import Derivation

__all__ = [
    "Box",
    "Writer",
    "equation_box",
    "latex",
    "mathml",
    "quantity_latex",
    "to_latex",
    "writer",
    "writer_of",
]


def writer(notation: str | Notation, output: Quantity | None = None) -> Writer:
    """A writer for a notation; ``output`` is what derivatives are taken of, by default the loss."""
    return Writer(notation_named(notation), output.kind if output else "loss")


def writer_of(derivation: Derivation) -> Writer:
    """The writer for a derivation's notation and form."""
    from derive.forms import form_named
    from derive.writing.neurons import NeuronWriter

    row, output = notation_named(derivation.notation), derivation.graph.output.kind
    network = derivation.network
    counts = form_named(derivation.form).counts and network is not None and not network.batch
    if counts and network and row.neurons == "through":
        sizes = tuple(size for size in network.layers if isinstance(size, int))
        return NeuronWriter(row, output, layers=sizes)
    nodes = derivation.graph.shapes if network is None else ()
    return Writer(row, output, frozenset(quantity.kind for quantity in nodes))


def to_latex(node: Node, notation: str | Notation = "subscript", output: Quantity | None = None) -> str:
    """An expression as LaTeX.

    >>> from derive import Network, derive
    >>> to_latex(derive(Network([3, 4, 2], "sigmoid"))["delta1"].formula)
    "(W_2^{\\\\top} \\\\delta_2) \\\\odot \\\\sigma'(z_1)"
    """
    return latex(writer(notation, output).box(node))


def quantity_latex(
    quantity: Quantity, notation: str | Notation = "subscript", output: Quantity | None = None
) -> str:
    """A quantity as LaTeX."""
    return latex(quantity_box(quantity, notation_named(notation), output.kind if output else "loss"))


def equation_box(left: Node, right: Node, by: Writer) -> Box:
    """``left = right`` on paper."""
    return row(by.box(left), sign("equals"), by.box(right))
