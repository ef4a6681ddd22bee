"""From what the other process found, which is lists of names and numbers, to a tree of our own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grader.reading.tree import (
    Calculus,
    Group,
    Name,
    Negate,
    Number,
    Product,
    Quotient,
    Scripted,
    Span,
    Sum,
    Tree,
)

Symbols = Mapping[str, Tree]


def tree_of(found: Any, symbols: Symbols, span: Span) -> Tree:
    """The tree of a value. Each quantity stands in it as a single number.

    >>> tree_of(["number", "1", "3"], {}, (0, 4))
    Quotient(span=(0, 4), numerator=Number(span=(0, 4), text='1'), denominator=Number(span=(0, 4), text='3'))
    """
    kind, *arguments = found
    return _KINDS[kind](arguments, symbols, span)


def _number(arguments: list[Any], symbols: Symbols, span: Span) -> Tree:
    """A fraction; one beyond what can be typed was never sent."""
    above, below = (Number(span, text.removeprefix("-")) for text in arguments)
    value: Tree = above if below.text == "1" else Quotient(span, above, below)
    return _negative(value, span) if arguments[0].startswith("-") else value


def _negative(value: Tree, span: Span) -> Tree:
    return Group(span, "(", (Negate(span, value),))


def _symbol(arguments: list[Any], symbols: Symbols, span: Span) -> Tree:
    return Calculus(span, "number", (symbols[arguments[0]],))


def _sum(arguments: list[Any], symbols: Symbols, span: Span) -> Tree:
    terms = tuple(tree_of(argument, symbols, span) for argument in arguments)
    return Group(span, "(", (Sum(span, terms, ("+",) * (len(terms) - 1)),))


def _product(arguments: list[Any], symbols: Symbols, span: Span) -> Tree:
    factors = tuple(tree_of(argument, symbols, span) for argument in arguments)
    return Group(span, "(", (Product(span, factors, ("cdot",) * (len(factors) - 1)),))


def _power(arguments: list[Any], symbols: Symbols, span: Span) -> Tree:
    base, exponent = (tree_of(argument, symbols, span) for argument in arguments)
    return Scripted(span, Group(span, "(", (base,)), sup=exponent)


def _call(arguments: list[Any], symbols: Symbols, span: Span) -> Tree:
    name, argument = arguments
    inside = Group(span, "(", (tree_of(argument, symbols, span),))
    return Product(span, (Name(span, name), inside), ("",))


_KINDS: dict[str, Callable[[list[Any], Symbols, Span], Tree]] = {
    "number": _number,
    "symbol": _symbol,
    "sum": _sum,
    "product": _product,
    "power": _power,
    "call": _call,
}
