"""Lines of NumPy and PyTorch from a lecture text, computed step by step without being run as programs.

Only what these lines use is known: products, sums, powers, maxima, transposes, copies, and assignments to
names, to entries that a comparison picks, and with a minus.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

Space = dict[str, Any]

METHODS: Mapping[str, Callable[..., Any]] = {
    **dict.fromkeys(("dot", "mm"), np.matmul),
    **dict.fromkeys(("copy", "clone"), np.copy),
    "t": np.transpose,
    "sum": np.sum,
    "pow": np.power,
    "clamp": lambda array, min: np.maximum(array, min),
    "item": float,
}
FUNCTIONS: Mapping[str, Callable[..., Any]] = {"square": np.square, "maximum": np.maximum}
OPERATORS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Lt: np.less,
}


def computed(lines: Iterable[str], space: Space) -> Space:
    """What the lines leave behind, started with what is in ``space``. Raises KeyError for what is unknown."""
    space = dict(space)
    for line in lines:
        for statement in ast.parse(line.strip()).body:
            STATEMENTS[type(statement)](statement, space)
    return space


def assigned(line: str) -> str:
    """The name that a line gives a value to.

    >>> assigned("grad_h[h<0] = 0"), assigned("w1 -= learning_rate * grad_w1")
    ('grad_h', 'w1')
    """
    statement: Any = ast.parse(line.strip()).body[0]
    target: Any = getattr(statement, "targets", None) or [statement.target]
    name: str = getattr(target[0], "value", target[0]).id
    return name


def _assign(statement: Any, space: Space) -> None:
    (target,), value = statement.targets, _value(statement.value, space)
    if isinstance(target, ast.Subscript):
        space[assigned(ast.unparse(statement))][_value(target.slice, space)] = value
    else:
        space[target.id] = value


def _decrease(statement: Any, space: Space) -> None:
    name, operator = statement.target.id, OPERATORS[type(statement.op)]
    space[name] = operator(space[name], _value(statement.value, space))


STATEMENTS: Mapping[type, Callable[[Any, Space], None]] = {
    ast.Assign: _assign,
    ast.AugAssign: _decrease,
    ast.Expr: lambda statement, space: None,  # print(…)
}


def _value(tree: Any, space: Space) -> Any:
    return EXPRESSIONS[type(tree)](tree, space)


def _call(tree: Any, space: Space) -> Any:
    arguments = [_value(argument, space) for argument in tree.args]
    named = {word.arg: _value(word.value, space) for word in tree.keywords}
    if isinstance(tree.func.value, ast.Name) and tree.func.value.id == "np":
        return FUNCTIONS[tree.func.attr](*arguments, **named)
    return METHODS[tree.func.attr](_value(tree.func.value, space), *arguments, **named)


def _attribute(tree: Any, space: Space) -> Any:
    return {"T": np.transpose}[tree.attr](_value(tree.value, space))


def _two(tree: Any, space: Space) -> Any:
    return OPERATORS[type(tree.op)](_value(tree.left, space), _value(tree.right, space))


def _compare(tree: Any, space: Space) -> Any:
    return OPERATORS[type(tree.ops[0])](_value(tree.left, space), _value(tree.comparators[0], space))


EXPRESSIONS: Mapping[type, Callable[[Any, Space], Any]] = {
    ast.Name: lambda tree, space: space[tree.id],
    ast.Constant: lambda tree, space: tree.value,
    ast.Call: _call,
    ast.Attribute: _attribute,
    ast.BinOp: _two,
    ast.Compare: _compare,
}
