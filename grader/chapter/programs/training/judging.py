"""Verdicts on derivatives written by hand: confirmed, or contradicted where one slip explains them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from grader.chapter.claims import Word
from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.training.again import followed_again
from grader.chapter.programs.training.answers import Answer, Answers
from grader.chapter.programs.training.losses import loss_computed, names_loaded
from grader.chapter.programs.training.names import PARAMETER, SIGNAL, is_derivative, is_loss
from grader.chapter.programs.training.slips import SLIPS, Setting, Slip
from grader.chapter.programs.training.tape import derivatives, is_leaf, is_numeric, same
from grader.chapter.programs.training.trainer import Event, Trainer, Update
from grader.chapter.programs.values import Unknown

MAX_LINES, MAX_TRIES, MAX_NAMES, MAX_SLOPES = 4, 150, 12, 12

ROUGH = 1e-6

SCALES = frozenset({"factor-2", "factor-half", "mean-omitted", "mean-not-meant"})
"""Slips that only change a constant factor."""


@dataclass(frozen=True, slots=True)
class Found:
    """A verdict on a statement; ``follows`` is the statement of the error that it is a consequence of."""

    statement: ast.stmt
    verdict: Word
    reason: str
    diagnosis: str | None = None
    follows: ast.stmt | None = None


@dataclass
class Judge:
    """Judges what happened while code was followed."""

    trainer: Trainer
    lines: dict[int, int]
    wrong: dict[str, tuple[ast.stmt, Any]] = field(default_factory=dict)
    factors: dict[int, set[float]] = field(default_factory=dict)
    """By the loss: constant factors that values on the way have, and that are made good later."""

    def __post_init__(self) -> None:
        self.answers = Answers(self.trainer)

    def judged(self) -> Iterator[Found]:
        """The verdicts on all that happened, in the order in which it was computed."""
        for group in sorted(grouped(self.trainer.events), key=lambda group: group[0].order):
            found = self._group(group)
            if found is not None:
                yield found
        for update in self.trainer.updates:
            yield from self._step(update)
        for event in self.trainer.events:
            if is_loss(event.name) and isinstance(event.value, Tracked):
                yield from self._loss(event)

    def _group(self, group: list[Event]) -> Found | None:
        """The verdict on the lines that together compute one derivative; None if nothing can be said yet."""
        name = group[0].name
        answers = list(self.answers.to(name, group[-1].order))
        given = all(_is_given(event) for event in group)
        if not answers or (given and not answers[0].explicit):
            return self._signal(group) if SIGNAL.fullmatch(name) else None
        for event in group[::-1]:
            for answer in answers:
                if isinstance(event.value, Tracked) and same(event.value.data, answer.value):
                    return Found(event.statement, "confirmed", f"it is {self._said(answer)}")
        return self._mistaken(group, answers) if not given else None

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
        if isinstance(last.value, Unknown):
            reason = last.value.reason
            if _is_copy(last.statement):
                return None
            if "cannot be computed" not in reason:
                return Found(last.statement, "unchecked", reason)
        inherited = self._inherited(group, answer)
        if inherited:
            return inherited
        turned = self._turned(group, answer)
        if turned:
            return Found(last.statement, "confirmed", turned)
        sums = next((text for one in answers if (text := self._scaled(group, one))), None)
        if sums:
            return Found(last.statement, "confirmed", sums)
        whole = self.answers.first(answers)
        if whole is not None and whole.sure and self._matters(whole):
            found = self._explained(group, whole)
            if found:
                return found
        reason = f"it is not {self._said(answer)}, and no single slip that is known explains it"
        return Found(last.statement, "unchecked", reason)

    def _matters(self, answer: Answer) -> bool:
        """Whether the variable is a weight, or depends on one: data are not what one differentiates by."""
        if not is_leaf(answer.variable):
            return True
        return answer.name in self.trainer.updated or bool(PARAMETER.fullmatch(answer.name))

    def _inherited(self, group: list[Event], answer: Answer) -> Found | None:
        """Whether a value is right for what it was computed from, of which something is wrong."""
        if not self.wrong or group[0].frames is None:
            return None
        instead = {name: value for name, (_, value) in self.wrong.items() if value is not None}
        statements = _statements(group)
        value = followed_again(group[0].frames, statements, group[-1].name, instead)
        if value is None or not same(value, answer.value):
            return None
        used = {spoken for statement in statements for part in ast.walk(statement) for spoken in _names(part)}
        roots = [statement for name, (statement, _) in self.wrong.items() if name in used]
        if not roots:
            return None
        self.wrong[group[-1].name] = (roots[0], _tracked_like(answer))
        reason = f"it should be {self._said(answer)}; what it is computed from is wrong"
        return Found(group[-1].statement, "contradicted", reason, None, roots[0])

    def _turned(self, group: list[Event], answer: Answer) -> str:
        """What to say of minus the derivative, where the steps taken with it go down all the same."""
        value = group[-1].value
        factor = ratio(value.data, answer.value) if isinstance(value, Tracked) else None
        if factor is None or abs(factor + 1) > ROUGH:
            return ""
        steps = [
            self._direction(update, answer.root) for update in self.trainer.updates if _is_for(update, answer)
        ]
        known = [step for step in steps if step is not None]
        if not known or max(known) > 0:
            return ""
        return f"it is minus {self._said(answer)}, and the steps taken with it go down all the same"

    def _direction(self, update: Update, root: Tracked) -> float | None:
        """What a step is as a multiple of the derivative of a loss; None if it is none."""
        right = self.answers.of(root).get(id(update.before))
        return ratio(np.asarray(update.after) - update.before.data, right) if right is not None else None

    def _scaled(self, group: list[Event], answer: Answer) -> str:
        """What to say of a value on the way that leaves a constant factor to a later line."""
        last = group[-1]
        if is_leaf(answer.variable) or not isinstance(last.value, Tracked):
            return ""
        factor = ratio(last.value.data, answer.value)
        if factor is None or not self._made_good(factor, answer):
            return ""
        self.factors.setdefault(id(answer.root), set()).add(factor)
        return (
            f"it is {factor:.6g} times {self._said(answer)}, and what is computed from it makes up for that"
        )

    def _made_good(self, factor: float, answer: Answer) -> bool:
        """Whether the weights' derivatives are right all the same."""
        right = 0
        for event in self.trainer.events:
            if not isinstance(event.value, Tracked) or not is_derivative(event.name):
                continue
            for one in self.answers.to(event.name, event.order):
                if is_leaf(one.variable) and one.root is answer.root and same(event.value.data, one.value):
                    right += 1
        return right > 0

    def _explained(self, group: list[Event], answer: Answer) -> Found | None:
        fitting = list(self._fitting(group, answer))
        if not fitting:
            return None
        last, row = group[-1], fitting[0]
        self.wrong[last.name] = (last.statement, _tracked_like(answer))
        reason = f"it should be {self._said(answer)}: {row.sentence}"
        return Found(last.statement, "contradicted", reason, row.name)

    def _fitting(self, group: list[Event], answer: Answer) -> Iterator[Slip]:
        """The slips without which the derivative would be right, or too large by a factor made good later."""
        yield from self._fitting_to(group, answer)
        for factor in self.factors.get(id(answer.root), ()) if not is_leaf(answer.variable) else ():
            scaled = replace(answer, value=answer.value * factor)
            yield from (row for row in self._fitting_to(group, scaled) if row.name not in SCALES)

    def _fitting_to(self, group: list[Event], answer: Answer) -> Iterator[Slip]:
        setting = self._setting(group[0], answer)
        value = group[-1].value.data if isinstance(group[-1].value, Tracked) else None
        for row in SLIPS:
            if value is not None and _puts_right(row, value, setting, answer):
                yield row
            if row.rewritten and self._rewritten(row, group, answer, setting):
                yield row

    def _rewritten(self, row: Slip, group: list[Event], answer: Answer, setting: Setting) -> bool:
        statements, frames = _statements(group), group[0].frames
        if (
            len(statements) > MAX_LINES
            or len(group) > MAX_LINES
            or frames is None
            or (row.early and not setting.older)
        ):
            return False
        assert row.rewritten is not None
        tries = 0
        for position, statement in enumerate(statements):
            for changed in row.rewritten(statement, setting):
                tries += 1
                if tries > MAX_TRIES:
                    return False
                lines = [*statements[:position], changed, *statements[position + 1 :]]
                value = followed_again(frames, lines, group[-1].name, setting.older if row.early else None)
                if value is not None and same(value, answer.value):
                    return True
        return False

    def _setting(self, event: Event, answer: Answer) -> Setting:
        shapes = {np.shape(answer.value), np.shape(answer.variable.data)}
        reached = self.answers.of(answer.root)
        names: dict[str, tuple[int, ...]] = {}
        older: dict[str, Any] = {}
        for name, versions in self.trainer.versions.items():
            inside = [node for node in versions if id(node) in reached]
            if inside and is_numeric(inside[-1].data):
                names[name] = np.shape(inside[-1].data)
                shapes.add(names[name])
                if name in self.trainer.updated and _now(event, name) is not inside[-1]:
                    older[name] = inside[-1]
            elif is_derivative(name) and is_numeric(versions[-1].data):
                names[name] = np.shape(versions[-1].data)
        lengths = tuple(sorted({length for shape in shapes for length in shape}))
        entries = {int(np.prod(shape)) for shape in shapes if len(shape) == 2}
        near = dict(list(names.items())[-MAX_NAMES:])
        return Setting((*lengths, *sorted(entries)), self._slopes(answer), answer.variable.data, near, older)

    def _slopes(self, answer: Answer) -> tuple[Any, ...]:
        """Slopes of elementwise functions on the way to the root, of the same shape as the derivative."""
        shape = np.shape(answer.value)
        found: list[Any] = []
        for node in answer.root.order():
            if (
                len(found) < MAX_SLOPES
                and np.shape(node.data) == shape
                and np.size(node.data) > 1
                and node.operation
            ):
                for identity, slope in derivatives(node).items():
                    if (
                        identity != id(node)
                        and np.shape(slope) == shape
                        and np.any(slope)
                        and len(found) < 4 * MAX_SLOPES
                    ):
                        found.append(slope)
        return tuple(found)

    # ---- steps

    def _step(self, update: Update) -> Iterator[Found]:
        """A step goes against the derivative of the loss; what is made of a wrong one is not judged."""
        used = {spoken for part in ast.walk(update.statement) for spoken in _names(part)}
        if used & set(self.wrong):
            return
        for event in self.answers.losses(update.order)[:1]:
            right = self.answers.of(event.value).get(id(update.before))
            factor = (
                ratio(np.asarray(update.after) - update.before.data, right) if right is not None else None
            )
            place = f"the derivative of {event.name} with respect to {update.name}"
            if factor is not None and factor < 0:
                yield Found(update.statement, "confirmed", f"it is a step against {place}")
            elif factor is not None:
                reason = f"it is a step along {place}, by which {event.name} grows"
                yield Found(update.statement, "contradicted", reason, "sign-flipped")

    # ---- losses

    def _loss(self, event: Event) -> Iterator[Found]:
        """A line that computes a loss which is known."""
        versions = self.trainer.versions
        arrays = {name: versions[name] for name in names_loaded(event.statement) if name in versions}
        standing = {name: _standing(nodes, event, self.trainer).data for name, nodes in arrays.items()}
        words = loss_computed(event.value.data, standing) if np.size(event.value.data) == 1 else ""
        if words:
            yield Found(event.statement, "confirmed", f"it is {words}")

    # ---- error signals

    def _signal(self, group: list[Event]) -> Found | None:
        """An error signal: plus or minus the derivative of a loss by something on the way."""
        value = group[-1].value
        if not isinstance(value, Tracked) or np.size(value.data) < 2:
            return None
        for event in self.answers.losses(group[-1].order):
            reached = self.answers.of(event.value)
            for name, versions in self.trainer.versions.items():
                for node in versions:
                    right = reached.get(id(node))
                    factor = ratio(value.data, right) if right is not None and node is not value else None
                    if factor is not None and abs(abs(factor) - 1) < ROUGH and not is_derivative(name):
                        sign = "minus " if factor < 0 else ""
                        reason = f"it is {sign}the derivative of {event.name} with respect to {name}"
                        return Found(group[-1].statement, "confirmed", reason)
        return None


def ratio(value: Any, right: Any) -> float | None:
    """The one factor between all entries of two arrays; None if there is none."""
    value, right = np.squeeze(np.asarray(value, dtype=float)), np.squeeze(np.asarray(right, dtype=float))
    if value.shape != right.shape or not np.any(right) or not np.any(value):
        return None
    factor = float(np.vdot(right, value) / np.vdot(right, right))
    return factor if factor and same(value, factor * right) else None


def grouped(events: Iterable[Event]) -> Iterator[list[Event]]:
    """The events that together compute one derivative: a value, and what is changed of it after that."""
    groups: dict[str, list[Event]] = {}
    for event in events:
        if not is_derivative(event.name) or is_loss(event.name):
            continue
        group = groups.get(event.name)
        if group is None or _begins(event):
            if group:
                yield group
            groups[event.name] = [event]
        else:
            group.append(event)
    yield from groups.values()


def _now(event: Event, name: str) -> Any:
    """What a name stood for before a statement was followed."""
    for frame in reversed(event.frames or []):
        if name in frame:
            return frame[name]
    return None


def _standing(nodes: Sequence[Tracked], event: Event, trainer: Trainer) -> Tracked:
    """The value that a name had when something happened."""
    before = [node for node in nodes if trainer.noted.get(id(node), 0) <= event.order]
    return (before or nodes)[-1]


def _puts_right(row: Slip, value: Any, setting: Setting, answer: Answer) -> bool:
    rights = row.put_right(np.asarray(value, dtype=float), setting) if row.put_right else ()
    return any(same(right, answer.value, ROUGH) for right in rights)


def _is_for(update: Update, answer: Answer) -> bool:
    """Whether a step is taken with a derivative: of a weight its own, of anything else each."""
    return not is_leaf(answer.variable) or update.before is answer.variable


def _begins(event: Event) -> bool:
    """Whether a statement gives its target a value that has nothing to do with the one before."""
    statement = event.statement
    if not isinstance(statement, ast.Assign) or isinstance(statement.targets[0], ast.Subscript):
        return False
    loaded = {spoken for part in ast.walk(statement.value) for spoken in _names(part)}
    return event.name not in loaded


def _names(part: ast.AST) -> Iterator[str]:
    match part:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
            yield name


def _is_copy(statement: ast.stmt) -> bool:
    """Whether a statement only gives another name to something."""
    return isinstance(statement, ast.Assign) and _is_name(statement.value)


def _statements(group: list[Event]) -> list[ast.stmt]:
    return list({id(event.statement): event.statement for event in group}.values())


def _is_given(event: Event) -> bool:
    """Whether a value is only written down or drawn, and so states nothing."""
    value = getattr(event.statement, "value", None)
    return not isinstance(event.value, Unknown) and is_leaf(event.value) and not _is_name(value)


def _is_name(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript)


def _tracked_like(answer: Answer) -> Tracked:
    from grader.chapter.programs.training.tape import TAPE

    return Tracked(np.array(answer.value), TAPE)
