"""Which slip explains a derivative that is wrong: with it undone, the value is what it should be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice, product
from typing import Any

import numpy as np

from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.training.again import followed_again
from grader.chapter.programs.training.answers import Answer, Answers
from grader.chapter.programs.training.grouping import statements_of
from grader.chapter.programs.training.names import is_derivative
from grader.chapter.programs.training.slips import SLIPS, Setting, Slip
from grader.chapter.programs.training.tape import derivatives, is_leaf, is_numeric, plain, ratio, same
from grader.chapter.programs.training.trainer import Event

MAX_LINES, MAX_TRIES, MAX_NAMES, MAX_SLOPES, MAX_SOURCES = 4, 150, 12, 48, 20

ROUGH = 1e-6
COST = 40
"""What it costs to follow a few lines again."""


@dataclass
class Explainer:
    """Looks for the slip; ``factors`` are, by the loss, those that values on the way have for good reason."""

    answers: Answers
    factors: dict[int, set[float]] = field(default_factory=dict)
    slopes: dict[tuple[int, tuple[int, ...]], tuple[Any, ...]] = field(default_factory=dict)

    def slip(self, group: list[Event], answer: Answer) -> Slip | None:
        """The first slip of the table that explains a value, if it is plain that it does."""
        found = next(self._fitting(group, answer), None)
        if found is None:
            factors = self.factors.get(id(answer.root), ()) if not is_leaf(answer.variable) else ()
            scaled = (replace(answer, value=answer.value * factor) for factor in factors)
            rows = (row for each in scaled for row in self._fitting(group, each) if not row.scales)
            found = next(rows, None)
        return found

    def _fitting(self, group: list[Event], answer: Answer) -> Iterator[Slip]:
        setting = self._setting(group[0], answer)
        value = group[-1].value.data if isinstance(group[-1].value, Tracked) else None
        factor = ratio(value, answer.value) if value is not None else None
        doubtful = factor is not None and not _is_plain(factor, setting.divisors)
        for row in SLIPS:
            if (row.scales and doubtful) or (row.changes and factor is not None):
                continue
            right = value is not None and _puts_right(row, value, setting, answer)
            if right or self._rewritten(row, group, answer, setting):
                yield row

    def _rewritten(self, row: Slip, group: list[Event], answer: Answer, setting: Setting) -> bool:
        """Whether one of the lines, written otherwise, gives the right value."""
        statements, frames = statements_of(group), group[0].frames
        if max(len(statements), len(group)) > MAX_LINES or frames is None or row.rewritten is None:
            return False
        if row.early and not setting.older:
            return False
        older = setting.older if row.early else None
        tries = 0
        for position, statement in enumerate(statements):
            for changed in row.rewritten(statement, setting):
                lines = [*statements[:position], changed, *statements[position + 1 :]]
                tries += 1
                if not self.answers.trainer.afford(COST + sum(map(len, frames)) // 10):
                    return False
                value = followed_again(frames, lines, group[-1].name, older)
                if value is not None and same(value, answer.value):
                    return True
                if tries > MAX_TRIES:
                    return False
        return False

    # ---- what a slip may have to do with

    def _setting(self, event: Event, answer: Answer) -> Setting:
        reached, trainer = self.answers.of(answer.root), self.answers.trainer
        names: dict[str, tuple[int, ...]] = {}
        older: dict[str, Any] = {}
        for name, versions in trainer.versions.items():
            inside = [node for node in versions if id(node) in reached]
            if inside and is_numeric(inside[-1].data):
                names[name] = np.shape(inside[-1].data)
                if name in trainer.updated and event.stood_for(name) is not inside[-1]:
                    older[name] = inside[-1]
            elif is_derivative(name) and is_numeric(versions[-1].data):
                names[name] = np.shape(versions[-1].data)
        shapes = {np.shape(answer.value), np.shape(answer.variable.data), *names.values()}
        lengths = {length for shape in shapes for length in shape if length > 1}
        lengths |= {int(np.prod(shape)) for shape in shapes if len(shape) == 2}
        divisors = tuple(sorted(_divisors(answer.root) & {float(length) for length in lengths}))
        near = dict(list(names.items())[-MAX_NAMES:])
        return Setting(tuple(sorted(lengths)), divisors, self._slopes(answer), near, older)

    def _slopes(self, answer: Answer) -> tuple[Any, ...]:
        """Slopes between values on the way to the loss that have the shape of the derivative."""
        key = id(answer.root), np.shape(answer.value)
        if key not in self.slopes:
            self.slopes[key] = tuple(islice(self._found_slopes(*key, answer.root.order()), MAX_SLOPES))
        return self.slopes[key]

    def _found_slopes(self, root: int, shape: tuple[int, ...], order: list[Tracked]) -> Iterator[Any]:
        nodes = [node for node in order if np.shape(node.data) == shape and not is_leaf(node)]
        for node in nodes[:MAX_SOURCES] if np.prod(shape) > 1 else ():
            if not self.answers.trainer.afford(len(order)):
                return
            for identity, slope in derivatives(node).items():
                if identity != id(node) and np.shape(slope) == shape and np.any(slope):
                    yield slope


def _divisors(root: Tracked) -> set[float]:
    """The numbers by which something is divided on the way to a loss, as in a mean."""
    found = set()
    for node in root.order():
        if node.operation is None:
            continue
        if node.operation.name == "mean":
            found.add(float(np.size(plain(node.arguments[0])) / max(np.size(node.data), 1)))
        for argument in node.arguments if node.operation.name in ("divide", "multiply") else ():
            size = np.asarray(plain(argument), dtype=float)
            if size.size == 1 and size:
                found |= {float(abs(size.item())), float(round(abs(1 / size.item()), 9))}
    return found


def _is_plain(factor: float, divisors: tuple[float, ...]) -> bool:
    """Whether only one slip can be behind a factor, and not two at once that come to the same."""
    ways = {
        (two, power, number if power else 0.0)
        for two, power, number in product((-1, 0, 1), (-1, 0, 1) if divisors else (0,), divisors or (1.0,))
        if abs(2.0**two * number**power - abs(factor)) <= ROUGH * abs(factor)
    }
    return len(ways) <= 1


def _puts_right(row: Slip, value: Any, setting: Setting, answer: Answer) -> bool:
    rights = row.put_right(np.asarray(value, dtype=float), setting) if row.put_right else ()
    return any(same(right, answer.value, ROUGH) for right in rights)
