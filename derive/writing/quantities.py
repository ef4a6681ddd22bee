"""A quantity as a notation writes it: letter, layer number, and ∂ for derivatives."""

from __future__ import annotations

from collections.abc import Callable

from derive.notation import Notation
from derive.quantities import KINDS, General, LayerIndex, Quantity
from derive.writing.boxes import Box, Digits, Fraction, Letter, Script, letter, row, sign
from derive.writing.symbols import named

Rule = Callable[[Quantity, Notation, str], Box]


def quantity_box(quantity: Quantity, notation: Notation, output: str = "loss") -> Box:
    """The quantity in the notation.

    ``output`` is the kind that derivatives are taken of: the loss, or a graph's output node.
    """
    for applies, rule in RULES:
        if applies(quantity):
            return rule(quantity, notation, output)
    return _plain(quantity, notation, output)


def _plain(quantity: Quantity, notation: Notation, output: str) -> Box:
    if quantity.layer is None:
        return _node(_name(quantity.kind, notation, output))
    return layered(letter(notation.letter(quantity.kind)), quantity.layer, notation)


def _name(kind: str, notation: Notation, output: str) -> str:
    """The letter of a kind that has no layers; a node of a computation graph keeps its own name."""
    is_node = output != "loss" or kind not in KINDS or KINDS[kind].layered
    return kind if is_node else notation.letter(kind)


def layered(base: Box, layer: LayerIndex, notation: Notation) -> Box:
    """A letter with its layer number where the notation puts it."""
    number = _number(layer, notation)
    return Script(base, sub=number) if notation.place == "sub" else Script(base, sup=number)


def _number(layer: LayerIndex, notation: Notation) -> Box:
    if isinstance(layer, int):
        return Digits(notation.printed(layer))
    base = letter(notation.printed(General(layer.letter)))
    if not layer.offset:
        return base
    return row(base, sign("plus" if layer.offset > 0 else "minus"), Digits(str(abs(layer.offset))))


def _node(name: str) -> Box:
    """A node of a computation graph: ``w0`` is w with subscript 0, ``h_out`` has a word below."""
    stem, underscore, below = name.partition("_")
    if underscore and stem and below:
        return Script(letter(stem), sub=Digits(below) if below.isdigit() else letter(below))
    stem = name.rstrip("0123456789")
    if stem and stem != name:
        return Script(letter(stem), sub=Digits(name[len(stem) :]))
    return letter(name)


def _new(quantity: Quantity, notation: Notation, output: str) -> Box:
    base = quantity_box(Quantity(quantity.kind.removesuffix("_new"), quantity.layer), notation, output)
    if isinstance(base, Script) and base.sup is not None:
        number = base.sup
        return Script(base.base, base.sub, row(number, Letter(named("comma")), letter("new")))
    sub = base.sub if isinstance(base, Script) else None
    return Script(base.base if isinstance(base, Script) else base, sub, letter("new"))


def _derivative(quantity: Quantity, notation: Notation, output: str) -> Box:
    below = Quantity(quantity.kind[1:], quantity.layer)
    return _partial(output, below, notation)


def _node_derivative(quantity: Quantity, notation: Notation, output: str) -> Box:
    return _partial(output, Quantity(quantity.kind[2:]), notation)


def _partial(output: str, below: Quantity, notation: Notation) -> Box:
    of = _node(_name(output, notation, output))
    return Fraction(row(letter("partial"), of), row(letter("partial"), quantity_box(below, notation, output)))


def _gradient(quantity: Quantity, notation: Notation, output: str) -> Box:
    if not notation.nabla:
        return _derivative(quantity, notation, output)
    below = quantity_box(Quantity("a", quantity.layer), notation, output)
    return row(Script(letter("nabla"), sub=below), letter(notation.letter(output)))


def _size(quantity: Quantity, notation: Notation, output: str) -> Box:
    return Script(letter("n"), sub=_number(quantity.layer or 0, notation))


RULES: tuple[tuple[Callable[[Quantity], bool], Rule], ...] = (
    (lambda q: q.kind.endswith("_new"), _new),
    (lambda q: q.kind.startswith("d_"), _node_derivative),
    (lambda q: q.kind == "da", _gradient),
    (lambda q: q.kind == "n", _size),
    (lambda q: q.kind in ("dW", "db", "dz"), _derivative),
)
"""First rule that applies; a quantity without one is a letter with its layer number."""
