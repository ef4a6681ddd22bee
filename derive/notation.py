"""How a course writes its quantities: letters, where the layer number stands, and from where it counts. One
row each.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from derive.errors import Unusable, unknown
from derive.quantities import General, LayerIndex

Place = Literal["sub", "sup"]
Fence = Literal["", "()", "[]"]
Derivative = Literal["partial", "nabla", "d", "grad"]

TRANSPOSES = ("T", "top", "intercal")
"""Superscripts that mean a transpose in every notation, unless the row says otherwise."""
PARAMETERS = ("W", "b", "vW", "vb", "sW", "sb", "mW", "mb")
"""Kinds that belong to the connections into a layer; some courses give them the number of the layer they come
from."""


class Indices(Struct, frozen=True):
    """Letters for single neurons: in the layer a formula is about, below it and above it, and for one
    example of a batch; ``others`` serve where these are taken."""

    here: str = "j"
    below: str = "k"
    above: str = "k"
    example: str = "n"
    others: tuple[str, ...] = ("i", "j", "k", "m", "p", "q", "r")


class Notation(Struct, frozen=True, dict=True):
    """One style of writing.

    ``letters`` maps kinds of quantities to the names of symbols (rows of `derive.writing.symbols.SYMBOLS`, or
    plain letters); a kind that is written otherwise has none (δ as ∇_z J). ``place`` is where the layer
    number stands, ``fence`` the brackets around it, ``first`` the number printed for the input layer,
    ``layer`` the letter for a layer in general and ``last`` the one for the output layer. ``weights_of`` is
    the layer whose number weights and biases carry: the ``target`` they lead into, or the ``source``.

    ``weights`` says what the rows of a weight matrix are: neurons it leads ``to`` (z = W a) or ``from``
    (z = Wᵀ a); ``examples`` whether the examples of a batch are ``columns`` or ``rows`` (Z = X W);
    ``bias_column`` that the bias is column 0 of the weights; ``error_per_example`` that in a batch δ belongs
    to the loss of one example, without the 1/N of the mean, which then stands in front of the gradients.

    ``derivative`` is how derivatives of the loss are written: ∂E/∂W, ∇_W E, dW or grad_W; ``by_activation``
    the same for the activation where it differs; ``passed`` is the letter of the gradient as it is handed
    from layer to layer, where a course has one. ``indices`` are the letters for single neurons, whose
    symbols are small letters if ``small_entries``; ``neurons`` says whether written-out formulas number the
    neurons in each layer or ``through`` the network; ``node_errors`` that in a computation graph the
    derivative of the result by a node s is called δ_s. ``own`` gives a kind one letter a layer, and no
    number, for networks with just as many layers. ``code`` are names in programs by kind, where these are not
    the letters; ``input`` is the input's.

    ``aliases`` are further letters that readers accept for a kind; ``source`` says who writes like this.
    """

    name: str
    source: str
    letters: Mapping[str, str]
    place: Place
    first: int
    layer: str
    last: str = "L"
    fence: Fence = ""
    weights_of: Literal["target", "source"] = "target"
    weights: Literal["to", "from"] = "to"
    examples: Literal["columns", "rows"] = "columns"
    bias_column: bool = False
    error_per_example: bool = False
    function: str = "sigma"
    derivative: Derivative = "partial"
    passed: str | None = None
    by_activation: Derivative | None = None
    indices: Indices = Indices()
    small_entries: bool = False
    neurons: Literal["layer", "through"] = "layer"
    node_errors: bool = False
    code: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.name, self.place, self.first, self.fence))

    def printed(self, layer: LayerIndex, kind: str = "a") -> str:
        """The layer number as printed on a quantity of a kind: ``2``, ``l+1``.

        >>> NOTATIONS["ng"].printed(1), NOTATIONS["ng"].printed(1, "W")
        ('2', '1')
        """
        number = self.numbered(layer, kind)
        if isinstance(number, int):
            return str(number)
        return str(General(self.last if number.letter == "L" else self.layer, number.offset))

    def numbered(self, layer: LayerIndex, kind: str = "a") -> LayerIndex:
        """The printed number as a number, or as a letter ``l`` or ``L`` with what is added to it."""
        shift = self._shift(kind)
        return layer + shift if isinstance(layer, General) else layer + self.first + shift

    def internal(self, number: int, kind: str = "a") -> int:
        """The layer, counted from 0, behind a printed number."""
        return number - self.first - self._shift(kind)

    def _shift(self, kind: str) -> int:
        stem = kind.removesuffix("_new")
        is_parameter = stem in PARAMETERS or stem.removeprefix("d") in PARAMETERS
        return -1 if self.weights_of == "source" and is_parameter else 0

    def letter(self, kind: str) -> str:
        """The symbol of a kind; kinds without a letter (nodes of a computation graph) are their own."""
        return self.letters.get(kind, kind)

    def own_letter(self, kind: str, layer: LayerIndex | None) -> str | None:
        """The letter that a kind has for one layer alone (see ``own``); None if it is numbered."""
        letters = self.own.get(kind, ())
        place = layer - (0 if kind == "a" else 1) if isinstance(layer, int) else -1
        return letters[place] if 0 <= place < len(letters) else None

    def kinds(self, letter: str) -> tuple[str, ...]:
        """The kinds a letter can stand for, the notation's own letters first."""
        return self._kinds.get(letter, ())

    @cached_property
    def _kinds(self) -> dict[str, tuple[str, ...]]:
        """The kinds of every letter."""
        pairs = [(symbol, kind) for kind, symbol in self.letters.items()]
        pairs += [(symbol, kind) for kind, symbols in self.aliases.items() for symbol in symbols]
        found: dict[str, dict[str, None]] = {}
        for symbol, kind in pairs:
            found.setdefault(symbol, {})[kind] = None
        return {symbol: tuple(kinds) for symbol, kinds in found.items()}

    def style(self, kind: str) -> Derivative:
        """How the derivative of the loss by a quantity of a kind is written."""
        return (self.by_activation if kind == "a" else None) or self.derivative

    def changed(self, **fields: Any) -> Notation:
        """A notation like this one, other ``letters``, ``aliases`` and ``code`` put in by kind (None takes a
        letter away); what has become a letter is no further letter of another kind.

        >>> NOTATIONS["nielsen"].changed(name="ours", letters={"a": "h"}, first=0).letter("a")
        'h'
        """
        merged: dict[str, Any] = {
            name: {k: v for k, v in {**getattr(self, name), **fields.pop(name, {})}.items() if v is not None}
            for name in ("letters", "aliases", "code")
        }
        taken = set(merged["letters"].values())
        merged["aliases"] = {k: tuple(n for n in v if n not in taken) for k, v in merged["aliases"].items()}
        return replace(self, **merged, **fields)


_ALIASES: dict[str, tuple[str, ...]] = {
    "delta": ("d",),
    "z": ("net", "s"),
    "y": ("t",),
    "a": ("a", "h", "out"),
    "loss": ("E", "C", "L", "J", "mathcal_L"),
    "rate": ("eta", "alpha"),
    "W": ("W", "w", "Theta"),
    "lambda": ("lambda",),
}
_COMMON = {
    "a": "a",
    "z": "z",
    "W": "W",
    "b": "b",
    "delta": "delta",
    "y": "y",
    "n": "n",
    "N": "N",
    "rate": "eta",
    "lambda": "lambda",
    "mix": "beta",
    "momentum": "mu",
    "decay": "rho",
    "epsilon": "epsilon",
    "round": "tau",
}


def _letters(**own: str) -> dict[str, str]:
    return {**_COMMON, **own}


def _without(letters: Mapping[str, str], *kinds: str) -> dict[str, str]:
    return {kind: letter for kind, letter in letters.items() if kind not in kinds}


def _others(letters: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The common further letters, without those that the row's own letters have taken."""
    taken = set(letters.values())
    return {kind: tuple(n for n in names if n not in taken) for kind, names in _ALIASES.items()}


_SUBSCRIPT = _letters(a="x", loss="E", rate="alpha")
_NIELSEN = _letters(W="w", loss="C")
_CS182 = _letters(a="x", z="s", y="t", loss="mathcal_L", momentum="alpha")
_HIDDEN = _letters(a="h", z="s", y="t", W="w", loss="E", momentum="alpha")
_NG = _letters(W="w", loss="E", rate="alpha", N="m")
_BERGSOE = _letters(loss="C")
_ROWS = _without(_letters(a="H", z="Z", y="Y", loss="E"), "delta")
_BRACKETS = _without(_letters(a="A", z="Z", y="Y", loss="J", rate="alpha", N="m"), "delta")
_GOODFELLOW = _without(_letters(a="h", z="a", loss="J", rate="epsilon", N="m", momentum="alpha"), "delta")
_GOODFELLOW["epsilon"] = "delta"

NOTATIONS: dict[str, Notation] = {
    row.name: row
    for row in (
        Notation(
            "subscript",
            "lectures that number the layers in the subscript and call every activation x",
            letters=_SUBSCRIPT,
            place="sub",
            first=0,
            layer="i",
            indices=Indices(others=("m", "p", "q", "r", "s")),
            neurons="through",
            code={"input": "x", "a": "a", "loss": "loss", "rate": "rate"},
            aliases=_others(_SUBSCRIPT),
        ),
        Notation(
            "cs182",
            "lectures in which every neuron is a column of W, so that s = Wᵀx",
            letters=_CS182,
            place="sup",
            first=0,
            layer="l",
            fence="()",
            weights="from",
            indices=Indices(here="j", below="i", above="k"),
            small_entries=True,
            node_errors=True,
            aliases=_others(_CS182),
        ),
        Notation(
            "cs182-hidden",
            "the same lectures on networks with one hidden layer: inputs x, hidden h, outputs o",
            letters=_HIDDEN,
            place="sup",
            first=0,
            layer="l",
            indices=Indices(here="j", below="i", above="k"),
            bias_column=True,
            small_entries=True,
            own={"a": ("x", "h", "o"), "W": ("v", "w"), "b": ("v", "w"), "function": ("f", "g")},
            aliases=_others(_HIDDEN),
        ),
        Notation(
            "nielsen",
            "Michael Nielsen's book and the lectures that follow it",
            letters=_NIELSEN,
            place="sup",
            first=1,
            layer="l",
            by_activation="nabla",
            aliases=_others(_NIELSEN),
        ),
        Notation(
            "ng",
            "courses that number weights by the layer they come from, with the bias as column 0",
            letters=_NG,
            place="sup",
            first=1,
            layer="l",
            fence="()",
            weights_of="source",
            bias_column=True,
            function="g",
            indices=Indices(here="i", below="j", above="k"),
            aliases=_others(_NG),
        ),
        Notation(
            "bergsoe",
            "lectures that write Nielsen's formulas with a capital W and count the input as layer 0",
            letters=_BERGSOE,
            place="sup",
            first=0,
            layer="l",
            aliases=_others(_BERGSOE),
        ),
        Notation(
            "rows",
            "programs that keep one example a row: Z = H W",
            letters=_ROWS,
            place="sub",
            first=0,
            layer="l",
            weights="from",
            examples="rows",
            derivative="grad",
            code={
                "input": "x",
                "a": "h",
                "z": "z",
                "W": "w",
                "y": "y",
                "loss": "loss",
                "rate": "learning_rate",
            },
            indices=Indices(here="j", below="i", above="k"),
            aliases=_others(_ROWS),
        ),
        Notation(
            "brackets",
            "courses that write A, Z and dW with the layer in square brackets",
            letters=_BRACKETS,
            place="sup",
            first=0,
            layer="l",
            fence="[]",
            function="g",
            derivative="d",
            error_per_example=True,
            small_entries=True,
            indices=Indices(example="i", others=("p", "q", "r", "s")),
            aliases=_others(_BRACKETS),
        ),
        Notation(
            "goodfellow",
            "the common textbook: hidden h, weighted input a, cost J, gradients as ∇",
            letters=_GOODFELLOW,
            place="sup",
            first=0,
            layer="k",
            last="l",
            fence="()",
            function="f",
            derivative="nabla",
            passed="g",
            indices=Indices(here="i", below="j", above="j", others=("m", "p", "q", "r", "s")),
            aliases=_others(_GOODFELLOW),
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
