"""What a hand-written derivative should be: the derivative of the number that the same code computes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.training.names import SIGNAL, Meaning, folded, is_derivative, is_loss, meanings
from grader.chapter.programs.training.numeric import NUMERIC
from grader.chapter.programs.training.tape import Derivatives, derivatives
from grader.chapter.programs.training.trainer import Event, Trainer

MAX_ROOTS, MAX_ANSWERS, MAX_LOSSES = 4, 24, 200


@dataclass(frozen=True, slots=True)
class Answer:
    """A derivative of ``root``, named ``root_name``, by ``variable``; ``sure`` if no other can be meant."""

    root: Tracked
    root_name: str
    variable: Tracked
    name: str
    value: Any
    sure: bool
    explicit: bool
    """Whether the name says what is differentiated."""


@dataclass
class Answers:
    """The derivatives of what a program computes, each found once."""

    trainer: Trainer
    found: dict[int, Derivatives] = field(default_factory=dict)

    def losses(self, order: int) -> list[Event]:
        """The single numbers named as losses, the nearest first; one that stands before counts as nearer."""
        return sorted(self._losses, key=lambda event: max(order - event.order, 2 * (event.order - order)))[
            :MAX_ROOTS
        ]

    def signalled(self, order: int) -> list[tuple[Tracked, str]]:
        """The losses with their names; where none is computed, half the sum of squares of each error."""
        computed = [(event.value, event.name) for event in self.losses(order)]
        return computed or self._implied[-MAX_ROOTS:]

    @cached_property
    def _implied(self) -> list[tuple[Tracked, str]]:
        """Half the sum of squares of what is named as an error and is a difference of two values."""
        gaps = [
            event
            for event in self.trainer.events
            if SIGNAL.fullmatch(event.name)
            and isinstance(event.value, Tracked)
            and is_difference(event.value)
        ]
        return [
            (half_square(event.value), f"half the sum of squares of {event.name}") for event in gaps[-20:]
        ]

    @cached_property
    def _losses(self) -> list[Event]:
        """Every loss once, and of one that is added up only the whole."""
        single = [event for event in self.trainer.events if is_loss(event.name) and is_single(event.value)]
        found: list[Event] = []
        parts: dict[str, set[int]] = {}
        for event in single[: -MAX_LOSSES - 1 : -1]:
            inside = parts.setdefault(event.name, set())
            known = any(event.value is one.value for one in found)
            if not known and id(event.value) not in inside and self.trainer.afford(10):
                found.append(event)
                inside.update(map(id, event.value.order()))
        return found

    @cached_property
    def _outcome(self) -> Event | None:
        """The last single number that is computed before the first derivative."""
        known = self.trainer.versions
        told = (any(one.of in known for one in meanings(event.name)) for event in self.trainer.events)
        first = next((at for at, derivative in enumerate(told) if derivative), 0)
        single = (event for event in self.trainer.events[:first][::-1] if is_single(event.value))
        return next(single, None)

    def first(self, answers: Sequence[Answer]) -> Answer | None:
        """The one answer that counts: by the loss that all the others are parts of; None if there is none."""
        wholes = [one for one in answers if all(id(other.root) in self.of(one.root) for other in answers)]
        return wholes[0] if len(wholes) == 1 else None

    def of(self, root: Tracked) -> Derivatives:
        if id(root) not in self.found:
            affordable = self.trainer.afford(len(root.order()))
            self.found[id(root)] = derivatives(root) if affordable else {}
        return self.found[id(root)]

    def to(self, name: str, order: int) -> Iterator[Answer]:
        """What a name may be meant to be."""
        given = 0
        for meaning in meanings(name):
            exact, nodes = self._variables(meaning.of)
            for root, root_name, explicit in self._roots(meaning, order):
                values = [(node, self.of(root).get(id(node))) for node in nodes]
                reached = [(node, value) for node, value in values if value is not None and np.any(value)]
                for node, value in reached:
                    given += 1
                    if given <= MAX_ANSWERS:
                        sure = exact and len(reached) == 1 and (meaning.what != "" or bool(self._losses))
                        yield Answer(root, root_name, node, meaning.of, value, sure, explicit)

    def _variables(self, name: str) -> tuple[bool, list[Tracked]]:
        """The values that a name has had, the latest first, and whether it is spelled exactly so."""
        versions = self.trainer.versions
        if name in versions and not is_loss(name):
            return True, versions[name][::-1]
        close = [known for known in versions if folded(known) == folded(name) and not is_derivative(known)]
        if not close and len(name) > 2:
            close = [known for known in versions if known.startswith(f"{name}_") and not is_derivative(known)]
        return len(close) == 1 and folded(close[0]) == folded(name), [
            node for known in close[:3] for node in versions[known][::-1]
        ]

    def _roots(self, meaning: Meaning, order: int) -> Iterator[tuple[Tracked, str, bool]]:
        named = self._variables(meaning.what)[1][::-1] if meaning.what else []
        singles = [node for node in named if is_single(node)]
        if singles:
            before = [node for node in singles if self.trainer.noted.get(id(node), 0) <= order]
            yield (before or singles)[-1], meaning.what, True
        elif not meaning.what or is_loss(meaning.what):
            for event in self.losses(order):
                yield event.value, event.name, bool(meaning.what)
            if self._outcome is not None and not self._losses and not meaning.what:
                yield self._outcome.value, self._outcome.name, False


def is_difference(value: Tracked) -> bool:
    return value.operation is not None and value.operation.name == "subtract" and np.size(value.data) > 1


def half_square(value: Tracked) -> Tracked:
    """Half the sum of squares of the entries of an array."""
    whole: Tracked = NUMERIC["multiply"](0.5, NUMERIC["sum"](NUMERIC["square"](value)))
    return whole


def is_single(value: Any) -> bool:
    """Whether a value is one number that was computed."""
    return (
        isinstance(value, Tracked)
        and value.operation is not None
        and np.size(value.data) == 1
        and np.asarray(value.data).dtype.kind in "fi"
        and bool(np.all(np.isfinite(value.data)))
    )
