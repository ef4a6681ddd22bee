"""How a page trains its network: which loss falls, by which rate, which names move, and what comes out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from grader.chapter.network.analogy import family
from grader.chapter.network.implied import Implied
from grader.chapter.network.tape import Training

RATES = ("eta", "alpha", "lr", "epsilon", "gamma", "mu", "learning_rate", "LR", "r", "l")
"""Names of a learning rate, for a page whose rule does not hold one."""

MAX_WORK = 6_000_000
"""So many steps of the calculation may a training take."""


@dataclass(frozen=True)
class Update:
    """The update of an implied network: the name of the loss, the rate, and the names that move."""

    network: Implied
    loss: str
    rate: float
    moving: tuple[str, ...]
    early: bool = False

    def after(self, rounds: int = 1, leaves: Mapping[str, float] | None = None) -> dict[str, float]:
        """The leaves after so many updates; empty if that takes too long or cannot be computed."""
        slot = self.network.slot(self.loss)
        if slot is None or len(self.network.tape.steps) * rounds > MAX_WORK:
            return {}
        training = Training(self.network.tape, slot, self.moving, self.rate, self.early)
        try:
            return training.after(self.network.leaves if leaves is None else leaves, rounds)
        except (ArithmeticError, ValueError):
            return {}

    @property
    def biases(self) -> tuple[str, ...]:
        """The leaves below the loss that are only added."""
        steps, leaves = self.network.tape.steps, self.network.leaves_of(self.loss)
        added = {slot for step, slots in steps if step and step.name == "add" for slot in slots}
        others = {slot for step, slots in steps if step and step.name != "add" for slot in slots}
        return tuple(leaf for leaf in leaves if self.network.tape.leaves[leaf] in added - others)

    @cached_property
    def once(self) -> dict[str, float]:
        """The leaves after one update."""
        return self.after()

    def worked(self, early: bool) -> Update:
        """The same update with weights that change at once, or together."""
        return replace(self, early=early)

    def value(self, name: str) -> float:
        """A name after one update: a leaf that moves, or what is computed from such leaves; else NaN."""
        leaf = self.network.leaf_name(name)
        if leaf in self.moving:
            return self.once.get(leaf, math.nan)
        touched = set(self.network.leaves_of(name)) & set(self.moving)
        return self.network.look(self.once).value(name) if touched and self.once else math.nan


def update_of(network: Implied) -> Update | None:
    """The update that a page describes, if it names a loss and a rate."""
    loss = _loss(network)
    rate = _rate(network)
    moving = _moving(network, loss)
    if not loss or math.isnan(rate) or not moving:
        return None
    return Update(network, loss, rate, moving)


def _loss(network: Implied) -> str:
    """What the rules, or else most derivatives on the page, differentiate."""
    for derivatives in (network.facts.derivatives_in_rules, network.facts.derivatives):
        counts: Counter[str] = Counter()
        for halves in derivatives:
            if network.computed(halves["of"]) and _is_leaf(network, halves["by"]):
                counts[halves["of"]] += 1
        if counts:
            return max(counts, key=lambda name: (counts[name], name))
    return ""


def _is_leaf(network: Implied, name: str) -> bool:
    return bool(network.every_slot(name)) and not network.computed(name)


def _rate(network: Implied) -> float:
    named = [name for name in network.facts.operands_in_rules if name in network.leaves]
    for name in [*(name for name in RATES if name in named), *named, *RATES]:
        if name in network.leaves and 0 < network.leaves[name] <= 10:
            return network.leaves[name]
    return math.nan


def _moving(network: Implied, loss: str) -> tuple[str, ...]:
    """The leaves that have a rule, a value after the update, or a sibling that has."""
    facts = network.facts
    leaves = {slot: leaf for leaf, slot in network.tape.leaves.items()}
    slots = (slot for name in facts.moved_names for slot in network.every_slot(name))
    moved = {*facts.moved_names, *(leaves[slot] for slot in slots if slot in leaves)}
    families = {family(name)[0] for name in moved}
    return tuple(leaf for leaf in network.leaves_of(loss) if family(leaf)[0] in families) if loss else ()
