"""How far a sum reaches where no brackets say it: Σ_i y_i log a_i + (1 − y_i) log(1 − a_i) means both
terms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from grader.meaning.scripts import pieces
from grader.reading import tree
from grader.reading.tree import Tree


def widened(part: Tree, loose: frozenset[str]) -> Tree:
    """The tree with each sum that counts one of the ``loose`` letters reaching as far as these stand in the
    terms behind it; the same tree where there is none."""
    rule = _INSIDE.get(type(part))
    part = rule(part, lambda inner: widened(inner, loose)) if rule else part
    return _joined(part, loose) if isinstance(part, tree.Sum) else part


def _joined(total: tree.Sum, loose: frozenset[str]) -> Tree:
    for at, term in enumerate(total.terms):
        counted = _counted(term) & loose
        behind = [p for p in range(at + 1, len(total.terms)) if counted & _letters(total.terms[p])]
        if not behind:
            continue
        end = behind[-1] + 1
        inside, signs = total.terms[at + 1 : end], total.signs[at : end - 1]
        whole = _with_tail(term, inside, signs)
        terms = (*total.terms[:at], whole, *total.terms[end:])
        if len(terms) == 1:
            return whole
        return _joined(replace(total, terms=terms, signs=(*total.signs[:at], *total.signs[end - 1 :])), loose)
    return total


def _with_tail(term: Tree, inside: tuple[Tree, ...], signs: tuple[str, ...]) -> Tree:
    """The term with more terms under the sum that it ends with."""
    span = (term.span[0], inside[-1].span[1])
    if isinstance(term, tree.BigOperator):
        if isinstance(term.body, tree.BigOperator):
            return replace(term, span=span, body=_with_tail(term.body, inside, signs))
        body = term.body
        first = body.terms if isinstance(body, tree.Sum) else (body,)
        own = body.signs if isinstance(body, tree.Sum) else ()
        every = tree.Sum((body.span[0], span[1]), (*first, *inside), (*own, *signs))
        return replace(term, span=span, body=every)
    if isinstance(term, tree.Product):
        return replace(
            term, span=span, factors=(*term.factors[:-1], _with_tail(term.factors[-1], inside, signs))
        )
    assert isinstance(term, tree.Negate)
    return replace(term, span=span, body=_with_tail(term.body, inside, signs))


def _counted(term: Tree) -> frozenset[str]:
    """The letters of the sum, or the sums in each other, that a term ends with."""
    if isinstance(term, tree.Negate):
        return _counted(term.body)
    if isinstance(term, tree.Product):
        return _counted(term.factors[-1])
    if not isinstance(term, tree.BigOperator) or term.kind != "sum":
        return frozenset()
    below = (piece.sides[0] if isinstance(piece, tree.Relation) else piece for piece, _ in pieces(term.low))
    return frozenset(name.text for name in below if isinstance(name, tree.Name)) | _counted(term.body)


def _letters(part: Tree) -> frozenset[str]:
    """All letters in the scripts of a term."""
    scripts = (
        s for p in part.walk() if isinstance(p, tree.Scripted) for s in (p.sub, p.sup) if s is not None
    )
    return frozenset(name.text for s in scripts for name in s.walk() if isinstance(name, tree.Name))


Inside = Callable[[Tree], Tree]

_INSIDE: dict[type, Callable[[Any, Inside], Tree]] = {
    tree.Relation: lambda part, inside: replace(part, sides=tuple(map(inside, part.sides))),
    tree.Sum: lambda part, inside: replace(part, terms=tuple(map(inside, part.terms))),
    tree.Product: lambda part, inside: replace(part, factors=tuple(map(inside, part.factors))),
    tree.Group: lambda part, inside: replace(part, items=tuple(map(inside, part.items))),
    tree.Scripted: lambda part, inside: replace(part, base=inside(part.base)),
    tree.Negate: lambda part, inside: replace(part, body=inside(part.body)),
    tree.BigOperator: lambda part, inside: replace(part, body=inside(part.body)),
    tree.Quotient: lambda part, inside: replace(
        part, numerator=inside(part.numerator), denominator=inside(part.denominator)
    ),
}
