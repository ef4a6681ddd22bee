"""The state of reading code that learns: samples for what is not known, and what was set on the way."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.chapter.programs.reader import Frame, Reader
from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.training.names import HOLDER, RATE, is_derivative, is_loss
from grader.chapter.programs.training.tape import TAPE, is_leaf, plain
from grader.chapter.programs.values import Instance, Lost, Unknown, Unread

MAX_EVENTS, MAX_VERSIONS, MAX_COPIED = 4_000, 200, 3_000

SIMPLE = ast.Assign | ast.AugAssign | ast.AnnAssign


@dataclass(frozen=True, slots=True)
class Event:
    """A name was given a value by a statement; ``frames`` is how things stood just before."""

    statement: ast.stmt
    name: str
    value: Any
    frames: list[Frame] | None
    order: int


@dataclass(frozen=True, slots=True)
class Update:
    """A step: a weight before and after it."""

    statement: ast.stmt
    name: str
    before: Tracked
    after: Any
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
    noted: dict[int, int] = field(default_factory=dict)
    """How many events came before a value was first noted."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.generator = np.random.default_rng(12)
        self.before: dict[int, list[Frame]] = {}
        self.statement: ast.stmt | None = None

    # ---- what happens

    def follow(self, statement: ast.stmt) -> Any:
        outer, self.statement = self.statement, statement
        keep = isinstance(statement, SIMPLE) and any(map(is_derivative, names_set(statement)))
        if keep and len(self.events) < MAX_EVENTS:
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

    def note(self, name: str, value: Any) -> None:
        """Notes a value under its name, as one of those that it has had."""
        known = self.versions.setdefault(name, []) if isinstance(value, Tracked) else []
        if isinstance(value, Tracked) and not any(value is one for one in known):
            known.append(value)
            self.noted.setdefault(id(value), len(self.events))
            del known[:-MAX_VERSIONS]

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
        if self.statement is not None and len(self.updates) < MAX_EVENTS:
            self.updates.append(Update(self.statement, name, before, after.data, len(self.events)))
        return Tracked(after.data, TAPE)

    # ---- changes in place

    def exchange(self, old: Tracked, new: Any) -> None:
        """An array that changes in place is another value under all its names."""
        seen: dict[int, Any] = {}
        for frame in {id(frame): frame for frame in (self.names, *self.frames)}.values():
            self.looked += len(frame)
            for name, value in list(frame.items()):
                frame[name] = _exchanged(value, old, new, seen)
        self.taint(old, "it shares its entries with an array that was changed")


def _exchanged(value: Any, old: Tracked, new: Any, seen: dict[int, Any]) -> Any:
    """A value with one array in it exchanged for another; lists, dictionaries and objects stay themselves."""
    if value is old:
        return new
    if id(value) in seen or len(seen) > MAX_COPIED:
        return value
    if isinstance(value, list):
        seen[id(value)] = value
        value[:] = [_exchanged(part, old, new, seen) for part in value]
    elif isinstance(value, dict):
        seen[id(value)] = value
        value.update({key: _exchanged(part, old, new, seen) for key, part in value.items()})
    elif isinstance(value, Instance):
        seen[id(value)] = value
        _exchanged(value.fields, old, new, seen)
    elif isinstance(value, tuple) and any(part is old for part in value):
        return tuple(_exchanged(part, old, new, seen) for part in value)
    return value


def copied(frames: Iterable[Frame]) -> list[Frame]:
    """The names with their values as they stand now; arrays themselves never change."""
    seen: dict[int, Any] = {}
    return [{name: _copy(value, seen) for name, value in frame.items()} for frame in frames]


def _copy(value: Any, seen: dict[int, Any]) -> Any:
    if id(value) in seen:
        return seen[id(value)]
    if len(seen) > MAX_COPIED:
        return value
    made: Any = value
    if isinstance(value, list):
        made = seen[id(value)] = []
        made.extend(_copy(part, seen) for part in value)
    elif isinstance(value, dict):
        made = seen[id(value)] = {}
        made.update({key: _copy(part, seen) for key, part in value.items()})
    elif isinstance(value, Instance):
        made = seen[id(value)] = Instance(value.kind)
        made.fields.update({key: _copy(part, seen) for key, part in value.fields.items()})
    return made


# ---- what code says before it is followed


def spelled(target: ast.AST) -> str:
    """A target as it is written, without the object it belongs to."""
    match target:
        case ast.Attribute(attr="data", value=owner):
            return spelled(owner)
        case ast.Attribute(attr=name):
            return name
        case ast.Name(id=name):
            return name
        case ast.Subscript(value=owner, slice=ast.Constant(value=str(key))):
            return key
        case ast.Subscript(value=owner):
            return spelled(owner)
    return ""


def targets_of(statement: ast.AST) -> Iterator[ast.expr]:
    """The targets of an assignment, one by one."""
    match statement:
        case ast.Assign(targets=targets):
            for target in targets:
                yield from target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            yield target


def names_set(statement: ast.AST) -> list[str]:
    return [
        f"grad_{name}"
        if isinstance(target, ast.Subscript) and HOLDER.fullmatch(spelled(target.value))
        else name
        for target in targets_of(statement)
        if (name := spelled(target))
    ]


def moves(part: ast.AST, updated: frozenset[str], teaching: frozenset[str]) -> bool:
    """Whether a stretch of code takes steps, itself or in a function that it calls."""
    return any(
        (
            isinstance(inner, SIMPLE)
            and any(spelled(target) in updated for target in targets_of(inner) if _moved(inner))
        )
        or (isinstance(inner, ast.Call) and spelled(inner.func) in teaching)
        for inner in ast.walk(part)
    )


def _moved(statement: ast.AST) -> bool:
    """Whether a statement gives its target a value that is made from the one before."""
    return isinstance(statement, ast.AugAssign) or is_step(statement)


def is_step(statement: ast.AST) -> bool:
    """Whether a statement is of the form ``w = w - step``."""
    match statement:
        case ast.Assign(targets=[target], value=ast.BinOp(left=left, op=ast.Sub() | ast.Add())):
            return ast.unparse(left) == ast.unparse(target)
    return False


def teaching_in(bodies: Iterable[list[ast.stmt]], updated: frozenset[str]) -> frozenset[str]:
    """The functions that take steps, or call one that does."""
    functions = [
        part
        for body in bodies
        for statement in body
        for part in ast.walk(statement)
        if isinstance(part, ast.FunctionDef)
    ]
    found: frozenset[str] = frozenset({"step"})
    for _ in range(4):
        found |= {function.name for function in functions if moves(function, updated, found)}
    return found - {"__init__"}


def updates_in(body: Iterable[ast.stmt]) -> Iterator[str]:
    """What is moved by a derivative or by a rate: ``w -= lr * grad_w``, ``w = w - lr * dw``."""
    for statement in body:
        for part in ast.walk(statement):
            match part:
                case ast.AugAssign(target=target, op=ast.Sub() | ast.Add(), value=step):
                    moved = spelled(target)
                case ast.Assign(targets=[target], value=ast.BinOp(right=step)):
                    moved = spelled(target) if is_step(part) else ""
                case _:
                    continue
            if moved and not is_derivative(moved) and not is_loss(moved) and _steps(step):
                yield moved


def _steps(step: ast.expr) -> bool:
    """Whether something is a step down a slope: it has a derivative in it, or a rate."""
    names = [
        spelled(part) for part in ast.walk(step) if isinstance(part, ast.Name | ast.Attribute | ast.Subscript)
    ]
    return any(is_derivative(name) or RATE.fullmatch(name) or name == "grad" for name in names if name)
