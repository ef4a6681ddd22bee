"""What a formula is made of once arithmetic, sums and known functions are taken away: quantities that only
have names, their gradients and changes, and functions that only have names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from grader.chapter.names import TRANSPOSES
from grader.chapter.spelling import DIFFERENTIALS, bare, derivative_of, spelling
from grader.reading import tree as t

Sort = Literal["quantity", "gradient", "change", "function", "operator"]

SCALARS = frozenset(["eta", "alpha", "lambda", "mu", "beta", "gamma", "epsilon", "rho", "tau"])
"""Letters before a bracket that are factors, not functions."""
ACTIVATIONS = frozenset(
    ["sigma", "g", "f", "phi", "varphi", "h", "psi", "theta", "softmax", "sigmoid", "relu", "ReLU"]
)
"""Letters before a bracket with a sum in it that are functions, not factors."""
OPERATORS = frozenset({"argmin", "argmax"})
DOTS = frozenset({"dots", "ldots", "cdots"})


class Opaque(ValueError):
    """A formula that holds something whose value cannot be asked for."""


@dataclass(frozen=True, slots=True)
class Atom:
    """Something that has only a name: its sort, the letter it is called by, its further marks, and how many
    indices it is taken at; a gradient also says ``by`` what it is taken."""

    sort: Sort
    letter: str
    marks: str = ""
    places: int = 0
    by: str = ""


def letter_of(tree: t.Tree) -> str:
    """The letter below all scripts; empty for what is no name."""
    tree = bare(tree)
    while isinstance(tree, t.Scripted):
        tree = bare(tree.base)
    return tree.text if isinstance(tree, t.Name) else ""


def is_plain(group: t.Tree) -> bool:
    """Whether brackets hold only names, lists of them, and calls with them: then they are arguments."""
    inside = (part for part in group.walk() if part is not group)
    plain = t.Name | t.Scripted | t.Group | t.Relation | t.Number | t.Text
    return all(
        isinstance(part, plain)
        or (isinstance(part, t.Product) and set(part.joins) == {""})
        or (isinstance(part, t.Sum) and letter_of(part.terms[0]) and isinstance(part.terms[-1], t.Number))
        for part in inside
    )


def indices_of(sub: t.Tree | None) -> list[t.Tree]:
    """The indices in a subscript: of ``w_{kj}`` k and j, of ``x_{i,j}`` i and j."""
    if sub is None:
        return []
    match sub:
        case t.Group(items=items):
            return [part for item in items for part in indices_of(item)]
        case t.Product(factors=factors):
            return list(factors)
    return [sub]


def summed(low: t.Tree | None) -> str:
    """The index that a sum goes over; empty if it does not say, or several."""
    if low is None:
        return ""
    low = bare(low)
    return spelling(low.sides[0]) if isinstance(low, t.Relation) else spelling(low)


def bound_in(tree: t.Tree) -> frozenset[str]:
    """The indices of all sums in a tree, those that are written out with dots among them."""
    sums = (part for part in tree.walk() if isinstance(part, t.BigOperator))
    written = (part for part in tree.walk() if isinstance(part, t.Sum))
    lasts = (index for part in written if (index := last_index(part)))
    return frozenset({summed(part.low) for part in sums} | set(lasts)) - {""}


def last_index(tree: t.Sum) -> str:
    r"""The M of ``w_1 x_1 + \dots + w_M x_M``; empty for other sums."""
    at = place_of_dots(tree)
    if at is None or at + 1 >= len(tree.terms):
        return ""
    subs = [part.sub for part in tree.terms[at + 1].walk() if isinstance(part, t.Scripted)]
    letters = [letter_of(index) for sub in subs for index in indices_of(sub)[-1:]]
    return letters[-1] if letters else ""


def place_of_dots(tree: t.Sum) -> int | None:
    """Where among the terms the dots stand."""
    found = (at for at, term in enumerate(tree.terms) if isinstance(term, t.Name) and term.text in DOTS)
    return next(found, None)


def gathered(tree: t.Sum) -> t.Tree:
    r"""``\sum_i a_i + b_i`` as it is meant: with the later terms that hold the index inside of the sum."""
    for at, term in enumerate(tree.terms[:-1]):
        indices = _summed_last(term)
        reach = at
        while reach + 1 < len(tree.terms) and indices and _free_in(tree.terms[reach + 1]) & indices:
            reach += 1
        if reach > at:
            inside = _with_terms(term, tree.terms[at + 1 : reach + 1], tree.signs[at:reach])
            terms = (*tree.terms[:at], inside, *tree.terms[reach + 1 :])
            signs = (*tree.signs[:at], *tree.signs[reach:])
            return replace(tree, terms=terms, signs=signs) if len(terms) > 1 else inside
    return tree


def _summed_last(term: t.Tree) -> frozenset[str]:
    """The indices of the sums that a term ends with."""
    match term:
        case t.Negate(body=body):
            return _summed_last(body)
        case t.Product(factors=factors):
            return _summed_last(factors[-1])
        case t.BigOperator(kind="sum"):
            return frozenset({summed(term.low)} - {""}) | _summed_last(term.body)
    return frozenset()


def _free_in(term: t.Tree) -> frozenset[str]:
    """The names that may be indices in a term, but those of its own sums."""
    return frozenset(part.text for part in term.walk() if isinstance(part, t.Name)) - bound_in(term)


def _with_terms(term: t.Tree, terms: tuple[t.Tree, ...], signs: tuple[str, ...]) -> t.Tree:
    """A term whose innermost sum goes over some terms more."""
    match term:
        case t.Negate(body=body):
            return replace(term, body=_with_terms(body, terms, signs))
        case t.Product(factors=factors):
            return replace(term, factors=(*factors[:-1], _with_terms(factors[-1], terms, signs)))
        case t.BigOperator(body=body) if _summed_last(body):
            return replace(term, body=_with_terms(body, terms, signs))
        case t.BigOperator(body=body):
            return replace(term, body=t.Sum(body.span, (body, *terms), signs))
    return term


def is_transposed(tree: t.Tree) -> bool:
    return isinstance(tree, t.Scripted) and isinstance(tree.sup, t.Name) and tree.sup.text in TRANSPOSES


def gradient_of(tree: t.Tree) -> tuple[t.Tree, str] | None:
    """What a quotient is the derivative of, and the letter by which."""
    halves = derivative_of(tree) if isinstance(tree, t.Quotient) else None
    return (halves[0], letter_of(halves[1])) if halves and letter_of(halves[0]) else None


def begins_change(tree: t.Tree) -> bool:
    return isinstance(tree, t.Name) and tree.text in DIFFERENTIALS - {"partial", "d", "delta"}


def joined_factors(tree: t.Product) -> Iterator[tuple[str, tuple[t.Tree, ...]]]:
    """The factors with how each is joined on, those that belong together in one tuple: a function with its
    argument, nabla with what it is of, a change with its quantity."""
    factors, joins = list(tree.factors), ["", *tree.joins]
    at = 0
    while at < len(factors):
        start = at
        while _reaches_on(factors, at) and at + 1 < len(factors) and joins[at + 1] == "":
            at += 1
        if at + 1 < len(factors) and joins[at + 1] == "" and _takes(factors[at], factors[at + 1]):
            at += 1
        at += 1
        yield joins[start], tuple(factors[start:at])


def _reaches_on(factors: list[t.Tree], at: int) -> bool:
    """Whether a factor is applied to what stands behind it without brackets."""
    letter = letter_of(factors[at])
    return letter == "nabla" or begins_change(factors[at]) or letter in PREFIXES


PREFIXES = frozenset(["log", "ln", "exp", "cos", "sin", "sqrt"])


def _takes(head: t.Tree, behind: t.Tree) -> bool:
    """Whether a factor takes the brackets behind it as its arguments."""
    letter = letter_of(head)
    if not isinstance(behind, t.Group) or behind.bracket == "{" or not letter or letter in SCALARS:
        return False
    if letter in PREFIXES or letter in ACTIVATIONS:
        return True
    return is_plain(behind)
