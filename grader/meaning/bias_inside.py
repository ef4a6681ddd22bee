"""Where the bias is column 0 of the weights, w a is meant with it: a has a 1 at its top."""

from __future__ import annotations

from msgspec.structs import replace

from derive.quantities import Quantity
from grader.meaning import terms
from grader.meaning.terms import Term
from grader.reading.tree import Span

REMARK = "The products of weights and activations were taken with the bias in them, as input number 0."
SIDE_BY_SIDE = ("", "cdot", "times", "*", "@")
"""Joins of a matrix product."""


def with_bias(span: Span, factors: list[Term], joins: list[str]) -> Term:
    """The product, in which the bias is added to every w a.."""
    kept, between = [factors[0]], list[str]()
    for join, factor in zip(joins, factors[1:], strict=True):
        bias = _bias_of(kept[-1], factor) if join in SIDE_BY_SIDE else None
        if bias is None:
            kept.append(factor)
            between.append(join)
            continue
        weighted = terms.Product((kept[-1].span[0], factor.span[1]), (kept[-1], factor), ("",))
        kept[-1] = terms.Sum(weighted.span, (weighted, terms.Reference(weighted.span, bias)), ("+",))
    return kept[0] if len(kept) == 1 else terms.Product(span, tuple(kept), tuple(between))


def _bias_of(left: Term, right: Term) -> Quantity | None:
    """The bias that is added where weights meet the activations below them; None for other factors."""
    if not isinstance(left, terms.Reference) or not isinstance(right, terms.Reference):
        return None
    weights, below = left.quantity, right.quantity
    if (weights.kind, below.kind) != ("W", "a") or weights.layer is None or weights.layer - 1 != below.layer:
        return None
    return replace(weights, kind="b")


def sums_inputs(letter: str, body: Term) -> bool:
    """Whether a letter runs over the inputs of a neuron: it is the column of weights and the row of
    activations."""
    entries = [part for part in body.walk() if isinstance(part, terms.Entry)]
    columns = {_kind(part) for part in entries if len(part.indices) == 2 and part.indices[1] == letter}
    return "W" in columns and any(_kind(part) == "a" and part.indices == (letter,) for part in entries)


def _kind(part: terms.Entry) -> str:
    return part.body.quantity.kind if isinstance(part.body, terms.Reference) else ""
