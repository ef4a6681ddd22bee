"""Verdicts on derivatives written by hand: confirmed, or contradicted where one slip explains them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.training.again import followed_again
from grader.chapter.programs.training.answers import Answer, Answers
from grader.chapter.programs.training.explaining import Explainer
from grader.chapter.programs.training.found import Found
from grader.chapter.programs.training.grouping import grouped, is_copy, is_given, names_in, statements_of
from grader.chapter.programs.training.names import PARAMETER, SIGNAL, is_derivative
from grader.chapter.programs.training.steps import Steps
from grader.chapter.programs.training.tape import TAPE, is_leaf, ratio, same
from grader.chapter.programs.training.trainer import Event, Trainer
from grader.chapter.programs.values import Unknown

ROUGH, NEARLY, MAX_BEFORE, MAX_SIGNALS = 1e-6, 1e-3, 40, 200

FITS = "cannot be computed"
"""How it begins if NumPy refuses a line: the shapes do not fit, for example."""


@dataclass
class Judge:
    """Judges what happened; ``wrong`` are derivatives found wrong, with the lines and as they should be."""

    trainer: Trainer
    lines: dict[int, int]
    wrong: dict[str, tuple[ast.stmt, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.answers = Answers(self.trainer)
        self.explainer = Explainer(self.answers)
        self.steps = Steps(self.answers)

    def judged(self) -> Iterator[Found]:
        """The verdicts on all that happened, in the order in which it was computed."""
        for group in grouped(self.trainer.events):
            if not self.trainer.afford(1 + len(self.trainer.versions) // 5):
                return
            found = self._group(group)
            if found is not None:
                yield found
        for update in self.trainer.updates:
            if not names_in(update.statement) & set(self.wrong):
                yield from self.steps.judged(update)
        for event in {id(event.statement): event for event in self.trainer.events}.values():
            yield from self.steps.loss(event)

    def _group(self, group: list[Event]) -> Found | None:
        """The verdict on the lines that together compute one derivative; None if nothing can be said."""
        name = group[0].name
        answers = list(self.answers.to(name, group[-1].order))
        given = all(is_given(event) for event in group)
        if not answers or (given and not answers[0].explicit):
            return self._signal(group) if SIGNAL.fullmatch(name) else None
        for event in group[::-1]:
            for answer in answers:
                if isinstance(event.value, Tracked) and same(event.value.data, answer.value):
                    return Found(event.statement, "confirmed", f"it is {self._said(answer)}")
        present = self._present(group[0], answers)
        return self._mistaken(group, present) if present and not given else None

    def _present(self, event: Event, answers: list[Answer]) -> list[Answer]:
        """The answers that the nearest loss has, and those that it is part of or that are part of it."""
        found = [answer for answer in answers if self._is_present(event, answer)]
        return [one for one in found if self._belong(one.root, found[0].root)]

    def _belong(self, one: Tracked, other: Tracked) -> bool:
        return id(one) in self.answers.of(other) or id(other) in self.answers.of(one)

    def _is_present(self, event: Event, answer: Answer) -> bool:
        """Whether a variable is still what it was when the loss was computed, but for a step."""
        now = event.stood_for(answer.name)
        steps = self.trainer.updates
        stepped = any(step.before is answer.variable and step.after is now for step in steps)
        return now is None or now is answer.variable or stepped

    def _said(self, answer: Answer) -> str:
        return f"the derivative of {answer.root_name}{self._where(answer)} with respect to {answer.name}"

    def _where(self, answer: Answer) -> str:
        for event in self.trainer.events:
            if event.value is answer.root and id(event.statement) in self.lines:
                return f" on line {self.lines[id(event.statement)]}"
        return ""

    # ---- what is wrong

    def _mistaken(self, group: list[Event], answers: list[Answer]) -> Found | None:
        last, answer = group[-1], answers[0]
        if isinstance(last.value, Unknown) and FITS not in last.value.reason:
            return None if is_copy(last.statement) else Found(last.statement, "unchecked", last.value.reason)
        excused = self._excused(group, answers)
        if excused:
            return Found(last.statement, "confirmed", excused)
        found = self._inherited(group, answer)
        whole = self.answers.first(answers)
        if found is None and whole is not None and whole.sure and self._matters(whole):
            found = self._explained(group, whole)
        return found or self._left_open(last, answer)

    def _left_open(self, last: Event, answer: Answer) -> Found | None:
        """What is not the derivative, but of which it is not certain what is wrong."""
        if not answer.sure:
            return None
        several = isinstance(last.value, Tracked) and np.size(last.value.data) > 1
        factor = ratio(last.value.data, answer.value) if several else None
        if factor is None:
            reason = f"it is not {self._said(answer)}, and no single slip that is known explains it"
            return Found(last.statement, "unchecked", reason)
        reason = f"it is {self._said(answer)} but for a constant factor, for which no single slip is known"
        return Found(last.statement, "unchecked", reason) if abs(factor - 1) > NEARLY else None

    def _matters(self, answer: Answer) -> bool:
        """Whether the variable is a weight, or depends on one: data are not what one differentiates by."""
        if not is_leaf(answer.variable):
            return True
        return answer.name in self.trainer.updated or bool(PARAMETER.fullmatch(answer.name))

    def _inherited(self, group: list[Event], answer: Answer) -> Found | None:
        """Whether a value is right for what it was computed from, of which something is wrong."""
        statements = statements_of(group)
        used = {name for statement in statements for name in names_in(statement)} & set(self.wrong)
        if not used or group[0].frames is None:
            return None
        instead = {name: value for name, (_, value) in self.wrong.items()}
        if not self.trainer.afford(sum(map(len, group[0].frames))):
            return None
        value = followed_again(group[0].frames, statements, group[-1].name, instead)
        if value is None or not same(value, answer.value):
            return None
        root = next(self.wrong[name][0] for name in self.wrong if name in used)
        self.wrong[group[-1].name] = (root, Tracked(np.array(answer.value), TAPE))
        reason = f"it should be {self._said(answer)}; what it is computed from is wrong"
        return Found(group[-1].statement, "contradicted", reason, None, root)

    def _explained(self, group: list[Event], answer: Answer) -> Found | None:
        row = self.explainer.slip(group, answer)
        if row is None:
            return None
        last = group[-1]
        self.wrong[last.name] = (last.statement, Tracked(np.array(answer.value), TAPE))
        reason = f"it should be {self._said(answer)}: {row.sentence}"
        return Found(last.statement, "contradicted", reason, row.name)

    # ---- what is right in its own way

    def _excused(self, group: list[Event], answers: list[Answer]) -> str:
        """What to say of a sign or a factor that is made good by later lines; empty if there is none."""
        value = group[-1].value
        for answer in answers if isinstance(value, Tracked) else ():
            if self._before_slope(value, answer):
                return f"it is {self._said(answer)}, taken on to what {answer.name} is computed from"
            factor = ratio(value.data, answer.value)
            if factor is None:
                continue
            if abs(factor + 1) < ROUGH and self.steps.go_down(answer):
                return f"it is minus {self._said(answer)}, and the steps taken with it go down all the same"
            if not is_leaf(answer.variable) and self._made_good(answer):
                self.explainer.factors.setdefault(id(answer.root), set()).add(factor)
                return f"it is {self._said(answer)} but for a constant factor; later lines make up for that"
        return ""

    def _before_slope(self, value: Tracked, answer: Answer) -> bool:
        """Whether it is right for what the variable is a function of, if nothing else is the name of that."""
        reached = self.answers.of(answer.root)
        inside = [
            node
            for node in answer.variable.order()[1:MAX_BEFORE]
            if np.shape(node.data) == np.shape(value.data)
        ]
        right = {id(node) for node in inside if id(node) in reached and same(value.data, reached[id(node)])}
        return bool(right) and bool(right - self._named_otherwise(answer))

    def _named_otherwise(self, answer: Answer) -> set[int]:
        """The values that other derivatives on the page are taken by."""
        names = {event.name for event in self.trainer.events if is_derivative(event.name)}
        found = (one.variable for name in names - {answer.name} for one in self.answers.to(name, 0))
        return {id(variable) for variable in found if variable is not answer.variable}

    def _made_good(self, answer: Answer) -> bool:
        """Whether a derivative by a weight is right all the same."""
        return any(
            is_leaf(one.variable) and one.root is answer.root and same(event.value.data, one.value)
            for event in self.trainer.events
            if isinstance(event.value, Tracked) and is_derivative(event.name)
            for one in self.answers.to(event.name, event.order)
        )

    # ---- error signals

    def _signal(self, group: list[Event]) -> Found | None:
        """An error signal: plus or minus the derivative of a loss by something on the way."""
        value = group[-1].value
        if not isinstance(value, Tracked) or np.size(value.data) < 2 or is_leaf(value):
            return None
        names = self._names()
        for root, name in self.answers.signalled(group[-1].order):
            fitting = [node for node in root.order()[:MAX_SIGNALS] if self._fits(value, node, root)]
            if not fitting or value in root.order()[:MAX_SIGNALS]:
                continue
            node = ([one for one in fitting if id(one) in names] or fitting)[-1]
            sign = "minus " if (ratio(value.data, self.answers.of(root)[id(node)]) or 0) < 0 else ""
            reason = f"it is {sign}the derivative of {name} with respect to {self._called(node, names)}"
            return Found(group[-1].statement, "confirmed", reason)
        return None

    def _fits(self, value: Tracked, node: Tracked, root: Tracked) -> bool:
        """Whether a value is plus or minus the derivative by something."""
        right = self.answers.of(root).get(id(node))
        fits = right is not None and np.shape(right) == np.shape(value.data)
        factor = ratio(value.data, right) if fits else None
        return factor is not None and abs(abs(factor) - 1) < ROUGH

    def _names(self) -> dict[int, str]:
        return {
            id(node): name
            for name, nodes in self.trainer.versions.items()
            for node in nodes
            if not is_derivative(name) and id(node) not in self.trainer.lent
        }

    def _called(self, node: Tracked, names: dict[int, str]) -> str:
        """The name of a value, or of what is computed from it."""
        if id(node) in names:
            return names[id(node)]
        after = [
            name
            for name, nodes in self.trainer.versions.items()
            for one in nodes[-2:]
            if id(one) not in self.trainer.lent and self.trainer.afford(len(one.order()))
            if any(part is node for part in one.order()[1:MAX_BEFORE])
        ]
        return f"what {after[0]} is computed from" if after else "a value on the way"
