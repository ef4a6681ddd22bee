"""Derivatives side by side: the chain rule joins those that meet, and sums over what they share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from derive.graph import Node
from derive.quantities import Quantity
from derive.shape_rules import show
from grader.meaning import derivatives, terms
from grader.meaning.entries import Lower
from grader.meaning.frame import Frame
from grader.meaning.partials import NoPartial
from grader.meaning.products import Plan, Unfit
from grader.meaning.terms import Term


def contracted(
    lower: Lower, term: Any, factors: Sequence[tuple[str, Term]], frame: Frame, plan: Plan
) -> Node | None:
    """A gradient beside the derivative of a vector by weights, which has three indices: the chain rule sums
    over the vector's, if one factor or product beside it has just that shape."""
    places = [at for at, (_, factor) in enumerate(factors) if _has_three_indices(factor, frame)]
    if len(places) != 1 or frame.partials is None:
        return None
    (at,) = places
    of, by = (frame.quantity(q) for q in (factors[at][1].of, factors[at][1].by))  # type: ignore[attr-defined]
    others = [*factors[:at], *factors[at + 1 :]]
    if not others or (0 < at < len(factors) - 1) or {factors[at][0], others[0][0]} - {"", "cdot", "*", "@"}:
        return None
    rest = terms.Product(term.span, tuple(f for _, f in others), tuple(join for join, _ in others[1:]))
    gradient = lower(rest if len(others) > 1 else others[0][1], frame, plan)
    if 1 not in gradient.shape or 1 not in frame.shapes[of]:
        return None
    if set(gradient.shape) != set(frame.shapes[of]):
        shapes = f"{show(gradient.shape)} gradient meets the derivative of a {show(frame.shapes[of])} vector"
        raise Unfit(term.span, f"a {shapes}")
    try:
        return derivatives.pulled(gradient, of, by, frame)
    except NoPartial as missing:
        raise Unfit(term.span, str(missing)) from None


def _has_three_indices(factor: Term, frame: Frame) -> bool:
    if not isinstance(factor, terms.Partial):
        return False
    of, by = frame.quantity(factor.of), frame.quantity(factor.by)
    return by.kind == "W" and of.kind in ("z", "a") and of != Quantity("z", by.layer)


def chained(term: Any, frame: Frame) -> tuple[tuple[str, Term], ...]:
    """The factors, each with how it is joined to the one before, neighbouring derivatives joined by the chain
    rule: ∂E/∂z · ∂z/∂a is ∂E/∂a, in whatever layout.

    Only where one path leads from each quantity to the next, as in a network; in a computation graph there
    may be several.
    """
    joined = tuple(zip(("", *term.joins), term.factors, strict=True))
    return tuple(_met(joined, frame)) if has_partials(joined) else joined


def has_partials(factors: Iterable[tuple[str, Term]]) -> bool:
    """Whether a derivative between two quantities stands among factors."""
    return any(isinstance(factor, terms.Partial) for _, factor in factors)


def _met(factors: Iterable[tuple[str, Term]], frame: Frame) -> Iterator[tuple[str, Term]]:
    held: tuple[str, Term] | None = None
    for join, factor in factors:
        together = _chain_rule(held[1], factor, frame) if held and join != "/" else None
        if held and together:
            held = (held[0], together)
            continue
        if held:
            yield held
        held = (join, factor)
    if held:
        yield held


def _chain_rule(left: Term, right: Term, frame: Frame) -> Term | None:
    if not isinstance(right, terms.Partial) or right.direct or getattr(left, "direct", False):
        return None
    middle = terms.differentiated_by(left)
    if middle is None or frame.quantity(middle) != frame.quantity(right.of):
        return None
    by = frame.quantity(right.by)
    span = (left.span[0], right.span[1])
    gradient = Quantity("d" + by.kind, by.layer)
    if by.layer is None or gradient not in frame.shapes:
        return None
    if isinstance(left, terms.Partial):
        return terms.Partial(span, left.of, right.by)
    return terms.Reference(span, gradient)
