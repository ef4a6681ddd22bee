"""Verdicts on the other lines of a program that learns: the loss, and the steps that make it smaller."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.training.answers import Answer, Answers
from grader.chapter.programs.training.found import Found
from grader.chapter.programs.training.losses import loss_computed, names_loaded
from grader.chapter.programs.training.names import PARAMETER, is_loss
from grader.chapter.programs.training.tape import is_leaf, ratio
from grader.chapter.programs.training.trainer import Event, Update

PLAIN = 3
"""A name of so many letters says that something is to be made small."""


@dataclass
class Steps:
    """Judges steps and losses."""

    answers: Answers

    def judged(self, update: Update) -> Iterator[Found]:
        """A step goes against the derivative of the loss."""
        for root, name in self.answers.signalled(update.order)[:1]:
            factor = self.direction(update, root)
            place = f"the derivative of {name} with respect to {update.name}"
            if factor is not None and factor < 0:
                yield Found(update.statement, "confirmed", f"it is a step against {place}")
            elif factor is not None and self._only_up(update, name):
                reason = f"it is a step along {place}, by which {name} grows"
                yield Found(update.statement, "contradicted", reason, "sign-flipped")

    def _only_up(self, update: Update, name: str) -> bool:
        """Whether a weight only goes up, and that is no aim: a letter may stand for what is made large."""
        same = [one for one in self.answers.trainer.updates if one.name == update.name]
        ways = [
            self.direction(one, event.value) for one in same for event in self.answers.losses(one.order)[:1]
        ]
        if len(name) < PLAIN or not PARAMETER.fullmatch(update.name):
            return False
        return all(way is not None and way > 0 for way in ways)

    def direction(self, update: Update, root: Tracked) -> float | None:
        """What a step is as a multiple of the derivative of a loss; None if it is none."""
        right = self.answers.of(root).get(id(update.before))
        return ratio(np.asarray(update.after.data) - update.before.data, right) if right is not None else None

    def go_down(self, answer: Answer) -> bool:
        """Whether the steps taken with a derivative make the loss smaller, whatever sign it has."""
        steps = [
            self.direction(update, answer.root)
            for update in self.answers.trainer.updates
            if not is_leaf(answer.variable) or update.before is answer.variable
        ]
        known = [step for step in steps if step is not None]
        return bool(known) and max(known) < 0

    def loss(self, event: Event) -> Iterator[Found]:
        """A line that computes a loss which is known."""
        trainer = self.answers.trainer
        if not is_loss(event.name) or not isinstance(event.value, Tracked) or np.size(event.value.data) != 1:
            return
        names = [name for name in names_loaded(event.statement) if name in trainer.versions]
        words = loss_computed(
            event.value.data, {name: trainer.standing(name, event.order).data for name in names}
        )
        if words:
            yield Found(event.statement, "confirmed", f"it is {words}")
