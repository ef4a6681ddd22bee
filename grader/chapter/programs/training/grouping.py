"""Which lines of a program together compute one derivative, and what they are made of."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.chapter.programs.training.foreseen import SIMPLE
from grader.chapter.programs.training.names import is_derivative, is_loss
from grader.chapter.programs.training.tape import is_leaf
from grader.chapter.programs.training.trainer import Event
from grader.chapter.programs.values import Unknown

MAX_OF_ONE = 3
"""So often is one line judged that is followed again and again."""


def grouped(events: Iterable[Event]) -> list[list[Event]]:
    """The events that together compute one derivative: a value, and what is changed of it after that."""
    found: list[list[Event]] = []
    last: dict[str, list[Event]] = {}
    often: dict[int, int] = {}
    for event in events:
        if not is_derivative(event.name) or is_loss(event.name):
            continue
        if event.name not in last or begins(event):
            last[event.name] = []
            count = often[id(event.statement)] = often.get(id(event.statement), 0) + 1
            if count <= MAX_OF_ONE and _computes(event.statement):
                found.append(last[event.name])
        last[event.name].append(event)
    return found


def _computes(statement: ast.stmt) -> bool:
    """Whether a statement computes something, and does not only take apart what it is given."""
    match statement:
        case ast.Assign(targets=[ast.Tuple()], value=value):
            return isinstance(value, ast.Tuple)
    return isinstance(statement, SIMPLE)


def begins(event: Event) -> bool:
    """Whether a statement gives its target a value that has nothing to do with the one before."""
    statement = event.statement
    if not isinstance(statement, ast.Assign) or isinstance(statement.targets[0], ast.Subscript):
        return False
    return event.name not in names_in(statement.value)


def names_in(node: ast.AST) -> set[str]:
    """What a piece of code names: variables, members and keys."""
    return {name for part in ast.walk(node) for name in _named(part)}


def _named(part: ast.AST) -> Iterator[str]:
    match part:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
            yield name


def statements_of(group: Iterable[Event]) -> list[ast.stmt]:
    return list({id(event.statement): event.statement for event in group}.values())


def is_given(event: Event) -> bool:
    """Whether a value is only written down or drawn, and so states nothing."""
    value = getattr(event.statement, "value", None)
    return not isinstance(event.value, Unknown) and is_leaf(event.value) and not _is_name(value)


def is_copy(statement: ast.stmt) -> bool:
    """Whether a statement only gives another name to something."""
    return isinstance(statement, ast.Assign) and _is_name(statement.value)


def _is_name(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript)
