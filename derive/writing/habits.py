"""What is particular about a notation, in words and symbols: for the table of notations and for handouts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from derive import ops
from derive.activations import GENERIC
from derive.derivation import derive
from derive.forms import written
from derive.general import derive_general
from derive.graph import symbol
from derive.network import Network
from derive.notation import Notation
from derive.quantities import Quantity
from derive.writing.boxes import Script, letter, row, sign
from derive.writing.layout import Writer
from derive.writing.neurons import NeuronWriter
from derive.writing.page import Sentence
from derive.writing.quantities import quantity_box
from derive.writing.symbols import named

# -- in plain characters, for a table ------------------------------------------------------------------------

FENCES = {"": ("", ""), "()": ("(", ")"), "[]": ("[", "]")}
MARKS = {"sub": "_", "sup": "^"}
DERIVATIVES = {
    "partial": "∂{loss}/∂{by}",
    "nabla": "∇_{by} {loss}",
    "d": "d{by}",
    "grad": "grad_{by}",
}
"""Derivatives of the loss as plain characters, by `Notation.derivative`."""


def habits(notation: Notation) -> dict[str, str]:
    """One short text for each thing that notations differ in, by its name.

    >>> from derive.notation import NOTATIONS
    >>> habits(NOTATIONS["nielsen"])["layers"], habits(NOTATIONS["cs182"])["weighted input"]
    ('w^2, input is 1', 's = Wᵀ x + b')
    """
    return {name: habit(notation) for name, habit in HABITS.items()}


def _character(kind: str) -> Callable[[Notation], str]:
    return lambda notation: named(notation.letter(kind)).character


def _letters(kind: str) -> Callable[[Notation], str]:
    """The letter of a kind, or those it has layer by layer."""
    return lambda notation: ", ".join(notation.own.get(kind, (_character(kind)(notation),)))


def _layers(notation: Notation) -> str:
    return f"{_layered(notation, 'W', 2)}, input is {notation.first}"


def _layered(notation: Notation, kind: str, number: int) -> str:
    left, right = FENCES[notation.fence]
    return f"{_character(kind)(notation)}{MARKS[notation.place]}{left}{number}{right}"


def _orientation(notation: Notation) -> str:
    a, z, W = (_character(kind)(notation) for kind in ("a", "z", "W"))
    turned = "ᵀ" if (notation.weights == "from") != (notation.examples == "rows") else ""
    factors = (a, W + turned) if notation.examples == "rows" else (W + turned, a)
    bias = "" if notation.bias_column else f" + {_character('b')(notation)}"
    return f"{z} = {' '.join(factors)}{bias}"


def _numbering(notation: Notation) -> str:
    return "the layer they come from" if notation.weights_of == "source" else "the layer they lead into"


def _bias(notation: Notation) -> str:
    return "column 0 of the weights" if notation.bias_column else _character("b")(notation)


def _batch(notation: Notation) -> str:
    mean = f", 1/{_character('N')(notation)} at the gradients" if notation.error_per_example else ""
    return f"examples are {notation.examples}{mean}"


def _derivative(notation: Notation) -> str:
    kinds = ("W",) if notation.style("W") == notation.style("a") else ("W", "a")
    loss = _character("loss")(notation)
    return ", ".join(
        DERIVATIVES[notation.style(kind)].format(loss=loss, by=_character(kind)(notation)) for kind in kinds
    )


HABITS: dict[str, Callable[[Notation], str]] = {
    "activation": _letters("a"),
    "pre-activation": _character("z"),
    "weights": _letters("W"),
    "loss": _character("loss"),
    "target": _character("y"),
    "rate": _character("rate"),
    "function": lambda notation: ", ".join(
        notation.own.get("function", (named(notation.function).character,))
    ),
    "layers": _layers,
    "weights numbered by": _numbering,
    "weighted input": _orientation,
    "bias": _bias,
    "batch": _batch,
    "derivatives": _derivative,
}
"""What notations differ in, each with how it is said."""


def samples(notation: Notation) -> list[str]:
    """The error of a hidden layer and the gradient of its weights as LaTeX: for any layer l, or, where each
    layer has its own letter, for just as many layers."""
    if notation.own:
        derivation = derive(Network([2] * len(notation.own["a"]), GENERIC, GENERIC), notation)
        wanted = ("delta1", "dW1")
    else:
        derivation = written(derive_general(batch=notation.error_per_example), notation)
        wanted = ("delta_l", "dW_l")
    return [derivation[name].latex(notation) for name in wanted]


def as_fields(notation: Notation) -> dict[str, Any]:
    """Every field of the row, as a problem file would write it."""
    return {name: _plain(value) for name, value in asdict(notation).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Struct):
        value = asdict(value)
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value


# -- in sentences, for a page --------------------------------------------------------------------------------


class Reminder(Struct, frozen=True):
    """A sentence for those who know another notation: when it is needed, and what it says."""

    applies: Callable[[Writer, Network], bool]
    said: Callable[[Writer], Sentence]


def reminders(network: Network, by: Writer) -> Iterator[Sentence]:
    """What somebody used to another notation would trip over."""
    return (row.said(by) for row in REMINDERS if row.applies(by, network))


def _input_layer(by: Writer) -> Sentence:
    return (f"Layers are counted from {by.notation.first}, the input.",)


def _source(by: Writer) -> Sentence:
    here, there = (by.notation.printed(layer) for layer in (0, 1))
    weights = quantity_box(Quantity("W", 1), by.notation)
    return (
        "Weights carry the number of the layer they come from: ",
        weights,
        f" leads from layer {here} to layer {there}.",
    )


def _rows(by: Writer) -> Sentence:
    return ("The numbers of a layer stand in a row, one row for each example.",)


def _columns(by: Writer) -> Sentence:
    a, z, W = (letter(by.notation.letter(kind)) for kind in ("a", "z", "W"))
    factors = (a, W) if by.notation.examples == "rows" else (Script(W, sup=letter("top")), a)
    return (
        "A matrix of weights has a column for each neuron of the layer it leads to, so ",
        row(z, sign("equals"), *factors),
        ".",
    )


def _bias_column(by: Writer) -> Sentence:
    bias = quantity_box(Quantity("b", 1), by.notation)
    return ("Biases are column 0 of the weights: ", bias, " belongs to an input that is always 1.")


def _one_example(by: Writer) -> Sentence:
    error = quantity_box(Quantity("delta", 1), by.notation)
    return (error, " holds the error of each example by itself; the mean is taken in the gradients.")


def _through(by: Writer) -> Sentence:
    assert isinstance(by, NeuronWriter)
    first = by.layers[0] + 1
    weight = by.box(ops.at(symbol(Quantity("W", 1), (by.layers[1], by.layers[0])), 1, 1))
    return (
        "Neurons are numbered through the network, inputs first: ",
        weight,
        f" leads from neuron 1, the first input, to neuron {first}, the first of the next layer.",
    )


REMINDERS = (
    Reminder(lambda by, network: by.notation.first != 0, _input_layer),
    Reminder(lambda by, network: by.notation.weights_of == "source", _source),
    Reminder(lambda by, network: by.notation.examples == "rows", _rows),
    Reminder(lambda by, network: by.notation.weights == "from", _columns),
    Reminder(lambda by, network: by.notation.bias_column and network.bias, _bias_column),
    Reminder(
        lambda by, network: by.notation.error_per_example and network.share != ops.constant(1), _one_example
    ),
    Reminder(lambda by, network: isinstance(by, NeuronWriter), _through),
)
"""In the order in which they are said."""
