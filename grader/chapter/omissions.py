"""OMISSIONS: what may have been left out of an expression as it was worked out, one row for each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec.structs import replace

from grader.chapter.spelling import bare, spelling
from grader.reading.tree import Group, Negate, Number, Product, Quotient, Scripted, Sum, Tree

Omission = Callable[[Tree], Iterator[Tree]]
"""The expressions that remain when one such part is left out."""


def _without_bias(tree: Tree) -> Iterator[Tree]:
    """A lone number or name beside products is left out: ``0.3 * 2 + 0.1`` is worked as ``0.3 * 2``."""
    inner = _inner(tree)
    if isinstance(inner, Sum) and any(isinstance(_unsigned(term), Product) for term in inner.terms):
        lone = [at for at, term in enumerate(inner.terms) if _is_lone(term)]
        yield from (_without_term(inner, at) for at in lone if len(lone) == 1)


def _without_rate(tree: Tree) -> Iterator[Tree]:
    """A factor of the step is left out: ``0.7 - 0.5 * 0.2`` is worked as ``0.7 - 0.2``."""
    inner = _inner(tree)
    if isinstance(inner, Sum) and len(inner.terms) == 2 and _is_lone(inner.terms[0]):
        step = inner.terms[1]
        if isinstance(step, Product) and all(_is_lone(factor) for factor in step.factors):
            for at in range(len(step.factors)):
                yield replace(inner, terms=(inner.terms[0], _without_factors(step, {at})))


def _without_slope(tree: Tree) -> Iterator[Tree]:
    """A slope such as ``1 - h^2``, ``h (1 - h)`` or ``f'(z)`` among the factors is left out."""
    inner = _inner(tree)
    for at, factor in enumerate(inner.factors if isinstance(inner, Product) else ()):
        assert isinstance(inner, Product)
        before = at - 1 if at and _is_lone(inner.factors[at - 1]) else at
        if _is_complement(factor):
            yield _without_factors(inner, {at})
            yield _without_factors(inner, {before, at})
        elif isinstance(factor, Scripted) and factor.primes:
            yield _without_factors(inner, {at, at + 1})


def _without_path(tree: Tree) -> Iterator[Tree]:
    """A term of a sum in brackets among the factors is left out."""
    inner = _inner(tree)
    for at, factor in enumerate(inner.factors if isinstance(inner, Product) else ()):
        total = bare(factor)
        if isinstance(inner, Product) and isinstance(total, Sum) and "-" not in total.signs:
            for left in range(len(total.terms)):
                group = Group(factor.span, "(", (_without_term(total, left),))
                yield replace(inner, factors=(*inner.factors[:at], group, *inner.factors[at + 1 :]))


OMISSIONS: Mapping[str, Omission] = {
    "bias-omitted": _without_bias,
    "rate-omitted": _without_rate,
    "slope-omitted": _without_slope,
    "path-omitted": _without_path,
}
"""By the name of the diagnosis."""


# ---- trees


def _inner(tree: Tree) -> Tree:
    """An expression without brackets around it; ``-a b`` is a product whose first factor is ``-a``."""
    inner = bare(tree)
    if isinstance(inner, Negate) and isinstance(inner.body, Product):
        first, *rest = inner.body.factors
        return replace(inner.body, factors=(Negate(first.span, first), *rest))
    return inner


def _unsigned(tree: Tree) -> Tree:
    tree = bare(tree)
    return _unsigned(tree.body) if isinstance(tree, Negate) else tree


def _is_lone(tree: Tree) -> bool:
    """Whether a part is one number or one name, perhaps with a sign or in brackets."""
    inner = _unsigned(tree)
    return isinstance(inner, Number | Quotient) or bool(spelling(inner))


def _is_complement(tree: Tree) -> bool:
    """Whether a factor is one minus something."""
    inner = bare(tree)
    return (
        isinstance(tree, Group)
        and isinstance(inner, Sum)
        and inner.signs == ("-",)
        and isinstance(inner.terms[0], Number)
        and float(inner.terms[0].value) == 1
    )


def _without_term(tree: Sum, at: int) -> Tree:
    terms = tuple(term for place, term in enumerate(tree.terms) if place != at)
    signs = tuple(sign for place, sign in enumerate(tree.signs, 1) if place != (at or 1))
    first = Negate(terms[0].span, terms[0]) if at == 0 and tree.signs[0] == "-" else terms[0]
    return replace(tree, terms=(first, *terms[1:]), signs=signs) if signs else first


def _without_factors(tree: Product, left: set[int]) -> Tree:
    kept = [at for at in range(len(tree.factors)) if at not in left]
    if not kept:
        return Number(tree.span, "1")
    factors = tuple(tree.factors[at] for at in kept)
    return replace(tree, factors=factors, joins=tuple(tree.joins[at - 1] for at in kept[1:]))
