r"""The macros that an author defines (``\newcommand``, ``\def``) put in place where they are used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from grader.documents.placed import Placed

MAX_ARGUMENT = 4000
MAX_ADDED = 1_000_000
"""So many characters may macros add to a text."""
MAX_DEFINITIONS = 500
MAX_USES = 20_000
MAX_ROUNDS = 8
"""So deep may macros use one another."""


@dataclass(frozen=True, slots=True)
class Macro:
    r"""``\name`` with so many arguments stands for ``body``; ``default`` is that of an optional first one."""

    arguments: int
    body: str
    default: str | None = None


STANDARD = {
    "num": Macro(1, "#1"),
    "SI": Macro(2, "#1"),
    "qty": Macro(2, "#1"),
    "ensuremath": Macro(1, "#1"),
}
"""Commands of common packages that only print their argument in another way."""

DEFINITION = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand)\*?\s*\{?\s*\\(?P<new>[A-Za-z]+)\s*\}?\s*"
    r"(?:\[(?P<count>\d)\]\s*)?(?:\[(?P<default>[^\]\n]{0,200})\]\s*)?(?=\{)"
    r"|\\DeclareMathOperator\*?\s*\{?\s*\\(?P<operator>[A-Za-z]+)\s*\}?\s*(?=\{)"
    r"|\\[gex]?def\s*\\(?P<old>[A-Za-z]+)(?P<pattern>(?:\s*#\d)*)\s*(?=\{)"
)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_ARGUMENT = re.compile(r"\s{0,20}(?:(?P<brace>\{)|(?P<command>\\[A-Za-z]+)|(?P<sign>[^\s\\{}#]))")
_HOLE = re.compile(r"#([1-9])")
_COMMAND = re.compile(r"\\([A-Za-z]+)")


def with_macros(text: Placed) -> Placed:
    r"""The text with its own macros put in place and their definitions taken out.

    >>> with_macros(Placed.whole(r"\newcommand{\pd}[2]{\frac{#1}{#2}}$\pd{a}{b}$")).text
    '$\\frac{a}{b}$'
    """
    macros = dict(STANDARD)
    parts, kept = [], 0
    for found in islice(DEFINITION.finditer(text.text), MAX_DEFINITIONS):
        end = _closing(text.text, found.end())
        if found.start() >= kept and end:
            macros.update([_macro(found, text.text[found.end() + 1 : end - 1])])
            parts.append(text[kept : found.start()])
            kept = end
    return _expanded(Placed.joined([*parts, text[kept:]]) if parts else text, _without_circles(macros))


def left_in(source: str, read: str) -> Iterator[tuple[int, str]]:
    """Each macro of a source that was not put in place everywhere in what is read of it: where it stands
    there first, and its name."""
    waiting = {name for match in DEFINITION.finditer(source) for name in match.group("new", "old") if name}
    for match in _COMMAND.finditer(read) if waiting else ():
        if match[1] in waiting:
            waiting.remove(match[1])
            yield match.start(), match[0]


def _without_circles(macros: dict[str, Macro]) -> dict[str, Macro]:
    """The macros that do not come back to themselves, at once or through others."""
    uses = {name: macros.keys() & _COMMAND.findall(macro.body) for name, macro in macros.items()}
    ends = {name for name, inside in uses.items() if not inside}
    users: dict[str, list[str]] = {}
    for name, inside in uses.items():
        for other in inside:
            users.setdefault(other, []).append(name)
    waiting = list(ends)
    while waiting:
        for user in users.get(waiting.pop(), ()):
            if user not in ends and uses[user] <= ends:
                ends.add(user)
                waiting.append(user)
    return {name: macro for name, macro in macros.items() if name in ends}


def _macro(found: re.Match[str], body: str) -> tuple[str, Macro]:
    if found["operator"]:
        return found["operator"], Macro(0, rf"\operatorname{{{body}}}")
    if found["old"]:
        return found["old"], Macro(found["pattern"].count("#"), body)
    return found["new"], Macro(int(found["count"] or 0), body, found["default"])


def _closing(text: str, start: int) -> int:
    """The offset behind the brace that closes the one at ``start``; 0 if it is far away or missing."""
    depth = 0
    for brace in _BRACE.finditer(text, start, start + MAX_ARGUMENT):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if not depth and brace[0] == "}":
            return brace.end()
    return 0


def _expanded(text: Placed, macros: dict[str, Macro]) -> Placed:
    use = re.compile(rf"\\({'|'.join(sorted(macros))})(?![A-Za-z])")
    most = len(text) + MAX_ADDED
    for _ in range(MAX_ROUNDS):
        if not use.search(text.text) or len(text) > most:
            break
        text = _once(text, macros, use)
    return text


def _once(text: Placed, macros: dict[str, Macro], use: re.Pattern[str]) -> Placed:
    """One round: every use replaced by its body, the arguments keeping their places."""
    parts: list[Placed] = []
    kept = size = 0
    for found in islice(use.finditer(text.text), MAX_USES):
        macro = macros[found[1]]
        arguments, end = _arguments(text, found.end(), macro)
        if found.start() < kept or len(arguments) < macro.arguments or size > MAX_ADDED:
            continue
        body = _filled(macro.body, arguments, text.place(found.start()))
        blank = text.saying(" ", found.start()) if macro.body[-1:].isalpha() else Placed.whole("")
        parts += [text[kept : found.start()], body, blank]
        size += len(body)
        kept = end
    return Placed.joined([*parts, text[kept:]])


def _arguments(text: Placed, at: int, macro: Macro) -> tuple[list[Placed], int]:
    found: list[Placed] = []
    if macro.default is not None and macro.arguments:
        optional = re.compile(r"\s{0,20}\[([^\]\n]{0,400})\]").match(text.text, at)
        found.append(text[slice(*optional.span(1))] if optional else text.saying(macro.default, at - 1))
        at = optional.end() if optional else at
    while len(found) < macro.arguments:
        argument = _ARGUMENT.match(text.text, at)
        if not argument:
            break
        start, end = argument.start(argument.lastgroup or 0), argument.end()
        if argument["brace"]:
            start, end = end, _closing(text.text, start)
        if not end:
            break
        found.append(text[start : end - 1 if argument["brace"] else end])
        at = end
    return found, at


def _filled(body: str, arguments: list[Placed], place: int) -> Placed:
    pieces = _HOLE.split(body)
    parts = [
        Placed.at(piece, place)
        if not at % 2
        else (arguments[int(piece) - 1 : int(piece)] or [Placed.whole("")])[0]
        for at, piece in enumerate(pieces)
    ]
    return Placed.joined(parts)
