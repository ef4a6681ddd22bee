"""What is wrong with a formula that is true in no kind of network: one known slip, or a left side that
names the wrong layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from derive.errors import Unusable
from derive.network import Network
from derive.notation import Notation
from derive.problem import Part, Problem
from derive.quantities import Quantity
from grader.chapter.course.faults import FAULTS, Fault
from grader.chapter.course.kinds import Kind
from grader.chapter.course.links import Understood
from grader.meaning.terms import Derivative, Entry, Partial, PartialEntry, Reference, Term
from grader.proof import sides_agree

ASKED = ("z", "a", "delta", "dW", "db", "W_new", "b_new")
"""Kinds of quantities whose formulas can be asked of the grader."""

FORWARD = ("z", "a")
"""Kinds in whose formulas W and its transpose are a matter of convention."""


@dataclass(frozen=True)
class Objection:
    """Why a formula is false: in words, with the ``name`` of the diagnosis; ``convention`` if it may be meant
    otherwise on a page that has not shown what it keeps."""

    reason: str
    name: str
    convention: bool = False


def objection(
    understood: Understood, text: str, kinds: list[Kind], notation: Notation, depth: int, general: bool
) -> Objection | None:
    """The one thing that is wrong with ``text``, the same in every kind of network where it is judged; None
    where there is none, or several."""
    if shifted := _wrong_layer(understood, kinds, notation, depth, general):
        return shifted
    asked = understood.left_quantity
    if asked is None or asked.kind not in ASKED or (asked.layer is None):
        return None
    chained = any(isinstance(part, Derivative | Partial | PartialEntry) for part in understood.right.walk())
    found = {_fault(asked, text, network, notation) for network in _networks(kinds, depth)}
    faults = {fault for fault in found if fault is not None}
    if len(faults) != 1 or not all(faults):
        return None
    ((fault, words),) = faults
    loose = fault.loosely and (chained or asked.kind in FORWARD)
    return None if loose else Objection(words, fault.diagnosis, fault.convention)


def _networks(kinds: list[Kind], depth: int) -> Iterator[Network]:
    for kind in kinds:
        try:
            yield kind.network(depth)
        except Unusable:
            continue


def _fault(asked: Quantity, text: str, network: Network, notation: Notation) -> tuple[Fault, str] | None:
    """The slip that the grader recognises in a wrong formula; None where it recognises none of ours."""
    from grader.judge import check

    part = Part("part", asked.address, "formula")
    verdict = check(Problem("page", "", "", notation.name, "", network, {}, (part,)), "part", text)
    faults = [FAULTS.get(name) for name in verdict.misconceptions]
    if verdict.verdict != "wrong" or len({fault and fault.diagnosis for fault in faults}) != 1:
        return None
    told = " ".join(sentence for sentence in verdict.feedback if not sentence.endswith("?"))
    return (faults[0], told) if faults[0] else None


def _wrong_layer(
    understood: Understood, kinds: list[Kind], notation: Notation, depth: int, general: bool
) -> Objection | None:
    """The right side is right, but for the neighbouring layer."""
    left = understood.left_quantity
    if left is None or left.layer is None:
        return None
    for shift in (-1, 1):
        layer = left.layer + shift
        if isinstance(layer, int) and not 0 < layer <= depth:
            continue
        moved = _at_layer(understood.left, replace(left, layer=layer))
        if any(_agrees((moved, understood.right), kind, notation, depth, general) for kind in kinds):
            below = "below" if shift < 0 else "above"
            reason = f"the right side is that of the layer {below}: the layer number on the left does not fit"
            return Objection(reason, "index-shifted")
    return None


def _agrees(sides: tuple[Term, Term], kind: Kind, notation: Notation, depth: int, general: bool) -> bool:
    try:
        return bool(sides_agree(sides, kind.network(depth), notation, general))
    except Unusable:
        return False


def _at_layer(term: Term, quantity: Quantity) -> Term:
    if isinstance(term, Entry):
        return replace(term, body=_at_layer(term.body, quantity))
    assert isinstance(term, Reference)
    return replace(term, quantity=quantity)
