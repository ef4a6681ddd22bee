"""KINDS_OF_NETWORK: one row for each kind of network that a formula of a page may be about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import product
from typing import Any

from msgspec.structs import replace

from derive.network import Network

GENERIC = "generic"
ANYWHERE = "in any network"
SIZES = {1: (3, 2), 2: (3, 4, 2), 3: (3, 4, 5, 2), 4: (3, 4, 5, 4, 2)}
"""Layers of unequal sizes, by their number."""


@dataclass(frozen=True)
class Feature:
    """One way in which a network may be special, in words behind "in a network", and what it changes.

    It is tried where a page has one of ``signs`` (a regular expression), or if there are none.
    """

    words: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    signs: str = ""

    def __hash__(self) -> int:
        return hash(self.words)


ANY = Feature("")
BIASES = (ANY, Feature("without biases", {"bias": False}))
OUTPUTS = (ANY, Feature("with one output", {"one_output": True}))
LOSSES = (
    ANY,
    Feature("with half the squared error", {"loss": "half-squared-error"}),
    Feature("with the squared error", {"loss": "squared-error"}),
    Feature("with the cross-entropy of a softmax", {"loss": "cross-entropy", "last": "softmax"}, "softmax"),
    Feature("with the binary cross-entropy", {"loss": "binary-cross-entropy", "last": "sigmoid"}, "log|ln"),
)
ACTIVATIONS = (
    ANY,
    Feature("of sigmoids", {"activation": "sigmoid"}),
    Feature("of hyperbolic tangents", {"activation": "tanh"}, "tanh|hyperbolic"),
    Feature("of rectifiers", {"activation": "relu"}, "relu|max|rectif"),
    Feature("of linear neurons", {"activation": "identity"}, "linear|identity"),
)


@dataclass(frozen=True)
class Kind:
    """A kind of network by its features; the plainest has none."""

    features: tuple[Feature, ...]

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(self.features)

    @property
    def words(self) -> str:
        said = " ".join(feature.words for feature in self.features if feature.words)
        return f"in a network {said}" if said else ANYWHERE

    @property
    def fitting(self) -> frozenset[str]:
        """Which of its features decide what fits together: they concern sizes, or a last activation that need
        not be applied entry by entry."""
        deciding = (
            feature for feature in self.features if feature in OUTPUTS[1:] or "last" in feature.changes
        )
        return frozenset(feature.words for feature in deciding)

    def network(self, depth: int) -> Network:
        """The network of this kind with so many layers of weights. Raises `Unusable` where there is none."""
        return _network(self, depth)

    def numbered(self, network: Network, sizes: Sequence[int]) -> Network:
        """The network with other sizes."""
        return network if tuple(sizes) == tuple(network.layers) else _sized(network, tuple(sizes))


@lru_cache(maxsize=512)
def _network(kind: Kind, depth: int) -> Network:
    wanted: dict[str, Any] = {"activation": GENERIC, "loss": GENERIC, "bias": True}
    for feature in kind.features:
        wanted |= feature.changes
    sizes, last = SIZES[depth], wanted.pop("last", None)
    if wanted.pop("one_output", False):
        sizes = (*sizes[:-1], 1)
    names = [wanted.pop("activation")] * depth
    return Network(sizes, (*names[:-1], last or names[-1]), **wanted)


@lru_cache(maxsize=512)
def _sized(network: Network, sizes: tuple[int, ...]) -> Network:
    return replace(network, layers=sizes)


PLAIN = (Kind((ANY,)), Kind((BIASES[1],)))
"""Enough to tell notations apart, together with the most usual kind below."""
USUAL = Kind((LOSSES[1], ACTIVATIONS[1], BIASES[1], OUTPUTS[1]))


def kinds(page: str, has_target: bool) -> Iterator[Kind]:
    """The kinds of network that a page may be about, the plainest first; the loss matters only to formulas
    that hold the target or the loss."""
    losses = _signed(LOSSES, page) if has_target else LOSSES[:1]
    every = product(losses, _signed(ACTIVATIONS, page), BIASES, OUTPUTS)
    yield from map(Kind, sorted(every, key=lambda features: sum(bool(feature.words) for feature in features)))


def special_kinds(page: str, has_target: bool) -> Iterator[Kind]:
    """The most special of these kinds: what is true in a kind of network is true in one of these in which the
    same fits together, and less is left open."""
    losses = _signed(LOSSES, page)[1:] if has_target else LOSSES[:1]
    yield from map(Kind, product(losses, _signed(ACTIVATIONS, page)[1:], BIASES[1:], OUTPUTS))


def _signed(features: tuple[Feature, ...], page: str) -> list[Feature]:
    return [feature for feature in features if re.search(feature.signs, page, re.IGNORECASE)]
