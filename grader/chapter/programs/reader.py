"""Reading code: names in their frames, a bound on the work, and what a doubtful step leaves unknown."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.chapter.programs.formats import Part
from grader.chapter.programs.libraries import ALIASES, HARMLESS, KNOWN, QUIET, resolve, why_unknown
from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.values import (
    Class,
    Function,
    Instance,
    Known,
    Lost,
    Method,
    Module,
    Unknown,
    Unread,
    is_mutable,
    is_number,
    size_of,
    touches,
)

MAX_STEPS = 20_000
MAX_STEPS_OF_ONE = 10_000
"""So many steps of work go into the code of a page, and into one of its statements."""

MAX_DEPTH = 100
"""Expressions, statements and calls inside one another are followed so far."""

MAX_PRINTED = 2_000

MAX_LOOKED = 50_000
"""After so many looks at what may have changed, no more code is read."""

ELSEWHERE = "<elsewhere>"
"""Under this key, which is no name, a frame has the names that it sets in frames around it."""

Rule = Callable[..., Any]
Frame = dict[str, Any]


@dataclass
class Scale:
    """How far rounding in the machine may have gone: the largest number met and the smallest divisor."""

    largest: float = 1.0
    divisor: float = 1.0
    single: bool = False

    def met(self, value: Any) -> None:
        """Notes the size of a number; of an array the largest."""
        size = float(np.max(np.abs(value))) if np.size(value) else 0.0
        if np.isfinite(size):
            self.largest = max(self.largest, size)

    def divided(self, value: Any) -> None:
        sizes = np.abs(np.asarray(value, dtype=float).ravel())
        sizes = sizes[sizes > 0]
        if sizes.size:
            self.divisor = min(self.divisor, float(sizes.min()))

    @property
    def noise(self) -> float:
        """How much a result may differ between two machines that both compute correctly."""
        return (2e-6 if self.single else 1e-14) * self.largest / self.divisor


@dataclass
class Reader:
    """The state of one reading of all the code on a page, from top to bottom."""

    expressions: Mapping[type, Rule]
    statements: Mapping[type, Rule]
    names: Frame = field(default_factory=dict)
    printed: list[list[Part]] = field(default_factory=list)
    scale: Scale = field(default_factory=Scale)
    old_division: bool = False
    last: Any = None
    """The value of the expression that was followed last as a statement."""
    steps: int = 0
    looked: int = 0
    closed: bool = False
    limit: int = 0
    depth: int = 0

    def __post_init__(self) -> None:
        self.frames: list[Frame] = [self.names]

    # ---- work

    def spend(self, cost: int = 1) -> None:
        self.steps += cost
        if self.steps > min(self.limit, MAX_STEPS):
            raise Lost("it takes too many steps to read")

    def evaluate(self, node: ast.AST) -> Any:
        """The value of an expression; raises `Unread` or `Lost`."""
        rule = self.expressions.get(type(node))
        if rule is None:
            raise Unread("an expression of this kind is not read")
        return self._deeper(rule, node)

    def attempt(self, node: ast.AST) -> Any:
        """The value of an expression, or `Unknown`."""
        try:
            return self.evaluate(node)
        except Unread as reason:
            self.doubt([node], str(reason))
            return Unknown(str(reason))

    def _deeper(self, rule: Rule, node: ast.AST) -> Any:
        self.spend()
        if self.depth > MAX_DEPTH:
            raise Lost("it is nested too deeply")
        self.depth += 1
        try:
            return rule(self, node)
        except (ArithmeticError, ValueError, TypeError, IndexError, KeyError, AttributeError) as error:
            raise Unread(f"it cannot be computed: {str(error)[:80]}") from None
        finally:
            self.depth -= 1

    def run(self, statements: Iterable[ast.stmt]) -> Any:
        """Follows statements; gives how they were left (see `statements.Left`), or None at their end."""
        for statement in statements:
            left = self.follow(statement)
            if left is not None:
                return left
        return None

    def follow(self, statement: ast.stmt) -> Any:
        rule = self.statements.get(type(statement))
        try:
            if rule is None:
                raise Unread("a statement of this kind is not read")
            return self._deeper(rule, statement)
        except Unread as reason:
            self.doubt([statement], str(reason))
            return None

    def follow_alone(self, statement: ast.stmt) -> None:
        """Follows a statement of the page itself; whatever happens, what it may change is unknown then."""
        if self.closed:
            return
        self.limit = self.steps + MAX_STEPS_OF_ONE
        try:
            with np.errstate(all="ignore"):
                self.follow(statement)
        except (Lost, RecursionError) as reason:
            self.frames = [self.names]
            self.doubt([statement], str(reason))

    # ---- names

    def look_up(self, name: str) -> Any:
        """The value of a name; raises `Unread` if it is not set on this page or not known."""
        value = self.find(name)
        if isinstance(value, Unknown):
            raise Unread(value.reason)
        return value

    @property
    def full(self) -> bool:
        """Whether so much code was read that no more is."""
        return self.closed or self.steps > MAX_STEPS

    def close(self) -> None:
        """Nothing is known any more, and nothing is read."""
        self.closed, self.last = True, None

    def find(self, name: str) -> Any:
        if self.closed:
            return Unknown("there is too much code on this page")
        for frame in reversed(self.frames):
            if name in frame:
                return frame[name]
        if name in ALIASES:
            return Module(ALIASES[name])
        value = resolve(name)
        if not isinstance(value, Module):
            return value
        if hasattr(builtins, name):
            return Unknown(why_unknown(name))
        return Unknown(f"{name[:40]} is not set on this page")

    def assign(self, name: str, value: Any) -> None:
        if isinstance(value, float | np.ndarray | np.floating):
            self.scale.met(value)
        self._frame_of(name)[name] = value

    def _frame_of(self, name: str) -> Frame:
        """The frame in which an assignment sets a name."""
        frame = self.frames[-1]
        elsewhere: dict[str, Frame] = frame.get(ELSEWHERE, {})
        return elsewhere.get(name, frame)

    # ---- doubt

    def doubt(self, nodes: Iterable[ast.AST], reason: str) -> None:
        """Makes unknown whatever the nodes may have changed, when it was not followed what they do."""
        waiting, seen = list(nodes), set[int]()
        while waiting:
            node = waiting.pop()
            for part in ast.walk(node):
                self.steps += 1
                waiting.extend(self._doubtful(part, reason, seen))

    def _doubtful(self, part: ast.AST, reason: str, seen: set[int]) -> list[ast.AST]:
        """Doubts what one node changes; gives the bodies of the page's functions that it calls."""
        match part:
            case (
                ast.Name(id=name, ctx=ast.Store() | ast.Del())
                | ast.FunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                self._frame_of(name)[name] = Unknown(reason)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                for frame in (self.names, *self.frames):
                    frame.update({name: Unknown(reason) for name in names if name in frame})
            case ast.alias(name=path, asname=asname):
                self.frames[-1][asname or path.partition(".")[0]] = Unknown(reason)
            case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
                self._taint_root(part.value, reason)
            case ast.Call():
                return self._doubtful_call(part, reason, seen)
        return []

    def _doubtful_call(self, call: ast.Call, reason: str, seen: set[int]) -> list[ast.AST]:
        function = self.peek(call.func)
        if isinstance(function, Known):
            return []
        if isinstance(function, Module) and function.path.startswith(HARMLESS):
            return []
        for node in (call.func, *call.args, *(keyword.value for keyword in call.keywords)):
            self._taint_root(node, reason)
        function = function.function if isinstance(function, Method) else function
        if isinstance(function, Function) and id(function) not in seen:
            seen.add(id(function))
            return list(function.body)
        return []

    def peek(self, node: ast.AST) -> Any:
        """What a call calls, found without doing anything; `Unknown` if that is not plain to see."""
        match node:
            case ast.Name(id=name):
                return self.find(name)
            case ast.Attribute(value=value, attr=attr):
                owner = self.peek(value)
                if isinstance(owner, Module):
                    return resolve(f"{owner.path}.{attr}")
                if isinstance(owner, np.ndarray) and f"Array.{attr}" in KNOWN:
                    return KNOWN[f"Array.{attr}"]
                if isinstance(owner, Tracked) and f"Tracked.{attr}" in KNOWN:
                    return KNOWN[f"Tracked.{attr}"]
                if isinstance(owner, Instance):
                    return owner.kind.members.get(attr, Unknown("a method that is not known"))
                if is_number(owner) or isinstance(owner, str | Class) or attr in QUIET:
                    return Known(attr, len)
        return Unknown("a function that is not known")

    def _taint_root(self, node: ast.AST, reason: str) -> None:
        """Makes unknown the mutable value whose name stands in front of indices and attributes."""
        while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred | ast.Call):
            node = node.func if isinstance(node, ast.Call) else node.value
        for part in ast.walk(node):
            if isinstance(part, ast.Name):
                value = self.find(part.id)
                if is_mutable(value) and not isinstance(value, Function | Class):
                    self.taint(value, reason)

    def taint(self, changed: Any, reason: str) -> None:
        """Makes unknown every name through which a changed value may be seen."""
        for frame in {id(frame): frame for frame in (self.names, *self.frames)}.values():
            self.looked += len(frame)
            for name, value in frame.items():
                if is_mutable(value) and touches(value, changed):
                    frame[name] = Unknown(reason)
        if self.looked > MAX_LOOKED:
            self.close()

    # ---- calls

    def in_words(self, value: Any) -> Any:
        """An object as its class says that it is shown; any other value as it is."""
        members = value.kind.members if isinstance(value, Instance) else {}
        words = members.get("__str__", members.get("__repr__"))
        if not isinstance(words, Function):
            return value
        try:
            return self.call(words, [value], {})
        except Unread as reason:
            return Unknown(str(reason))

    def call(self, function: Any, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """What a function gives; raises `Unread` if it is none that is known or defined on the page."""
        self.spend(1 + sum(size_of(argument) for argument in arguments) // 50)
        rule = self.expressions.get(type(function))
        if rule is None:
            raise Unread("a function that is not known is called")
        return rule(self, function, arguments, keywords)
