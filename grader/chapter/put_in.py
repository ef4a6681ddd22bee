"""Weighted sums and the numbers put in for their letters: which letter the numbers say should stand there."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from grader.chapter.functions import BY_SPELLING
from grader.chapter.names import ends_in_number, names_in
from grader.chapter.printed import significant
from grader.chapter.spelling import bare, spelling
from grader.reading.tree import Group, Negate, Number, Product, Sum, Tree

CLOSE = 1e-9
ENOUGH = 3
"""So many significant digits, added up, are no coincidence."""
_KNOWN = frozenset({"e", "pi", *BY_SPELLING})
Factors = tuple[tuple[float, str], ...]
"""Sizes, each with the name or the digits that stand for it."""


@dataclass(frozen=True, slots=True)
class Term:
    """One product of a sum: its sign, and the sizes of its factors with what stands for each."""

    sign: int
    factors: Factors

    def same(self, other: Term) -> bool:
        return self.sign == other.sign and _alike(self.factors, other.factors)


def meant(formula: Tree, worked: Tree, values: Mapping[str, float], unsettled: Set[str] = frozenset()) -> str:
    """Why a formula in letters does not fit the numbers put in for it; empty if it does, or nobody can tell.

    ``values`` are those of all letters, ``unsettled`` the letters that later have others. A reason is found
    where all terms but one have their numbers, and the number that is left over is that of a letter missing
    in the formula.

    >>> from grader.reading import read
    >>> values = {"u": 0.4, "v": 0.7, "p": 1.5, "q": -2.5, "c": 0.25}
    >>> meant(read("p u + q u").tree, read("1.5 * 0.4 + (-2.5) * 0.7").tree, values)
    'the numbers put in for it are those of v, not of u'
    >>> meant(read("p u + q v").tree, read("1.5 * 0.4 + (-2.5) * 0.7 + 0.25").tree, values)
    'the numbers put in for it have one term more, which is c'
    """
    letters, numbers = _terms(formula, values), _terms(worked, {})
    if letters is None or numbers is None:
        return ""
    for term in list(letters):
        match = next((other for other in numbers if term.same(other)), None)
        if match is not None:
            letters.remove(term)
            numbers.remove(match)
    if len(numbers) != 1 or len(letters) > 1:
        return ""
    absent = {name: value for name, value in values.items() if name not in names_in(formula) | unsettled}
    if not letters:
        name = _only_name(*_signed(numbers[0]), absent) if len(numbers[0].factors) == 1 else ""
        return f"the numbers put in for it have one term more, which is {name}" if name else ""
    twice = {name for name, count in Counter(map(spelling, formula.walk())).items() if count > 1}
    return _exchanged(letters[0], numbers[0], absent, twice)


def same_numbers(formula: Tree, worked: Tree, values: Mapping[str, float]) -> bool:
    """Whether an expression of numbers holds just those that stand for the letters of a formula.

    >>> from grader.reading import read
    >>> same_numbers(read("1/(1 + e^{v})").tree, read("1/(1 + e^{-0.752})").tree, {"v": 0.752})
    True
    """
    letters, numbers = (tuple(_leaves(tree, values)) for tree in (formula, worked))
    told = sum(significant(digits) for size, digits in numbers if size != 1)
    return told >= ENOUGH and not names_in(worked) - _KNOWN and _alike(letters, numbers)


def _leaves(tree: Tree, values: Mapping[str, float]) -> Iterator[tuple[float, str]]:
    """The sizes of all letters and numbers of an expression; NaN for a letter without a value."""
    name = "" if ends_in_number(tree) else spelling(tree)
    if name in _KNOWN:
        return
    if name or isinstance(tree, Number):
        text = tree.text if isinstance(tree, Number) else name
        yield abs(float(tree.value) if isinstance(tree, Number) else values.get(name, math.nan)), text
    for part in () if name else tree.parts:
        yield from _leaves(part, values)


def _exchanged(letters: Term, numbers: Term, absent: Mapping[str, float], twice: set[str]) -> str:
    """Whether one factor has the number of a letter that the formula does not have; with one digit, that
    tells something only where another letter stands ``twice`` instead."""
    if len(letters.factors) != len(numbers.factors) or len(letters.factors) < 2:
        return ""
    here, there = list(letters.factors), list(numbers.factors)
    for factor in letters.factors:
        match = next((other for other in there if _close(factor[0], other)), None)
        if match is not None:
            here.remove(factor)
            there.remove(match)
    if len(here) != 1 or len(there) != 1:
        return ""
    size, digits = there[0]
    found = [name for name in (_only_name(size, digits, absent), _only_name(-size, digits, absent)) if name]
    wrong = here[0][1]
    right = len(found) == 1 and (significant(digits) > 1 or wrong in twice)
    return f"the numbers put in for it are those of {found[0]}, not of {wrong}" if right else ""


def _signed(term: Term) -> tuple[float, str]:
    size, digits = term.factors[0]
    return term.sign * size, digits


def _only_name(value: float, digits: str, values: Mapping[str, float]) -> str:
    names = [name for name, known in values.items() if _close(known, (value, digits))]
    return names[0] if len(names) == 1 and value not in (0, 1, -1) else ""


def _terms(tree: Tree, values: Mapping[str, float]) -> list[Term] | None:
    """The terms of a sum of products of names with values, and of numbers; None for anything else."""
    tree = bare(tree)
    parts = list(zip(("+", *tree.signs), tree.terms, strict=True)) if isinstance(tree, Sum) else [("+", tree)]
    found = []
    for sign, part in parts:
        factors = list(_factors(part, values))
        if any(value is None for value, _ in factors):
            return None
        product = math.prod(value for value, _ in factors if value is not None) * (-1 if sign == "-" else 1)
        sizes = tuple((abs(value), text) for value, text in factors if value is not None)
        found.append(Term(-1 if product < 0 else 1, sizes))
    return found


def _factors(tree: Tree, values: Mapping[str, float]) -> Iterator[tuple[float | None, str]]:
    """The values of the factors of a product, each with the name or the digits that stand for it."""
    tree = bare(tree)
    if isinstance(tree, Product) and "/" not in tree.joins:
        for factor in tree.factors:
            yield from _factors(factor, values)
    elif isinstance(tree, Negate):
        (first, text), *rest = _factors(tree.body, values)
        yield from ((None if first is None else -first, text), *rest)
    elif isinstance(tree, Number):
        yield float(tree.value), tree.text
    else:
        name = "" if isinstance(tree, Group) else spelling(tree)
        yield values.get(name), name


def _alike(first: Factors, second: Factors) -> bool:
    pairs = zip(sorted(first), sorted(second), strict=False)
    return len(first) == len(second) and all(_close(one[0], other) for one, other in pairs)


def _close(known: float, printed: tuple[float, str]) -> bool:
    """Whether a value is a printed number, which may be rounded if it has three digits."""
    size, digits = printed
    half = 0.5 * 10.0 ** -len(digits.partition(".")[2]) if "." in digits and significant(digits) > 2 else 0.0
    return abs(known - size) <= half + CLOSE * max(1.0, abs(size))
