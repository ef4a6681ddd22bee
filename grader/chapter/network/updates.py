"""How a page trains its network: which loss falls, by which rate, which names move, and what comes out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from grader.chapter.names import names_in
from grader.chapter.network.analogy import family
from grader.chapter.network.facts import DERIVATIVE
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
    for names in (_in_rules(network), network.facts.names):
        counts: Counter[str] = Counter()
        for name in names:
            halves = DERIVATIVE.fullmatch(name)
            if halves and network.computed(halves["of"]) and _is_leaf(network, halves["by"]):
                counts[halves["of"]] += 1
        if counts:
            return max(counts, key=lambda name: (counts[name], name))
    return ""


def _in_rules(network: Implied) -> list[str]:
    """The names in each rule of a page, in order."""
    rules = (rule for some in network.facts.rules.values() for rule in some)
    return [name for rule in rules for name in sorted(names_in(rule.tree))]


def _is_leaf(network: Implied, name: str) -> bool:
    return bool(network.every_slot(name)) and not network.computed(name)


def _rate(network: Implied) -> float:
    rules = (name for name in _in_rules(network) if name not in network.facts.rules)
    named = [name for name in rules if not DERIVATIVE.fullmatch(name) and name in network.leaves]
    for name in [*(name for name in RATES if name in named), *named, *RATES]:
        if name in network.leaves and 0 < network.leaves[name] <= 10:
            return network.leaves[name]
    return math.nan


def _moving(network: Implied, loss: str) -> tuple[str, ...]:
    """The leaves that have a rule, a value after the update, or a sibling that has."""
    facts = network.facts
    moved = {*facts.rules, *(assertion.name for assertion in facts.assertions if assertion.after)}
    leaves = {slot: leaf for leaf, slot in network.tape.leaves.items()}
    moved |= {leaves[slot] for name in moved for slot in network.every_slot(name) if slot in leaves}
    families = {family(name)[0] for name in moved}
    return tuple(leaf for leaf in network.leaves_of(loss) if family(leaf)[0] in families) if loss else ()
