"""The name of every number: which kind of thing it is and in which layer it stands."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from msgspec import Struct
from msgspec.structs import replace


class General(Struct, frozen=True):
    """A layer number that is a letter: ``General("l", 1)`` is layer l+1, ``General("L")`` the last one."""

    letter: str
    offset: int = 0

    def __str__(self) -> str:
        return self.letter if not self.offset else f"{self.letter}{self.offset:+d}"

    def __add__(self, more: int) -> General:
        return replace(self, offset=self.offset + more)

    def __sub__(self, less: int) -> General:
        return self + -less


LayerIndex = int | General
"""Layers count from 0, the input, whatever a notation prints."""


class Quantity(Struct, frozen=True):
    """One named number (scalar, vector or matrix) of a network or of a computation graph.

    ``kind`` is one of `KINDS`, or the node's own name (``q``) or ``d_`` with it (``d_q``) in a computation
    graph.

    >>> Quantity("delta", 2).address, Quantity("a", 0).address, Quantity("W_new", 1).address
    ('delta2', 'x', 'W1_new')
    >>> Quantity("W", General("l", 1)).address
    'W_l+1'
    """

    kind: str
    layer: LayerIndex | None = None

    INPUT: ClassVar[str] = "x"

    @property
    def needs_gradient(self) -> bool:
        """Whether a network only has it if gradients pass through."""
        return self.kind in ("da", "dz", "delta", "dW", "db") or self.kind.endswith("_new")

    @property
    def address(self) -> str:
        """The name promised to users: ``W2``, ``delta_l``, ``b1_new``, ``loss``, ``d_q``."""
        if self.layer is None:
            return self.kind
        if self == Quantity("a", 0):
            return self.INPUT
        stem, underscore, suffix = self.kind.partition("_")
        number = f"_{self.layer}" if isinstance(self.layer, General) else str(self.layer)
        return f"{stem}{number}{underscore}{suffix}"

    def __str__(self) -> str:
        return self.address


EXAMPLES = Quantity("N")
"""The number of examples in a batch, where it is a letter."""


class Kind(Struct, frozen=True):
    """What all quantities of one kind share: words for people, and whether there is one a layer.

    ``role`` is ``setting`` for a number that is chosen, not learnt, and ``state`` for what an update rule
    remembers of a parameter from one round to the next. ``low`` is the smallest value of a setting or state,
    ``below`` what it stays below.
    """

    name: str
    words: str
    layered: bool = True
    role: str = ""
    low: float = float("-inf")
    below: float = float("inf")

    def holds(self, value: Any) -> Any:
        """Whether a number is in range, or which entries of an array are."""
        return (self.low <= value) & (value < self.below)

    @property
    def range(self) -> str:
        """The range of a setting or state, in words.

        >>> KINDS["momentum"].range
        'at least 0 and below 1'
        """
        return f"at least {self.low:g}" + (f" and below {self.below:g}" if self.below < float("inf") else "")


def _setting(name: str, words: str, below: float = float("inf")) -> Kind:
    return Kind(name, words, layered=False, role="setting", low=0, below=below)


def _state(name: str, words: str, low: float = float("-inf")) -> tuple[Kind, ...]:
    """What is remembered of the weights and of the biases, before and after the update."""
    return tuple(
        kind
        for letter, of in (("W", "weights"), ("b", "biases"))
        for kind in (
            Kind(f"{name}{letter}", words.format(of), role="state", low=low),
            Kind(f"{name}{letter}_new", f"{words.format(of)}, after the update"),
        )
    )


KINDS = {
    kind.name: kind
    for kind in (
        Kind("W", "weights"),
        Kind("b", "biases"),
        Kind("z", "weighted input"),
        Kind("a", "activation"),
        Kind("y", "target", layered=False),
        Kind("loss", "loss", layered=False),
        Kind("da", "derivative of the loss with respect to the activation"),
        Kind("delta", "error (delta)"),
        Kind("dW", "gradient with respect to the weights"),
        Kind("db", "gradient with respect to the biases"),
        Kind("N", "number of examples", layered=False),
        _setting("rate", "learning rate"),
        Kind("W_new", "weights after the update"),
        Kind("b_new", "biases after the update"),
        Kind("loss_new", "loss after the update", layered=False),
        _setting("lambda", "strength of the penalty"),
        _setting("lambda1", "strength of the penalty on absolute values"),
        _setting("lambda2", "strength of the penalty on squares"),
        _setting("mix", "share of the squares in the penalty"),
        _setting("momentum", "momentum", below=1),
        _setting("decay", "decay of the running mean", below=1),
        _setting("beta1", "decay of the running mean of gradients", below=1),
        _setting("beta2", "decay of the running mean of squared gradients", below=1),
        _setting("epsilon", "small number that keeps a divisor from 0"),
        _setting("round", "number of the round"),
        *_state("v", "last change of the {}"),
        *_state("s", "squared gradients with respect to the {} so far", low=0),
        *_state("m", "running mean of the gradients with respect to the {}"),
    )
}

SETTINGS = tuple(kind.name for kind in KINDS.values() if kind.role == "setting")
"""Kinds of numbers that are chosen, not learnt."""

_ADDRESS = re.compile(
    r"(?P<stem>delta|[dvsm]W|[dvsm]b|da|W|b|z|a)(?P<layer>\d+|_[lL](?:[+-]\d+)?)(?P<suffix>_new)?(?P<entry>\[\d+(?:,\d+)?\])?"
)


def parse_address(address: str) -> tuple[Quantity, tuple[int, ...]]:
    """The quantity behind an address, and the entry asked for (counted from 1, rows first; empty for all of
    it).

    >>> parse_address("W2[1,3]")
    (Quantity(kind='W', layer=2), (1, 3))
    >>> parse_address("delta_L")
    (Quantity(kind='delta', layer=General(letter='L', offset=0)), ())

    Names that are no quantity of a network are taken for nodes of a computation graph.
    """
    bare, bracket, rest = address.partition("[")
    entry = tuple(int(number) for number in rest.rstrip("]").split(",")) if bracket else ()
    if bare == Quantity.INPUT:
        return Quantity("a", 0), entry
    match = _ADDRESS.fullmatch(bare)
    if not match:
        return Quantity(bare), entry
    layer = match["layer"]
    index: LayerIndex = General(layer[1], int(layer[2:] or 0)) if layer.startswith("_") else int(layer)
    return Quantity(match["stem"] + (match["suffix"] or ""), index), entry
