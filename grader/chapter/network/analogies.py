"""Names without a formula that are computed as their siblings are: ``w_2`` as ``w_1``, its indices moved."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.chapter.network.analogy import move_between
from grader.chapter.network.look import near_enough, same_value
from grader.reading.tree import Tree

if TYPE_CHECKING:
    from grader.chapter.network.implied import Implied


@dataclass
class Analogies:
    """What a network takes from siblings."""

    network: Implied

    def slot_of(self, name: str) -> int | None:
        """The slot of a name whose formula stands on the page only for a sibling; None without one."""
        for sibling in self.network.facts.siblings(name)[:3]:
            found = self._alternatives(name, sibling)
            slots = [slot for slot in found if not self._refuted(name, slot)]
            if found and not slots and name not in self.network.facts.formulas:
                self.network.doubtful.add(name)
                slots = found if name in self.network.disbelieved else []
            if slots:
                self.network.analogous[name] = sibling
                if len(slots) > 1:
                    self.network.ambiguous[name] = len(slots)
                return slots[min(self.network.choices.get(name, 0), len(slots) - 1)]
        return None

    def _alternatives(self, name: str, sibling: str) -> list[int]:
        """The slots of the sibling's formulas with indices moved, each value once."""
        move = move_between(sibling, name)
        found: list[int] = []
        for formula in self.network.facts.formulas[sibling]:
            for renamed in self.network.facts.moved(formula.tree, move):
                slot = self._lower_known(formula.tree, renamed)
                found += [slot] if slot is not None and slot not in found else []
        values = self.network.look().values
        return [
            slot
            for position, slot in enumerate(found)
            if not any(same_value(values[slot], values[other]) for other in found[:position])
        ]

    def _lower_known(self, tree: Tree, renamed: Mapping[str, str]) -> int | None:
        for name in renamed.values():
            if self.network.slot(name) is None and self.network.facts.known(name):
                self.network.as_leaf(name)
        return self.network.lower_number(tree, renamed)

    def _refuted(self, name: str, slot: int) -> bool:
        """Whether a number that is told for a name is not what the analogy gives.

        A name with a formula of its own is only taken to mean another if a number bears that out.
        """
        value = self.network.look().at(slot)
        told = self.network.facts.printed.get(name, ())
        if not told or math.isnan(value):
            return name in self.network.facts.formulas
        return not any(near_enough(assertion, value) for assertion in told)
