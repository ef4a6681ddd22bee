"""Which addresses a problem can speak of, what stands behind them, and what is wrong with others."""

from __future__ import annotations

import difflib
import re
from functools import cached_property
from typing import Any

from msgspec import Struct

from derive.activations import GENERIC
from derive.derivation import Derivation
from derive.general import general_of
from derive.graph import Graph, Shape
from derive.network import Network
from derive.quantities import KINDS, Quantity, parse_address
from derive.shape_rules import show

ADDRESS = re.compile(r"(?P<name>[A-Za-z]\w*(?:(?<=_[lL])[+-]\d)?)(?:\[(?P<entry>\d+(?:,\d+)?)\])?")


class Scope(Struct, frozen=True, dict=True):
    """What the parts of a problem can speak of.

    ``model`` is None where the network or graph has faults; ``derivation`` then is of as much as can be
    understood. ``given`` holds the numbers by address.
    """

    model: Network | Graph | None
    derivation: Derivation
    given: dict[str, Any]

    @property
    def network(self) -> Network | None:
        """The network; None for a computation graph."""
        return self.derivation.network

    @cached_property
    def inputs(self) -> dict[str, Shape]:
        """The addresses of what has to be given, with shapes."""
        inputs = self.derivation.graph.inputs
        return {q.address: shape for q, shape in inputs.items() if q.address not in self.settings}

    @cached_property
    def settings(self) -> tuple[str, ...]:
        """The addresses of numbers that are chosen in the network's own fields."""
        chosen = self.network.settings if self.network else {}
        return tuple(quantity.address for quantity, value in chosen.items() if value is not None)

    @cached_property
    def givable(self) -> dict[str, Shape]:
        """The addresses of what can be given: the inputs, and what an update remembers, which is else 0."""
        states = self.network.states if self.network else {}
        return {**self.inputs, **{quantity.address: shape for quantity, shape in states.items()}}

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """Every address that has a number, with its shape."""
        steps = {step.quantity.address: step.formula.shape for step in self.derivation}
        after = {"loss_new": (1, 1)} if any(step.stage == "update" for step in self.derivation) else {}
        return {**self.givable, **steps, **after}

    @cached_property
    def general(self) -> tuple[str, ...]:
        """The addresses of general formulas that can be asked."""
        network = self.network
        if network is None:
            return ()
        quantities = (step.quantity for step in general_of(network))
        return tuple(q.address for q in quantities if q.layer is not None)

    @property
    def is_generic(self) -> bool:
        """Whether the activation or the loss is left open, so that there are only formulas."""
        network = self.model
        return isinstance(network, Network) and GENERIC in (*network.activation, network.loss)

    def canonical(self, name: str) -> str:
        """The address with its aliases resolved: in a network ``a0`` is ``x``."""
        return parse_address(name)[0].address if self.network else name

    def missing(self, name: str) -> list[str]:
        """What a quantity is computed from and is not given, in order."""
        needs = self._needs(name)
        rate = self.network.learning_rate if self.network else None
        absent = [address for address in self.inputs if address in needs and address not in self.given]
        return absent + (["network.learning_rate"] if "rate" in needs and rate is None else [])

    def _needs(self, name: str) -> set[str]:
        needs = set(self.shapes) if name == "loss_new" else {name}
        for step in reversed(self.derivation.steps):
            if step.quantity.address in needs:
                needs |= {quantity.address for quantity in step.formula.symbols}
        return needs

    # -- addresses -------------------------------------------------------------------------------------------

    def address_fault(self, address: str, general: bool = True) -> str | None:
        """What is wrong with an address, in a sentence; None if it is known."""
        match = ADDRESS.fullmatch(address)
        if match is None:
            return f"'{address}' is no address; addresses look like W2, delta1 or W2[1,3]"
        name = self.canonical(match["name"])
        if general and name in self.general and not match["entry"]:
            return None
        if name not in self.shapes:
            return self._unknown(match["name"])
        return _entry_fault(name, match["entry"], self.shapes[name]) if match["entry"] else None

    def term_fault(self, address: str) -> str | None:
        """The same for what an answer may use: also chosen numbers, and neighbouring layers."""
        if self.network and (parse_address(address)[0] in self.network.settings or _is_general(address)):
            return None
        return self.address_fault(address)

    def _unknown(self, name: str) -> str:
        network = self.network
        what = "network" if network else "graph"
        reason = reason_against(parse_address(name)[0], network) if network else None
        if reason:
            return f"there is no {name}: {reason}"
        known = [*self.shapes, *self.general]
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean '{close[0]}'? " if close else ""
        shown = ", ".join(known[:40]) + (", …" if len(known) > 40 else "")
        return f"'{name}' is not a quantity of this {what} ({hint}known: {shown})"


def _is_general(address: str) -> bool:
    match = ADDRESS.fullmatch(address)
    if match is None or match["entry"]:
        return False
    quantity = parse_address(address)[0]
    return quantity.kind in KINDS and quantity.layer is not None and not isinstance(quantity.layer, int)


def reason_against(quantity: Quantity, network: Network) -> str | None:
    """Why a network has no such quantity, although the name is well formed."""
    if network.forward_only and quantity.needs_gradient:
        return network.forward_only
    stem = quantity.kind.removesuffix("_new")
    if stem.endswith("b") and not network.bias:
        return "this network has no biases (bias: false)"
    of_update = quantity.kind != stem or (stem in KINDS and KINDS[stem].role == "state")
    if stem.endswith("b") and of_update and not network.train_biases:
        return "the biases are fixed (update.biases)"
    if not isinstance(quantity.layer, int):
        return None
    if quantity.layer > network.depth:
        return f"this network ends at layer {network.depth}"
    return "layer 0 is the input, which is called x" if quantity.layer == 0 else None


def _entry_fault(name: str, entry: str, shape: Shape) -> str | None:
    indices = [int(index) for index in entry.split(",")]
    if len(indices) == 1 and shape[1] != 1:
        return f"{name} is {show(shape)}; name the row and the column of an entry, such as {name}[1,2]"
    for index, size, what in zip(indices, shape, ("row", "column"), strict=False):
        if not 1 <= index <= int(size):
            return f"{name} is {show(shape)}; it has no {what} {index} (they count from 1)"
    return None
