"""YAML in which every value keeps its place, so that faults can be pointed at, and numbers stay exact.

Scalars become text, whole numbers (int), other numbers (Fraction), true or false, or None; nothing becomes a
float, so 0.1 is 1/10. Whatever else YAML can do (aliases, tags, keys that are lists) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from derive.problem import Fault, ProblemFault
from derive.yaml_nodes import compose

MAX_CHARACTERS = 300_000
MAX_NUMBER = 60
"""Characters in one number."""

Path = tuple[str | int, ...]
"""Where a value stands: ``("parts", 0, "ask")``."""

_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_FRACTION = re.compile(r"[+-]?\d+\s*/\s*0*[1-9]\d*")
_LOST_NEWLINE = re.compile(r"\n(abla|u|eq?|ot|otin|orm|i)(?![A-Za-z])")
_LOST = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_ESCAPES = {
    "\0": "0", "\a": "a", "\b": "b", "\t": "t", "\v": "v", "\f": "f", "\r": "r", "\x1b": "e",
    "\x85": "N", "\u2028": "L", "\u2029": "P",
}  # fmt: skip


def exact_number(text: str) -> int | Fraction:
    """The value of a decimal or a fraction, exactly as written.

    >>> exact_number("0.1"), exact_number("-2/6"), exact_number("1e2"), exact_number("07")
    (Fraction(1, 10), Fraction(-1, 3), 100, 7)

    Raises ValueError for anything else.
    """
    if len(text) > MAX_NUMBER:
        raise ValueError(f"this number has {len(text)} characters; at most {MAX_NUMBER} are read")
    if not (_DECIMAL.fullmatch(text) or _FRACTION.fullmatch(text)):
        raise ValueError(f"'{text}' is not a number here; write it like 2, -0.5, 1e-3 or 1/3")
    value = Fraction(re.sub(r"\s", "", text))
    return int(value) if value.denominator == 1 else value


class Source:
    """A YAML text as plain ``data``, with the places of its values and keys, and the ``faults`` found.

    Raises `ProblemFault` when the text is no YAML at all.
    """

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.faults: dict[Fault, None] = {}
        self._marks: dict[Path, tuple[int, int]] = {(): (1, 1)}
        self._keys: dict[Path, tuple[int, int]] = {}
        self._seen: set[int] = set()
        self._faulty: set[Path] = set()
        root = self._compose(text)
        self.data: Any = None if root is None else self._value(root, ())

    def fault(self, path: Path, message: str, at_key: bool = False) -> None:
        """Note a fault of the value (or key) at ``path``; what is not there has its holder's place."""
        self._faulty.add(path)
        places = self._keys if at_key and path in self._keys else self._marks
        found = path
        while found not in places:
            found = found[:-1]
        self._note(Fault(self.file, *places[found], field_name(path), message))

    def is_faulty(self, path: Path) -> bool:
        """Whether a fault of exactly this place has been noted, so that what follows from it need not be."""
        return path in self._faulty

    def _note(self, fault: Fault) -> None:
        self.faults[fault] = None

    # -- text to nodes ---------------------------------------------------------------------------------------

    def _compose(self, text: str) -> Node | None:
        if len(text) > MAX_CHARACTERS:
            raise self._broken(
                1, 1, f"the file has {len(text)} characters; at most {MAX_CHARACTERS} are read"
            )
        try:
            return compose(text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            raise self._broken(line, column, _explained(error)) from None
        except ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            column = error.position - text.rfind("\n", 0, error.position)
            odd = f"a control character (U+{ord(text[error.position]):04X}) cannot stand in a file; delete it"
            raise self._broken(line, column, odd) from None
        except YAMLError as error:
            raise self._broken(1, 1, str(error).splitlines()[0]) from None

    def _broken(self, line: int, column: int, message: str) -> ProblemFault:
        return ProblemFault([Fault(self.file, line, column, "YAML", message)])

    # -- nodes to values -------------------------------------------------------------------------------------

    def _value(self, node: Node, path: Path) -> Any:
        self._marks.setdefault(path, _place(node))
        if id(node) in self._seen:
            self.fault(path, "an alias (*name) is not read here; write the value out")
            return None
        self._seen.add(id(node))
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        return self._scalar(node, path)

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self.fault(path, "a key must be a word")
                continue
            inside = (*path, str(key.value))
            if key.value in values:
                first = self._keys[inside][0]
                self._note(
                    Fault(
                        self.file, *_place(key), field_name(inside), f"is given twice, first in line {first}"
                    )
                )
                continue
            self._keys[inside] = _place(key)
            values[key.value] = self._value(value, inside)
        return values

    def _scalar(self, node: ScalarNode, path: Path) -> Any:
        if node.style == '"':
            self._warn_of_escapes(node.value, path)
        kind = str(node.tag).rpartition(":")[2]
        try:
            return _SCALARS.get(kind, _unknown_tag)(node.value)
        except ValueError as error:
            self.fault(path, str(error))
            return None

    def _warn_of_escapes(self, text: str, path: Path) -> None:
        lost = _LOST.search(text) or _LOST_NEWLINE.search(text)
        if lost:
            letter = _ESCAPES.get(lost[0][0], "n" if lost[0][0] == "\n" else "x…")
            rest = re.match(r"\w*", text[lost.start() + 1 :])
            word = letter + (rest[0] if rest else "")
            self.fault(
                path,
                f"in double quotes YAML turns \\{letter} into a control character, so '\\{word}' is lost; "
                "use single quotes, or a block after |",
            )


def field_name(path: Path) -> str:
    """A path for people, list items counted from 1.

    >>> field_name(("parts", 0, "ask"))
    'parts[1].ask'
    """
    text = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".") or "file"


def _place(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _explained(error: MarkedYAMLError) -> str:
    problem = ", ".join(part for part in (error.context, error.problem) if part)
    if "escape character" in problem:
        problem += "; write mathematics in single quotes, or in a block after |"
    return problem


def _truth(text: str) -> bool:
    words = {"true": True, "false": False}
    if text.lower() not in words:
        raise ValueError(f"'{text}' is neither true nor false")
    return words[text.lower()]


def _unknown_tag(text: str) -> Any:
    raise ValueError("tags (!name) are not read here; write the plain value")


_SCALARS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": exact_number,
    "float": exact_number,
    "bool": _truth,
    "null": lambda text: None,
    "timestamp": str,
}
