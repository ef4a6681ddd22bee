"""Answers as YAML or JSON, part by part, with every number kept in the digits that were typed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from grader.classroom.textfiles import Unreadable

MOST_CHARACTERS = 100_000
DEEPEST = 32

Field = tuple[str, str, int]
"""A key, the answer as text, and its line (0 where the format does not tell)."""

_LOST = re.compile(r"[\x00-\x08\x0b-\x1f]|\t(?=heta|imes|anh|au|ext|o\b)|\n(?=abla|u\b|eq\b)")


def fields(text: str, kind: str) -> tuple[list[Field], list[str]]:
    """The fields of a mapping (kind ``.json`` or one of YAML), and remarks on backslashes that got lost.

    >>> fields("delta1: 0.50\\ndW1: [[1, 2.0], [3, 4]]", ".yaml")[0]
    [('delta1', '0.50', 1), ('dW1', '[[1, 2.0], [3, 4]]', 2)]

    Raises `Unreadable` for all that is no mapping from names to texts, numbers or lists of numbers.
    """
    if len(text) > MOST_CHARACTERS:
        raise Unreadable(f"has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read")
    read: Callable[[str], Iterator[Field]] = _json if kind == ".json" else _yaml
    try:
        found = list(read(text))
    except RecursionError:
        raise Unreadable("is nested too deeply") from None
    remarks = [
        f"{key}: a backslash was lost, as \\t or \\f in double quotes is one character; use single quotes"
        for key, value, _ in found
        if _LOST.search(value)
    ]
    return found, remarks


def _written(key: str, value: Any, depth: int = 0) -> str:
    if depth > DEEPEST:
        raise Unreadable("is nested too deeply")
    if isinstance(value, list):
        return "[" + ", ".join(_written(key, item, depth + 1) for item in value) + "]"
    if not isinstance(value, str):
        raise Unreadable(
            f"must give for each part a text, a number or a list of numbers; '{key[:80]}' has something else"
        )
    return value


def _json(text: str) -> Iterator[Field]:
    def refuse(constant: str) -> str:
        raise Unreadable(f"holds {constant}, which is no JSON")

    try:
        # pairs and not a dict, so that of two answers to a part none is lost; numbers as they were typed
        pairs = json.loads(
            text, object_pairs_hook=tuple, parse_float=str, parse_int=str, parse_constant=refuse
        )
    except json.JSONDecodeError as error:
        raise Unreadable(f"is no JSON: {error.msg} in line {error.lineno}, column {error.colno}") from None
    if not isinstance(pairs, tuple):
        raise Unreadable('must be like {"part": "answer"}')
    for key, value in pairs:
        if value is not None:
            yield key, _written(key, value), 0


def _yaml(text: str) -> Iterator[Field]:
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.nodes import MappingNode

    from derive.yaml_nodes import TooDeep, compose

    try:
        root = compose(text)
    except TooDeep:
        raise Unreadable("is nested too deeply") from None
    except MarkedYAMLError as error:
        place = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise Unreadable(f"is no YAML: {error.problem}{place}") from None
    except YAMLError as error:
        raise Unreadable(f"is no YAML: {str(error).splitlines()[0]}") from None
    if root is None:
        return
    if not isinstance(root, MappingNode):
        raise Unreadable("must be like `part: answer`, line by line")
    seen: set[int] = set()
    for key, value in root.value:
        if (answer := _node(value, seen)) is not None:
            name = str(_node(key, seen))
            yield name, _written(name, answer), value.start_mark.line + 1


def _node(node: Any, seen: set[int]) -> Any:
    from ruamel.yaml.nodes import ScalarNode, SequenceNode

    if id(node) in seen:
        raise Unreadable("uses an alias (*name); write the answer out")
    seen.add(id(node))
    if isinstance(node, SequenceNode):
        return [_node(item, seen) for item in node.value]
    if isinstance(node, ScalarNode):
        return None if str(node.tag).endswith(":null") else node.value
    return {}
