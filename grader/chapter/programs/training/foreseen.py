"""What code says before it is followed: which weights take steps, and in which functions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.chapter.programs.training.names import HOLDER, RATE, is_derivative, is_loss

SIMPLE = ast.Assign | ast.AugAssign | ast.AnnAssign


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
