"""How a course writes its quantities: letters, where the layer number stands, and from where it counts. One
row each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from derive.errors import Unusable, unknown
from derive.quantities import General, LayerIndex, Quantity

Place = Literal["sub", "sup"]

TRANSPOSES = ("T", "top", "intercal")
"""Superscripts that mean a transpose in every notation, unless the row says otherwise."""


@dataclass(frozen=True)
class Notation:
    """One style of writing.

    ``letters`` maps kinds of quantities to the names of symbols (rows of `derive.writing.symbols.SYMBOLS`, or
    plain letters); ``place`` is where the layer number stands, ``first`` the number printed for the input
    layer, ``layer`` the letter for a layer in general and ``last`` the one for the output layer. ``nabla``
    says that the gradient of the loss by an activation is written ∇. ``aliases`` are further letters that
    readers accept for a kind; ``source`` says who writes like this, ``sample`` shows it.
    """

    name: str
    source: str
    letters: Mapping[str, str]
    place: Place
    first: int
    layer: str
    last: str = "L"
    function: str = "sigma"
    nabla: bool = False
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def printed(self, layer: LayerIndex) -> str:
        """The layer number as printed: ``2``, ``l+1``."""
        if isinstance(layer, int):
            return str(layer + self.first)
        letter = self.last if layer.letter == "L" else self.layer
        return str(General(letter, layer.offset))

    def internal(self, number: int) -> int:
        """The layer, counted from 0, behind a printed number."""
        return number - self.first

    def letter(self, kind: str) -> str:
        """The symbol of a kind; kinds without a letter (nodes of a computation graph) are their own."""
        return self.letters.get(kind, kind)

    def kinds(self, letter: str) -> tuple[str, ...]:
        """The kinds a letter can stand for, the notation's own letters first."""
        own = tuple(kind for kind, symbol in self.letters.items() if symbol == letter)
        also = tuple(kind for kind, symbols in self.aliases.items() if letter in symbols)
        return tuple(dict.fromkeys(own + also))

    @property
    def sample(self) -> Quantity:
        return Quantity("delta", General("l"))


_ALIASES = {"delta": ("d",), "z": ("net", "s"), "y": ("t",)}
_COMMON = {"z": "z", "b": "b", "delta": "delta", "y": "y", "n": "n"}

NOTATIONS: dict[str, Notation] = {
    row.name: row
    for row in (
        Notation(
            "subscript",
            "lectures that number the layers in the subscript and call every activation x",
            letters={**_COMMON, "a": "x", "W": "W", "loss": "E", "rate": "alpha"},
            place="sub",
            first=0,
            layer="i",
            aliases={
                **_ALIASES,
                "W": ("w", "Theta"),
                "rate": ("eta",),
                "a": ("a", "h", "out"),
                "loss": ("L", "C", "J"),
            },
        ),
        Notation(
            "nielsen",
            "Michael Nielsen's book and the lectures that follow it",
            letters={**_COMMON, "a": "a", "W": "w", "loss": "C", "rate": "eta"},
            place="sup",
            first=1,
            layer="l",
            nabla=True,
            aliases={
                **_ALIASES,
                "W": ("W", "Theta"),
                "a": ("h", "out"),
                "rate": ("alpha",),
                "loss": ("E", "L", "J"),
            },
        ),
    )
}


def notation_named(name: str | Notation) -> Notation:
    """The row with this name. Raises `Unusable` with the nearest one."""
    if isinstance(name, Notation):
        return name
    if name not in NOTATIONS:
        raise Unusable(unknown(name, "a notation", NOTATIONS))
    return NOTATIONS[name]
