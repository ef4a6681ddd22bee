"""Indices that pick something else than an entry: number 0 the bias, two letters on a δ a Kronecker delta."""

from __future__ import annotations

from derive.notation import Notation
from derive.quantities import Quantity
from grader.meaning.scripts import is_letters, places_in, split
from grader.meaning.terms import Place
from grader.reading import tree


def bias_among_weights(
    quantity: Quantity, places: tuple[Place, ...], notation: Notation
) -> tuple[Quantity, tuple[Place, ...]]:
    """An entry of weights, or of the bias where it stands beside number 0, which no neuron has.

    >>> from derive.notation import NOTATIONS
    >>> bias_among_weights(Quantity("W", 1), ("j", 0), NOTATIONS["ng"])
    (Quantity(kind='b', layer=1), ('j',))
    """
    stem, new, _ = quantity.kind.partition("_new")
    if 0 not in places or not stem.endswith("W"):
        return quantity, places
    position = 0 if notation.weights == "from" else len(places) - 1
    if places[position] != 0:
        return quantity, places
    bias = Quantity(stem.removesuffix("W") + "b" + new, quantity.layer)
    return bias, (*places[:position], *places[position + 1 :])


def kronecker_letters(name: tree.Name | tree.Scripted) -> tuple[str, str] | None:
    """The two letters below a δ that has nothing above it; None for any other name."""
    letter, sub, sup, primes = split(name)
    if letter != "delta" or sub is None or sup is not None or primes or not is_letters(sub):
        return None
    first, *others = places_in(sub)
    if not isinstance(first, str) or len(others) != 1 or not isinstance(others[0], str):
        return None
    return first, others[0]


def is_layer_and_entry(name: tree.Name | tree.Scripted, notation: Notation) -> bool:
    """Whether δ_{i,j} is the error of neuron j in layer i: with a comma, where layers stand below."""
    sub = split(name)[1]
    if notation.place != "sub" or not isinstance(sub, tree.Group) or len(sub.items) != 2:
        return False
    first = sub.items[0]
    return isinstance(first, tree.Name) and first.text == notation.layer
