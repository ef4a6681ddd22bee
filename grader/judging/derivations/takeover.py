"""What a wrong line leaves behind: its quantity, or the gradient behind its derivative, has the student's
value from there on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from derive.derivation import GRAPH_NAMING, NETWORK_NAMING
from derive.functions import Array
from derive.graph import Equation
from derive.network import Network
from derive.program import Program
from derive.quantities import Quantity
from grader.judging.derivations.abbreviations import OWN
from grader.judging.derivations.ground import Ground, Stand
from grader.judging.derivations.links import meant, whole
from grader.judging.values import lowered, plans_for, value
from grader.meaning import terms
from grader.meaning.lowering import Unfit, lower_sides
from grader.meaning.terms import Partial, PartialEntry, Reference, Term, letters_in

Found = list[tuple[Stand, Array]]
"""The value of a side in every place, and the place with the true values."""


def taken_over(head: Term, last: Term, line: int, ground: Ground) -> None:
    """From here on what ``head`` names has the value of ``last``, which a wrong line gave it."""
    true = [stand for stand in ground.stands((head, last)) if stand.own]
    stands = ground.as_believed(true) or true
    if isinstance(head, Partial | PartialEntry):
        quantity, found = _gradient_behind(head, last, true, stands)
    else:
        quantity, found = quantity_named(head), _of_quantity(head, last, true, stands)
    if quantity is None or quantity.kind.startswith(OWN) or not found:
        return
    if ground.take(quantity, found):
        ground.since = line


def quantity_named(term: Term | None) -> Quantity | None:
    """The quantity that a side names, or an entry of; None for an expression."""
    while isinstance(term, terms.Entry | terms.Transposed):
        term = term.body
    return term.quantity if isinstance(term, Reference) else None


# -- a quantity ----------------------------------------------------------------------------------------------


def _of_quantity(head: Term, last: Term, true: Sequence[Stand], stands: Sequence[Stand]) -> Found:
    """The values of a side that was said to be a quantity, or any entry of it."""
    quantity = quantity_named(head)
    if quantity is None or (isinstance(head, terms.Entry) and letters_in(head) != head.indices):
        return []
    if letters_in(last):
        last = whole(last, letters_in(head) or letters_in(last), quantity)
    if isinstance(head, terms.Transposed):
        last = terms.Transposed(last.span, last)
    placed = [replace(s, against=s.view.values[s.frame.quantity(quantity)]) for s in stands]
    for plan in plans_for(last):
        found = [value(lowered(last, stand, plan), stand) for stand in placed]
        pairs = zip(placed, found, strict=True)
        if all(not isinstance(v, Unfit) and v.shape[-2:] == s.expected.shape[-2:] for s, v in pairs):
            return [(s, v) for s, v in zip(true, found, strict=True) if not isinstance(v, Unfit)]
    return []


# -- a derivative --------------------------------------------------------------------------------------------


def _gradient_behind(
    head: Partial | PartialEntry, last: Term, true: Sequence[Stand], stands: Sequence[Stand]
) -> tuple[Quantity | None, Found]:
    """A wrong ∂u/∂v makes another ∂loss/∂v of ∂loss/∂u."""
    naming = NETWORK_NAMING if all(isinstance(s.world.model, Network) for s in stands) else GRAPH_NAMING
    above, below = naming.gradient(head.of), naming.gradient(head.by)
    found: Found = []
    for stand, origin in zip(stands, true, strict=True):
        handed = stand.view.values.get(stand.frame.quantity(above))
        slope = _slope(head, last, stand)
        behind = None if handed is None or slope is None else _handed_back(slope, handed)
        if behind is None:
            return None, []
        found.append((origin, behind))
    return below, found


def _slope(head: Partial | PartialEntry, last: Term, stand: Stand) -> Array | None:
    if isinstance(head, PartialEntry):
        return _slope_by_entries(head, last, stand)
    (node,) = meant(last, [stand])
    found = value(node, stand)
    return None if isinstance(found, Unfit) else found


def _slope_by_entries(head: PartialEntry, last: Term, stand: Stand) -> Array | None:
    """The Jacobian, samples×entries above×entries below, or the slopes as a column, of a formula for any
    entry of it."""
    letters = letters_in(head)
    if len(letters) != len({*head.of_at, *head.by_at}) or len(letters) > 2:
        return None
    for plan in plans_for(last):
        try:
            nodes = lower_sides((head, last), stand.frame, plan)
        except Unfit:
            continue
        pairs = map(Equation, (Quantity("above"), Quantity("below")), nodes)
        with np.errstate(all="ignore"):
            found = Program(pairs, stand.world.arithmetic).run(stand.view.values)
        entries = np.broadcast_arrays(found[Quantity("above")], found[Quantity("below")])[1][..., 0, 0]
        return np.moveaxis(entries, -1, 0).swapaxes(-1, -2) if len(letters) == 2 else entries.T[..., None]
    return None


def _handed_back(slope: Array, gradient: Array) -> Array | None:
    """∂loss/∂v from ∂u/∂v and ∂loss/∂u."""
    if gradient.shape[-1] != 1:
        return None
    if slope.shape[-2:] in (gradient.shape[-2:], (1, 1)):
        return np.asarray(slope * gradient)
    if slope.shape[-2] == gradient.shape[-2]:
        return np.asarray(slope.swapaxes(-1, -2) @ gradient)
    return None
