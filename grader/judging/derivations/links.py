"""Whether two sides of an equation are equal, wherever both mean something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from derive.functions import Array
from derive.graph import Equation, Node
from derive.program import Program
from derive.quantities import Quantity
from grader.judging.derivations.ground import Stand, alike
from grader.judging.values import Lowered, lowered, plans_for, rounding, taken, value
from grader.meaning import terms
from grader.meaning.lowering import Unfit, lower_sides
from grader.meaning.terms import Gathered, Product, Reference, Term, Transposed, letters_in, uses

NEAR = 5e-3
"""Share by which numbers may differ that were put in for letters and rounded on the way."""
LAYOUT = "derivatives of vectors are taken in the layout that fits here"
AS_A_ROW = "what is a row on one side is a column on the other here"
SLOPES = ("function", "ones")
"""Operations whose value may be called one number, if every entry is that."""
LEFT, RIGHT = Quantity("left side"), Quantity("right side")


class Compared(Struct, frozen=True):
    """Whether two sides are ``equal``; if not, ``why`` in words, as far as more than the values can be said;
    ``remark`` on a liberty that was taken. ``found`` are the values of the right side."""

    equal: bool
    why: str = ""
    remark: str = ""
    nodes: tuple[Lowered, ...] = ()


def compared(left: Term, right: Term, stands: Sequence[Stand], named: Term | None = None) -> Compared:
    """Compare two sides in all places; ``named`` is the side of the chain that names a quantity, in whose
    shape formulas for single entries are gathered. Raises `Undecidable`."""
    if not any(stand.own for stand in stands):
        return Compared(False, "the layers this speaks of are not there")
    tried: list[Compared] = []
    for one, other, remark in _layouts(left, right):
        found = _in_this_layout(one, other, stands, named)
        if found.equal:
            return replace(found, remark=found.remark or remark)
        tried.append(found)
    return next((found for found in tried if not found.why), tried[0])


def _in_this_layout(left: Term, right: Term, stands: Sequence[Stand], named: Term | None) -> Compared:
    if not (letters_in(left) or letters_in(right)):
        return _whole(left, right, stands)
    first = _by_entries(left, right, stands)
    if first.equal:
        return first
    ways = _gathered(left, right, named)
    return next((found for way in ways if (found := _whole(*way, stands)).equal), first)


def _layouts(left: Term, right: Term) -> Iterator[tuple[Term, Term, str]]:
    """The sides as they stand, then with every ∂u/∂v turned, with a column for each entry of u, then as the
    slope of every entry; and what is to be said of it."""
    yield left, right, ""
    turned = [_turned(left), _turned(right)]
    if turned != [left, right]:
        yield turned[0], turned[1], LAYOUT
    for one, other in ((left, right), (right, left)):
        if isinstance(one, terms.Partial | terms.Derivative):
            slope = Product(one.span, (one, terms.Ones(one.span)), ("odot",))
            yield (slope, other, "") if one is left else (other, slope, "")


def _turned(term: Term) -> Term:
    kinds = terms.Partial | terms.Derivative
    return terms.rewritten(
        term, lambda part: Transposed(part.span, part) if isinstance(part, kinds) else None
    )


# -- whole matrices ------------------------------------------------------------------------------------------


def _whole(left: Term, right: Term, stands: Sequence[Stand]) -> Compared:
    before = meant(left, stands)
    misfit = next(
        (node for node, stand in zip(before, stands, strict=True) if stand.own and _unfit(node)), None
    )
    if misfit is not None:
        return Compared(False, str(misfit))
    against = [_placed(stand, node) for stand, node in zip(stands, before, strict=True)]
    nodes, _ = taken(against, right)
    places = [place for place in zip(against, before, nodes, strict=True) if place[0].own]
    misfit = next((node for _, _, node in places if _unfit(node)), None)
    if misfit is not None:
        return Compared(False, str(misfit))
    if all(_same(*place) for place in places):
        return Compared(True, nodes=tuple(nodes))
    if all(_same(*place, turned=True) for place in places):
        return Compared(True, remark=AS_A_ROW, nodes=tuple(nodes))
    if (_is_number(left) or _is_number(right)) and _near(places):
        return Compared(True, nodes=tuple(nodes))
    return Compared(False, _shapes(places), nodes=tuple(nodes))


def meant(term: Term, stands: Sequence[Stand]) -> list[Lowered]:
    """What a side means by itself, by the strictest plan that gives it a meaning."""
    tried: list[list[Lowered]] = []
    for plan in plans_for(term):
        nodes = [lowered(term, stand, plan) for stand in stands]
        if not any(_unfit(node) for node, stand in zip(nodes, stands, strict=True) if stand.own):
            return nodes
        tried.append(nodes)
    return tried[0]


def _unfit(node: Lowered) -> bool:
    return isinstance(node, Unfit)


def _placed(stand: Stand, node: Lowered) -> Stand:
    found = value(node, stand)
    return stand if isinstance(found, Unfit) else replace(stand, against=found)


def _same(stand: Stand, left: Lowered, right: Lowered, turned: bool = False) -> bool:
    found = value(right, stand)
    if isinstance(found, Unfit):
        return False
    if turned:
        found = found.swapaxes(-1, -2)
        if 1 not in found.shape[-2:]:
            return False
    if any(same(stand.expected, found) for same in (alike, _identity, _every_entry)):
        return True
    if stand.sampled or turned or not (isinstance(left, Node) and isinstance(right, Node)):
        return False
    return alike(stand.expected, found, rounding(left, stand) + rounding(right, stand))


def _identity(left: Array, right: Array) -> bool:
    """Whether a unit matrix stands against the number 1, as in ∂z/∂b = 1."""
    large, small = (left, right) if left.size > right.size else (right, left)
    rows, columns = large.shape[-2:]
    if small.shape[-2:] != (1, 1) or rows != columns:
        return False
    return bool((large == np.eye(rows)).all() and (small == 1).all())


def _every_entry(left: Array, right: Array) -> bool:
    """Whether a number stands against a row or column that has it everywhere, as in σ′(z) = 1."""
    large, small = (left, right) if left.size > right.size else (right, left)
    if small.shape[-2:] != (1, 1) or 1 not in large.shape[-2:]:
        return False
    return alike(large, np.broadcast_to(small, large.shape))


def _is_number(term: Term) -> bool:
    """Whether a side holds numbers only."""
    return not uses(term) and not any(isinstance(part, terms.Partial) for part in term.walk())


def _near(places: Sequence[tuple[Stand, Lowered, Lowered]]) -> bool:
    """Whether the sides have nearly the same numbers in the one world that a problem gives numbers for; two
    numbers, in every one."""
    given = [place for place in places if not place[0].sampled]
    tried = given or [p for p in places if all(isinstance(n, Node) and not n.symbols for n in p[1:])]
    return bool(tried) and all(_nearly(stand.expected, value(right, stand)) for stand, _, right in tried)


def _nearly(left: Array, right: Array | Unfit) -> bool:
    if isinstance(right, Unfit) or left.size != right.size:
        return False
    left, right = left.reshape(-1), right.reshape(-1)
    finite = np.isfinite(left).all() and np.isfinite(right).all()
    return bool(finite and (np.abs(left - right) <= NEAR * np.maximum(np.abs(left), np.abs(right))).all())


def _shapes(places: Sequence[tuple[Stand, Lowered, Lowered]]) -> str:
    _, left, right = places[0]
    if not (isinstance(left, Node) and isinstance(right, Node)) or left.shape == right.shape:
        return ""
    if (1, 1) in (left.shape, right.shape) and {left.op, right.op} & set(SLOPES):
        return ""
    before, behind = (
        "a number" if shape == (1, 1) else f"{shape[0]}×{shape[1]}" for shape in (left.shape, right.shape)
    )
    return f"the shapes differ: {before} on the left, {behind} on the right"


# -- single entries ------------------------------------------------------------------------------------------


def _by_entries(left: Term, right: Term, stands: Sequence[Stand]) -> Compared:
    """Compare formulas for single entries, for all values of their indices."""
    own = [stand for stand in stands if stand.own]
    refused: Unfit | None = None
    for plan in dict.fromkeys((*plans_for(left), *plans_for(right))):
        try:
            pairs = [lower_sides((left, right), stand.frame, plan) for stand in own]
        except Unfit as unfit:
            refused = refused or unfit.kept()
            continue
        if all(first.shape == second.shape for first, second in pairs):
            return _entries_compared(left, right, own, pairs)
    return Compared(False, _loose(left, right) or (str(refused) if refused else ""))


def _entries_compared(
    left: Term, right: Term, stands: Sequence[Stand], pairs: Sequence[Sequence[Node]]
) -> Compared:
    for stand, pair in zip(stands, pairs, strict=True):
        program = Program(map(Equation, (LEFT, RIGHT), pair), stand.world.arithmetic)
        with np.errstate(all="ignore"):
            found = program.run(stand.view.values)
        slack = 0.0 if stand.sampled else NEAR * np.abs(found[LEFT]) * (_is_number(left) or _is_number(right))
        if not alike(found[LEFT], found[RIGHT], slack):
            return Compared(False, _loose(left, right))
    return Compared(True)


def _loose(left: Term, right: Term) -> str:
    """What is said of letters that stand on one side only."""
    loose = [letter for letter in letters_in(right) if letter not in letters_in(left)]
    if not loose or not letters_in(left):
        return ""
    names = " and ".join(f"${letter}$" for letter in loose)
    verb = "are" if len(loose) > 1 else "is"
    return f"{names} {verb} not summed over, and not on the left side either: is a sum missing?"


def _gathered(left: Term, right: Term, named: Term | None) -> Iterator[tuple[Term, Term]]:
    """Both sides as whole matrices of the shape of what is named."""
    for head in (left, named):
        quantity, letters = _quantity(head), letters_in(head) if head is not None else ()
        if quantity is None:
            continue
        free = tuple(dict.fromkeys((*letters_in(left), *letters_in(right))))
        if letters and set(free) <= set(letters):
            yield whole(left, letters, quantity), whole(right, letters, quantity)
        elif not letters and len(free) <= 2:
            for order in permutations(free):
                yield whole(left, order, quantity), whole(right, order, quantity)


def whole(term: Term, letters: tuple[str, ...], like: Quantity) -> Term:
    """A formula for entries as the matrix of all of them; the quantity itself for an entry of it."""
    if (
        isinstance(term, terms.Entry)
        and term.indices == letters
        and term.body == Reference(term.body.span, like)
    ):
        return term.body
    return Gathered(term.span, term, letters, like) if letters_in(term) else term


def _quantity(term: Term | None) -> Quantity | None:
    while isinstance(term, terms.Entry | terms.Transposed):
        term = term.body
    return term.quantity if isinstance(term, Reference) else None
