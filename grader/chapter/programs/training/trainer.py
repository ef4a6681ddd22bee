"""The state of reading code that learns: samples for what is not known, and what was set on the way."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.chapter.programs.reader import Frame, Reader
from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.training.changing import copied, exchanged
from grader.chapter.programs.training.foreseen import SIMPLE, moves, names_set, spelled
from grader.chapter.programs.training.names import HOLDER, is_derivative
from grader.chapter.programs.training.tape import TAPE, is_leaf, plain
from grader.chapter.programs.values import Lost, Unknown, Unread

MAX_EVENTS, MAX_VERSIONS = 4_000, 200

MAX_WORK = 60_000
"""So much is spent on judging the code of a page: about so many operations on small arrays."""


@dataclass(frozen=True, slots=True)
class Event:
    """A name was given a value by a statement; ``frames`` is how things stood just before."""

    statement: ast.stmt
    name: str
    value: Any
    frames: list[Frame] | None
    order: int

    def stood_for(self, name: str) -> Any:
        """What a name stood for just before; None if it was not known, or stands behind a dot."""
        return next((frame[name] for frame in reversed(self.frames or []) if name in frame), None)


@dataclass(frozen=True, slots=True)
class Update:
    """A step: a weight before and after it."""

    statement: ast.stmt
    name: str
    before: Tracked
    after: Tracked
    order: int


@dataclass
class Trainer(Reader):
    """A reader that follows one pass of training; ``updated`` are the targets of steps down the slope."""

    updated: frozenset[str] = frozenset()
    teaching: frozenset[str] = frozenset()
    """The functions of the page that take such steps."""
    updates: list[Update] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    versions: dict[str, list[Tracked]] = field(default_factory=dict)
    work: int = 0
    lent: set[int] = field(default_factory=set)
    noted: dict[int, int] = field(default_factory=dict)
    """How many events came before a value was first noted."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.generator = np.random.default_rng(12)
        self.before: dict[int, list[Frame]] = {}
        self.statement: ast.stmt | None = None

    def afford(self, cost: int) -> bool:
        """Whether there is still room for a piece of work; it is spent then."""
        self.work += cost
        return self.work <= MAX_WORK

    # ---- what happens

    def follow(self, statement: ast.stmt) -> Any:
        outer, self.statement = self.statement, statement
        keep = isinstance(statement, SIMPLE) and any(map(is_derivative, names_set(statement)))
        if keep and len(self.events) < MAX_EVENTS and self.afford(sum(map(len, self.frames)) // 10):
            self.before[id(statement)] = copied(self.frames)
        try:
            return super().follow(statement)
        finally:
            if keep and isinstance(self._unread_target(statement), Unknown):
                self._record(names_set(statement)[0], self._unread_target(statement), statement)
            self.statement = outer

    def _unread_target(self, statement: ast.stmt) -> Any:
        """What a plain name holds after its assignment could not be read."""
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AugAssign(target=ast.Name(id=name)):
                return self.find(name)
        return None

    def happened(self, target: ast.expr, value: Any) -> None:
        """Notes that a target has a new value."""
        name = self.spoken(target)
        node = self._whole(target) if isinstance(target, ast.Subscript) else value
        self.note(name, node)
        if self.statement is not None and not isinstance(value, Unknown):
            self._record(name, node, self.statement)

    def _record(self, name: str, value: Any, statement: ast.stmt) -> None:
        if len(self.events) < MAX_EVENTS and isinstance(value, Tracked | Unknown):
            before = self.before.get(id(statement))
            self.events.append(Event(statement, name, value, before, len(self.events)))

    def _whole(self, target: ast.Subscript) -> Any:
        """The array an entry of which was set; of a list or dictionary, the entry."""
        try:
            owner = self.evaluate(target.value)
            if isinstance(owner, list | dict):
                return owner[plain(self.evaluate(target.slice))]
        except (Unread, LookupError, TypeError):
            return None
        return owner

    def spoken(self, target: ast.AST) -> str:
        """What a target is called: its name, what stands behind its dot, or its key."""
        match target:
            case ast.Name(id=name):
                return name
            case ast.Attribute(attr=name) if name not in ("data", "T"):
                return name
            case ast.Attribute(value=owner):
                return self.spoken(owner)
            case ast.Subscript(value=owner, slice=index):
                key = self._key(index)
                outer = self.spoken(owner)
                if not isinstance(key, str):
                    return outer
                return f"grad_{key}" if HOLDER.fullmatch(outer) and not is_derivative(key) else key
        return ""

    def _key(self, index: ast.expr) -> Any:
        try:
            return self.evaluate(index) if not isinstance(index, ast.Compare | ast.Slice) else None
        except (Unread, Lost):
            return None

    def note(self, name: str, value: Any, lent: bool = False) -> None:
        """Notes a value under its name, as one of those that it has had; a parameter's is only ``lent``."""
        if lent and id(value) not in self.noted:
            self.lent.add(id(value))
        elif not lent:
            self.lent.discard(id(value))
        known = self.versions.setdefault(name, []) if isinstance(value, Tracked) else []
        if isinstance(value, Tracked) and not any(value is one for one in known):
            known.append(value)
            self.noted.setdefault(id(value), len(self.events))
            del known[:-MAX_VERSIONS]

    def standing(self, name: str, order: int) -> Tracked:
        """The value that a name had when something happened."""
        before = [node for node in self.versions[name] if self.noted.get(id(node), 0) <= order]
        return (before or self.versions[name])[-1]

    def in_general(self, target: ast.expr, value: Any) -> Any:
        """A weight that begins with equal numbers, such as zeros, is looked at where it is not special."""
        if not isinstance(value, Tracked) or not is_leaf(value) or spelled(target) not in self.updated:
            return value
        entries = np.asarray(value.data)
        whole = (
            np.ndim(entries) == 0
            and isinstance(value.data, int)
            and not isinstance(value.data, bool)
            and value.data != 0
        )
        if whole or entries.size == 0 or np.ptp(entries) > 0 or (entries.ndim == 0 and entries != 0):
            return value
        fresh = self.generator.uniform(0.2, 0.9, entries.shape)
        return Tracked(fresh if entries.ndim else float(fresh), TAPE)

    def learns(self, loop: ast.AST) -> bool:
        """Whether a loop takes steps down a slope."""
        return moves(loop, self.updated, self.teaching)

    def renewed(self, target: ast.expr, before: Any, after: Any) -> Any:
        """A weight after a step depends on nothing: with it the next pass begins."""
        name = spelled(target)
        if name not in self.updated or not isinstance(before, Tracked) or not isinstance(after, Tracked):
            return after
        fresh = Tracked(after.data, TAPE)
        if self.statement is not None and len(self.updates) < MAX_EVENTS:
            self.updates.append(Update(self.statement, name, before, fresh, len(self.events)))
        return fresh

    # ---- changes in place

    def exchange(self, old: Tracked, new: Any) -> None:
        """An array that changes in place is another value under all its names."""
        seen: dict[int, Any] = {}
        for frame in {id(frame): frame for frame in (self.names, *self.frames)}.values():
            self.looked += len(frame)
            for name, value in list(frame.items()):
                frame[name] = exchanged(value, old, new, seen)
        self.taint(old, "it shares its entries with an array that was changed")
