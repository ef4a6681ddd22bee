"""GATES: one row for each logic gate, and expressions of gates such as ``(NOT x_1) AND x_2``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product

MOST_INPUTS = 4
LONGEST = 300
"""Longer texts are no expressions of gates."""
MOST_TOKENS = 60


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate of two inputs: its name, its signs, and how tightly it binds (the higher, the tighter)."""

    name: str
    signs: tuple[str, ...]
    level: int
    apply: Callable[[bool, bool], bool]


GATES = (
    Gate("AND", ("\\land", "\\wedge", "∧", "&&"), 3, lambda a, b: a and b),
    Gate("NAND", (), 3, lambda a, b: not (a and b)),
    Gate("XOR", ("\\oplus", "⊕"), 2, lambda a, b: a != b),
    Gate("XNOR", (), 2, lambda a, b: a == b),
    Gate("OR", ("\\lor", "\\vee", "∨"), 1, lambda a, b: a or b),
    Gate("NOR", (), 1, lambda a, b: not (a or b)),
)
BY_SIGN = {sign: gate for gate in GATES for sign in (gate.name, *gate.signs)}
NOT = frozenset({"NOT", "\\lnot", "\\neg", "¬"})

Inputs = Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Logic:
    """An expression of gates: its inputs in order, its value for their values, and how many gates it has."""

    inputs: tuple[str, ...]
    value: Callable[[Inputs], bool]
    gates: int = 0

    def table(self, names: tuple[str, ...]) -> tuple[bool, ...]:
        """The values for all inputs, in the order 00, 01, 10, 11."""
        return tuple(self.value(dict(zip(names, row, strict=True))) for row in rows_of(len(names)))


def rows_of(count: int) -> list[tuple[bool, ...]]:
    """All inputs of a gate, in the order in which truth tables list them."""
    return list(product((False, True), repeat=count))


_FORMATTING = re.compile(r"\\(?:text|mathrm|mathbf|operatorname|textbf|mathit)(?![A-Za-z])|[$*{}]")
_BLANKS = re.compile(r"~|\\[ ,;:!]")
_TOKEN = re.compile(
    r"\s*(?:(?P<word>NOT|AND|OR|XOR|XNOR|NAND|NOR)(?![A-Za-z])|(?P<sign>\\(?:land|wedge|lor|vee|oplus|lnot|neg)(?![A-Za-z])"
    r"|[∧∨⊕¬]|&&)|(?P<name>[A-Za-z](?:_?\d{1,2}|_[a-z])?(?:\^\(?\d\)?)?(?![A-Za-z]))|(?P<bracket>[()\[\]]))"
)


def logic_of(text: str) -> Logic | None:
    """The expression of gates that a text is; None for any other text.

    >>> logic_of("(\\\\text{NOT } x_1) \\\\text{ AND } x_2").table(("x_1", "x_2"))
    (False, True, False, False)
    """
    tokens = _tokens(text) if len(text) <= LONGEST else []
    parsed = _Parser(tokens).whole() if 0 < len(tokens) <= MOST_TOKENS else None
    return parsed if parsed and len(parsed.inputs) <= MOST_INPUTS else None


def _tokens(text: str) -> list[str]:
    plain = _FORMATTING.sub("", _BLANKS.sub(" ", text)).strip()
    found, at = [], 0
    while at < len(plain):
        match = _TOKEN.match(plain, at)
        if match is None:
            return []
        found.append(match[0].strip())
        at = match.end()
    return found


class _Parser:
    """A reader of tokens that knows which gates bind more tightly."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.at = tokens, 0

    def whole(self) -> Logic | None:
        found = self._level(1)
        return found if self.at == len(self.tokens) else None

    def _next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _level(self, level: int) -> Logic | None:
        """Gates of one level between operands of the next."""
        if level > MAX_LEVEL:
            return self._operand()
        left = self._level(level + 1)
        while left is not None and (gate := BY_SIGN.get(self._next())) and gate.level == level:
            self.at += 1
            right = self._level(level + 1)
            left = _joined(gate, left, right) if right is not None else None
        return left

    def _operand(self) -> Logic | None:
        token = self._next()
        self.at += 1
        if token in NOT:
            inner = self._operand()
            return _negated(inner) if inner is not None else None
        if token in ("(", "["):
            inner = self._level(1)
            closed = self._next() in (")", "]")
            self.at += 1
            return inner if closed else None
        if not token or token in BY_SIGN or token in (")", "]"):
            return None
        return Logic((token,), lambda values: values[token])


MAX_LEVEL = max(gate.level for gate in GATES)


def _negated(inner: Logic) -> Logic:
    return Logic(inner.inputs, lambda values: not inner.value(values), inner.gates + 1)


def _joined(gate: Gate, left: Logic, right: Logic) -> Logic:
    inputs = tuple(dict.fromkeys((*left.inputs, *right.inputs)))
    return Logic(
        inputs,
        lambda values: gate.apply(left.value(values), right.value(values)),
        left.gates + right.gates + 1,
    )
