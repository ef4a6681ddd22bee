"""A quantity as a notation writes it: letter, layer number, indices, and ∂ for derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.notation import Notation
from derive.quantities import KINDS, LayerIndex, Quantity
from derive.writing.boxes import Box, Digits, Fence, Fraction, Letter, Script, bracket, letter, row, sign
from derive.writing.symbols import SYMBOLS, named

Indices = tuple[Box, ...]
"""What picks one entry, as printed: letters or numbers."""
Rule = Callable[[Quantity, Notation, str, Indices], Box]
STATES = {"v": "v", "s": "s", "m": "m"}
"""Letters for what an update rule remembers of a parameter, by the first letter of the kind."""


def quantity_box(quantity: Quantity, notation: Notation, output: str = "loss", entry: Indices = ()) -> Box:
    """The quantity in the notation, or the ``entry`` of it that indices pick.

    ``output`` is the kind that derivatives are taken of: the loss, or a graph's output node.
    """
    for applies, rule in RULES:
        if applies(quantity, notation):
            return rule(quantity, notation, output, entry)
    return _plain(quantity, notation, output, entry)


def _plain(quantity: Quantity, notation: Notation, output: str, entry: Indices) -> Box:
    if quantity.layer is None:
        name = _name(quantity.kind, notation, output)
        return _indexed(_letter(name, notation, entry) if entry else _node(name), entry)
    own = notation.own_letter(quantity.kind, quantity.layer)
    if own is not None:
        return _indexed(letter(own), entry)
    base = _letter(notation.letter(quantity.kind), notation, entry)
    return layered(base, quantity.layer, notation, quantity.kind, entry)


def _letter(name: str, notation: Notation, entry: Indices) -> Box:
    """The letter of a kind; entries of a matrix may be written small."""
    return letter(name.lower() if entry and notation.small_entries and len(name) == 1 else name)


def _indexed(base: Box, entry: Indices) -> Box:
    return Script(base, sub=together(entry)) if entry else base


def together(entry: Indices) -> Box:
    """Indices side by side, with commas where numbers would run into one another."""
    if all(isinstance(box, Letter) or (isinstance(box, Digits) and len(box.text) == 1) for box in entry):
        return row(*entry)
    parted = [part for box in entry for part in (Letter(named("comma")), box)]
    return row(*parted[1:])


def _name(kind: str, notation: Notation, output: str) -> str:
    """The letter of a kind that has no layers; a node of a computation graph keeps its own name."""
    is_node = output != "loss" or kind not in KINDS or KINDS[kind].layered
    return kind if is_node else notation.letter(kind)


def layered(base: Box, layer: LayerIndex, notation: Notation, kind: str = "a", entry: Indices = ()) -> Box:
    """A letter with its layer number, in its brackets, where the notation puts it; an index stands below."""
    number = _number(layer, notation, kind)
    if notation.fence:
        number = Fence(notation.fence, number)
    if notation.place == "sup":
        return Script(base, sub=together(entry) if entry else None, sup=number)
    with_number = Script(base, sub=number)
    return Script(bracket(with_number), sub=together(entry)) if entry else with_number


def _number(layer: LayerIndex, notation: Notation, kind: str = "a") -> Box:
    number = notation.numbered(layer, kind)
    if isinstance(number, int):
        return Digits(str(number))
    base = letter(notation.last if number.letter == "L" else notation.layer)
    if not number.offset:
        return base
    return row(base, sign("plus" if number.offset > 0 else "minus"), Digits(str(abs(number.offset))))


def _node(name: str) -> Box:
    """A node of a computation graph: ``w0`` is w with subscript 0, ``h_out`` has a word below."""
    stem, underscore, below = name.partition("_")
    if name in SYMBOLS:
        return letter(name)
    if underscore and stem and below:
        return Script(letter(stem), sub=Digits(below) if below.isdigit() else letter(below))
    stem = name.rstrip("0123456789")
    if stem and stem != name:
        return Script(letter(stem), sub=Digits(name[len(stem) :]))
    return letter(name)


def _bias(quantity: Quantity, notation: Notation, output: str, entry: Indices) -> Box:
    """The bias as column 0 of the weights."""
    return quantity_box(Quantity("W", quantity.layer), notation, output, (*entry, Digits("0")))


def _new(quantity: Quantity, notation: Notation, output: str, entry: Indices) -> Box:
    base = quantity_box(Quantity(quantity.kind.removesuffix("_new"), quantity.layer), notation, output, entry)
    if not isinstance(base, Script):
        return Script(base, sup=letter("new"))
    if base.sup is None:
        return Script(base.base, base.sub, letter("new"))
    return Script(base.base, base.sub, row(base.sup, Letter(named("comma")), letter("new")))


def _state(quantity: Quantity, notation: Notation, output: str, entry: Indices) -> Box:
    """What an update rule remembers of a parameter: v with the parameter below it."""
    below = quantity_box(Quantity(quantity.kind[1:], quantity.layer), notation, output, entry)
    return Script(letter(STATES[quantity.kind[0]]), sub=below)


# -- derivatives ---------------------------------------------------------------------------------------------


def _derivative(quantity: Quantity, notation: Notation, output: str, entry: Indices) -> Box:
    below = Quantity(quantity.kind[1:], quantity.layer)
    return derivative_box(output, below, notation, entry)


def _error(quantity: Quantity, notation: Notation, output: str, entry: Indices) -> Box:
    return derivative_box(output, Quantity("z", quantity.layer), notation, entry)


def _node_derivative(quantity: Quantity, notation: Notation, output: str, entry: Indices) -> Box:
    if notation.node_errors:
        return Script(letter("delta"), sub=_node(quantity.kind[2:]))
    return partial_box(Quantity(output), Quantity(quantity.kind[2:]), notation, output)


def derivative_box(output: str, by: Quantity, notation: Notation, entry: Indices = ()) -> Box:
    """The derivative of the output by a quantity, in the notation's own way."""
    return DERIVATIVES[notation.style(by.kind)](output, by, notation, entry)


def partial_box(
    of: Quantity,
    by: Quantity,
    notation: Notation,
    output: str = "loss",
    entry: Indices = (),
    entry_of: Indices = (),
) -> Box:
    """∂of/∂by, or of an entry by an entry."""
    top = quantity_box(of, notation, output, entry_of)
    return Fraction(
        row(letter("partial"), top), row(letter("partial"), quantity_box(by, notation, output, entry))
    )


def _partial(output: str, by: Quantity, notation: Notation, entry: Indices) -> Box:
    return partial_box(Quantity(output), by, notation, output, entry)


def _nabla(output: str, by: Quantity, notation: Notation, entry: Indices) -> Box:
    if entry:
        return _partial(output, by, notation, entry)
    below = quantity_box(by, notation, output)
    return row(Script(letter("nabla"), sub=below), quantity_box(Quantity(output), notation, output))


def _differential(output: str, by: Quantity, notation: Notation, entry: Indices) -> Box:
    return row(letter("d"), quantity_box(by, notation, output, entry))


def _grad(output: str, by: Quantity, notation: Notation, entry: Indices) -> Box:
    if entry:
        return _partial(output, by, notation, entry)
    return Script(letter("grad"), sub=quantity_box(by, notation, output))


DERIVATIVES: dict[str, Callable[[str, Quantity, Notation, Indices], Box]] = {
    "partial": _partial,
    "nabla": _nabla,
    "d": _differential,
    "grad": _grad,
}
"""How derivatives of the loss are written, by `Notation.derivative`."""


def _size(quantity: Quantity, notation: Notation, output: str, entry: Indices) -> Box:
    return Script(letter("n"), sub=_number(quantity.layer or 0, notation))


RULES: tuple[tuple[Callable[[Quantity, Notation], Any], Rule], ...] = (
    (lambda q, notation: q.kind.endswith("_new"), _new),
    (lambda q, notation: q.kind.startswith("d_"), _node_derivative),
    (lambda q, notation: q.kind == "n" and q.layer is not None, _size),
    (lambda q, notation: q.kind in ("dW", "db", "dz", "da", "dy"), _derivative),
    (lambda q, notation: q.kind == "delta" and "delta" not in notation.letters, _error),
    (lambda q, notation: q.kind == "b" and notation.bias_column and q.layer is not None, _bias),
    (lambda q, notation: q.kind[0] in STATES and q.kind[1:] in ("W", "b"), _state),
)
"""First rule that applies; a quantity without one is a letter with its layer number."""
