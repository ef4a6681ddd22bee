"""Names in programs: what a quantity is called in a notation's own letters, as a Python identifier."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

from derive.notation import Notation
from derive.quantities import KINDS, SETTINGS, General, LayerIndex, Quantity

TAKEN = frozenset((*keyword.kwlist, *dir(builtins), "np", "softmax", "cost", "cost_prime"))
"""Names that mean something else in a program."""
INPUT = "input"
"""The kind under which `Notation.code` names the input, where it is not called by its number."""
PREFIXES = {"partial": "d", "d": "d", "nabla": "grad_", "grad": "grad_"}
"""What stands before a name in the name of the loss's derivative by it, by `Notation.derivative`."""
NO_NAME = re.compile(r"/")
"""What a name cannot hold: ∂u/∂v goes by ``du_dv``."""
BY_LETTER = ("rate", "lambda", "lambda1", "lambda2")
"""Settings that programs call by the notation's letter; all others go by their words."""


def identifiers(
    quantities: Iterable[Quantity], notation: Notation, is_graph: bool = False
) -> dict[Quantity, str]:
    """A name for each quantity, no two alike; nodes of a computation graph keep their own.

    >>> from derive.notation import NOTATIONS
    >>> names = identifiers([Quantity("W", 2), Quantity("dW", 2)], NOTATIONS["rows"])
    >>> list(names.values())
    ['w2', 'grad_w2']
    """
    names: dict[Quantity, str] = {}
    for quantity in quantities:
        named = _node(quantity.kind, notation) if is_graph else _name(quantity, notation)
        name = NO_NAME.sub("_", named)
        while name in TAKEN or name in names.values():
            name += "_"
        names[quantity] = name
    return names


def _node(kind: str, notation: Notation) -> str:
    """A node of a computation graph, or the derivative of the result by one."""
    is_error = notation.node_errors and kind.startswith("d_")
    return f"delta_{kind.removeprefix('d_')}" if is_error else kind


def identifier(name: str) -> str:
    """A symbol's name as a program spells it: ``mathcal_L`` is L."""
    return name.removeprefix("mathcal_")


def _name(quantity: Quantity, notation: Notation) -> str:
    kind, layer = quantity.kind, quantity.layer
    if quantity == Quantity("a", 0) and INPUT in notation.code:
        return notation.code[INPUT]
    if kind.endswith("_new"):
        return f"{_name(Quantity(kind.removesuffix('_new'), layer), notation)}_new"
    if kind in ("dW", "db", "dz", "da"):
        return _prefixed(Quantity(kind[1:], layer), notation)
    if kind == "delta" and "delta" not in notation.letters:
        return _prefixed(Quantity("z", layer), notation)
    if kind in KINDS and KINDS[kind].role == "state":
        return kind[0] + _name(Quantity(kind[1:], layer), notation)
    own = notation.own_letter(kind, layer)
    if own is not None:
        return identifier(own) + "0" * (kind == "b" and notation.bias_column)
    return _stem(kind, notation) + _number(layer, kind, notation)


def _prefixed(quantity: Quantity, notation: Notation) -> str:
    return PREFIXES[notation.style(quantity.kind)] + _name(quantity, notation)


def _stem(kind: str, notation: Notation) -> str:
    if kind in notation.code:
        return notation.code[kind]
    return kind if kind in SETTINGS and kind not in BY_LETTER else identifier(notation.letter(kind))


def _number(layer: LayerIndex | None, kind: str, notation: Notation) -> str:
    """The layer as the notation counts it: a digit, or an index into a list for a layer in general."""
    if layer is None:
        return ""
    number = notation.numbered(layer, kind)
    return f"[{_spelt(number, notation)}]" if isinstance(number, General) else str(number)


def _spelt(number: General, notation: Notation) -> str:
    letter = notation.last if number.letter == "L" else notation.layer
    if not number.offset:
        return letter
    return f"{letter} {'+' if number.offset > 0 else '-'} {abs(number.offset)}"


def size_name(size: str, notation: Notation) -> str:
    """The name of a number of neurons or examples that is a letter: ``n_l+1`` is n[l + 1]."""
    if not size.startswith("n_"):
        return _stem(size, notation)
    return f"n{_number(General(size[2], int(size[3:] or 0)), 'n', notation)}"
